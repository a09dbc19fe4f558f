"""Alerts, their troubles and silences, as tables."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field, SQLModel

from bot.alerts.incident_lifecycle import IncidentState, Recurrence, TroubleType
from bot.alerts.rerun_waves import RerunState
from bot.ids import new_id
from bot.sql.partial_index import partial_index


class Severity(StrEnum):
    """How loud an alert is; the critical waits for no morning."""

    WARNING = "warning"
    CRITICAL = "critical"


class Alert(SQLModel, table=True):
    """One incident in its present state; `bot.alerts.incident_lifecycle` decides its changes."""

    __table_args__ = (
        # A group has one that is not resolved, whoever checks at the same time.
        partial_index(
            "alert_open",
            *("tenant", "type", "task", "fingerprint"),
            where="state <> 'resolved'",
            unique=True,
        ),
        Index("alert_group", "tenant", "type", "task", "fingerprint", "number"),
        Index("alert_newest", "tenant", "opened_at"),
        partial_index("alert_resolved", "tenant", "resolved_at", where="resolved_at IS NOT NULL"),
        partial_index("alert_flapping", "tenant", where="is_flapping"),
    )

    id: str = Field(default_factory=lambda: new_id("a"), primary_key=True)
    tenant: str
    type: TroubleType = Field(sa_type=String)
    task: str
    fingerprint: str
    number: int = 1
    label: str
    severity: Severity = Field(default=Severity.WARNING, sa_type=String)
    first_word: Recurrence = Field(default=Recurrence.NEW, sa_type=String)
    state: IncidentState = Field(default=IncidentState.OPEN, sa_type=String)
    is_flapping: bool = False
    count: int = 0  # all the troubles it ever had
    opened_at: datetime
    grown_at: datetime | None = None
    openings: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    held_until: datetime | None = None
    told_at: datetime | None = None
    is_in_digest: bool = False
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    recovered_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozed_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolved_because: str | None = None
    workspace_id: str | None = None
    channel: str | None = None
    message_id: str | None = Field(default=None, index=True)
    facts: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )


class AlertTrouble(SQLModel, table=True):
    """One thing that went wrong, told once: a task's attempt, or a run that did not start."""

    __tablename__ = "alert_trouble"
    __table_args__ = (
        Index("alert_trouble_of", "alert_id"),
        partial_index("alert_trouble_left", "alert_id", where="moved_on_at IS NULL"),
    )

    tenant: str = Field(primary_key=True)
    type: TroubleType = Field(primary_key=True, sa_type=String)
    key: str = Field(primary_key=True)
    alert_id: str
    task: str  # the kind, also where there is no task
    note: str | None = None  # what it is, where there is no task to say so
    facts: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )  # a task of another system, as alerts show it
    task_id: str | None = None
    attempt: int | None = None
    began_at: datetime
    moved_on_at: datetime | None = None


class AlertRerun(SQLModel, table=True):
    """The tasks of an alert, run again; `bot.alerts.rerun_waves` decides which are next."""

    __tablename__ = "alert_rerun"
    __table_args__ = (
        # An alert has one that is not over, however often somebody clicks.
        partial_index(
            "alert_rerun_live", "alert_id", where="state IN ('canary', 'waves')", unique=True
        ),
    )

    id: str = Field(default_factory=lambda: new_id("r"), primary_key=True)
    tenant: str
    workspace_id: str
    alert_id: str
    by: str
    state: RerunState = Field(default=RerunState.CANARY, sa_type=String)
    wave: int = 1
    waiting: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    running: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    succeeded: int = 0
    failed: int = 0
    message_id: str | None = None
    began_at: datetime


class SilenceReason(StrEnum):
    """Why a kind of task is silenced."""

    MUTED = "muted"
    MAINTENANCE = "maintenance"


class Silence(SQLModel, table=True):
    """A kind is silenced until a time; an empty kind means every kind, no end means for good."""

    tenant: str = Field(primary_key=True)
    task: str = Field(primary_key=True)
    reason: SilenceReason = Field(primary_key=True, sa_type=String)
    until: datetime | None = None
    by: str
    began_at: datetime


class AlertCheck(SQLModel, table=True):
    """When a tenant was last checked; held while it is, so that two processes take turns."""

    __tablename__ = "alert_check"

    tenant: str = Field(primary_key=True)
    checked_at: datetime
    recorded: int = 0  # the number of its newest `AlertRecord`


class AlertRecord(SQLModel, table=True):
    """
    What one check found, or what a person did to alerts, in the order it was taken into account.

    A base repeats all that is known, so that what follows it can be understood without what came
    before. `bot.alerts.history.entries` says what an entry holds.
    """

    __tablename__ = "alert_record"
    __table_args__ = (
        Index("alert_record_age", "at"),
        partial_index("alert_record_base", "tenant", "at", where="is_base"),
    )

    tenant: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    is_base: bool = False
    entry: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
