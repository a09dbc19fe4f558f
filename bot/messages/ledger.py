"""
What a lane reads and writes: renew the lease, record outcomes, claim what may go. No decisions.

Everything here runs inside the one transaction of a lane's turn.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, func, insert, literal, or_, select, update
from sqlmodel import Session, SQLModel

from bot.messages.delivery import Claim, Outcome
from bot.messages.models import EventName, LaneLease, MessageState, Rank
from bot.messages.outbox import EDIT_INTERVAL, first_rank
from bot.messages.policy import Verdict

#: A process that dies gives its lanes to others after this long.
LEASE = timedelta(seconds=15)

MESSAGE = SQLModel.metadata.tables["message"]
EVENT = SQLModel.metadata.tables["event"]
LEASES = SQLModel.metadata.tables["lane_lease"]
PARENT = MESSAGE.alias("parent")
M, E, L = MESSAGE.c, EVENT.c, LEASES.c
CLAIM_COLUMNS = (
    M.id,
    M.revision,
    M.channel,
    M.ts,
    M.template,
    M.context,
    M.tries,
    M.answer_lost,
    M.possibly_delivered,
    M.text_only,
    M.created_at,
    func.coalesce(PARENT.c.ts, M.thread_ts).label("thread_ts"),
)


def hold_lease(session: Session, workspace_id: str, owner: str, now: datetime) -> bool:
    """Take or renew the workspace's lease; False while another process holds it."""
    until = now + LEASE
    lease = session.get(LaneLease, workspace_id, with_for_update=True)
    if lease is None:
        session.add(LaneLease(workspace_id=workspace_id, owner=owner, expires_at=until))
        session.flush()
        return True
    if lease.owner != owner and lease.expires_at > now:
        return False
    if lease.owner == owner and lease.expires_at - now > LEASE / 2:
        return True
    lease.owner = owner
    lease.expires_at = until
    return True


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

    A post that was under way may have reached Slack: it is looked up before it is posted again.
    """
    freed = session.execute(
        update(MESSAGE)
        .where(M.workspace_id == workspace_id, M.state == MessageState.SENDING)
        .values(
            state=MessageState.WAITING,
            answer_lost=case((M.is_posted, False), else_=True),
            due_at=now,
        )
        .returning(M.claimed_at, M.is_posted, M.channel)
    )
    return [(row.claimed_at or now, row.is_posted, row.channel) for row in freed]


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


def recent_calls(
    session: Session, workspace_id: str, since: datetime
) -> list[tuple[datetime, bool, str]]:
    """Return (when, was an edit, channel) of the calls made since *since*, oldest first."""
    query = (
        select(E.at, E.name, E.detail, M.channel)
        .join(MESSAGE, M.id == E.message_id)
        .where(
            M.workspace_id == workspace_id,
            E.at >= since,
            E.name.in_([EventName.SENT, EventName.EDITED, EventName.FAILED, EventName.DEAD]),
        )
        .order_by(E.id.desc())
        .limit(500)
    )
    rows = session.execute(query).all()
    return [
        (row.at, row.name == EventName.EDITED or bool(row.detail.get("edit")), row.channel)
        for row in reversed(rows)
    ]


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
    query = ready(workspace_id, is_posted=False).limit(limit)
    if closed_channels:
        query = query.where(M.channel.not_in(closed_channels))
    return list(session.execute(query).all())


def ready_edits(session: Session, workspace_id: str, limit: int) -> list[Row[Any]]:
    """Return the first messages to be edited, in the order of serving."""
    return list(session.execute(ready(workspace_id, is_posted=True).limit(limit)).all())


def ready(workspace_id: str, *, is_posted: bool) -> Any:
    return (
        select(*CLAIM_COLUMNS, M.rank)
        .outerjoin(PARENT, PARENT.c.id == M.parent_id)
        .where(
            M.workspace_id == workspace_id,
            M.state == literal(MessageState.WAITING.value, literal_execute=True),
            M.is_posted.is_(is_posted),
            # A parent that Slack lost is posted anew first, or its reply would leave the thread.
            or_(M.parent_id.is_(None), PARENT.c.ts.is_not(None)),
        )
        .order_by(M.rank, M.waiting_since)
    )


def claim(session: Session, rows: Iterable[Row[Any]], now: datetime) -> list[Claim]:
    """Mark the rows as being sent, durably once the turn has committed."""
    claims = [
        Claim(
            **{key: value for key, value in row._mapping.items() if key != "rank"}, claimed_at=now
        )
        for row in rows
    ]
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


def record(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of claims; a revision asked for meanwhile stays to be delivered."""
    if not outcomes:
        return
    by_id = {outcome.claim.id: outcome for outcome in outcomes}
    current = session.execute(
        select(M.id, M.revision, M.edit_rank, M.rank)
        .where(M.id.in_(by_id))
        .order_by(M.id)
        .with_for_update()
    ).all()
    connection = session.connection()
    for rows in alike({"key": row.id, **settle(row, by_id[row.id], now)} for row in current):
        connection.execute(update(MESSAGE).where(M.id == bindparam("key")), rows)
    connection.execute(insert(EVENT), [event_row(outcome, now) for outcome in outcomes])
    posted = [outcome.claim.id for outcome in outcomes if outcome.event is EventName.SENT]
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


