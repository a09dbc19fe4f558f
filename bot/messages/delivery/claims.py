"""
What a lane writes: claims before it calls Slack, and outcomes afterwards.

Everything here runs inside the one transaction of a lane's turn. It makes no decisions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, null, select, update
from sqlmodel import Session, SQLModel

from bot.messages.delivery import given_up_rows, overflow, refused_kinds, threads
from bot.messages.delivery.outcome import Claim, Outcome
from bot.messages.delivery.selection import MESSAGE, M, in_state
from bot.messages.delivery.transitions import OUTCOME_COLUMNS, event_rows, transition
from bot.messages.history import projection
from bot.messages.history.event_rows import EVENTS
from bot.messages.models import EventName, MessageState
from bot.messages.policy import ANSWER_LOST, LOOKUP_DELAY
from bot.messages.templates.store import TemplateSources
from bot.sql import fast_json
from bot.sql.many_rows import Update
from bot.sql.statements import OneOf, Statement

_EVENT = SQLModel.metadata.tables["event"]
E = _EVENT.c
_OF_WORKSPACE = M.workspace_id == bindparam("workspace")
_MessageRow = dict[str, Any]
_THESE_CLAIMS = OneOf(M.id, "ids")

SENDING = Statement(
    select(M.id, M.revision, M.tries, M.claimed_at, M.is_posted, M.answer_lost, M.called_at)
    .where(_OF_WORKSPACE, in_state(MessageState.SENDING))
    .with_for_update()
)
_FREE = Statement(
    update(MESSAGE)
    .where(M.id == bindparam("key"))
    .values(
        state=MessageState.DELAYED.value,
        tries=bindparam("tries"),
        answer_lost=bindparam("answer_lost"),
        called_at=bindparam("called_at"),
        due_at=bindparam("due_at"),
        error=ANSWER_LOST,
        # Or an answer that comes late would be taken for that of the next claim.
        claimed_at=null(),
        claimed_revision=null(),
    )
)
#: Chosen without a lock: what was taken back or changed since then must not go out after all.
_CLAIM = Update(MESSAGE, ("state", "claimed_revision", "claimed_at"), guards=("state", "revision"))
_UNCLAIM = Statement(
    update(MESSAGE)
    .where(
        M.id == bindparam("key"),
        M.state == MessageState.SENDING.value,
        M.claimed_at == bindparam("at"),
    )
    .values(state=MessageState.WAITING.value)
)
#: What recording needs of a row, besides what the claim remembers.
_CURRENT = Statement(
    select(
        *(M.id, M.workspace_id, M.template, M.template_id, M.revision, M.post_rank, M.edit_rank),
        M.is_final,
        *(M[name] for name in OUTCOME_COLUMNS),
        M.claimed_at,
    )
    .where(_THESE_CLAIMS)
    .order_by(M.id)
)
_FREE_REPLIES = Statement(
    update(MESSAGE)
    .where(OneOf(M.parent_id, "ids"), in_state(MessageState.BLOCKED))
    .values(state=MessageState.WAITING.value)
)


@lru_cache
def _setting(names: frozenset[str]) -> Update:
    """Return what sets these columns of messages that nobody sends any more, if still as read."""
    return Update(
        MESSAGE,
        sorted(names),
        guards=("revision", "claimed_at"),
        cleared=("claimed_revision", "claimed_at"),
    )


def take_over(session: Session, workspace_id: str, now: datetime) -> int:
    """
    Free the claims of a former owner; return the number of messages.

    A post that was in progress may have reached Slack: it is looked up before it is posted again,
    and only after a delay in which it can arrive. It counts as an attempt, so that a message that
    crashes the bot does not do so at every start.
    """
    held = SENDING.rows(session, workspace=workspace_id)
    _FREE.run_each(session, [{"key": row.id, **_freed(row, now)} for row in held])
    EVENTS.run(session, [_freed_event(row, now) for row in held])
    return len(held)


def _freed(row: Any, now: datetime) -> dict[str, Any]:
    return {
        "tries": row.tries + 1,
        "answer_lost": not row.is_posted,
        "called_at": row.called_at if row.answer_lost else row.claimed_at,
        "due_at": now + LOOKUP_DELAY,
        "error": ANSWER_LOST,
    }


def _freed_event(row: Any, now: datetime) -> dict[str, Any]:
    return {
        "message_id": row.id,
        "name": EventName.QUEUED,
        "at": now,
        "revision": row.revision,
        "attempt": row.tries + 1,
        "detail": {"taken_over": True},
        "change": {name: projection.encode(value) for name, value in _freed(row, now).items()},
    }


def unclaim(session: Session, claims: Iterable[Claim]) -> None:
    """Free claims for which Slack was never called, if their turn was committed after all."""
    _UNCLAIM.run_each(session, [{"key": one.id, "at": one.claimed_at} for one in claims])


def claim(
    session: Session, rows: Sequence[Any], now: datetime, sources: TemplateSources | None = None
) -> list[Claim]:
    """
    Mark the rows as being sent, durably once the turn has committed.

    Those that somebody else has changed into another state since they were chosen are left out.
    """
    if not rows:
        return []
    ours = _CLAIM.run(session, [_claimed(row, now) for row in rows])
    rows = [row for row in rows if row.id in ours]
    stored = {row.template_id for row in rows if row.template_id}
    bodies = (sources or TemplateSources()).of(session, stored)
    return [claim_of(row, bodies.get(row.template_id or ""), now) for row in rows]


def _claimed(row: Any, now: datetime) -> _MessageRow:
    return {
        "id": row.id,
        "old_state": MessageState.WAITING,
        "old_revision": row.revision,
        "state": MessageState.SENDING,
        "claimed_revision": row.revision,
        "claimed_at": now,
    }


def claim_of(row: Any, source: str | None, now: datetime) -> Claim:
    return Claim(
        id=row.id,
        revision=row.revision,
        channel=row.channel,
        seen_by=row.seen_by,
        parent_id=row.parent_id,
        thread_ts=row.thread_ts,
        ts=row.ts,
        template=row.template,
        source=source,
        context=row.context,
        files=row.files or (),
        queue=row.queue,
        max_attempts=row.max_attempts,
        ambiguous=row.ambiguous,
        tries=row.tries,
        answer_lost=row.answer_lost,
        called_at=row.called_at,
        possibly_delivered=row.possibly_delivered,
        generation=row.generation,
        uneditable_ts=row.uneditable_ts,
        text_only=row.text_only,
        refusals=row.refusals,
        created_at=row.created_at,
        claimed_at=now,
        tenant=row.tenant,
        correlation_id=row.correlation_id,
        error=row.error,
        waiting_since=row.waiting_since,
        rank=row.rank,
    )


def record(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of claims; a revision asked for meanwhile stays to be delivered."""
    left = {outcome.claim.id: outcome for outcome in outcomes}
    while left:
        # What was freed meanwhile, or is another process's by now, is no longer ours to record.
        current = {
            row.id: row
            for row in _CURRENT.rows(session, ids=fast_json.text([*left]))
            if row.claimed_at == left[row.id].claim.claimed_at
        }
        written = _write_down(session, current, left, now)
        # The others were changed between reading and writing: they are read again.
        left = {key: left[key] for key in current if key not in written}


