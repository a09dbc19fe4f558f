"""
The calls of the last minute, kept in the lease: Slack counts them, whoever made them.

A lane that goes on where another one ended, slept or was killed has no more budget than that one.
"""

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel

from bot.messages.outcome import Claim
from bot.messages.pacing import Pacing
from bot.statements import Statement

LEASES = SQLModel.metadata.tables["lane_lease"]
#: Slack counts in minutes. https://docs.slack.dev/apis/web-api/rate-limits
COUNTED = timedelta(minutes=1)
OF_WORKSPACE = LEASES.c.workspace_id == bindparam("workspace")
READ = Statement(select(LEASES.c.recent).where(OF_WORKSPACE))
WRITE = Statement(update(LEASES).where(OF_WORKSPACE).values(recent=bindparam("calls")))


class RecentCalls:
    """One workspace's calls of the last minute, as milliseconds, whether an edit, and channel."""

    def __init__(self, workspace_id: str) -> None:
        self._workspace_id = workspace_id
        self._calls: deque[tuple[int, bool, str]] = deque()

    def take_over(self, session: Session, pacing: Pacing, now: datetime) -> None:
        """Count what was called until now; to do it again after a failure counts nothing twice."""
        (lease,) = READ.rows(session, workspace=self._workspace_id)
        known = set(self._calls)
        calls = [(at, is_edit, channel) for at, is_edit, channel in lease.recent or []]
        for call in calls:
            at, is_edit, channel = call
            if call not in known and at > since(now):
                pacing.remember(channel, datetime.fromtimestamp(at / 1000, UTC), was_edit=is_edit)
        self._calls = deque(calls)

    def add(self, session: Session, claims: Iterable[Claim], now: datetime) -> None:
        """Write down that these are being called; durable with the claims themselves."""
        while self._calls and self._calls[0][0] <= since(now):
            self._calls.popleft()
        self._calls += [(milliseconds(now), one.is_edit, one.channel) for one in claims]
        WRITE.run(session, workspace=self._workspace_id, calls=list(self._calls))


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def since(now: datetime) -> int:
    return milliseconds(now - COUNTED)
