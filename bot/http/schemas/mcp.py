"""What assistants send to `/mcp`, and the arguments of the tools."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, StringConstraints, WithJsonSchema

from bot.http.schemas.base import Lenient, Sent, Shown
from bot.http.schemas.fields import Name
from bot.reports.service import MAX_AHEAD_HOURS

_MAX_TOOL_ROWS = 50
_DEFAULT_TOOL_ROWS = 20
_DAYS_90 = 90 * 24 * 60
_Limit = Annotated[int, Field(ge=1, le=_MAX_TOOL_ROWS, description="At most so many")]
_Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class RpcMessage(Lenient):
    """A JSON-RPC message; what is wrong with it is told in JSON-RPC, too."""

    is_redacted: ClassVar[bool] = False  # An id is returned as it came; arguments are redacted.

    model_config = ConfigDict(json_schema_extra={"required": ["jsonrpc", "method"]})

    # What is wrong with these is told as JSON-RPC tells it; the description says what is right.
    jsonrpc: Annotated[Any, WithJsonSchema({"const": "2.0"})] = None
    id: Annotated[Any, WithJsonSchema({"type": ["string", "integer"]})] = None
    method: Annotated[Any, WithJsonSchema({"type": "string"})] = None
    params: Annotated[Any, WithJsonSchema({"type": "object"})] = None
    result: Any = None
    error: Any = None


class RpcReply(Shown):
    """A JSON-RPC response: `result`, or `error`."""

    jsonrpc: Literal["2.0"]
    id: Any


class RpcRefusal(Shown):
    """A JSON-RPC error, or the error of a body that is not JSON."""

    error: Any


class ListedTasksWanted(Sent):
    """Arguments of `tasks_list`."""

    status: Literal["queued", "running", "completed", "failed", "cancelled", "lost"] | None = None
    task: Name | None = Field(None, description="A kind of task, such as `nightly_import`")
    subject: Name | None = Field(None, description="For whom the work is done")
    since_minutes: int | None = Field(None, ge=1, le=_DAYS_90, description="Changed since then")
    limit: _Limit = _DEFAULT_TOOL_ROWS


class FailedTasksWanted(Sent):
    """Arguments of `tasks_failed`."""

    task: Name | None = Field(None, description="A kind of task, such as `nightly_import`")
    since_minutes: int = Field(24 * 60, ge=1, le=_DAYS_90, description="Changed since then")
    limit: _Limit = _DEFAULT_TOOL_ROWS


class OneTaskWanted(Sent):
    """Arguments of `task_show`."""

    id: _Key = Field(description="The task's id")


class MessageStoryWanted(Sent):
    """Arguments of `message_why`."""

    correlation_id: _Key = Field(description="The message's correlation id, or its own id (m_…)")


class AlertsListWanted(Sent):
    """Arguments of `alerts_list`; without a state, all that are not resolved."""

    state: Literal["open", "acknowledged", "snoozed", "resolved"] | None = None
    task: Name | None = Field(None, description="A kind of task")
    limit: _Limit = _DEFAULT_TOOL_ROWS


class NextReportsWanted(Sent):
    """Arguments of `reports_next`."""

    hours: float = Field(
        24, gt=0, le=MAX_AHEAD_HOURS, allow_inf_nan=False, description="How far to look ahead"
    )


class LatestReportWanted(Sent):
    """Arguments of `report_latest`."""

    report: _Key = Field(description="The report's id or name")


class NothingWanted(Sent):
    """A tool without arguments."""


class LeaderboardWanted(Sent):
    """Arguments of `leaderboard_show`."""

    name: Name = Field(description="The leaderboard's name")
    week: Annotated[str, StringConstraints(max_length=20)] | None = Field(
        None, description="Such as 2026-W47; without it the current week"
    )


class RetryWanted(Sent):
    """Arguments of `task_retry`; the first call goes without `confirmation`."""

    id: _Key = Field(description="The task's id")
    reason: Annotated[str, StringConstraints(min_length=1, max_length=150)] | None = Field(
        None, description="Why it is retried; the task's message shows it"
    )
    confirmation: _Key | None = Field(
        None, description="The code that the first call returned, once a person has agreed"
    )
