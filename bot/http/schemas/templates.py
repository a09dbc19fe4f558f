"""Request and response models of the endpoints of templates and senders."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints

from bot.http.schemas.base import Sent, Shown, Timestamped
from bot.http.schemas.constraints import Names, Whole
from bot.http.schemas.fields import Channel, Details, Name
from bot.http.schemas.message_fields import MessageSource, Priority, QueueName
from bot.messages.destinations import shown_name
from bot.messages.models import Ambiguous, Sender, StoredTemplate

_MAX_ATTEMPTS = 20
_MAX_ALLOWED_CHANNELS = 200

_WorkspaceName = Annotated[Name, Names("workspace")]


class PutTemplate(Sent):
    """A version of a template."""

    body: MessageSource = Field(
        description="Block Kit Builder JSON with Jinja2 in it, as text or as it is"
    )
    schema_: dict[str, Any] | None = Field(
        None, alias="schema", description="JSON Schema of the payload"
    )
    description: Annotated[str, StringConstraints(max_length=1_000)] | None = None


class PreviewTemplate(Sent):
    """The payload to render; `body` is tried instead of the stored template."""

    payload: Details = Field(default_factory=dict)
    body: MessageSource | None = None


class PutSender(Sent):
    """Delivery settings. What is left out is decided by the request or the queue."""

    workspace: _WorkspaceName | None = None
    channel: Channel | None = None
    queue: QueueName = "slack-message"
    priority: Priority | None = None
    max_attempts: Annotated[int, Whole(1, _MAX_ATTEMPTS)] | None = None
    allowed_channels: list[Channel] | None = Field(None, max_length=_MAX_ALLOWED_CHANNELS)
    ambiguous: Literal["resend", "hold"] = "resend"


class ShownTemplate(Shown):
    """The newest version of a template."""

    code: str
    version: int
    body: str
    schema_: dict[str, Any] | None = Field(alias="schema")
    description: str | None
    created_by: str
    created_at: Timestamped

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
    The message as Slack would get it; `overflow` is the text that did not fit.

    `warnings` lists what differs from the template, a sentence each with the fix.
    """

    text: str
    blocks: list[dict[str, Any]]
    overflow: str | None
    warnings: list[str]


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
    updated_at: Timestamped

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
