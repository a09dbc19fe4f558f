"""A message request: checked against its sender and template, and turned into rows. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.errors import FieldProblem
from bot.ids import new_id
from bot.messages.delivery.content import FILE
from bot.messages.destinations import Destinations, is_destination, shown_name
from bot.messages.history import projection
from bot.messages.models import Ambiguous, MessageState, Rank
from bot.messages.policy import DEFAULT_QUEUE, QUEUES
from bot.messages.templates.store import TemplateVersion
from bot.messages.transports.base import File

#: A sender that need not be stored: nothing but the queue's own settings.
DEFAULT_SENDER = "default"


#: A channel takes one post a second: a bulk leaves every second slot to others.
_BULK_INTERVAL = timedelta(seconds=2)


@dataclass(frozen=True)
class SenderSettings:
    """A sender's settings for its messages; a sender that need not be stored leaves all open."""

    workspace_id: str | None = None
    channel: str | None = None
    queue: str = DEFAULT_QUEUE
    priority: int | None = None
    max_attempts: int | None = None
    allowed_channels: list[str] | None = None
    ambiguous: Ambiguous = Ambiguous.RESEND


@dataclass(frozen=True)
class MessageRequest:
    """
    A request for a message; `channel` is an id, `by` the requester, `request_id` the call.

    `workspace_id` is None unless it is already known and belongs to the tenant. `is_named`: the
    caller gave the call an id of its own, under which the message must be found as well.
    """

    tenant: str
    workspace_id: str | None
    template: str
    payload: dict[str, Any]
    correlation_id: str
    by: str
    sender: str = DEFAULT_SENDER
    channel: str | None = None
    fallback_channel: str | None = None  # where neither the order nor its sender names one
    priority: int | None = None
    thread_ts: str | None = None
    scheduled_at: datetime | None = None
    urgent: bool = False
    request_id: str | None = None
    is_named: bool = False
    files: Sequence[File] = ()
    seen_by: str | None = None  # the one person who is to see it
    message_id: str = field(default_factory=lambda: new_id("m"))


@dataclass(frozen=True)
class PreparedMessage:
    """The rows of an accepted request; those of its files are `attached`."""

    message: dict[str, Any]
    event: dict[str, Any]
    attached: Sequence["PreparedMessage"] = ()


def problems_of(
    request: MessageRequest,
    sender: SenderSettings | None,
    version: TemplateVersion | None,
    destinations: Destinations,
    place: str | FieldProblem | None,
    payload_problems: Sequence[FieldProblem] = (),
) -> list[FieldProblem]:
    """
    Return why this request cannot be accepted, each problem with its field.

    *place* is the id of the workspace or destination, or why there is none; *payload_problems* are
    the violations of its template's schema.
    """
    found = [place] if isinstance(place, FieldProblem) else []
    if sender is None:
        fix = (
            f"there is no sender `{request.sender}`: make it with PUT /api/senders/{request.sender}"
        )
        found.append(FieldProblem("configCode", fix))
    elif isinstance(place, str) and is_destination(place):
        found += _destination_problems(request, sender, destinations, place)
    else:
        found += _channel_problems(request, sender)
    found += _attachment_problems(request, place)
    if version is None:
        code = request.template
        fix = f"there is no template `{code}`: make it with PUT /api/templates/{code}"
        found.append(FieldProblem("templateCode", fix))
        return found
    return [*found, *payload_problems]


def _destination_problems(
    request: MessageRequest, sender: SenderSettings, destinations: Destinations, place: str
) -> list[FieldProblem]:
    destination = destinations.open_to(request.tenant, place)
    if destination is None:
        gone = f"its destination `{shown_name(place)}` is not in opsbell.toml (any more)"
        return [FieldProblem("configCode", gone)]
    # Without a bot token the webhook acts as the workspace, and channels may be named.
    found = []
    if request.channel and sender.workspace_id:
        found.append(FieldProblem("channel", "leave it out: a destination is one place"))
    if request.thread_ts and not destination.is_webhook:
        found.append(FieldProblem("threadTs", "leave it out: only Slack has threads"))
    return found


