"""Reports, their runs, and what the runs found, as tables."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, String
from sqlmodel import Field, SQLModel

from bot.ids import new_id
from bot.sql.partial_index import partial_index


class RunStatus(StrEnum):
    """How a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"  #: its `send_if` did not hold
    MISSED = "missed"  #: everything was down, for too long to catch up


class Trigger(StrEnum):
    """Why a run was made."""

    SCHEDULE = "schedule"
    MANUAL = "manual"
    BULK = "bulk"
    CATCH_UP = "catch_up"


class Notification(StrEnum):
    """Where the runs of a report are told."""

    NONE = "none"  #: kept in the history
    CHANNEL = "channel"
    DM = "dm"


class Report(SQLModel, table=True):
    """What is asked, when, and where the answer goes."""

    __table_args__ = (
        # The tick reads only what is due: a report that is paused has no due time.
        partial_index("report_due", "due_at", where="due_at IS NOT NULL"),
        Index("report_name", "tenant", "owner", "name", unique=True),
        Index("report_owner", "tenant", "owner", "created_at", "id"),
        Index("report_tenant", "tenant", "created_at", "id"),
    )

    id: str = Field(default_factory=lambda: new_id("r"), primary_key=True)
    tenant: str
    workspace_id: str  # that it is posted in
    owner: str  # a Slack user id, or the subject of a token
    name: str
    description: str = ""
    query: str  # SQL or a question, as the owner wrote it
    sql: str  # what is run; for a question what was planned, shown before it was saved
    source: str
    schedule: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    mode: str = "quick"
    audience: str = "general"
    send_if: str | None = None
    complete_by: str | None = None  # wall time until which incomplete data is waited for
    notification: Notification = Field(default=Notification.CHANNEL, sa_type=String)
    channel: str | None = None  # id of the channel, if it goes to one
    slack_user: str | None = None  # whom it is sent to, if it goes to one person

    is_enabled: bool = True
    due_at: datetime | None = None  # None: it is paused
    failures: int = 0  # in a row
    last_run_at: datetime | None = None  # when its latest run ended
    problem: str | None = None  # found by the health check, and told
    revision: int = 1  # so that two people who edit it do not overwrite each other
    created_at: datetime
    changed_at: datetime


class ReportRun(SQLModel, table=True):
    """One execution of a report."""

    __tablename__ = "report_run"
    __table_args__ = (
        # One run for a due time, however many processes look.
        partial_index(
            "report_run_due",
            "report_id",
            "due_at",
            where="is_scheduled IS NOT NULL",
            unique=True,
        ),
        partial_index("report_run_open", "lease_until", where="lease_until IS NOT NULL"),
        Index("report_run_of_report", "report_id", "due_at", "id"),
        Index("report_run_old", "created_at"),
        partial_index(
            "report_run_completed",
            *("tenant", "completed_at"),
            where="completed_at IS NOT NULL",
        ),
        partial_index("report_run_bulk", "bulk_id", where="bulk_id IS NOT NULL"),
    )

    id: str = Field(default_factory=lambda: new_id("x"), primary_key=True)
    report_id: str
    tenant: str
    trigger: Trigger = Field(sa_type=String)
    is_scheduled: bool | None = None  # True or None; see the index
    requested_by: str | None = None
    bulk_id: str | None = None
    due_at: datetime
    created_at: datetime
    status: RunStatus = Field(default=RunStatus.PENDING, sa_type=String)
    # Until when its process has it, or from when any may take it; None: nothing is left to do.
    # A completed run has one while its data was incomplete: then it is looked at again.
    lease_until: datetime | None = None
    lease_owner: str | None = None
    tries: int = 0  # how often a process took it
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    skipped_because: str | None = None
    figures_total: int | None = None
    figures_traced: int | None = None
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nanos: int | None = Field(default=None, sa_type=BigInteger)  # see `cost`
    message_id: str | None = None  # of the post, if there is one
    is_told: bool = False  # its failure was told to the owner

    @property
    def cost(self) -> Decimal | None:
        """Return the US dollars that it cost; None: the price is not known."""
        return None if self.cost_nanos is None else Decimal(self.cost_nanos).scaleb(-9)

    def add_cost(self, dollars: Decimal) -> None:
        """Add what another answer cost."""
        self.cost_nanos = (self.cost_nanos or 0) + int((dollars.scaleb(9)).to_integral_value())


class ModelSpending(SQLModel, table=True):
    """What models have cost on a day, if the settings limit it."""

    __tablename__ = "model_spending"

    day: str = Field(primary_key=True)  # of UTC: 2026-11-28
    nanos: int = Field(default=0, sa_type=BigInteger)  # billionths of a US dollar


class ReportResult(SQLModel, table=True):
    """What a run found: the rows, and what was said of them. Kept apart: lists do not read it."""

    __tablename__ = "report_result"

    run_id: str = Field(primary_key=True)
    table: dict[str, Any] = Field(sa_column=Column("rows", JSON, nullable=False))
    narrative: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    figures: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    expected: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
