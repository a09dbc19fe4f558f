"""Queries about messages: find one, list dead letters, count by queue."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, bindparam, or_, text, tuple_, union
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from bot.errors import ConflictError, NotFoundError
from bot.messages.models import Message, MessageState
from bot.messages.policy import QUEUES
from bot.messages.totals import totals_of
from bot.sql import fast_json
from bot.sql.statements import OneOf
from bot.sql.tables import table_of

#: Where a page of dead letters ended.
Mark = tuple[datetime, str]
#: The states as the API counts them.
_COUNTED_AS = {
    MessageState.WAITING: "waiting",
    MessageState.BLOCKED: "waiting",  # and those of a suspended channel
    MessageState.DELAYED: "delayed",
    MessageState.SENDING: "sending",
    MessageState.DEAD: "failed",
}
_COUNTS = ("waiting", "delayed", "sending", "sent", "failed")
_AGEING = ("waiting", "sending")
#: Messages that give way to others count as waiting since they were due.
_SINCE = "CASE WHEN waiting_since > due_at THEN due_at ELSE waiting_since END"
#: Each state has a partial index of its own, and most messages are in none of these states.
#: A constant, not a parameter, or no database would use the index.
_COUNT_OPEN = text(
    " UNION ALL ".join(
        f"SELECT queue, '{state}' AS state, COUNT(*) AS number, MIN({_SINCE}) AS since "  # noqa: S608
        f"FROM message WHERE {condition} AND tenant = :tenant GROUP BY queue"
        for state, condition in (
            (MessageState.WAITING, "state = 'waiting'"),
            (MessageState.BLOCKED, "state IN ('blocked', 'suspended')"),
            (MessageState.DELAYED, "state = 'delayed'"),
            (MessageState.SENDING, "state = 'sending'"),
            (MessageState.DEAD, "state = 'dead'"),
        )
    )
).columns(
    queue=String, state=String, number=BigInteger, since=table_of(Message).c.waiting_since.type
)

_LANE_COLUMNS = table_of(Message).c
_AWAITED = union(
    *(
        select_columns(_LANE_COLUMNS.workspace_id).where(
            text(condition),
            _LANE_COLUMNS.tenant == bindparam("tenant"),
            OneOf(_LANE_COLUMNS.workspace_id, "workspaces"),
        )
        for condition in (
            "state = 'waiting'",
            "state = 'delayed'",
            "state = 'sending'",
            "state IN ('blocked', 'suspended')",
        )
    )
)


def awaited_workspaces(session: Session, tenant: str, workspaces: Collection[str]) -> set[str]:
    """Return those of the workspaces in which messages of the tenant are still to be delivered."""
    if not workspaces:
        return set()
    asked = {"tenant": tenant, "workspaces": fast_json.text([*workspaces])}
    return set(session.execute(_AWAITED, asked).scalars())


def of_correlation(session: Session, tenant: str, key: str) -> Sequence[Message]:
    """
    Return a tenant's messages of this correlation id, or the one of this id; newest first.

    A message has the correlation id of its body, and that of its call if the caller gave one.
    Replies in threads come last.
    """
    query = (
        select(Message)
        .where(Message.tenant == tenant, _is_of(key))
        .order_by(
            col(Message.parent_id).is_not(None),
            col(Message.created_at).desc(),
            col(Message.id).desc(),
        )
        .limit(100)
    )
    found = session.exec(query).all()
    if found:
        return found
    message = session.get(Message, key)
    return [message] if message is not None and message.tenant == tenant else []


def _is_of(key: str) -> ColumnElement[bool]:
    return or_(col(Message.correlation_id) == key, col(Message.request_id) == key)


def of_any_tenant(session: Session, key: str) -> Sequence[Message]:
    """Return all messages of this correlation id, or the one of this id: for the command line."""
    query = select(Message).where(_is_of(key)).order_by(col(Message.created_at))
    found = session.exec(query).all()
    message = session.get(Message, key)
    return found or ([message] if message else [])


def all_dead(session: Session, limit: int) -> Sequence[Message]:
    """Return the dead letters of every tenant, latest first, for the command line."""
    query = select(Message).where(Message.state == MessageState.DEAD)
    return session.exec(query.order_by(col(Message.dead_at).desc()).limit(limit)).all()


def the_one(session: Session, tenant: str, key: str) -> Message:
    """
    Return the message that is meant; raise `NotFoundError`, or `ConflictError` for several.

    A reply in its thread is meant only by its own id.
    """
    found = of_correlation(session, tenant, key)
    if not found:
        raise unknown(key)
    found = [one for one in found if one.parent_id is None] or found
    if len(found) > 1:
        ids = ", ".join(f"`{one.id}`" for one in found[:10])
        raise ConflictError(f"{len(found)} messages carry `{key}`: say which by its id: {ids}.")
    return found[0]


def unknown(key: str) -> NotFoundError:
    return NotFoundError(f"There is no message `{key}`.")


def at_place(session: Session, workspace_id: str, channel: str, ts: str) -> Message | None:
    """Return our message at this place."""
    query = select(Message).where(
        Message.workspace_id == workspace_id, Message.channel == channel, Message.ts == ts
    )
    return session.exec(query).first()


def dead(session: Session, tenant: str, limit: int, before: Mark | None) -> list[Message]:
    """Return a tenant's dead letters, latest first."""
    place = tuple_(col(Message.dead_at), col(Message.id))
    query = select(Message).where(Message.tenant == tenant, Message.state == MessageState.DEAD)
    if before is not None:
        query = query.where(place < before)
    newest_first = (col(Message.dead_at).desc(), col(Message.id).desc())
    return list(session.exec(query.order_by(*newest_first).limit(limit)).all())


def dead_of(session: Session, tenant: str, person: str, limit: int) -> list[Message]:
    """Return the dead letters that a person asked for, the latest death first."""
    query = select(Message).where(
        Message.tenant == tenant,
        Message.state == MessageState.DEAD,
        Message.requested_by == person,
    )
    query = query.order_by(col(Message.dead_at).desc(), col(Message.id).desc())
    return list(session.exec(query.limit(limit)).all())


def stats(session: Session, tenant: str, now: datetime) -> list[dict[str, Any]]:
    """
    Return one line per queue; `oldest_seconds` is the age of the longest waiting message.

    The cost grows with the number of undelivered messages, not with that of delivered ones.
    """
    lines = {queue: _empty_line(queue) for queue in QUEUES}
    for queue, total in totals_of(session, tenant).items():
        lines.setdefault(queue, _empty_line(queue))["sent"] = total
    for queue, state, number, since in session.execute(_COUNT_OPEN, {"tenant": tenant}):
        line = lines.setdefault(queue, _empty_line(queue))
        name = _COUNTED_AS[MessageState(state)]
        line[name] += number
        line["sent"] = max(line["sent"] - number, 0)
        if name in _AGEING:
            age = max(0.0, (now - since).total_seconds())
            line["oldest_seconds"] = max(line["oldest_seconds"] or 0.0, round(age, 3))
    return list(lines.values())


def _empty_line(queue: str) -> dict[str, Any]:
    return {"queue": queue, **dict.fromkeys(_COUNTS, 0), "oldest_seconds": None}
