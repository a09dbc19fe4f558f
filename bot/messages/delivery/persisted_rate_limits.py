"""
The calls of the last minute and what Slack froze, kept in the lease: Slack means whoever calls.

A lane that goes on where another one ended, slept or was killed has no more budget than that one.
"""

from collections import deque
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel

from bot.messages.delivery.outcome import Claim, Outcome
from bot.messages.error_codes import Verdict
from bot.messages.rate_limits.limiters import WINDOW
from bot.messages.rate_limits.slack_limits import Pacing
from bot.sql.statements import Statement

LEASES = SQLModel.metadata.tables["lane_lease"]
OF_WORKSPACE = LEASES.c.workspace_id == bindparam("workspace")
READ = Statement(select(LEASES.c.recent, LEASES.c.frozen).where(OF_WORKSPACE))
WRITE = Statement(update(LEASES).where(OF_WORKSPACE).values(recent=bindparam("calls")))
FREEZE = Statement(update(LEASES).where(OF_WORKSPACE).values(frozen=bindparam("freezes")))
#: What leases said before they named methods.
BEFORE = {True: "edits", False: "posts"}


class Call(NamedTuple):
    """A call as it stands in the lease."""

    at: int  # milliseconds: when it was answered; until then, when it was claimed
    method: str
    channel: str  # "": not a post
    is_answered: bool = False


class RecentCalls:
    """One workspace's calls of the last minute."""

    def __init__(self, workspace_id: str) -> None:
        self._workspace_id = workspace_id
        self._calls: deque[Call] = deque()
        self._stored: list[Call] = []  # what stands in the lease, if it is ours

    def take_over(self, session: Session, pacing: Pacing, now: datetime) -> None:
        """
        Count what was called until now, and leave alone what Slack said.

        A call without an answer may have reached Slack at any time until now. To do it again after
        a failure counts nothing twice.
        """
        (lease,) = READ.rows(session, workspace=self._workspace_id)
        stored = [call_of(*one) for one in lease.recent or []]
        known = set(self._stored)
        self._stored = stored
        calls = {one: one if one.is_answered else arrived(one, now) for one in stored}
        recent = sorted(one for one in stored if one.at > since(now))
        self._calls = deque(sorted(calls[one] for one in recent))
        for call in sorted(calls[one] for one in recent if one not in known):
            pacing.remember(call.method, call.channel, moment(call.at))
        for method, channel, until in lease.frozen or []:
            if until > milliseconds(now):
                pacing.refreeze(method, channel, moment(until))

    def add(self, session: Session, claims: Iterable[Claim], now: datetime) -> None:
        """Write down that these are being called; durable with the claims themselves."""
        at = milliseconds(now)
        self._write(session, [Call(at, *call) for one in claims for call in one.calls], now)

    def answered(self, claim: Claim, pacing: Pacing, now: datetime) -> None:
        """Count a claim's calls from now on, for Slack may have got them only now."""
        if pacing.unlimited:
            return
        pacing.answered(claim.calls, claim.claimed_at, now)
        for call in self._drop(claim):
            self._calls.append(arrived(call, now))

    def take_back(self, claims: Iterable[Claim], pacing: Pacing) -> None:
        """Count these no longer: Slack was not called for them."""
        for claim in claims:
            pacing.take_back(claim.calls, claim.claimed_at)
            self._drop(claim)

    def learn(
        self, session: Session, outcomes: Collection[Outcome], pacing: Pacing, now: datetime
    ) -> None:
        """
        Write down what calls have cost that nobody knew before, and what may not be called now.

        *pacing* knows of the latter already.
        """
        pages = sum(max(one.claim.pages - 1, 0) for one in outcomes)
        if pages and not pacing.unlimited:
            for _ in range(pages):
                pacing.lookups.spend(now)
            self._write(session, [Call(milliseconds(now), "lookups", "", True)] * pages, now)
        if any(one.verdict is Verdict.PACED for one in outcomes):
            # A millisecond more: what is cut off must not be called too early.
            freezes = [(*what, milliseconds(until) + 1) for *what, until in pacing.freezes()]
            FREEZE.run(session, workspace=self._workspace_id, freezes=freezes)

    def _drop(self, claim: Claim) -> list[Call]:
        """Forget a claim's calls; return them as they were claimed."""
        calls = [Call(milliseconds(claim.claimed_at), *call) for call in claim.calls]
        for call in calls:
            if call in self._calls:
                self._calls.remove(call)
        return calls

    def _write(self, session: Session, calls: Iterable[Call], now: datetime) -> None:
        while self._calls and self._calls[0].at <= since(now):
            self._calls.popleft()
        self._calls += calls
        self._stored = list(self._calls)
        WRITE.run(session, workspace=self._workspace_id, calls=self._stored)


def call_of(at: int, method: Any, channel: str, is_answered: bool = False) -> Call:
    """Return a call as the lease has it."""
    return Call(at, BEFORE.get(method, method), channel, is_answered)


def arrived(call: Call, now: datetime) -> Call:
    """Return a call that has reached Slack, perhaps only now."""
    return call._replace(at=milliseconds(now), is_answered=True)


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def since(now: datetime) -> int:
    return milliseconds(now - WINDOW)
