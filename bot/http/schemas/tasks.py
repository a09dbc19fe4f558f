"""Request and response models of the task endpoints."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AliasChoices, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from bot.http.schemas.base import Lenient, Sent, Shown, Timestamped
from bot.http.schemas.fields import (
    AttemptNumber,
    Channel,
    CorrelationId,
    Cursor,
    Details,
    ErrorText,
    Level,
    Moment,
    Name,
    NewTaskId,
    Percent,
    RunnerName,
    SentStatus,
    Sequence,
    Steps,
    TaskId,
    Timestamp,
    Url,
    seen_text,
)
from bot.tasks.intake import Reported
from bot.tasks.models import Task
from bot.tasks.updates import ReportOutcome

_MAX_LINES = 1_000
_MAX_LINE_CHARACTERS = 1_000
_MAX_TASKS_PAGE = 100
_MAX_MINUTES = 60 * 24 * 366
_SUBJECT = AliasChoices("subject", "dealer")
_FOR_WHOM = "Whom it is for; `dealer` is understood, too"

_Step = dict[str, Any]
_Minutes = Annotated[float, Field(gt=0, le=_MAX_MINUTES, allow_inf_nan=False)]


_SAID: JsonDict = {"type": ["string", "integer"]}
_TASK_IS_NAMED: JsonDict = {
    "anyOf": [
        {"required": ["taskId"], "properties": {"taskId": {**_SAID}}},
        {"required": ["channel", "ts"], "properties": {"channel": {**_SAID}, "ts": {**_SAID}}},
    ]
}


def _one_subject(values: Any) -> Any:
    """Refuse two different subjects; `dealer` is another word for it."""
    if isinstance(values, dict) and None not in (values.get("subject"), values.get("dealer")):
        if values["subject"] != values["dealer"]:
            raise ValueError("`subject` and `dealer` are the same thing: give one of them")
        return {name: value for name, value in values.items() if name != "dealer"}
    return values


class CreateTask(Sent):
    """A task to announce, and to run if `run` is true."""

    task: Name = Field(description="Its kind, e.g. `schema_fix`")
    subject: Name | None = Field(None, validation_alias=_SUBJECT, description=_FOR_WHOM)
    task_id: NewTaskId | None = Field(None, description="Made up if you have none")
    channel: Channel | None = Field(None, description="An id, a `#name` or a link")
    status: SentStatus = "queued"
    metadata: Details | None = Field(None, description="Shown as name and value")
    payload: Any = Field(None, description="For the runner; not shown")
    steps: Steps | None = None
    log_url: Url | None = None
    grafana_url: Url | None = None
    runner: RunnerName | None = None
    environment: Name | None = None
    correlation_id: CorrelationId | None = None
    run: bool = Field(False, strict=True, description="Also hand it to its runner")

    _subject = model_validator(mode="before")(_one_subject)


class UpdateTask(Lenient):
    """
    An orchestrator's report. The task is named by `taskId`, else by `channel` and `ts`.

    With a runner's callback token it need not be named.
    """

    model_config = ConfigDict(json_schema_extra=_TASK_IS_NAMED)

    status: SentStatus = Field(description="`in_progress` means running")
    task_id: TaskId | None = None
    channel: Channel | None = None
    ts: Timestamp | None = Field(None, description="Where the message stands in the channel")
    task: Name | None = None
    subject: Name | None = Field(None, validation_alias=_SUBJECT, description=_FOR_WHOM)
    progress: Percent | None = None
    progress_note: Annotated[str, seen_text(200)] | None = None
    error: ErrorText | None = None
    attempt: AttemptNumber | None = Field(None, description="A higher one starts over")
    seq: Sequence | None = Field(None, description="Orders reports within an attempt")
    stats: Details | None = Field(None, description="Counts, told in the thread at the end")
    steps: Steps | None = None
    metadata: Details | None = None
    log_url: Url | None = None
    grafana_url: Url | None = None

    _subject = model_validator(mode="before")(_one_subject)


class ForeignEvent(Sent):
    """Whatever another system sends; `[webhooks.<name>]` says what it means."""

    model_config = ConfigDict(extra="allow")


class _LogLine(Lenient):
    """One line. `level` is info unless known; `at` is ISO 8601 with offset or epoch seconds."""

    text: Annotated[str, seen_text(_MAX_LINE_CHARACTERS)]
    level: Level = "info"
    at: Moment = None


class LogTask(Lenient):
    """Lines for the task's thread."""

    is_redacted: ClassVar[bool] = False  # The intake does it, over the ends of lines.

    lines: list[_LogLine] = Field(max_length=_MAX_LINES)


