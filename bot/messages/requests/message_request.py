"""A request for a message, checked against its sender and template and made into rows. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.errors import FieldProblem
from bot.ids import new_id
from bot.messages.delivery.content import FILE
from bot.messages.destinations import Outlets, is_outlet, shown_name
from bot.messages.history import projection
from bot.messages.models import Ambiguous, MessageState, Rank
from bot.messages.policy import DEFAULT_QUEUE, QUEUES
from bot.messages.transports.base import File

#: A sender that need not be stored: nothing but the queue's own settings.
DEFAULT_SENDER = "default"


#: A channel takes one post a second: so a bulk leaves every second one to whoever else comes.
BULK_INTERVAL = timedelta(seconds=2)


@dataclass(frozen=True)
class Terms:
    """What a sender settles for its messages; one that need not be stored leaves all open."""

    workspace_id: str | None = None
    channel: str | None = None
    queue: str = DEFAULT_QUEUE
    priority: int | None = None
    max_attempts: int | None = None
    allowed_channels: list[str] | None = None
    ambiguous: Ambiguous = Ambiguous.RESEND


@dataclass(frozen=True)
class Order:
    """
    What somebody wants sent; `channel` is an id, `by` who asked, `request_id` in which call.

    `workspace_id` is None unless it is already known to be the tenant's and meant. `is_named`: the
    call bears an id of the caller's own, under which the message is to be found as well.
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
class Drawing:
    """The version of a template that an order means; `schema` is JSON."""

    name: str
    id: str
    schema: str | None = None
    is_ours: bool = False  # no tenant wrote it


@dataclass(frozen=True)
class Prepared:
    """The rows of an accepted order; those of its files are `attached`."""

    message: dict[str, Any]
    event: dict[str, Any]
    attached: Sequence["Prepared"] = ()


def problems_of(
    order: Order,
    sender: Terms | None,
    drawing: Drawing | None,
    outlets: Outlets,
    place: str | FieldProblem | None,
    payload_problems: Sequence[FieldProblem] = (),
) -> list[FieldProblem]:
    """
    Return what keeps this order from being accepted, each with its field.

    *place* is the id of the workspace or outlet that it goes to, or why there is none;
    *payload_problems* is what its template's schema says of the payload.
    """
    found = [place] if isinstance(place, FieldProblem) else []
    if sender is None:
        fix = f"there is no sender `{order.sender}`: make it with PUT /api/senders/{order.sender}"
        found.append(FieldProblem("configCode", fix))
    elif isinstance(place, str) and is_outlet(place):
        found += outlet_problems(order, sender, outlets, place)
    else:
        found += channel_problems(order, sender)
    found += attachment_problems(order, place)
    if drawing is None:
        code = order.template
        fix = f"there is no template `{code}`: make it with PUT /api/templates/{code}"
        found.append(FieldProblem("templateCode", fix))
        return found
    return [*found, *payload_problems]


def outlet_problems(
    order: Order, sender: Terms, outlets: Outlets, place: str
) -> list[FieldProblem]:
    outlet = outlets.open_to(order.tenant, place)
    if outlet is None:
        gone = f"its destination `{shown_name(place)}` is not in opsbell.toml (any more)"
        return [FieldProblem("configCode", gone)]
    # Without a bot the webhook stands for the workspace, and channels are named as if it were one.
    found = []
    if order.channel and sender.workspace_id:
        found.append(FieldProblem("channel", "leave it out: a destination is one place"))
    if order.thread_ts and not outlet.is_webhook:
        found.append(FieldProblem("threadTs", "leave it out: only Slack has threads"))
    return found


