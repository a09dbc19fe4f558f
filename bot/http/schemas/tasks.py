"""What is sent to and answered by the endpoints of tasks."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, AliasChoices, Field, model_validator

from bot.http.schemas.base import Lenient, Sent, Shown
from bot.http.schemas.fields import (
    Attempt,
    Channel,
    CorrelationId,
    Details,
    ErrorText,
    Level,
    Moment,
    Name,
    NewTaskId,
    Percent,
    SentStatus,
    Sequence,
    TaskId,
    Timestamp,
    Url,
)

MAX_LINES = 200
MAX_LINE_CHARACTERS = 1_000
MAX_PAGE = 100
MAX_MINUTES = 60 * 24 * 366
SUBJECT = AliasChoices("subject", "dealer")
FOR_WHOM = "Whom it is for; `dealer` is understood, too"

Step = dict[str, Any]
Minutes = Annotated[float, Field(gt=0, le=MAX_MINUTES, allow_inf_nan=False)]


def one_subject(values: Any) -> Any:
    """Refuse two different subjects; `dealer` is another word for it."""
    if isinstance(values, dict) and None not in (values.get("subject"), values.get("dealer")):
        if values["subject"] != values["dealer"]:
            raise ValueError("`subject` and `dealer` are the same thing: give one of them")
        return {name: value for name, value in values.items() if name != "dealer"}
    return values


class CreateTask(Sent):
    """A task to announce, and to run if `run` is true."""

    task: Name = Field(description="Its kind, e.g. `schema_fix`")
    subject: Name | None = Field(None, validation_alias=SUBJECT, description=FOR_WHOM)
    task_id: NewTaskId | None = Field(None, description="Made up if you have none")
    channel: Channel | None = Field(None, description="An id, a `#name` or a link")
    status: SentStatus = "queued"
    metadata: Details | None = Field(None, description="Shown as name and value")
    payload: Any = Field(None, description="For the runner; not shown")
    steps: list[Step] | None = Field(None, max_length=50)
    log_url: Url | None = None
    grafana_url: Url | None = None
    runner: Name | None = None
    environment: Name | None = None
    correlation_id: CorrelationId | None = None
    run: bool = Field(False, strict=True, description="Also hand it to its runner")

    _subject = model_validator(mode="before")(one_subject)


class UpdateTask(Lenient):
    """What an orchestrator reports. The task is named by `taskId`, else by `channel` and `ts`."""

    status: SentStatus = Field(description="`in_progress` means running")
    task_id: TaskId | None = None
    channel: Channel | None = None
    ts: Timestamp | None = Field(None, description="Where the message stands in the channel")
    task: Name | None = None
    subject: Name | None = Field(None, validation_alias=SUBJECT, description=FOR_WHOM)
    progress: Percent | None = None
    progress_note: Annotated[str, AfterValidator(lambda text: text[:200])] | None = None
    error: ErrorText | None = None
    attempt: Attempt | None = Field(None, description="A higher one starts over")
    seq: Sequence | None = Field(None, description="Orders reports within an attempt")
    stats: Details | None = Field(None, description="Counts, told in the thread at the end")
    steps: list[Step] | None = Field(None, max_length=50)
    metadata: Details | None = None
    log_url: Url | None = None
    grafana_url: Url | None = None

    _subject = model_validator(mode="before")(one_subject)


class LogLine(Lenient):
    """One line. `level` is info unless known; `at` is ISO 8601 with offset or epoch seconds."""

    text: Annotated[str, AfterValidator(lambda text: text[:MAX_LINE_CHARACTERS])]
    level: Level = "info"
    at: Moment = None


class LogTask(Lenient):
    """Lines for the task's thread."""

    is_redacted: ClassVar[bool] = False  # The intake does it, over the ends of lines.

    lines: list[LogLine] = Field(max_length=MAX_LINES)


class Heartbeat(Lenient):
    """Nothing needs to be said: the call is the sign of life."""


class RetryTask(Sent):
    """`attempt` is the one the caller saw; if another one runs already, nothing is retried."""

    attempt: Attempt | None = None
    payload: Any = None
    reason: Name | None = None


class CancelTask(Sent):
    """Nothing needs to be said."""


class TaskFilter(Sent):
    """Which tasks to list; all that is given must hold."""

    status: Literal["queued", "running", "completed", "failed", "cancelled", "lost"] | None = None
    task: Name | None = None
    subject: Name | None = Field(None, validation_alias=SUBJECT, description=FOR_WHOM)
    since_minutes: Minutes | None = Field(None, description="Changed within so many minutes")
    stuck_minutes: Minutes | None = Field(None, description="Live and unchanged for longer")
    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=500, description="`nextCursor` of the page before")

    _subject = model_validator(mode="before")(one_subject)


class CreatedTask(Shown):
    """A task that was announced, or stood already."""

    task_id: str
    status: str
    message_id: str | None
    channel: str
    ts: str | None


class Taken(Shown):
    """What became of a report."""

    ok: Literal[True]
    task_id: str
    outcome: Literal["applied", "ignored"]
    reason: Literal["stale", "final"] | None


class TakenLines(Shown):
    """How many lines go to the thread; the others are below the kind's `log_level`."""

    ok: Literal[True]
    task_id: str
    taken: int
    left_out: int


class ShownTask(Shown):
    """A task."""

    task_id: str
    task: str
    subject: str | None
    status: str
    attempt: int
    progress: int | None
    error: str | None
    environment: str | None
    metadata: dict[str, Any]
    stats: dict[str, Any]
    steps: list[Step]
    payload: Any
    log_url: str | None
    grafana_url: str | None
    runner: str | None
    message_id: str | None
    channel: str
    ts: str | None
    correlation_id: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None
    updated_at: str


class ShownTaskWithTimeline(ShownTask):
    """A task and everything that happened to its message."""

    timeline: list[dict[str, Any]]


class TaskPage(Shown):
    """Tasks, the most recently changed first; `nextCursor` asks for the next page."""

    tasks: list[ShownTask]
    next_cursor: str | None
