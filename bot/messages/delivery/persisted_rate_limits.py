"""
Keeps recent calls and `Retry-After` limits in the lease, because Slack counts them per workspace.

A lane that takes over from one that ended, slept or was killed has no larger budget than that one.
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

_LEASE_COLUMNS = SQLModel.metadata.tables["lane_lease"]
_THIS_WORKSPACE = _LEASE_COLUMNS.c.workspace_id == bindparam("workspace")
_READ = Statement(select(_LEASE_COLUMNS.c.recent, _LEASE_COLUMNS.c.frozen).where(_THIS_WORKSPACE))
_WRITE = Statement(update(_LEASE_COLUMNS).where(_THIS_WORKSPACE).values(recent=bindparam("calls")))
_FREEZE = Statement(
    update(_LEASE_COLUMNS).where(_THIS_WORKSPACE).values(frozen=bindparam("freezes"))
)
#: What leases said before they named methods.
_BEFORE = {True: "edits", False: "posts"}


class _RecentCall(NamedTuple):
    """A call as stored in the lease."""

    at: int  # milliseconds: when it was answered; until then, when it was claimed
    method: str
    channel: str  # "": not a post
    is_answered: bool = False


class RecentCalls:
    """One workspace's calls of the last minute."""

    def __init__(self, workspace_id: str) -> None:
        self._workspace_id = workspace_id
        self._calls: deque[_RecentCall] = deque()
        self._stored: list[_RecentCall] = []  # the calls stored in the lease, if it is ours

    def take_over(self, session: Session, pacing: Pacing, now: datetime) -> None:
        """
        Count what was called until now, and leave alone what Slack said.

        A call without an answer may have reached Slack at any time until now. To do it again after
        a failure counts nothing twice.
        """
        (lease,) = _READ.rows(session, workspace=self._workspace_id)
        stored = [_call_of(*one) for one in lease.recent or []]
        known = set(self._stored)
        self._stored = stored
        calls = {one: one if one.is_answered else _arrived(one, now) for one in stored}
        recent = sorted(one for one in stored if one.at > since(now))
        self._calls = deque(sorted(calls[one] for one in recent))
        for call in sorted(calls[one] for one in recent if one not in known):
            pacing.remember(call.method, call.channel, _from_milliseconds(call.at))
        for method, channel, until in lease.frozen or []:
            if until > milliseconds(now):
                pacing.refreeze(method, channel, _from_milliseconds(until))

    def add(self, session: Session, claims: Iterable[Claim], now: datetime) -> None:
        """Write down that these are being called; durable with the claims themselves."""
        at = milliseconds(now)
        self._write(session, [_RecentCall(at, *call) for one in claims for call in one.calls], now)

    def answered(self, claim: Claim, pacing: Pacing, now: datetime) -> None:
        """Count a claim's calls from now on, for Slack may have got them only now."""
        if pacing.unlimited:
            return
        pacing.answered(claim.calls, claim.claimed_at, now)
        for call in self._drop(claim):
            self._calls.append(_arrived(call, now))

    def take_back(self, claims: Iterable[Claim], pacing: Pacing) -> None:
        """Count these no longer: Slack was not called for them."""
        for claim in claims:
            pacing.take_back(claim.calls, claim.claimed_at)
            self._drop(claim)

    def learn(
        self, session: Session, outcomes: Collection[Outcome], pacing: Pacing, now: datetime
    ) -> None:
        """
        Store newly known costs of calls, and what must not be called now.

        *pacing* knows the latter already.
        """
        pages = sum(max(one.claim.pages - 1, 0) for one in outcomes)
        if pages and not pacing.unlimited:
            for _ in range(pages):
                pacing.lookups.spend(now)
            self._write(session, [_RecentCall(milliseconds(now), "lookups", "", True)] * pages, now)
        if any(one.verdict is Verdict.PACED for one in outcomes):
            # Round up by a millisecond, so that no call is made too early.
            freezes = [(*what, milliseconds(until) + 1) for *what, until in pacing.freezes()]
            _FREEZE.run(session, workspace=self._workspace_id, freezes=freezes)

    def _drop(self, claim: Claim) -> list[_RecentCall]:
        """Forget a claim's calls; return them as they were claimed."""
        calls = [_RecentCall(milliseconds(claim.claimed_at), *call) for call in claim.calls]
        for call in calls:
            if call in self._calls:
                self._calls.remove(call)
        return calls

    def _write(self, session: Session, calls: Iterable[_RecentCall], now: datetime) -> None:
        while self._calls and self._calls[0].at <= since(now):
            self._calls.popleft()
        self._calls += calls
        self._stored = list(self._calls)
        _WRITE.run(session, workspace=self._workspace_id, calls=self._stored)


def _call_of(at: int, method: Any, channel: str, is_answered: bool = False) -> _RecentCall:
    """Return a call as the lease has it."""
    return _RecentCall(at, _BEFORE.get(method, method), channel, is_answered)


def _arrived(call: _RecentCall, now: datetime) -> _RecentCall:
    """Return a call that has reached Slack, possibly only now."""
    return call._replace(at=milliseconds(now), is_answered=True)


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _from_milliseconds(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def since(now: datetime) -> int:
    return milliseconds(now - WINDOW)
