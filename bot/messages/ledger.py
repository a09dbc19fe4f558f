"""
What a lane reads and writes: renew the lease, record outcomes, claim what may go. No decisions.

Everything here runs inside the one transaction of a lane's turn.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, literal, or_, select, update
from sqlmodel import Session, SQLModel

from bot.db import insert_absent
from bot.messages import deaths, overflow, projection
from bot.messages.models import EventName, LaneLease, MessageState
from bot.messages.outcome import Claim, Outcome
from bot.messages.policy import ANSWER_LOST, SETTLE
from bot.messages.settling import event_rows, settle
from bot.messages.stored_templates import sources_of

#: A process that dies gives its lanes to others after this long.
LEASE = timedelta(seconds=15)
#: It is renewed once less than this is left; more than the longest time between two turns.
RENEWED = LEASE * 2 / 3

MESSAGE = SQLModel.metadata.tables["message"]
EVENT = SQLModel.metadata.tables["event"]
LEASES = SQLModel.metadata.tables["lane_lease"]
PARENT = MESSAGE.alias("parent")
M, E, L = MESSAGE.c, EVENT.c, LEASES.c
CLAIM_COLUMNS = (
    M.id,
    M.revision,
    # Slack has the reply's channel from its parent: a message to a person stands in another one.
    func.coalesce(PARENT.c.channel, M.channel).label("channel"),
    M.seen_by,
    M.ts,
    M.template,
    M.template_id,
    M.context,
    M.queue,
    M.max_attempts,
    M.ambiguous,
    M.tries,
    M.answer_lost,
    M.possibly_delivered,
    M.text_only,
    M.created_at,
    func.coalesce(M.thread_ts, PARENT.c.ts).label("thread_ts"),
    M.rank,
)
#: What choosing needs of a row and delivering does not.
UNCLAIMED = frozenset({"rank", "template_id"})
#: Without this an answer that comes late would be taken for that of the next claim.
UNHELD = {"claimed_at": None, "claimed_revision": None}
#: What recording needs of a row, besides what the claim remembers.
CURRENT_COLUMNS = tuple(MESSAGE.c[name] for name in projection.COLUMNS if name != "context")


class Hold(StrEnum):
    """How a process stands to a workspace's lease."""

    OURS = "ours"  #: as it was before
    TAKEN = "taken"  #: it is ours now, and was another's or nobody's
    ELSEWHERE = "elsewhere"  #: another process holds it


def hold_lease(session: Session, workspace_id: str, owner: str, now: datetime) -> Hold:
    """Take or renew the workspace's lease, unless another process holds it."""
    until = now + LEASE
    lease = session.get(LaneLease, workspace_id, with_for_update=True)
    if lease is None:
        insert_absent(session, LaneLease(workspace_id=workspace_id, owner=owner, expires_at=until))
        lease = session.get_one(LaneLease, workspace_id, with_for_update=True)
    if lease.owner != owner and lease.expires_at > now:
        return Hold.ELSEWHERE
    hold = Hold.OURS if lease.owner == owner else Hold.TAKEN
    if hold is Hold.TAKEN or lease.expires_at - now <= RENEWED:
        lease.owner = owner
        lease.expires_at = until
    return hold


def release_lease(session: Session, workspace_id: str, owner: str, now: datetime) -> None:
    """Let another process take the workspace at once."""
    session.execute(
        update(LEASES)
        .where(L.workspace_id == workspace_id, L.owner == owner)
        .values(expires_at=now)
    )


def take_over(
    session: Session, workspace_id: str, now: datetime
) -> list[tuple[datetime, bool, str]]:
    """
    Free what a former owner had claimed; return (when, is an edit, channel) of each, any order.

    A post that was under way may have reached Slack: it is looked up before it is posted again,
    and not before whatever is on its way inside Slack has arrived.
    """
    held = session.execute(
        select(M.id, M.revision, M.tries, M.claimed_at, M.is_posted, M.answer_lost, M.channel)
        .where(M.workspace_id == workspace_id, M.state == MessageState.SENDING)
        .with_for_update()
    ).all()
    if not held:
        return []
    connection = session.connection()
    connection.execute(
        update(MESSAGE).where(M.id == bindparam("key")),
        [
            {**UNHELD, "key": row.id, "state": MessageState.DELAYED, **freed(row, now)}
            for row in held
        ],
    )
    connection.execute(insert(EVENT), [freed_event(row, now) for row in held])
    return [(row.claimed_at or now, row.is_posted, row.channel) for row in held]


