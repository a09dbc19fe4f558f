"""What is sent to and answered by the endpoints of reports; answers are in snake_case."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from bot.http.schemas.base import Sent, ShownInSnakeCase, Timestamped
from bot.http.schemas.constraints import Names
from bot.http.schemas.fields import Cursor
from bot.reports.drafting.draft_reading import (
    AUDIENCES,
    MAX_OWNER_CHARACTERS,
    MAX_REPORT_DESCRIPTION,
    MAX_REPORT_NAME,
    MAX_REPORT_QUERY,
    MODES,
)
from bot.reports.drafting.send_conditions import MAX_SEND_IF_CHARACTERS
from bot.reports.queries import MAX_PAGE
from bot.reports.runs.requested_runs import MAX_BULK_REPORTS
from bot.reports.service import MAX_AHEAD_HOURS
from bot.scheduling.schedules import WEEKDAYS

_WALL_TIME = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"}
_WEEKDAY = {"enum": [*WEEKDAYS]}


def _limited_text(limit: int, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": limit, **more})


# `bot.reports.drafting.draft_reading` reads these, so that all problems are told together.
_ReportName = Annotated[Any, _limited_text(MAX_REPORT_NAME, pattern=r"\S")]
_Description = Annotated[Any, _limited_text(MAX_REPORT_DESCRIPTION)]
_Query = Annotated[Any, _limited_text(MAX_REPORT_QUERY, format="report-query")]
_SourceName = Annotated[Any, WithJsonSchema({"type": "string", "format": "source-name"})]
_Mode = Annotated[Any, WithJsonSchema({"enum": [*MODES]})]
_Audience = Annotated[Any, WithJsonSchema({"enum": [*AUDIENCES]})]
_Condition = Annotated[Any, _limited_text(MAX_SEND_IF_CHARACTERS, format="send-if")]
_SentWallTime = Annotated[Any, WithJsonSchema(_WALL_TIME)]
_Owner = Annotated[Any, _limited_text(MAX_OWNER_CHARACTERS, format="report-owner")]
_Frequency = Annotated[Any, WithJsonSchema({"enum": ["daily", "weekly", "monthly"]})]
_DaysOfWeek = Annotated[
    Any, WithJsonSchema({"anyOf": [_WEEKDAY, {"type": "array", "items": _WEEKDAY, "minItems": 1}]})
]
_DayOfMonth = Annotated[
    Any,
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 31}, {"const": "last"}]}
    ),
]
_Cron = Annotated[Any, WithJsonSchema({"type": "string", "format": "cron"})]
_Zone = Annotated[Any, WithJsonSchema({"type": "string", "format": "time-zone"})]
_Flag = Annotated[Any, WithJsonSchema({"type": "boolean"})]
_Kind = Annotated[Any, WithJsonSchema({"enum": ["none", "channel", "dm"]})]
_ChannelName = Annotated[Any, WithJsonSchema({"type": "string", "format": "slack-channel"})]
_Person = Annotated[Any, WithJsonSchema({"type": "string", "format": "slack-person"})]
_WorkspaceId = Annotated[Any, WithJsonSchema({"type": "string", "format": "workspace"})]


class SentReportSchedule(Sent):
    """When it runs: `frequency`, `time` and its days, or a `cron` alone, in a `timezone`."""

    frequency: _Frequency = None
    time: _SentWallTime = Field(None, description="On the wall of the zone, such as `09:00`")
    day_of_week: _DaysOfWeek = Field(None, description="Weekly: one, or a list")
    day_of_month: _DayOfMonth = Field(None, description="Monthly: 1-31, or `last`")
    cron: _Cron = Field(None, description="Five fields, as crontab reads them")
    timezone: _Zone = Field(None, description="Such as Europe/Berlin")
    enabled: _Flag = None


class SentSlackConfig(Sent):
    """Where its runs are told."""

    notification_type: _Kind = None
    slack_channel: _ChannelName = None
    slack_user_id: _Person = None
    workspace: _WorkspaceId = Field(None, description="Of the tenant; else its first one")


class _SentReport(Sent):
    # A query is never changed: `bot.reports.drafting.draft_reading` refuses one with secrets.
    is_redacted = False

    description: _Description = None
    source: _SourceName = Field(None, description="A database; the only one, if it is left out")
    user_id: _Owner = Field(None, description="The owner; only an admin names somebody else")
    mode: _Mode = None
    audience: _Audience = None
    send_if: _Condition = Field(None, description="Such as `total > 10` or `rows > 0`")
    complete_by: _SentWallTime = Field(None, description="Until when incomplete data is waited for")
    slack_config: SentSlackConfig | None = None
    enabled: _Flag = None


class CreateReport(_SentReport):
    """What is asked, when, and where the answer goes."""

    name: _ReportName
    query: _Query = Field(description="SQL, or a question in words")
    schedule: SentReportSchedule


class PreviewReport(_SentReport):
    """The same; a preview needs no more than a schedule."""

    name: _ReportName = None
    query: _Query = None
    schedule: SentReportSchedule | None = None


class _Merged(Sent):
    """What is left out stays; `null` removes."""

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, values: Any) -> Any:
        return values


class ChangedReportSchedule(SentReportSchedule, _Merged):
    """A cron and a wall time replace each other."""


class ChangedSlackConfig(SentSlackConfig, _Merged):
    """A channel or a person says which kind is meant."""


class ChangeReport(_SentReport, _Merged):
    """What is given is changed, nested fields too; `null` removes what may be left out."""

    name: _ReportName = None
    query: _Query = None
    schedule: ChangedReportSchedule | None = None
    slack_config: ChangedSlackConfig | None = None


class RunReport(Sent):
    """Nothing needs to be said."""


ReportId = Annotated[str, Names("report-id")]


class RunReports(Sent):
    """Which reports to run."""

    report_ids: list[ReportId] = Field(min_length=1, max_length=MAX_BULK_REPORTS)


class ReportPageWanted(Sent):
    """Which page."""

    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: Cursor | None = Field(None, description="`next_cursor` of the page before")


class Ahead(Sent):
    """How far to look ahead."""

    hours: float = Field(24, gt=0, le=MAX_AHEAD_HOURS, allow_inf_nan=False)


class _ShownSlackConfig(ShownInSnakeCase):
    notification_type: Literal["none", "channel", "dm"]
    slack_channel: str | None
    slack_user_id: str | None
    workspace: str


class ShownReport(ShownInSnakeCase):
    """A report."""

    id: str
    name: str
    description: str
    query: str
    sql: str = Field(description="What is run; for a question what was planned")
    source: str
    schedule: dict[str, Any]
    user_id: str
    mode: Literal["quick", "deep"]
    audience: Literal["analyst", "general"]
    send_if: str | None
    complete_by: str | None
    slack_config: _ShownSlackConfig
    enabled: bool
    next_run: Timestamped | None
    created_at: Timestamped
    last_execution: Timestamped | None = Field(description="When its latest run ended")
    problem: str | None = Field(description="What the health check found")


class ReportPage(ShownInSnakeCase):
    """Reports, the oldest first; `next_cursor` asks for the next page."""

    reports: list[ShownReport]
    next_cursor: str | None


class DeletedReport(ShownInSnakeCase):
    """It is gone, with its history."""

    id: str
    deleted: Literal[True] = True


class RequestedRun(ShownInSnakeCase):
    """A run that waits."""

    execution_id: str
    status: Literal["pending", "running", "completed", "failed", "skipped", "missed"]


class RequestedRuns(ShownInSnakeCase):
    """Runs that wait."""

    bulk_id: str
    execution_ids: list[str]


class _ShownPreviewMessage(ShownInSnakeCase):
    text: str
    blocks: list[dict[str, Any]]


class _ShownFieldProblem(ShownInSnakeCase):
    field: str
    message: str


class ShownPreview(ShownInSnakeCase):
    """What it would do: its next five runs, each with the zone's own offset, and its message."""

    next_runs: list[Timestamped]
    notes: list[str]
    sql: str | None
    message: _ShownPreviewMessage | None
    problems: list[_ShownFieldProblem]


