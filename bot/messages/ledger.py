"""
What a lane writes down: claims before Slack is called, and afterwards what became of them.

Everything here runs inside the one transaction of a lane's turn, and decides nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, null, select, update
from sqlmodel import Session, SQLModel

from bot import fast_json
from bot.messages import deaths, overflow, projection
from bot.messages.choosing import MESSAGE, M, in_state
from bot.messages.inserts import INSERT_EVENT
from bot.messages.models import EventName, MessageState
from bot.messages.outcome import Claim, Outcome
from bot.messages.policy import ANSWER_LOST, SETTLE
from bot.messages.settling import SETTLED, event_rows, settle
from bot.messages.stored_templates import Sources
from bot.statements import Statement, Texts

EVENT = SQLModel.metadata.tables["event"]
E = EVENT.c
OF_WORKSPACE = M.workspace_id == bindparam("workspace")
Row = dict[str, Any]
THESE = M.id.op("IN")(Texts("ids"))

SENDING = Statement(
    select(M.id, M.revision, M.tries, M.claimed_at, M.is_posted, M.answer_lost, M.channel)
    .where(OF_WORKSPACE, in_state(MessageState.SENDING))
    .with_for_update()
)
FREE = Statement(
    update(MESSAGE)
    .where(M.id == bindparam("key"))
    .values(
        state=MessageState.DELAYED.value,
        answer_lost=bindparam("answer_lost"),
        due_at=bindparam("due_at"),
        error=ANSWER_LOST,
        # Or an answer that comes late would be taken for that of the next claim.
        claimed_at=null(),
        claimed_revision=null(),
    )
)
#: Chosen without a lock: what was taken back since then must not go out after all.
CLAIM = Statement(
    update(MESSAGE)
    .where(THESE, in_state(MessageState.WAITING))
    .values(
        state=MessageState.SENDING.value, claimed_revision=M.revision, claimed_at=bindparam("now")
    )
    .returning(M.id)
)
UNCLAIM = Statement(
    update(MESSAGE)
    .where(
        M.id == bindparam("key"),
        M.state == MessageState.SENDING.value,
        M.claimed_at == bindparam("at"),
    )
    .values(state=MessageState.WAITING.value)
)
#: What recording needs of a row, besides what the claim remembers.
CURRENT = Statement(
    select(
        *(M.id, M.workspace_id, M.template, M.template_id, M.revision, M.post_rank, M.edit_rank),
        *(M[name] for name in SETTLED),
        M.claimed_at,
    )
    .where(THESE)
    .order_by(M.id)
    .with_for_update()
)
FREE_REPLIES = Statement(
    update(MESSAGE)
    .where(M.parent_id.op("IN")(Texts("ids")), in_state(MessageState.BLOCKED))
    .values(state=MessageState.WAITING.value)
)


@lru_cache
def setting(names: frozenset[str]) -> Statement:
    """Return the statement that sets these columns of a message that nobody sends any more."""
    values: dict[str, Any] = {name: bindparam(name) for name in sorted(names)}
    free = {"claimed_revision": null(), "claimed_at": null()}
    return Statement(update(MESSAGE).where(M.id == bindparam("key")).values(values | free))


def take_over(session: Session, workspace_id: str, now: datetime) -> int:
    """
    Free what a former owner had claimed; return how many messages that were.

    A post that was under way may have reached Slack: it is looked up before it is posted again,
    and not before whatever is on its way inside Slack has arrived.
    """
    held = SENDING.rows(session, workspace=workspace_id)
    FREE.run_each(session, [{"key": row.id, **freed(row, now)} for row in held])
    INSERT_EVENT.run_each(session, [freed_event(row, now) for row in held])
    return len(held)


def freed(row: Any, now: datetime) -> dict[str, Any]:
    return {"answer_lost": not row.is_posted, "due_at": now + SETTLE, "error": ANSWER_LOST}


def freed_event(row: Any, now: datetime) -> dict[str, Any]:
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
    UNCLAIM.run_each(session, [{"key": one.id, "at": one.claimed_at} for one in claims])


def claim(
    session: Session, rows: Sequence[Any], now: datetime, sources: Sources | None = None
) -> list[Claim]:
    """
    Mark the rows as being sent, durably once the turn has committed.

    Those that somebody else has changed into another state since they were chosen are left out.
    """
    if not rows:
        return []
    held = CLAIM.rows(session, ids=fast_json.text([row.id for row in rows]), now=now)
    ours = {row.id for row in held}
    rows = [row for row in rows if row.id in ours]
    stored = {row.template_id for row in rows if row.template_id}
    bodies = (sources or Sources()).of(session, stored)
    return [claim_of(row, bodies.get(row.template_id or ""), now) for row in rows]


def claim_of(row: Any, source: str | None, now: datetime) -> Claim:
    return Claim(
        id=row.id,
        revision=row.revision,
        channel=row.channel,
        seen_by=row.seen_by,
        thread_ts=row.thread_ts,
        ts=row.ts,
        template=row.template,
        source=source,
        context=row.context,
        queue=row.queue,
        max_attempts=row.max_attempts,
        ambiguous=row.ambiguous,
        tries=row.tries,
        answer_lost=row.answer_lost,
        possibly_delivered=row.possibly_delivered,
        text_only=row.text_only,
        created_at=row.created_at,
        claimed_at=now,
    )


def record(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of claims; a revision asked for meanwhile stays to be delivered."""
    if not outcomes:
        return
    by_id = {outcome.claim.id: outcome for outcome in outcomes}
    # What was freed meanwhile, or is another process's by now, is no longer ours to record.
    current = [
        row
        for row in CURRENT.rows(session, ids=fast_json.text([*by_id]))
        if row.claimed_at == by_id[row.id].claim.claimed_at
    ]
    settled: dict[frozenset[str], list[Row]] = {}
    events: list[Row] = []
    dead, posted = [], []
    for row in current:
        outcome = by_id[row.id]
        before = row._asdict()
        after = settle(row, outcome, now)
        settled.setdefault(frozenset(after), []).append({**after, "key": row.id})
        events += event_rows(outcome, projection.changed(before, after), now)
        if after["state"] == MessageState.DEAD:
            dead.append(row)
        if outcome.event is EventName.SENT:
            posted.append(row.id)
    for names, rows in settled.items():
        setting(names).run_each(session, rows)
    INSERT_EVENT.run_each(session, events)
    deaths.note(session, dead, by_id, now)
    overflow.tell(session, current, by_id, now)
    if posted:
        FREE_REPLIES.run(session, ids=fast_json.text(posted))
