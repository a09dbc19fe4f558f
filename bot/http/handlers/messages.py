"""Any Slack message: send, schedule, look up, withdraw, replay."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.errors import FieldProblem, InvalidError
from bot.http.channel_lookup import resolve_recipient
from bot.http.pagination import read_cursor, write_cursor
from bot.http.route_types import Call, Response
from bot.http.schemas.messages import (
    NO_MESSAGE_IDS,
    DeadFilter,
    DeadPage,
    QueueStats,
    ScheduleMessage,
    SendMessage,
    ShownDeadLetter,
    ShownMessage,
    Stats,
)
from bot.ids import new_id
from bot.messages.destinations import is_destination
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import DEFAULT_SENDER, MessageRequest
from bot.messages.transports.base import File

_ACCEPTED = {"status": "accepted", "message": "Slack message request queued for processing"}
#: Nobody plans further ahead, but years get mistyped.
_FURTHEST = timedelta(days=5 * 366)

_Workspaces = Callable[[str], Awaitable[str]]


async def request_message(call: Call) -> Response:
    """Send a message: it is in the database before this answers."""
    return await _accept_one(call, call.body)


async def request_urgent_message(call: Call) -> Response:
    """Send a message before all others but ends and first posts of tasks."""
    return await _accept_one(call, call.body, urgent=True)


async def schedule_message(call: Call) -> Response:
    """Send a message at a later time."""
    body: ScheduleMessage = call.body
    now = call.services.clock.now()
    if before := await _stored_before(call):
        return _accepted(before)
    if not now < body.scheduled_at <= now + _FURTHEST:
        problem = FieldProblem("scheduledAt", "must be in the future, by five years at most")
        raise InvalidError(f"Nothing was accepted: `scheduledAt` {problem.message}.", [problem])
    return await _accept_one(call, body.request, prefix="request.", at=body.scheduled_at)


async def request_messages(call: Call) -> Response:
    """Send up to 1,000 messages, all of them or none."""
    if before := await _stored_before(call, range(len(call.body))):
        return Response({"correlationIds": before, **_ACCEPTED}, status=202)
    workspace = workspaces_of(call)
    message_requests = [
        await _order_of(call, body, workspace, f"[{number}].", number)
        for number, body in enumerate(call.body)
    ]
    taken = await call.services.requests.accept(RequestBatch(message_requests, prefix="[{}]."))
    return Response({"correlationIds": taken, **_ACCEPTED}, status=202)


async def _accept_one(
    call: Call,
    body: SendMessage,
    *,
    prefix: str = "",
    urgent: bool = False,
    at: datetime | None = None,
) -> Response:
    if before := await _stored_before(call):
        return _accepted(before)
    message_request = await _order_of(
        call, body, workspaces_of(call), prefix, urgent=urgent, scheduled_at=at
    )
    return _accepted(
        await call.services.requests.accept(RequestBatch([message_request], prefix=prefix))
    )


def _accepted(correlation_ids: list[str]) -> Response:
    return Response({"correlationId": correlation_ids[0], **_ACCEPTED}, status=202)


async def _stored_before(call: Call, numbers: Iterable[int | None] = (None,)) -> list[str] | None:
    """
    Return the correlation ids that a process stored under the call's key before it died.

    They are not validated again: the time may have passed by now, or the template may have changed.
    """
    if not call.is_again:
        return None
    return await call.services.requests.stored([message_id(call, number) for number in numbers])


def workspaces_of(call: Call) -> _Workspaces:
    """Return what tells a sender's workspace; it asks once for each sender of a call."""
    known: dict[str, str] = {}

    async def workspace(sender: str) -> str:
        if sender not in known:
            tenant = call.caller.tenant
            known[sender] = await call.services.senders.workspace(tenant, sender)
        return known[sender]

    return workspace