def _write_down(
    session: Session, current: Mapping[str, Any], outcomes: Mapping[str, Outcome], now: datetime
) -> set[str]:
    """Update rows as they were read; return the ids of those that nobody has changed since."""
    outcomes = threads.with_strays(session, current, outcomes, now)
    changes = {key: transition(row, outcomes[key], now) for key, row in current.items()}
    written = _set_columns(session, current, changes)
    rows = [row for key, row in current.items() if key in written]
    events: list[_MessageRow] = []
    for row in rows:
        change = projection.changed(row._asdict(), changes[row.id])
        events += event_rows(outcomes[row.id], change, now)
    EVENTS.run(session, events)
    dead = [row for row in rows if changes[row.id]["state"] == MessageState.DEAD]
    given_up_rows.note(session, dead, outcomes, now)
    overflow.post_overflow(session, rows, outcomes, now)
    refused_kinds.note_refused_kinds(session, rows, outcomes, now)
    posted = [row.id for row in rows if outcomes[row.id].event is EventName.SENT]
    if posted:
        _FREE_REPLIES.run(session, ids=fast_json.text(posted))
    threads.follow_thread(session, rows, outcomes, changes, now)
    return written


def _set_columns(
    session: Session, current: Mapping[str, Any], changes: Mapping[str, _MessageRow]
) -> set[str]:
    """Set the columns of rows that are still as they were read; return their ids."""
    alike: dict[frozenset[str], list[_MessageRow]] = {}
    for key, values in changes.items():
        row = current[key]
        held = {"id": key, "old_revision": row.revision, "old_claimed_at": row.claimed_at}
        alike.setdefault(frozenset(values), []).append(held | values)
    return {key for names, rows in alike.items() for key in _setting(names).run(session, rows)}