class Heartbeat(Lenient):
    """Nothing needs to be said: the call is the sign of life."""


class RetryTask(Sent):
    """`attempt` is the one the caller saw; if another one runs already, nothing is retried."""

    attempt: AttemptNumber | None = None
    payload: Any = None
    reason: Name | None = None


class CancelTask(Sent):
    """Nothing needs to be said."""


class TaskFilter(Sent):
    """Which tasks to list; all that is given must hold."""

    status: Literal["queued", "running", "completed", "failed", "cancelled", "lost"] | None = None
    task: Name | None = None
    subject: Name | None = Field(None, validation_alias=_SUBJECT, description=_FOR_WHOM)
    since_minutes: _Minutes | None = Field(None, description="Changed within so many minutes")
    stuck_minutes: _Minutes | None = Field(None, description="Live and unchanged for longer")
    limit: int = Field(50, ge=1, le=_MAX_TASKS_PAGE)
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")

    _subject = model_validator(mode="before")(_one_subject)


class CreatedTask(Shown):
    """A task that was announced, or stood already."""

    task_id: str
    status: str
    message_id: str | None
    channel: str
    ts: str | None

    @classmethod
    def of(cls, task: Task, ts: str | None) -> Self:
        """Return what is answered about *task*, whose message stands at *ts*."""
        return cls(
            task_id=task.id,
            status=str(task.status),
            message_id=task.message_id,
            channel=task.channel,
            ts=ts,
        )


class Taken(Shown):
    """What became of a report."""

    ok: Literal[True] = True
    task_id: str
    outcome: Literal["applied", "ignored"]
    reason: Literal["stale", "final"] | None

    @classmethod
    def of(cls, reported: Reported) -> Self:
        """Return what is answered to a report."""
        match reported.outcome:
            case ReportOutcome.APPLIED:
                return cls(task_id=reported.task_id, outcome="applied", reason=None)
            case ReportOutcome.STALE:
                return cls(task_id=reported.task_id, outcome="ignored", reason="stale")
            case ReportOutcome.FINAL:
                return cls(task_id=reported.task_id, outcome="ignored", reason="final")


class TakenTaskEvent(Shown):
    """What became of an event; reason `status`: its word for that means none of ours."""

    ok: Literal[True] = True
    task_id: str
    outcome: Literal["applied", "ignored"]
    reason: Literal["stale", "final", "status"] | None


class TakenLines(Shown):
    """How many lines go to the thread; the others are below the kind's `log_level`."""

    ok: Literal[True] = True
    task_id: str
    taken: int
    left_out: int


class ListedTask(Shown):
    """A task in a list: without the payload, which may be large."""

    task_id: str
    external_id: str | None = Field(description="The orchestrator's own id, the newest of them")
    task: str
    subject: str | None
    status: str
    attempt: int
    progress: int | None
    error: str | None
    environment: str | None
    metadata: dict[str, Any]
    stats: dict[str, Any]
    steps: list[_Step]
    log_url: str | None
    grafana_url: str | None
    runner: str | None
    message_id: str | None
    channel: str
    ts: str | None
    correlation_id: str | None
    created_at: Timestamped
    started_at: Timestamped | None
    ended_at: Timestamped | None
    updated_at: Timestamped

    @classmethod
    def of(cls, task: Task, ts: str | None, **more: Any) -> Self:
        """Return *task*, whose message stands at *ts*; *more* is what a list has not."""
        return cls(
            task_id=task.id,
            external_id=task.external_id,
            task=task.task,
            subject=task.subject,
            status=str(task.status),
            attempt=task.attempt,
            progress=task.progress,
            error=task.error,
            environment=task.environment,
            metadata=task.details or {},
            stats=task.stats or {},
            steps=task.steps or [],
            log_url=task.log_url,
            grafana_url=task.grafana_url,
            runner=task.runner,
            message_id=task.message_id,
            channel=task.channel,
            ts=ts,
            correlation_id=task.correlation_id,
            created_at=task.created_at,
            started_at=task.started_at,
            ended_at=task.ended_at,
            updated_at=task.updated_at,
            **more,
        )


class ShownTask(ListedTask):
    """A task."""

    payload: Any


class ShownTaskWithTimeline(ShownTask):
    """A task and its message's timeline; of a very long one the newest part."""

    timeline: list[dict[str, Any]]
    timeline_is_cut: bool


class TaskPage(Shown):
    """Tasks, the most recently changed first; `nextCursor` asks for the next page."""

    tasks: list[ListedTask]
    next_cursor: str | None
