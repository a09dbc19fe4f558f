"""A claimed message and the outcome of its delivery. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.messages.error_codes import Verdict
from bot.messages.models import Ambiguous, EventName, Rank
from bot.messages.policy import ANSWER_LOST, SlackResponse
from bot.redaction import redact, redact_json


@dataclass(frozen=True)
class Claim:
    """A message that this lane alone may deliver now, as it was when it was claimed."""

    id: str
    revision: int
    channel: str
    parent_id: str | None  # the message of ours that it replies to
    thread_ts: str | None
    seen_by: str | None
    ts: str | None
    template: str
    source: str | None  # of a stored template; None: one of our own
    context: dict[str, Any]
    files: Sequence[dict[str, str]]  # what goes along with it
    queue: str
    max_attempts: int
    ambiguous: Ambiguous
    tries: int
    answer_lost: bool
    called_at: datetime | None  # when the post was called for that is to be looked for
    possibly_delivered: bool
    generation: int
    uneditable_ts: str | None  # itself or the message it replaces, if uneditable
    text_only: bool
    refusals: list[list[str]] | None
    created_at: datetime
    claimed_at: datetime
    tenant: str = ""
    correlation_id: str | None = None
    error: str | None = None  # of the attempt before
    waiting_since: datetime | None = None  # the oldest change that Slack does not show
    rank: Rank = Rank.NORMAL
    pages: int = 0  # how many of the history were looked through; one is paid for

    @property
    def correlation(self) -> str:
        """Return by what logs and traces know it: the request's correlation id, or its own id."""
        return self.correlation_id or self.id

    @property
    def is_edit(self) -> bool:
        """Tell whether the message is in Slack, so that it is edited, not posted."""
        return self.ts is not None

    @property
    def is_own(self) -> bool:
        """Tell whether the template is one of our own, so that its controls are ours, too."""
        return self.source is None

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Return what its delivery costs: each method, and with a post the channel."""
        if self.is_edit:
            return [("edits", "")]
        looks = [("lookups", "")] if self.answer_lost or self.pages else []
        return [("posts", self.channel), *looks]


@dataclass(frozen=True)
class Outcome:
    """What one delivery did to its message; the lane records it."""

    claim: Claim
    verdict: Verdict
    answer: SlackResponse
    event: EventName
    ts: str | None
    delivered_revision: int | None = None
    tries: int = 0
    due_at: datetime | None = None
    answer_lost: bool = False
    possibly_delivered: bool = False
    is_new_copy: bool = False  # the next post is meant to be another one for Slack
    is_blocked: bool = False  # it waits until its parent is posted anew
    text_only: bool = False
    refusals: list[list[str]] | None = None
    error: str | None = None
    overflow: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def is_dead(self) -> bool:
        """Tell whether the message was given up."""
        return self.event is EventName.DEAD


def describe(answer: SlackResponse) -> str:
    """Return the error in a few words, for the row and for people."""
    if answer.error:
        return redact(answer.error)
    if answer.lost:
        return ANSWER_LOST
    if answer.unreachable:
        return "unreachable"
    return f"http_{answer.status}"


def failure_detail(answer: SlackResponse, verdict: Verdict) -> dict[str, Any]:
    detail: dict[str, Any] = {"error": describe(answer), "verdict": str(verdict)}
    if answer.retry_after is not None:
        detail["retry_after"] = answer.retry_after
    return {**detail, **redact_json(answer.detail)}
