"""Applies an outcome to a message's row and its history. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.messages.delivery.decide import LATER_WAIT, stands_without_blocks
from bot.messages.delivery.outcome import Outcome
from bot.messages.error_codes import Verdict
from bot.messages.models import EventName, MessageState, Rank
from bot.messages.outbox import EDIT_INTERVAL, first_rank
from bot.messages.rendering.refused_blocks import LATER

#: The columns that an outcome may leave as they were; times, when they are set, are always new.
OUTCOME_COLUMNS = (
    *("ts", "is_posted", "channel", "rank", "state", "delivered_revision", "tries", "error"),
    *("answer_lost", "possibly_delivered", "text_only", "refusals", "thread_ts"),
    *("generation", "former_ts", "uneditable_ts"),
)


def transition(current: Row[Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    """
    Return the row's new values after *outcome*, given what was requested during the call.

    Pure. A newer revision starts with fresh attempts, whatever the older one used up.
    """
    delivered = outcome.delivered_revision
    is_newer = current.revision > (delivered or outcome.claim.revision)
    ts = None if _is_replaced(current, outcome) else outcome.ts
    is_posted = ts is not None
    values: dict[str, Any] = {
        "ts": ts,
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
        "refusals": None if is_newer else outcome.refusals,
        "generation": current.generation + (outcome.is_new_copy or is_lost(current, outcome)),
    }
    if outcome.answer_lost:
        claim = outcome.claim
        values["called_at"] = claim.called_at if claim.answer_lost else claim.claimed_at
    if outcome.verdict is Verdict.REPLACE:
        values["uneditable_ts"] = outcome.claim.ts
    if is_lost(current, outcome):
        values |= {"delivered_revision": 0, "former_ts": current.former_ts or outcome.claim.ts}
    if delivered is not None:
        values |= {"delivered_revision": delivered, "sent_at": now}
        if outcome.claim.thread_ts != current.thread_ts and not outcome.claim.is_edit:
            values["thread_ts"] = outcome.claim.thread_ts
    return values | _next_step(current, outcome, now, is_newer=is_newer)


def _is_replaced(current: Row[Any], outcome: Outcome) -> bool:
    """
    Tell whether a message that can no longer be edited is replaced by a new one.

    Progress does not justify another message: only what people must not miss is posted anew.
    """
    return outcome.verdict is Verdict.REPLACE and (
        current.is_final or current.edit_rank != Rank.PROGRESS
    )


def is_lost(current: Row[Any], outcome: Outcome) -> bool:
    """Tell whether the message's place in Slack is given up and another message follows."""
    return outcome.verdict is Verdict.REPOST or _is_replaced(current, outcome)


def _next_step(
    current: Row[Any], outcome: Outcome, now: datetime, *, is_newer: bool
) -> dict[str, Any]:
    """Return when, if ever, the lane is to take the message again."""
    if outcome.verdict is Verdict.REPLACE and not _is_replaced(current, outcome):
        return {"state": MessageState.IDLE}  # Its next status will be posted; this one is left out.
    if outcome.is_blocked:
        return {"state": MessageState.BLOCKED}
    if is_newer and outcome.delivered_revision is not None:
        spaced = current.edit_rank == Rank.PROGRESS
        return {
            "state": MessageState.DELAYED if spaced else MessageState.WAITING,
            "due_at": now + EDIT_INTERVAL if spaced else now,
            "waiting_since": outcome.claim.claimed_at,
        }
    if stands_without_blocks(outcome, is_final=current.is_final):
        due_at = now + LATER_WAIT
        later = {"text_only": False, "refusals": [LATER], "waiting_since": due_at}
        return {"state": MessageState.DELAYED, "due_at": due_at, **later}
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
    """Yield the events of *outcome* as rows; the last one carries the change."""
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
        "detail": _detail_of(outcome),
        "change": change,
    }
    if outcome.is_dead:
        detail = {key: value for key, value in last["detail"].items() if key != "fix"}
        yield {**last, "name": EventName.FAILED, "detail": detail, "change": {}}
        last["detail"] = {key: last["detail"][key] for key in ("error", "fix")}
    yield last


def _detail_of(outcome: Outcome) -> dict[str, Any]:
    detail = dict(outcome.detail)
    if outcome.delivered_revision is not None:
        detail |= {"ts": outcome.ts, "channel": outcome.answer.channel or outcome.claim.channel}
    elif outcome.claim.is_edit:
        detail["edit"] = True
    if outcome.possibly_delivered:
        detail["possibly"] = True
    return detail