class _ShownFigures(ShownInSnakeCase):
    total: int
    traced: int


class _ShownCost(ShownInSnakeCase):
    model: str | None
    input_tokens: int
    output_tokens: int
    dollars: str | None = Field(description="null: the price is not known")


class ShownExecution(ShownInSnakeCase):
    """A run."""

    id: str
    report_id: str
    status: Literal["pending", "running", "completed", "failed", "skipped", "missed"]
    trigger: Literal["schedule", "manual", "bulk", "catch_up"]
    due_at: Timestamped
    started_at: Timestamped | None
    completed_at: Timestamped | None
    duration_seconds: float | None
    error_code: str | None
    error_message: str | None
    skipped_because: str | None
    requested_by: str | None
    bulk_id: str | None
    figures: _ShownFigures | None
    cost: _ShownCost
    slack_message_ts: str | None
    permalink: str | None


class ExecutionPage(ShownInSnakeCase):
    """Runs, the newest first; `next_cursor` asks for the next page."""

    executions: list[ShownExecution]
    next_cursor: str | None


class _ShownResult(ShownInSnakeCase):
    narrative: dict[str, Any]
    figures: list[dict[str, Any]]
    sql: str
    source: str
    digest: str
    columns: list[dict[str, Any]]
    rows: list[list[Any]] = Field(description="Exact: a decimal number is a text")


class ShownExecutionWithResult(ShownExecution):
    """A run, and what it found."""

    result_data: _ShownResult | None


class _ShownNextRun(ShownInSnakeCase):
    report_id: str
    name: str
    due_at: Timestamped


class ShownNextRuns(ShownInSnakeCase):
    """What runs next, the soonest first; at most 500."""

    next_runs: list[_ShownNextRun]