def attachment_problems(order: Order, place: str | FieldProblem | None) -> Iterator[FieldProblem]:
    """Yield why files, or the person who alone is to see it, cannot be."""
    if order.seen_by and isinstance(place, str) and is_outlet(place):
        yield FieldProblem("user", "leave it out: everybody sees what goes to a destination")
    if order.files and order.seen_by:
        yield FieldProblem(
            "files", "leave them out, or `user`: everybody in a channel sees its files"
        )
    if len({file.name for file in order.files}) < len(order.files):
        # By its name an upload is found again whose answer was lost.
        yield FieldProblem("files", "give each a name of its own")


def channel_problems(order: Order, sender: Terms) -> list[FieldProblem]:
    channel = order.channel or sender.channel or order.fallback_channel
    if channel is None:
        return [FieldProblem("channel", "give one: the sender has none of its own")]
    if sender.allowed_channels is not None and channel not in sender.allowed_channels:
        allowed = ", ".join(sender.allowed_channels) or "none"
        return [FieldProblem("channel", f"the sender may write to these only: {allowed}")]
    return []


def prepare(
    order: Order, sender: Terms, drawing: Drawing, place: str, now: datetime, *, before: int = 0
) -> Prepared:
    """
    Return the rows of an order without problems, which goes to *place*.

    *before* is how many of the same call go to the same channel before it: they give way to others
    as if each had come when the one before it had been sent.
    """
    queue = QUEUES.get(sender.queue, QUEUES[DEFAULT_QUEUE])
    priority = order.priority or sender.priority or queue.priority
    rank = Rank.URGENT if order.urgent else Rank.NORMAL
    due_at = max(order.scheduled_at or now, now)
    row = {
        **projection.DEFAULTS,
        "id": order.message_id,
        "workspace_id": place,
        "tenant": order.tenant,
        "channel": order.channel or sender.channel or order.fallback_channel or shown_name(place),
        "thread_ts": order.thread_ts,
        "seen_by": order.seen_by,
        "template": drawing.name,
        "template_id": drawing.id,
        "context": order.payload,
        "files": along(order.files) if is_outlet(place) and order.files else None,
        "correlation_id": order.correlation_id,
        "request_id": order.request_id
        if order.is_named and order.request_id != order.correlation_id
        else None,
        "sender": order.sender,
        "requested_by": order.by,
        "queue": sender.queue,
        "priority": priority,
        "turn": -priority,
        "max_attempts": sender.max_attempts or queue.max_attempts,
        "ambiguous": Ambiguous(sender.ambiguous).value,
        "scheduled_at": order.scheduled_at,
        "rank": rank.value,
        "post_rank": rank.value,
        "edit_rank": rank.value,
        "is_final": True,
        "state": (MessageState.DELAYED if due_at > now else MessageState.WAITING).value,
        "waiting_since": due_at + before * BULK_INTERVAL,
        "due_at": due_at,
        "created_at": now,
    }
    detail: dict[str, Any] = {"request_id": order.request_id, "urgent": order.urgent or None}
    if row["files"]:
        detail["files"] = [file.name for file in order.files]
        return Prepared(row, projection.first_event(row, now, **detail))
    files = [
        attached(row, f"{order.message_id}_f{number}", file, now)
        for number, file in enumerate(order.files, start=1)
    ]
    return Prepared(row, projection.first_event(row, now, **detail), files)


def along(files: Sequence[File]) -> list[dict[str, str]]:
    """Return files as a row keeps them that go along with its message."""
    return [{"name": file.name, "content": file.content} for file in files]


def attached(parent: dict[str, Any], message_id: str, file: File, now: datetime) -> Prepared:
    """Return the rows of a file, a reply that is delivered once its message stands."""
    own = {
        "id": message_id,
        "parent_id": parent["id"],
        "template": FILE,
        "template_id": None,
        "context": {"name": file.name, "content": file.content},
        "rank": Rank.NORMAL.value,
        "post_rank": Rank.NORMAL.value,
        "edit_rank": Rank.NORMAL.value,
        "state": MessageState.BLOCKED.value,
    }
    row = {**parent, **own}
    return Prepared(row, projection.first_event(row, now))
