"""Request and response models of the message endpoints."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from bot.http.schemas.base import Sent, Shown, Timestamped
from bot.http.schemas.constraints import Matching, Names
from bot.http.schemas.fields import CORRELATION_ID, Channel, Cursor, Details, Name, Timestamp
from bot.http.schemas.message_fields import (
    FileContent,
    FileName,
    Person,
    Priority,
    ScheduledMoment,
    SenderCode,
    TemplateCode,
)
from bot.messages.error_fixes import fix_for
from bot.messages.models import Message
from bot.messages.requests.message_request import DEFAULT_SENDER
from bot.messages.requests.status import MessageStatus, PublicState

MAX_BULK = 1_000
_MAX_PAGE = 100
MAX_FILES = 5


_Tenant = Annotated[Name, Names("tenant")]
#: Path segments that cannot be correlation ids, and those that clients normalise away.
NO_MESSAGE_IDS = ("dead", "stats", "request", "urgent", "schedule", ".", "..")
_MessageId = Annotated[
    str,
    Matching(
        CORRELATION_ID,
        "must be 1 to 128 printable ASCII characters, and none of "
        f"{', '.join(NO_MESSAGE_IDS[:-2])}, . and .., which stand in addresses: take another",
        NO_MESSAGE_IDS,
    ),
]
#: What only one member sees has no thread.
_NO_FILES_FOR_ONE: JsonDict = {
    "not": {
        "required": ["user", "files"],
        "properties": {"user": {"type": "string"}, "files": {"type": "array", "minItems": 1}},
    }
}


class SendFile(Sent):
    """A file of text."""

    name: FileName = Field(description="e.g. `report.csv`")
    content: FileContent


class SendMessage(Sent):
    """A message to send."""

    model_config = ConfigDict(json_schema_extra=_NO_FILES_FOR_ONE)

    tenant: _Tenant | None = Field(None, description="The token's own, if given")
    channel: Channel | None = Field(None, description="An id or `#name`; else the sender's")
    config_code: SenderCode = Field(DEFAULT_SENDER, description="The sender")
    template_code: TemplateCode = Field(description="`text` needs no template of your own")
    payload: Details = Field(default_factory=dict, description="What the template is filled with")
    priority: Priority | None = None
    thread_ts: Timestamp | None = None
    correlation_id: _MessageId | None = Field(None, description="Made up if you have none")
    files: list[SendFile] = Field([], max_length=MAX_FILES, description="Go into its thread")
    user: Person | None = Field(
        None, description="Only this member of the channel sees it, for a while"
    )


class ScheduleMessage(Sent):
    """A message to send later."""

    request: SendMessage
    scheduled_at: ScheduledMoment


class ReplayMessage(Sent):
    """Nothing needs to be said."""


class DeadFilter(Sent):
    """Which page of dead letters."""

    limit: int = Field(50, ge=1, le=_MAX_PAGE)
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")


class AcceptedMessage(Shown):
    """The message is in the database and will be delivered."""

    correlation_id: str
    status: Literal["accepted"]
    message: str


class AcceptedMessages(Shown):
    """All of them are in the database and will be delivered."""

    correlation_ids: list[str]
    status: Literal["accepted"]
    message: str


class _TimelineEvent(BaseModel):
    """One line of a message's history."""

    event: str
    at: str
    revision: int
    attempt: int
    detail: dict[str, Any]


class ShownMessage(Shown):
    """The status of a message, and everything that happened to it."""

    correlation_id: str | None
    message_id: str
    status: Literal["SCHEDULED", "PENDING", "RETRYING", "SENT", "FAILED", "WITHDRAWN"]
    delivery: Literal["confirmed", "possibly"] | None
    attempts: int
    channel: str
    ts: str | None
    thread_ts: str | None
    permalink: str | None
    template_code: str
    config_code: str | None
    queue: str
    priority: int
    last_error: str | None
    fix: str | None
    destination_off: str | None
    scheduled_at: Timestamped | None
    created_at: Timestamped
    sent_at: Timestamped | None
    events: list[_TimelineEvent]
    other_messages: list[str]

    @classmethod
    def of(cls, status: MessageStatus) -> Self:
        """Return what is known of a message."""
        message = status.message
        return cls(
            correlation_id=message.correlation_id,
            message_id=message.id,
            status=status.standing.value,
            delivery=_delivery_of(status),
            attempts=status.attempts,
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.thread_ts,
            permalink=status.permalink,
            template_code=message.template,
            config_code=message.sender,
            queue=message.queue,
            priority=message.priority,
            last_error=message.error,
            fix=status.fix,
            destination_off=status.suspended_because,
            scheduled_at=message.scheduled_at,
            created_at=message.created_at,
            sent_at=message.sent_at,
            events=[_TimelineEvent(**event) for event in status.events],
            other_messages=status.others,
        )


def _delivery_of(status: MessageStatus) -> Literal["confirmed", "possibly"] | None:
    """Return whether it certainly arrived, once; None while nothing can have arrived."""
    message = status.message
    if message.possibly_delivered or message.answer_lost:
        return "possibly"
    return "confirmed" if message.ts or status.standing is PublicState.SENT else None


class ChangedMessage(Shown):
    """The result of withdrawing or replaying a message."""

    correlation_id: str
    message_id: str
    status: Literal["withdrawn", "replayed"]


class ShownDeadLetter(Shown):
    """A message that was given up."""

    correlation_id: str | None
    message_id: str
    channel: str
    template_code: str
    error: str
    fix: str
    attempts: int
    at: Timestamped

    @classmethod
    def of(cls, message: Message) -> Self:
        """Return a message that was given up."""
        return cls(
            correlation_id=message.correlation_id,
            message_id=message.id,
            channel=message.channel,
            template_code=message.template,
            error=message.error or "",
            fix=fix_for(message.error or ""),
            attempts=message.tries,
            at=message.dead_at or message.created_at,
        )


class DeadPage(Shown):
    """Dead letters, the latest first; `nextCursor` asks for the next page."""

    messages: list[ShownDeadLetter]
    next_cursor: str | None


class QueueStats(Shown):
    """How many messages of a queue are in which state."""

    queue: str
    waiting: int
    delayed: int
    sending: int
    sent: int
    failed: int
    oldest_seconds: float | None


class Stats(Shown):
    """Every queue."""

    queues: list[QueueStats]