async def _order_of(
    call: Call,
    body: SendMessage,
    workspace: _Workspaces,
    prefix: str,
    number: int | None = None,
    **more: Any,
) -> MessageRequest:
    """Return what *body* asks for; raise `InvalidError` naming the field, after *prefix*."""
    tenant = call.caller.tenant
    if body.tenant not in (None, tenant):
        problem = FieldProblem(f"{prefix}tenant", f"this token speaks for `{tenant}` only")
        raise InvalidError(
            f"Nothing was accepted: `{problem.field}`: {problem.message}.", [problem]
        )
    workspace_of_sender = partial(workspace, body.config_code)
    channel = body.channel and await resolve_recipient(
        call.services.channels,
        workspace_of_sender,
        body.channel,
        f"{prefix}channel",
    )
    fallback = None
    if channel is None and body.config_code == DEFAULT_SENDER:
        fallback = await fallback_channel(call, workspace_of_sender, f"{prefix}channel")
    own = call.correlation_id if number is None else new_id("c")
    correlation_id = body.correlation_id or own
    if correlation_id in NO_MESSAGE_IDS:  # It came in the header.
        correlation_id = new_id("c")
    return MessageRequest(
        tenant=tenant,
        workspace_id=None,
        template=body.template_code,
        payload=body.payload,
        correlation_id=correlation_id,
        by=call.caller.subject,
        sender=body.config_code,
        channel=channel,
        fallback_channel=fallback,
        priority=body.priority,
        thread_ts=body.thread_ts,
        request_id=call.correlation_id,
        is_named=call.is_named,
        files=[File(one.name, one.content) for one in body.files],
        seen_by=body.user,
        message_id=message_id(call, number),
        **more,
    )


async def fallback_channel(
    call: Call, workspace: Callable[[], Awaitable[str]], field: str
) -> str | None:
    """
    Return the usual channel of the workspace for whoever names neither a channel nor a sender.

    A destination has none.
    """
    try:
        place = await workspace()
    except InvalidError:  # Whoever checks the order says so, with all else that is wrong.
        return None
    channel = None if is_destination(place) else call.services.usual_channel(place)
    if channel is None:
        return None
    return await resolve_recipient(call.services.channels, workspace, channel, field)


def message_id(call: Call, number: int | None) -> str:
    """Return the id for a new message; the same one if the call is repeated under its key."""
    if call.new_id is None:
        return new_id("m")
    made = call.new_id.partition("_")[2]
    return f"m_{made}" if number is None else f"m_{made}_{number}"


async def show_message(call: Call) -> Response:
    """Show the status of a message and its whole timeline."""
    found = await call.services.requests.status(call.caller.tenant, call.path["correlationId"])
    return Response(ShownMessage.of(found))


async def withdraw_message(call: Call) -> Response:
    """Take back a message that was not sent."""
    return await change(call, "withdrawn")


async def replay_message(call: Call) -> Response:
    """Try a dead letter again, from the start."""
    return await change(call, "replayed")


async def change(call: Call, word: str) -> Response:
    requests, key = call.services.requests, call.path["correlationId"]
    do = requests.withdraw if word == "withdrawn" else requests.replay
    made = await do(call.caller.tenant, key, by=call.caller.subject)
    return Response({"correlationId": key, "messageId": made, "status": word})


async def list_dead_messages(call: Call) -> Response:
    """List what was given up, the latest first."""
    wanted: DeadFilter = call.query
    before = read_cursor(wanted.cursor) if wanted.cursor else None
    # One more than asked tells whether there is another page.
    found = await call.services.requests.dead(call.caller.tenant, wanted.limit + 1, before)
    page = found[: wanted.limit]
    more = len(found) > wanted.limit
    letters = [ShownDeadLetter.of(message) for message in page]
    return Response(
        DeadPage(
            messages=letters,
            next_cursor=write_cursor(letters[-1].at, page[-1].id) if more else None,
        )
    )


async def show_stats(call: Call) -> Response:
    """Count the messages of each queue by state."""
    lines = await call.services.requests.stats(call.caller.tenant)
    return Response(Stats(queues=[QueueStats(**line) for line in lines]))