def freed(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {"answer_lost": not row.is_posted, "due_at": now + SETTLE, "error": ANSWER_LOST}


def freed_event(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "message_id": row.id,
        "name": EventName.QUEUED,
        "at": now,
        "revision": row.revision,
        "attempt": row.tries,
        "detail": {"taken_over": True},
        "change": {name: projection.encode(value) for name, value in freed(row, now).items()},
    }


def unclaim(session: Session, claims: Iterable[Claim]) -> None:
    """Free claims for which Slack was never called, if their turn was committed after all."""
    for one in claims:
        session.execute(
            update(MESSAGE)
            .where(
                M.id == one.id,
                M.state == MessageState.SENDING,
                M.claimed_at == one.claimed_at,
            )
            .values(state=MessageState.WAITING)
        )


def release_due(session: Session, workspace_id: str, now: datetime) -> datetime | None:
    """Make delayed messages that are due ready; return when the next one will be."""
    delayed = (
        M.workspace_id == workspace_id,
        M.state == MessageState.DELAYED,
    )
    session.execute(
        update(MESSAGE).where(*delayed, M.due_at <= now).values(state=MessageState.WAITING)
    )
    return session.execute(select(func.min(M.due_at)).where(*delayed)).scalar_one_or_none()


def ready_posts(
    session: Session, workspace_id: str, limit: int, closed_channels: Sequence[str]
) -> list[Row[Any]]:
    """Return the first messages still to be posted, in the order of serving."""
    closed = {*closed_channels, *deaths.park(session, workspace_id)}
    query = ready(workspace_id, is_posted=False).limit(limit)
    if closed:
        query = query.where(M.channel.not_in(closed))
    return list(session.execute(query).all())


def ready_edits(session: Session, workspace_id: str, limit: int) -> list[Row[Any]]:
    """Return the first messages to be edited, in the order of serving."""
    return list(session.execute(ready(workspace_id, is_posted=True).limit(limit)).all())


def ready(workspace_id: str, *, is_posted: bool) -> Any:
    return (
        select(*CLAIM_COLUMNS)
        .outerjoin(PARENT, PARENT.c.id == M.parent_id)
        .where(
            M.workspace_id == workspace_id,
            M.state == literal(MessageState.WAITING.value, literal_execute=True),
            M.is_posted.is_(is_posted),
            # A parent that Slack lost is posted anew first, or its reply would leave the thread.
            or_(M.parent_id.is_(None), PARENT.c.ts.is_not(None), PARENT.c.delivered_revision > 0),
        )
        .order_by(M.rank, M.turn, M.waiting_since)
    )


def claim(session: Session, rows: Iterable[Row[Any]], now: datetime) -> list[Claim]:
    """Mark the rows as being sent, durably once the turn has committed."""
    rows = list(rows)
    sources = sources_of(session, {row.template_id for row in rows if row.template_id})
    claims = [claim_of(row, sources, now) for row in rows]
    if claims:
        session.connection().execute(
            update(MESSAGE)
            .where(M.id == bindparam("key"))
            .values(
                state=MessageState.SENDING,
                claimed_revision=M.revision,
                claimed_at=now,
            ),
            [{"key": claimed.id} for claimed in sorted(claims, key=lambda one: one.id)],
        )
    return claims


def claim_of(row: Row[Any], sources: Mapping[str, str], now: datetime) -> Claim:
    fields = {key: value for key, value in row._mapping.items() if key not in UNCLAIMED}
    return Claim(**fields, source=sources.get(row.template_id), claimed_at=now)


def record(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of claims; a revision asked for meanwhile stays to be delivered."""
    if not outcomes:
        return
    by_id = {outcome.claim.id: outcome for outcome in outcomes}
    held_since = M.claimed_at.label("held_since")
    query = select(*CURRENT_COLUMNS, held_since).where(M.id.in_(by_id)).order_by(M.id)
    # What was freed meanwhile, or is another process's by now, is no longer ours to record.
    current = [
        row
        for row in session.execute(query.with_for_update())
        if row.held_since == by_id[row.id].claim.claimed_at
    ]
    values = {row.id: settle(row, by_id[row.id], now) for row in current}
    connection = session.connection()
    for rows in alike({"key": key, **row} for key, row in values.items()):
        connection.execute(update(MESSAGE).where(M.id == bindparam("key")), rows)
    changes = {row.id: projection.changed(row._asdict(), values[row.id]) for row in current}
    if not changes:
        return
    connection.execute(
        insert(EVENT),
        [row for key, change in changes.items() for row in event_rows(by_id[key], change, now)],
    )
    dead = [row for row in current if values[row.id]["state"] == MessageState.DEAD]
    deaths.note(session, dead, by_id, now)
    overflow.tell(session, current, by_id, now)
    posted = [key for key in changes if by_id[key].event is EventName.SENT]
    if posted:
        connection.execute(
            update(MESSAGE)
            .where(M.parent_id.in_(posted), M.state == MessageState.BLOCKED)
            .values(state=MessageState.WAITING)
        )


def alike(rows: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """Group rows that set the same columns: a statement takes its columns from its first row."""
    groups: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(frozenset(row), []).append(row)
    return groups.values()
