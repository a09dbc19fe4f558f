"""
The calls of the last minute and what Slack froze, kept in the lease: Slack means whoever calls.

A lane that goes on where another one ended, slept or was killed has no more budget than that one.
"""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel

from bot.messages.outcome import Claim, Outcome
from bot.messages.pacing import Pacing
from bot.messages.policy import Verdict
from bot.statements import Statement

LEASES = SQLModel.metadata.tables["lane_lease"]
#: Slack counts in minutes. https://docs.slack.dev/apis/web-api/rate-limits
COUNTED = timedelta(minutes=1)
OF_WORKSPACE = LEASES.c.workspace_id == bindparam("workspace")
READ = Statement(select(LEASES.c.recent, LEASES.c.frozen).where(OF_WORKSPACE))
WRITE = Statement(update(LEASES).where(OF_WORKSPACE).values(recent=bindparam("calls")))
FREEZE = Statement(update(LEASES).where(OF_WORKSPACE).values(frozen=bindparam("freezes")))


class RecentCalls:
    """One workspace's calls of the last minute, as milliseconds, whether an edit, and channel."""

    def __init__(self, workspace_id: str) -> None:
        self._workspace_id = workspace_id
        self._calls: deque[tuple[int, bool, str]] = deque()

    def take_over(self, session: Session, pacing: Pacing, now: datetime) -> None:
        """
        Count what was called until now, and leave alone what Slack said.

        To do it again after a failure counts nothing twice.
        """
        (lease,) = READ.rows(session, workspace=self._workspace_id)
        known = set(self._calls)
        calls = [(at, is_edit, channel) for at, is_edit, channel in lease.recent or []]
        for call in calls:
            at, is_edit, channel = call
            if call not in known and at > since(now):
                pacing.remember(channel, moment(at), was_edit=is_edit)
        self._calls = deque(calls)
        for method, channel, until in lease.frozen or []:
            if until > milliseconds(now):
                pacing.refreeze(method, channel, moment(until))

    def add(self, session: Session, claims: Iterable[Claim], now: datetime) -> None:
        """Write down that these are being called; durable with the claims themselves."""
        while self._calls and self._calls[0][0] <= since(now):
            self._calls.popleft()
        self._calls += [(milliseconds(now), one.is_edit, one.channel) for one in claims]
        WRITE.run(session, workspace=self._workspace_id, calls=list(self._calls))

    def keep_freezes(self, session: Session, outcomes: Iterable[Outcome], pacing: Pacing) -> None:
        """Write down what may not be called, if one of these has told us; *pacing* knows it."""
        if any(one.verdict is Verdict.PACED for one in outcomes):
            # A millisecond more: what is cut off must not be called too early.
            freezes = [(*what, milliseconds(until) + 1) for *what, until in pacing.freezes()]
            FREEZE.run(session, workspace=self._workspace_id, freezes=freezes)


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def since(now: datetime) -> int:
    return milliseconds(now - COUNTED)
