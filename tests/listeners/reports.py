"""The reports of the workspace that tests of listeners talk to: a shop that sells every day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.clock import Clock
from bot.db import Database
from bot.errors import FieldProblem, InvalidError
from bot.messages.rendering.renderer import Renderer
from bot.reports.analysts.base import PlannedSql
from bot.reports.analysts.builtin import BuiltinAnalyst
from bot.reports.narration import Narration
from bot.reports.runs.presentation import Voice
from bot.reports.spending import DailySpending
from bot.reports.wiring import ReportLimits, ReportParts, ReportRoom, open_reports
from bot.sources.base import QueryError, Source, SourceTable
from bot.sources.result import ResultTable
from tests.bot.reports.service_room import TEMPLATES, Slack
from tests.bot.reports.shop import sales

SQL = "select day, orders, revenue from sales"


@dataclass
class DailyShop:
    """A source with a week of sales; it says what a test tells it to."""

    name: str = "shop"
    dialect: str = "sqlite"
    days: int = 7
    error: QueryError | None = None

    async def tables(self) -> Sequence[SourceTable]:
        return ()

    async def check(self, sql: str) -> str:
        if "sales" not in sql:
            message = "there is no such table: take sales"
            raise InvalidError(f"`query`: {message}", [FieldProblem("query", message)])
        return sql

    async def fetch(self, sql: str) -> ResultTable:
        if self.error is not None:
            raise self.error
        return replace(sales(self.days), sql=sql)


@dataclass
class DailyShops:
    """The registry of that one source."""

    shop: DailyShop = field(default_factory=DailyShop)

    def get(self, _name: str | None, _tenant: str) -> Source:
        return self.shop

    async def health(self, _tenant: str) -> Mapping[str, str]:
        return {self.shop.name: "ok"}


#: How many questions a person may ask here.
QUESTIONS_PER_HOUR = 5


def make_reports(
    database: Database,
    clock: Clock,
    shop: DailyShop,
    *,
    people: set[str],
    channels: set[str],
    wake: Callable[[str], None],
) -> ReportRoom:
    """Return the services as the composition root builds them."""
    builtin = BuiltinAnalyst()
    narration = Narration(builtin, builtin, clock, DailySpending(clock))

    async def plan(*_: object, **__: object) -> PlannedSql:
        return PlannedSql(None, "no metric is called so: write SQL")

    async def measure(*_: object) -> None:
        return None

    async def is_judged(*_: object) -> bool:
        return False

    async def workspaces_of(_tenant: str) -> Sequence[str]:
        return ()

    return open_reports(
        database,
        clock,
        Renderer(TEMPLATES),
        Slack(people, channels),
        ReportParts(DailyShops(shop), plan, Voice(narration, database, clock), measure, is_judged),
        ReportLimits(spread_seconds=0, questions_per_hour=QUESTIONS_PER_HOUR),
        workspaces_of=workspaces_of,
        wake=wake,
    )


def report_fields_of(**changes: Any) -> dict[str, Any]:
    """Return a daily report to #ops, with changes."""
    usual = {
        "name": "Daily revenue",
        "query": SQL,
        "schedule": {"frequency": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
        "slack_config": {"notification_type": "channel", "slack_channel": "C0OPS00002"},
    }
    return {**usual, **changes}
