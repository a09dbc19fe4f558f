"""
Handles replies whose thread is gone.

Slack does not refuse a reply to a deleted message: it posts the reply into the channel. When that
is detected, the first message is posted anew; its replies wait and are posted under the new one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select, update
from sqlmodel import Session

from bot.messages import outbox
from bot.messages.delivery.decide import MAX_COPIES
from bot.messages.delivery.outcome import Outcome
from bot.messages.delivery.selection import MESSAGE, M
from bot.messages.error_codes import Verdict
from bot.messages.error_fixes import fix_for
from bot.messages.history import projection
from bot.messages.history.event_rows import EVENTS
from bot.messages.models import EventName, Message, MessageState
from bot.messages.policy import LOOKUP_DELAY

GONE = "thread_gone"
#: States in which a message may be made to wait: not being sent, and still wanted.
_HELD_BACK = (MessageState.WAITING, MessageState.DELAYED)
_PARENT_COLUMNS = MESSAGE.alias("parent")

_replies = select(M.id).where(M.parent_id == bindparam("root")).cte("replies", recursive=True)
_below = MESSAGE.alias("below")
_replies = _replies.union_all(
    select(_below.c.id).join(_replies, _below.c.parent_id == _replies.c.id)
)
_THREAD = select(_replies.c.id)

_HOLD_BACK = (
    update(MESSAGE)
    .where(M.id.in_(_THREAD), M.state.in_([state.value for state in _HELD_BACK]))
    .values(state=MessageState.BLOCKED.value)
)
_LET_GO = (
    update(MESSAGE)
    .where(
        M.id.in_(_THREAD),
        M.state == MessageState.BLOCKED.value,
        exists().where(
            _PARENT_COLUMNS.c.id == M.parent_id,
            or_(_PARENT_COLUMNS.c.is_posted, _PARENT_COLUMNS.c.delivered_revision > 0),
        ),
    )
    .values(state=MessageState.WAITING.value)
)
ELSEWHERE = select(M.id, M.revision, M.tries).where(
    M.id.in_(_THREAD), M.thread_ts.is_not(None), M.thread_ts != bindparam("ts")
)


def with_strays(
    session: Session,
    current: Mapping[str, Row[Any]],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> Mapping[str, Outcome]:
    """Return the outcomes with what becomes of replies that left their thread."""
    strays = {
        key: _stray(session, outcomes[key], now)
        for key in current
        if outcomes[key].verdict is Verdict.LEFT_THREAD
    }
    return {**outcomes, **strays} if strays else outcomes


def _stray(session: Session, outcome: Outcome, now: datetime) -> Outcome:
    """Handle one stray reply; the message of ours that began its thread is posted anew."""
    claim = outcome.claim
    root = _root_of(session, claim.parent_id)
    if root is None or root.thread_ts is not None or root.generation >= MAX_COPIES:
        return _given_up(outcome)
    if root.ts == claim.thread_ts:
        if root.state == MessageState.SENDING:  # The edit that is under way finds it out as well.
            return replace(outcome, due_at=now + LOOKUP_DELAY)
        _post_anew(session, root, now)
    return replace(outcome, is_blocked=root.ts is None)


def _given_up(outcome: Outcome) -> Outcome:
    """Return the dead letter for a reply to a thread that is not ours to restart."""
    detail = {**outcome.detail, "fix": fix_for(GONE)}
    return replace(outcome, verdict=Verdict.FINAL, event=EventName.DEAD, error=GONE, detail=detail)


def _root_of(session: Session, parent_id: str | None) -> Message | None:
    """Return the locked message that begins the thread; None if it is not ours."""
    found: Message | None = None
    while parent_id is not None:
        found = outbox.find(session, parent_id)
        parent_id = found.parent_id if found else None
    return found


def _post_anew(session: Session, root: Message, now: datetime) -> None:
    """Post the first message of a thread anew; its replies wait for it."""
    before = projection.snapshot(root)
    outbox.leave_place(root)
    root.rank = outbox.rank_of(root)
    if root.state in (MessageState.IDLE, *_HELD_BACK):
        root.state = MessageState.WAITING
        root.waiting_since = root.due_at = now
        root.tries = 0
    session.add(outbox.event(root, EventName.QUEUED, now, before, thread_gone=True))
    session.flush()
    session.connection().execute(_HOLD_BACK, {"root": root.id})


def follow_thread(
    session: Session,
    rows: Iterable[Row[Any]],
    outcomes: Mapping[str, Outcome],
    settled: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> None:
    """Make replies wait for a message that lost its place, and follow one that was posted anew."""
    for row in rows:
        outcome = outcomes[row.id]
        if outcome.event is EventName.SENT and outcome.claim.generation and outcome.ts:
            # A message in a thread cannot begin one.
            if outcome.claim.thread_ts is None:
                _move_thread(session, row.id, outcome.ts, now)
            session.connection().execute(_LET_GO, {"root": row.id})
        elif row.ts is not None and settled[row.id]["ts"] is None:
            session.connection().execute(_HOLD_BACK, {"root": row.id})


def _move_thread(session: Session, root: str, ts: str, now: datetime) -> None:
    connection = session.connection()
    moved = connection.execute(ELSEWHERE, {"root": root, "ts": ts}).all()
    if moved:
        ids = [one.id for one in moved]
        connection.execute(update(MESSAGE).where(M.id.in_(ids)).values(thread_ts=ts))
        EVENTS.run(session, [_moved_event(one, ts, now) for one in moved])


def _moved_event(row: Any, ts: str, now: datetime) -> dict[str, Any]:
    return {
        "message_id": row.id,
        "name": EventName.QUEUED,
        "at": now,
        "revision": row.revision,
        "attempt": row.tries,
        "detail": {"thread_ts": ts},
        "change": {"thread_ts": ts},
    }
