"""What is sent to and answered by the endpoints of messages, templates and senders."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from bot.http.schemas.base import At, Sent, Shown
from bot.http.schemas.constraints import Matching, Names, Whole
from bot.http.schemas.fields import CORRELATION_ID, Channel, Cursor, Details, Name, Timestamp
from bot.http.schemas.message_fields import (
    FileContent,
    FileName,
    Moment,
    Person,
    Priority,
    QueueName,
    SenderCode,
    Source,
    TemplateCode,
)
from bot.messages.destinations import shown_name
from bot.messages.fixes import fix_for
from bot.messages.models import Ambiguous, Message, Sender, StoredTemplate
from bot.messages.requests.message_request import DEFAULT_SENDER
from bot.messages.requests.status import Standing, Status

MAX_BULK = 1_000
MAX_PAGE = 100
MAX_ATTEMPTS = 20
MAX_FILES = 5
MAX_ALLOWED_CHANNELS = 200


Tenant = Annotated[Name, Names("tenant")]
Workspace = Annotated[Name, Names("workspace")]
#: What stands in an address where a correlation id may stand, or what clients leave out of one.
NO_MESSAGE_IDS = ("dead", "stats", "request", "urgent", "schedule", ".", "..")
MessageId = Annotated[
    str,
    Matching(
        CORRELATION_ID,
        "must be 1 to 128 printable ASCII characters, and none of "
        f"{', '.join(NO_MESSAGE_IDS[:-2])}, . and .., which stand in addresses: take another",
        NO_MESSAGE_IDS,
    ),
]
#: What only one member sees has no thread.
NO_FILES_FOR_ONE: JsonDict = {
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

    model_config = ConfigDict(json_schema_extra=NO_FILES_FOR_ONE)

    tenant: Tenant | None = Field(None, description="The token's own, if given")
    channel: Channel | None = Field(None, description="An id or `#name`; else the sender's")
    config_code: SenderCode = Field(DEFAULT_SENDER, description="The sender")
    template_code: TemplateCode = Field(description="`text` needs no template of your own")
    payload: Details = Field(default_factory=dict, description="What the template is filled with")
    priority: Priority | None = None
    thread_ts: Timestamp | None = None
    correlation_id: MessageId | None = Field(None, description="Made up if you have none")
    files: list[SendFile] = Field([], max_length=MAX_FILES, description="Go into its thread")
    user: Person | None = Field(
        None, description="Only this member of the channel sees it, for a while"
    )


class ScheduleMessage(Sent):
    """A message to send later."""

    request: SendMessage
    scheduled_at: Moment


class ReplayMessage(Sent):
    """Nothing needs to be said."""


class DeadFilter(Sent):
    """Which page of dead letters."""

    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")


class PutTemplate(Sent):
    """A version of a template."""

    body: Source = Field(
        description="Block Kit Builder JSON with Jinja2 in it, as text or as it is"
    )
    schema_: dict[str, Any] | None = Field(
        None, alias="schema", description="JSON Schema of the payload"
    )
    description: Annotated[str, StringConstraints(max_length=1_000)] | None = None


class PreviewTemplate(Sent):
    """What to draw; `body` is tried instead of the stored one."""

    payload: Details = Field(default_factory=dict)
    body: Source | None = None


class PutSender(Sent):
    """Delivery settings. What is left out is the request's or the queue's to say."""

    workspace: Workspace | None = None
    channel: Channel | None = None
    queue: QueueName = "slack-message"
    priority: Priority | None = None
    max_attempts: Annotated[int, Whole(1, MAX_ATTEMPTS)] | None = None
    allowed_channels: list[Channel] | None = Field(None, max_length=MAX_ALLOWED_CHANNELS)
    ambiguous: Literal["resend", "hold"] = "resend"


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


class TimelineEvent(BaseModel):
    """One line of a message's history."""

    event: str
    at: str
    revision: int
    attempt: int
    detail: dict[str, Any]


class ShownMessage(Shown):
    """Where a message stands, and everything that happened to it."""

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
    scheduled_at: At | None
    created_at: At
    sent_at: At | None
    events: list[TimelineEvent]
    other_messages: list[str]

    @classmethod
    def of(cls, status: Status) -> Self:
        """Return what is known of a message."""
        message = status.message
        return cls(
            correlation_id=message.correlation_id,
            message_id=message.id,
            status=status.standing.value,
            delivery=delivery_of(status),
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
            destination_off=status.switched_off,
            scheduled_at=message.scheduled_at,
            created_at=message.created_at,
            sent_at=message.sent_at,
            events=[TimelineEvent(**event) for event in status.events],
            other_messages=status.others,
        )


def delivery_of(status: Status) -> Literal["confirmed", "possibly"] | None:
    """Return whether it certainly arrived, once; None while nothing can have arrived."""
    message = status.message
    if message.possibly_delivered or message.answer_lost:
        return "possibly"
    return "confirmed" if message.ts or status.standing is Standing.SENT else None


class ChangedMessage(Shown):
    """What became of a message that was taken back or tried again."""

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
    at: At

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


class ShownTemplate(Shown):
    """The newest version of a template."""

    code: str
    version: int
    body: str
    schema_: dict[str, Any] | None = Field(alias="schema")
    description: str | None
    created_by: str
    created_at: At

    @classmethod
    def of(cls, stored: StoredTemplate) -> Self:
        """Return a stored version."""
        return cls(
            code=stored.code,
            version=stored.version,
            body=stored.body,
            schema_=stored.payload_schema,
            description=stored.description,
            created_by=stored.created_by,
            created_at=stored.created_at,
        )


class Preview(Shown):
    """
    The message as Slack would get it; `overflow` is what had no room.

    `altered` says, a sentence each, what is not as the template has it, and what to do about it.
    """

    text: str
    blocks: list[dict[str, Any]]
    overflow: str | None
    altered: list[str]


class ShownSender(Shown):
    """A sender's settings."""

    code: str
    workspace: str | None
    channel: str | None
    queue: str
    priority: int | None
    max_attempts: int | None
    allowed_channels: list[str] | None
    ambiguous: Literal["resend", "hold"]
    created_by: str
    updated_at: At

    @classmethod
    def of(cls, sender: Sender) -> Self:
        """Return a stored sender."""
        return cls(
            code=sender.code,
            workspace=sender.workspace_id and shown_name(sender.workspace_id),
            channel=sender.channel,
            queue=sender.queue,
            priority=sender.priority,
            max_attempts=sender.max_attempts,
            allowed_channels=sender.allowed_channels,
            ambiguous=Ambiguous(sender.ambiguous).value,
            created_by=sender.created_by,
            updated_at=sender.updated_at,
        )