def _attachment_problems(
    request: MessageRequest, place: str | FieldProblem | None
) -> Iterator[FieldProblem]:
    """Yield the problems with files, or with the person who alone is to see the message."""
    if request.seen_by and isinstance(place, str) and is_destination(place):
        yield FieldProblem("user", "leave it out: everybody sees what goes to a destination")
    if request.files and request.seen_by:
        yield FieldProblem(
            "files", "leave them out, or `user`: everybody in a channel sees its files"
        )
    if len({file.name for file in request.files}) < len(request.files):
        # By its name an upload is found again whose answer was lost.
        yield FieldProblem("files", "give each a name of its own")


def _channel_problems(request: MessageRequest, sender: SenderSettings) -> list[FieldProblem]:
    channel = request.channel or sender.channel or request.fallback_channel
    if channel is None:
        return [FieldProblem("channel", "give one: the sender has none of its own")]
    if sender.allowed_channels is not None and channel not in sender.allowed_channels:
        allowed = ", ".join(sender.allowed_channels) or "none"
        return [FieldProblem("channel", f"the sender may write to these only: {allowed}")]
    return []


def prepare(
    request: MessageRequest,
    sender: SenderSettings,
    version: TemplateVersion,
    place: str,
    now: datetime,
    *,
    before: int = 0,
) -> PreparedMessage:
    """
    Return the rows of a valid request, which goes to *place*.

    *before* is the number of earlier requests of the same call for the same channel: they give way
    to others as if each had arrived when the previous one was sent.
    """
    queue = QUEUES.get(sender.queue, QUEUES[DEFAULT_QUEUE])
    priority = request.priority or sender.priority or queue.priority
    rank = Rank.URGENT if request.urgent else Rank.NORMAL
    due_at = max(request.scheduled_at or now, now)
    row = {
        **projection.DEFAULTS,
        "id": request.message_id,
        "workspace_id": place,
        "tenant": request.tenant,
        "channel": request.channel
        or sender.channel
        or request.fallback_channel
        or shown_name(place),
        "thread_ts": request.thread_ts,
        "seen_by": request.seen_by,
        "template": version.name,
        "template_id": version.id,
        "context": request.payload,
        "files": _files_as_json(request.files) if is_destination(place) and request.files else None,
        "correlation_id": request.correlation_id,
        "request_id": request.request_id
        if request.is_named and request.request_id != request.correlation_id
        else None,
        "sender": request.sender,
        "requested_by": request.by,
        "queue": sender.queue,
        "priority": priority,
        "turn": -priority,
        "max_attempts": sender.max_attempts or queue.max_attempts,
        "ambiguous": Ambiguous(sender.ambiguous).value,
        "scheduled_at": request.scheduled_at,
        "rank": rank.value,
        "post_rank": rank.value,
        "edit_rank": rank.value,
        "is_final": True,
        "state": (MessageState.DELAYED if due_at > now else MessageState.WAITING).value,
        "waiting_since": due_at + before * _BULK_INTERVAL,
        "due_at": due_at,
        "created_at": now,
    }
    detail: dict[str, Any] = {"request_id": request.request_id, "urgent": request.urgent or None}
    if row["files"]:
        detail["files"] = [file.name for file in request.files]
        return PreparedMessage(row, projection.first_event(row, now, **detail))
    files = [
        attached(row, f"{request.message_id}_f{number}", file, now)
        for number, file in enumerate(request.files, start=1)
    ]
    return PreparedMessage(row, projection.first_event(row, now, **detail), files)


def _files_as_json(files: Sequence[File]) -> list[dict[str, str]]:
    """Return files as a row keeps them that go along with its message."""
    return [file.as_context() for file in files]


def attached(parent: dict[str, Any], message_id: str, file: File, now: datetime) -> PreparedMessage:
    """Return the rows of a file, a reply that is delivered once its message is posted."""
    own = {
        "id": message_id,
        "parent_id": parent["id"],
        "template": FILE,
        "template_id": None,
        "context": file.as_context(),
        "rank": Rank.NORMAL.value,
        "post_rank": Rank.NORMAL.value,
        "edit_rank": Rank.NORMAL.value,
        "state": MessageState.BLOCKED.value,
    }
    row = {**parent, **own}
    return PreparedMessage(row, projection.first_event(row, now))
