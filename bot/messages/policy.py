"""What Slack's response means for a message, and how long messages wait. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.messages.error_codes import BY_CODE, Verdict
from bot.messages.error_fixes import FIXES

MAX_TRIES = 4
UNRECOGNISED_TRIES = 3  # maximum attempts after an unknown code, for any message
NOTICE_TRIES = 3  # of a notice to one person
OWN_TRIES = 60  # for messages that nobody would request again, e.g. a task's end: half an hour
_BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(seconds=60)
#: How long a call whose answer was lost may still be on its way inside Slack.
LOOKUP_DELAY = timedelta(seconds=2)
ANSWER_LOST = "answer_lost"  # the error of such a call


@dataclass(frozen=True)
class SlackResponse:
    """
    The response to one call: `ok`, or Slack's error code, or no response.

    `lost` means that the request may have reached Slack but no response arrived; `unreachable` that
    it certainly did not reach Slack. `retry_after` is in seconds; `is_own_wait` limits it to this
    message. `warnings` lists what could not be shown. `revision` is the one in Slack now.
    `is_first_copy`: Slack recognised the post by its `client_msg_id` and returned the first copy.
    """

    ok: bool = False
    ts: str | None = None
    channel: str | None = None
    error: str = ""
    status: int = 200
    retry_after: float | None = None
    is_own_wait: bool = False
    lost: bool = False
    unreachable: bool = False
    warnings: Sequence[str] = ()
    revision: int | None = None  # None: the answer does not say, here and in the next
    is_first_copy: bool | None = None
    detail: dict[str, Any] = field(default_factory=dict)


#: Without it nothing can be delivered to anybody. https://docs.slack.dev/reference/scopes/chat.write
WRITING_SCOPE = "chat:write"


#: What a verdict becomes where it cannot be meant.
_OF_EDITS = {
    Verdict.AMBIGUOUS: Verdict.TRANSIENT,
    Verdict.NEW_GENERATION: Verdict.TRANSIENT,
    Verdict.LEFT_THREAD: Verdict.FINAL,
}
_OF_POSTS = {Verdict.REPOST: Verdict.FINAL, Verdict.REPLACE: Verdict.FINAL}


def classify(answer: SlackResponse, *, is_edit: bool) -> Verdict:
    """
    Return what to do after *answer*.

    An edit may be repeated without harm, so nothing about it is ambiguous.
    """
    if answer.ok:
        return Verdict.DELIVERED
    if answer.retry_after is not None:
        return Verdict.PACED
    if answer.unreachable:
        return Verdict.OUTAGE
    if answer.lost or answer.status >= 500:
        return Verdict.OUTAGE if is_edit else Verdict.AMBIGUOUS
    verdict = _verdict_on(answer)
    return (_OF_EDITS if is_edit else _OF_POSTS).get(verdict, verdict)


def _verdict_on(answer: SlackResponse) -> Verdict:
    """
    Return what the table says of Slack's error.

    A token that may not write at all concerns the whole workspace, and so does one of which Slack
    does not say what it lacks. Any other scope is missing for this message only: pausing the lane
    would let one message hold up all others, for auth.test finds nothing wrong with the token.
    """
    needed = str(answer.detail.get("needed") or WRITING_SCOPE)
    if answer.error == "missing_scope" and WRITING_SCOPE in needed.split(","):
        return Verdict.LOCKED_OUT
    return BY_CODE.get(answer.error, Verdict.UNRECOGNISED)


def is_recognised(answer: SlackResponse) -> bool:
    """Tell whether this error is known, Slack's or our own, so that a new one can be logged."""
    unsaid = answer.lost or answer.unreachable or answer.status >= 500
    return answer.ok or unsaid or answer.error in BY_CODE or answer.error in FIXES


class Waits(StrEnum):
    """How the waits between the attempts of a queue grow."""

    EXPONENTIAL = "exponential"  #: 2 s doubling to 60 s, with full jitter
    FIXED = "fixed"
    LONG = "long"


@dataclass(frozen=True)
class Queue:
    """How urgent the messages of a queue are and how often they are tried."""

    priority: int
    max_attempts: int
    waits: Waits


QUEUES = {
    "slack-message": Queue(10, MAX_TRIES, Waits.EXPONENTIAL),
    "email": Queue(5, 5, Waits.EXPONENTIAL),
    "notification": Queue(5, 3, Waits.FIXED),
    "data-processing": Queue(1, 2, Waits.LONG),
}
DEFAULT_QUEUE = "slack-message"
PRIORITIES = {"CRITICAL": 20, "HIGH": 10, "NORMAL": 5, "LOW": 1}
_STEADY_WAITS = {Waits.FIXED: timedelta(seconds=5), Waits.LONG: timedelta(seconds=60)}


def wait_after(queue: str, tries: int, chance: random.Random) -> timedelta:
    """Return how long a message of *queue* waits after its *tries*-th failed attempt."""
    waits = QUEUES[queue].waits if queue in QUEUES else Waits.EXPONENTIAL
    return _STEADY_WAITS.get(waits) or backoff(tries, chance)


#: Number of consecutive refusals that suspend a channel.
FAILURES_BEFORE_SUSPENSION = 3


def backoff(tries: int, chance: random.Random) -> timedelta:
    """Return how long to wait after the *tries*-th failed attempt: doubling, with full jitter."""
    doubled = _BACKOFF_BASE * float(2 ** min(tries - 1, 9))
    return min(BACKOFF_CAP, doubled) * chance.random()