def settle(current: Row[Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    """
    Return the row's new values after *outcome*, given what was asked for while Slack was called.

    Pure. A newer revision starts afresh: its tries are not used up by the older one's failures.
    """
    delivered = outcome.delivered_revision
    is_newer = current.revision > (delivered or outcome.claim.revision)
    is_posted = outcome.ts is not None
    values: dict[str, Any] = {
        "ts": outcome.ts,
        "is_posted": is_posted,
        "channel": outcome.answer.channel or outcome.claim.channel,
        "rank": current.edit_rank if is_posted else first_rank(Rank(current.edit_rank)),
        "answer_lost": outcome.answer_lost,
        "possibly_delivered": outcome.possibly_delivered,
        "error": outcome.error,
        "tries": 0 if is_newer else outcome.tries,
        "text_only": outcome.text_only and not is_newer,
        "claimed_revision": None,
        "claimed_at": None,
    }
    if outcome.verdict is Verdict.REPOST:
        values["delivered_revision"] = 0
    if delivered is not None:
        values |= {"delivered_revision": delivered, "sent_at": now}
    return values | next_step(current, outcome, now, is_newer=is_newer)


def next_step(
    current: Row[Any], outcome: Outcome, now: datetime, *, is_newer: bool
) -> dict[str, Any]:
    """Return when, if ever, the lane is to take the message again."""
    if is_newer and outcome.delivered_revision is not None:
        spaced = current.edit_rank == Rank.PROGRESS
        return {
            "state": MessageState.DELAYED if spaced else MessageState.WAITING,
            "due_at": now + EDIT_INTERVAL if spaced else now,
            "waiting_since": outcome.claim.claimed_at,
        }
    if outcome.delivered_revision is not None:
        return {"state": MessageState.IDLE}
    if outcome.is_dead and not is_newer:
        return {"state": MessageState.DEAD}
    due_at = outcome.due_at or now
    return {
        "state": MessageState.DELAYED if due_at > now else MessageState.WAITING,
        "due_at": due_at,
    }


def event_row(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """Return the event that tells of *outcome*, as a row."""
    detail = dict(outcome.detail)
    if outcome.delivered_revision is not None:
        detail |= {"ts": outcome.ts, "channel": outcome.answer.channel or outcome.claim.channel}
    elif outcome.claim.is_edit:
        detail["edit"] = True
    if outcome.possibly_delivered:
        detail["possibly"] = True
    return {
        "message_id": outcome.claim.id,
        "name": outcome.event,
        "at": now,
        "revision": outcome.delivered_revision or outcome.claim.revision,
        "attempt": outcome.tries,
        "detail": detail,
    }
