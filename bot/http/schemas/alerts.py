"""What is sent to and answered by the endpoints of alerts; answers are in snake_case."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from bot.http.schemas.base import Sent, ShownInSnakeCase
from bot.http.schemas.fields import Cursor, Name

_MAX_PAGE_ALERTS = 100
_MAX_ALERT_MINUTES = 60 * 24 * 366
_MAX_SNOOZE_MINUTES = 60 * 24 * 30
_AlertMinutes = Annotated[
    float, Field(gt=0, le=_MAX_ALERT_MINUTES, allow_inf_nan=False, strict=True)
]
_AlertState = Literal["open", "acknowledged", "snoozed", "resolved"]


_BOTH = {"failedOnly": {"const": True}, "stuckOnly": {"const": True}}


class CheckAlerts(Sent):
    """What to look for. Nothing said is everything, by the configured timeouts."""

    model_config = ConfigDict(
        json_schema_extra={"not": {"properties": _BOTH, "required": [*_BOTH]}}  # type: ignore[dict-item]
    )

    timeout_minutes: _AlertMinutes | None = Field(None, description="Stuck after so many minutes")
    failed_only: bool = Field(False, strict=True)
    stuck_only: bool = Field(False, strict=True)
    dry_run: bool = Field(False, strict=True, description="Say what is found, tell nobody")

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.failed_only and self.stuck_only:
            raise ValueError("`failed_only` and `stuck_only` leave nothing: give one of them")
        return self


class AlertFilter(Sent):
    """Which alerts to list; all that is given must hold."""

    state: _AlertState | None = None
    task: Name | None = Field(None, description="A kind of task")
    limit: int = Field(50, ge=1, le=_MAX_PAGE_ALERTS)
    cursor: Cursor | None = Field(None, description="`next_cursor` of the page before")


class AcknowledgeAlert(Sent):
    """Nothing needs to be said."""


class SnoozeAlert(Sent):
    """For how long nobody is told of it."""

    minutes: Annotated[
        float, Field(ge=0.001, le=_MAX_SNOOZE_MINUTES, allow_inf_nan=False, strict=True)
    ] = Field(description="At most 30 days")


class ResolveAlert(Sent):
    """Why it is over, if that is worth a word."""

    reason: Name | None = None


class CheckedAlerts(ShownInSnakeCase):
    """What a check found, and whether people know of it."""

    failed_tasks_count: int
    stuck_tasks_count: int
    failed_notification_sent: bool
    stuck_notification_sent: bool
    error: str | None


class ShownAlert(ShownInSnakeCase):
    """An alert."""

    id: str
    type: Literal["failed", "stuck", "missed", "lost"]
    task: str | None = Field(description="A kind of task; null for a storm of several")
    fingerprint: str
    label: str
    first_word: Literal["New", "Again", "Regression"]
    severity: Literal["warning", "critical"]
    state: _AlertState
    flapping: bool
    count: int
    opened_at: str
    acknowledged_by: str | None
    snoozed_until: str | None
    resolved_at: str | None
    resolved_because: str | None
    resolved_by: str | None
    channel: str | None
    ts: str | None
    task_ids: list[str]


class ShownAlertWithTimeline(ShownAlert):
    """An alert and everything that happened to its message."""

    timeline: list[dict[str, Any]]
    timeline_is_cut: bool


class AlertPage(ShownInSnakeCase):
    """Alerts, the latest first; `next_cursor` asks for the next page."""

    alerts: list[ShownAlert]
    next_cursor: str | None
