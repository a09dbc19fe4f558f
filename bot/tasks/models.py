"""The task, as a table."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, String
from sqlmodel import Field, SQLModel

from bot.ids import new_id
from bot.sql.partial_index import partial_index


class TaskStatus(StrEnum):
    """The status of a task."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  #: it stopped reporting; a late word revives it


#: An attempt that ended so stays so.
ENDS = frozenset({TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED})
RETRYABLE = frozenset({TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.LOST})
LIVE = frozenset({TaskStatus.QUEUED, TaskStatus.RUNNING})


class TaskLog(SQLModel, table=True):
    """Some lines that a task's work wrote, as they came in one call, without secrets."""

    __tablename__ = "task_log"
    __table_args__ = (
        Index("task_log_of_attempt", "tenant", "task_id", "attempt", "first_line"),
        Index("task_log_age", "at"),
    )

    id: str = Field(default_factory=lambda: new_id("l"), primary_key=True)
    tenant: str
    task_id: str
    attempt: int
    first_line: int  # how many lines of the attempt came before
    lines: int
    shown: int  # how many of them went to the thread
    characters: int
    text: str
    at: datetime


def _json_column() -> Column[Any]:
    return Column(JSON(none_as_null=True), nullable=True)


class Task(SQLModel, table=True):
    """One piece of work done elsewhere that people follow in Slack."""

    __table_args__ = (
        partial_index("task_lease", "lease_until", where="status = 'running'"),
        partial_index("task_launch", "launch_wanted_at", where="launch_wanted_at IS NOT NULL"),
        partial_index("task_runner", "runner", "status", where="runner IS NOT NULL"),
        Index("task_newest", "tenant", "updated_at", "id"),
        Index("task_status", "tenant", "status", "updated_at", "id"),
        # What checks look for: those that fell silent, a kind's runs, and how long they take.
        partial_index("task_running", "tenant", "heard_at", where="status = 'running'"),
        # A channel's board looks every few seconds at the few that are live there.
        partial_index(
            "task_live",
            *("workspace_id", "channel", "status", "created_at"),
            where="status IN ('queued', 'running')",
        ),
        Index("task_kind", "tenant", "task", "created_at"),
        partial_index("task_completed", "tenant", "task", "ended_at", where="status = 'completed'"),
    )

    id: str = Field(default_factory=lambda: new_id("t"), primary_key=True)
    # A tenant names its own tasks: the same id of two tenants is two tasks.
    tenant: str = Field(primary_key=True)
    workspace_id: str
    channel: str
    message_id: str | None = Field(default=None, index=True)

    task: str
    subject: str | None = None
    status: TaskStatus = Field(default=TaskStatus.QUEUED, sa_type=String)
    attempt: int = 1
    seq: int | None = Field(default=None, sa_type=BigInteger)
    progress: int | None = None
    progress_note: str | None = None
    error: str | None = None
    steps: list[dict[str, Any]] | None = Field(default=None, sa_column=_json_column())
    stats: dict[str, Any] | None = Field(default=None, sa_column=_json_column())
    details: dict[str, Any] | None = Field(default=None, sa_column=_json_column())
    payload: Any = Field(default=None, sa_column=_json_column())
    acted: list[dict[str, Any]] | None = Field(default=None, sa_column=_json_column())
    environment: str | None = None
    log_url: str | None = None
    grafana_url: str | None = None
    runner: str | None = None
    created_by: str | None = None
    correlation_id: str | None = None
    external_id: str | None = None  # the orchestrator's, the newest of them

    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    heard_at: datetime | None = None
    beats: bool = False  # it sends heartbeats, so that silence soon means something
    lease_until: datetime | None = None
    launch_wanted_at: datetime | None = None
    launched_at: datetime | None = None
    has_logs: bool = False  # some of its lines are kept


class ExternalTaskId(SQLModel, table=True):
    """An orchestrator's id of a task, and the place in Slack that it was first reported for."""

    __tablename__ = "external_task_id"
    __table_args__ = (Index("external_task_id_of_task", "tenant", "task_id"),)

    tenant: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    task_id: str = Field(primary_key=True)
    channel: str
    ts: str
    remembered_at: datetime


class ReportReceipt(SQLModel, table=True):
    """A report that its sender may repeat, and that counts once."""

    __tablename__ = "report_receipt"

    tenant: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)
