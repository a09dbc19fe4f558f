"""Reports over a real database, with a small source and a clock that is set by hand."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from bot.db import Database
from bot.errors import FieldProblem, InvalidError
from bot.messages.models import Message
from bot.messages.rendering.renderer import Renderer
from bot.reports.analysts.base import Mode, PlannedSql
from bot.reports.analysts.builtin import BuiltinAnalyst
from bot.reports.drafting.questions import SourceRegistry
from bot.reports.models import Notification, Report, ReportRun
from bot.reports.narration import Narration
from bot.reports.runs.presentation import Voice
from bot.reports.service_types import Actor
from bot.reports.spending import DailySpending
from bot.reports.wiring import ReportLimits, ReportParts, open_reports
from bot.sources.base import QueryError, Source, SourceTable
from bot.sources.completeness import Completeness
from bot.sources.result import Cell, ColumnKind, ResultColumn, ResultTable

TEMPLATES = Path(__file__).parents[3] / "templates"
#: Saturday noon in UTC.
START = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ADA, BEN = "U0ADA000001", "U0BEN000001"
OPS = "C0OPS000001"
ALERTS = "C0ALERTS001"
SQL = "select total from sales"


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass
class Shop:
    """A source with one column, `total`; it says what a test tells it to."""

    name: str = "shop"
    dialect: str = "sqlite"
    totals: list[Cell] = field(default_factory=lambda: [10])
    error: QueryError | None = None
    fetched: int = 0
    seconds: float = 0.0

    async def tables(self) -> Sequence[SourceTable]:
        return ()

    async def check(self, sql: str) -> str:
        if "sales" not in sql:
            raise InvalidError(
                "unknown table", [FieldProblem("query", "there is no such table: take sales")]
            )
        return sql

    async def fetch(self, sql: str) -> ResultTable:
        self.fetched += 1
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return table(self.totals, sql, self.name)


def table(totals: Sequence[Cell], sql: str = SQL, source: str = "shop") -> ResultTable:
    """Return a result with the column `total`."""
    columns = (ResultColumn("total", ColumnKind.NUMBER),)
    return ResultTable(columns, tuple((one,) for one in totals), sql, source, START)


@dataclass
class Shops:
    """The registry of that one source."""

    shop: Shop = field(default_factory=Shop)

    def get(self, name: str | None, tenant: str) -> Source:
        if name not in (None, "shop"):
            raise InvalidError(f"There is no source `{name}`.", [FieldProblem("source", "unknown")])
        return self.shop

    async def health(self, tenant: str) -> Mapping[str, str]:
        return {"shop": "ok"}


@dataclass
class Slack:
    """Two channels, one of which the bot is in, and the people who are there."""

    people: set[str] = field(default_factory=lambda: {ADA, BEN, "U0ADA00001"})
    channels: set[str] = field(default_factory=lambda: {OPS})
    asked: list[str] = field(default_factory=list)

    async def channel_id(self, workspace_id: str, channel: str) -> str:
        if channel == "#ops":
            return OPS
        if channel.startswith("C0"):
            return channel
        raise InvalidError(f"I am not in a channel called {channel}: type `/invite` there.")

    async def require_channel(self, workspace_id: str, channel_id: str) -> None:
        self.asked.append(channel_id)
        if channel_id not in self.channels:
            raise InvalidError("I am not in this channel: type `/invite` with my name there")

    async def require_person(self, workspace_id: str, user_id: str) -> None:
        self.asked.append(user_id)
        if user_id not in self.people:
            raise InvalidError("there is no such person here")


async def plan(
    question: str, source: Source, timezone: str, now: datetime, mode: Mode | None
) -> PlannedSql:
    """Know one question over metrics, and one that it takes a model for."""
    if question == "Who is our best customer?" and mode is not None:
        return PlannedSql(f"select total from sales where {mode}")
    if question == "How much did we sell?":
        return PlannedSql("select total from sales where planned")
    return PlannedSql(None, "no metric is called so: write SQL")


@dataclass
class Office:
    """Everything of reports that one process has."""

    database: Database
    clock: Any = field(default_factory=HandClock)
    shop: Shop = field(default_factory=Shop)
    slack: Slack = field(default_factory=Slack)
    complete: list[Completeness | QueryError | InvalidError | None] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)
    lease: timedelta = timedelta(seconds=60)
    spread_seconds: float = 0.0
    preview_seconds: float = 15.0
    sources: SourceRegistry | None = None  # the shop alone, if it is left out

    def __post_init__(self) -> None:
        async def measure(*_: object) -> Completeness | None:
            found = self.complete.pop(0) if self.complete else None
            if isinstance(found, QueryError | InvalidError):
                raise found
            return found

        async def is_judged(*_: object) -> bool:
            if self.complete and isinstance(self.complete[0], InvalidError):
                raise self.complete[0]
            return bool(self.complete)

        self.room = open_reports(
            self.database,
            self.clock,
            Renderer(TEMPLATES),
            self.slack,
            ReportParts(self.sources or Shops(self.shop), plan, self._voice(), measure, is_judged),
            ReportLimits(
                spread_seconds=self.spread_seconds,
                lease=self.lease,
                preview_seconds=self.preview_seconds,
            ),
            home="T1",
            alerts_channel=self._alerts_channel,
            workspaces_of=self._workspaces_of,
            wake=self.woken.append,
        )
        self.reports, self.workers, self.due = self.room.reports, self.room.workers, self.room.due

    def _voice(self) -> Voice:
        builtin = BuiltinAnalyst()
        narration = Narration(builtin, builtin, self.clock, DailySpending(self.clock))
        return Voice(narration, self.database, self.clock)

    async def _alerts_channel(self) -> str:
        return ALERTS

    async def _workspaces_of(self, tenant: str) -> Sequence[str]:
        return ["T1", "T5"] if tenant == "default" else []

    async def tick(self) -> int:
        """Do what the job does, to its end."""
        taken = await self.due.take()
        await self.workers.drain()
        return taken

    def rows(self, model: type[Any], *order: str) -> list[Any]:
        """Return all rows of a table."""

        def work(session: Session) -> list[Any]:
            columns = [col(getattr(model, name)) for name in order]
            return list(session.exec(select(model).order_by(*columns)).all())

        return self.database.snapshot(work)

    def runs(self) -> list[ReportRun]:
        """Return the runs, the earliest due first."""
        return self.rows(ReportRun, "due_at", "id")

    def report(self) -> Report:
        """Return the one report."""
        [report] = self.rows(Report)
        return report  # type: ignore[no-any-return]

    def messages(self) -> list[Message]:
        """Return what was put, without the files in threads, the first first."""
        found = self.rows(Message, "created_at", "id")
        return [one for one in found if one.parent_id is None]

    def files(self) -> list[Message]:
        """Return the files in threads, the first first."""
        found = self.rows(Message, "created_at", "id")
        return [one for one in found if one.parent_id is not None]


def actor(person: str = ADA, tenant: str = "default", *, is_admin: bool = False) -> Actor:
    """Return somebody of the first workspace."""
    return Actor(tenant, "T1", person, is_admin)


def fields(**changes: Any) -> Mapping[str, Any]:
    """Return a daily report to #ops, with changes."""
    usual = {
        "name": "Sales",
        "query": SQL,
        "schedule": {"frequency": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
        "slack_config": {"notification_type": "channel", "slack_channel": "#ops"},
    }
    return {**usual, **changes}


def due_report(number: int, now: datetime) -> Report:
    """Return a report to #ops that is due."""
    return Report(
        tenant="default",
        workspace_id="T1",
        owner=ADA,
        name=f"Sales {number}",
        query=SQL,
        sql=SQL,
        source="shop",
        schedule={"frequency": "daily", "time": f"{now:%H:%M}", "timezone": "UTC"},
        notification=Notification.CHANNEL,
        channel=OPS,
        due_at=now.replace(second=0, microsecond=0),
        created_at=now,
        changed_at=now,
    )
