"""What an outcome means for a message's row and for its story. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.messages.delivery.outcome import Outcome
from bot.messages.models import EventName, MessageState, Rank
from bot.messages.outbox import EDIT_INTERVAL, first_rank
from bot.messages.policy import Verdict

#: The columns that an outcome may leave as they were; times, when they are set, are always new.
SETTLED = (
    *("ts", "is_posted", "channel", "rank", "state", "delivered_revision", "tries", "error"),
    *("answer_lost", "possibly_delivered", "text_only", "thread_ts"),
)


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
        "rank": current.edit_rank
        if is_posted
        else first_rank(Rank(current.post_rank), Rank(current.edit_rank)),
        "answer_lost": outcome.answer_lost,
        "possibly_delivered": outcome.possibly_delivered,
        "error": outcome.error,
        "tries": 0 if is_newer else outcome.tries,
        "text_only": outcome.text_only and not is_newer,
    }
    if outcome.answer_lost:
        claim = outcome.claim
        values["called_at"] = claim.called_at if claim.answer_lost else claim.claimed_at
    if outcome.verdict is Verdict.REPOST:
        values["delivered_revision"] = 0
    if delivered is not None:
        values |= {"delivered_revision": delivered, "sent_at": now}
        if outcome.claim.thread_ts != current.thread_ts and not outcome.claim.is_edit:
            values["thread_ts"] = outcome.claim.thread_ts
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
        return {"state": MessageState.DEAD, "dead_at": now}
    due_at = outcome.due_at or now
    return {
        "state": MessageState.DELAYED if due_at > now else MessageState.WAITING,
        "due_at": due_at,
    }


def event_rows(
    outcome: Outcome, change: Mapping[str, Any], now: datetime
) -> Iterable[dict[str, Any]]:
    """Yield the events that tell of *outcome*, as rows; the last one carries the change."""
    claim = outcome.claim
    shared = {"message_id": claim.id, "attempt": outcome.tries}
    if claim.tries:
        yield {
            **shared,
            "name": EventName.RETRIED,
            "at": claim.claimed_at,
            "revision": claim.revision,
            "attempt": claim.tries,
            "detail": {},
            "change": {},
        }
    last: dict[str, Any] = {
        **shared,
        "name": outcome.event,
        "at": now,
        "revision": outcome.delivered_revision or claim.revision,
        "detail": detail_of(outcome),
        "change": change,
    }
    if outcome.is_dead:
        detail = {key: value for key, value in last["detail"].items() if key != "fix"}
        yield {**last, "name": EventName.FAILED, "detail": detail, "change": {}}
        last["detail"] = {key: last["detail"][key] for key in ("error", "fix")}
    yield last


def detail_of(outcome: Outcome) -> dict[str, Any]:
    detail = dict(outcome.detail)
    if outcome.delivered_revision is not None:
        detail |= {"ts": outcome.ts, "channel": outcome.answer.channel or outcome.claim.channel}
    elif outcome.claim.is_edit:
        detail["edit"] = True
    if outcome.possibly_delivered:
        detail["possibly"] = True
    return detail
