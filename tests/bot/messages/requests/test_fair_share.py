"""A bulk leaves every second slot of its channel to whoever else comes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from bot.messages.delivery import claims, selection
from bot.messages.history.rebuild import verify
from bot.messages.models import Message
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from bot.messages.requests.queries import stats
from bot.messages.requests.service import Requests

TEAM = "T0"


def order(key, channel="C0OPS", **more):
    """Return somebody's wish for a message."""
    return MessageRequest(
        tenant="default",
        workspace_id=TEAM,
        template="text",
        payload={"text": key},
        correlation_id=key,
        by="ada",
        channel=channel,
        message_id=f"m_{key}",
        **more,
    )


class TickingClock(SystemClock):
    """A clock that moves only when it is read, so that a slow machine is not a late call."""

    def __init__(self):
        """Start at this moment."""
        self.read_at = super().now()

    def now(self):
        """Return a millisecond more than the last time."""
        self.read_at += timedelta(milliseconds=1)
        return self.read_at


@pytest.fixture
def requests(database):
    """Where callers ask, one right after the other."""
    return Requests(database, TickingClock(), lambda _workspace_id: None)


def first(database, limit):
    """Claim what goes first, and return the ids in order."""

    def work(session):
        rows = selection.ready_posts(session, TEAM, limit)
        claims.claim(session, rows, datetime.now(UTC))
        return [row.id for row in rows]

    return database.transact(work)


async def test_a_latecomer_does_not_wait_for_a_bulk(requests, database):
    """Of a thousand only the first few go before it, and the rest after it in order."""
    await requests.accept(RequestBatch([order(f"bulk{one:04}") for one in range(1000)]))
    await requests.accept(RequestBatch([order("late")]))

    assert first(database, 4) == ["m_bulk0000", "m_late", "m_bulk0001", "m_bulk0002"]
    assert (await database.read(verify)).is_clean


async def test_two_bulks_take_turns(requests, database):
    """Neither waits for all of the other."""
    await requests.accept(RequestBatch([order(f"a{one}") for one in range(5)]))
    await requests.accept(RequestBatch([order(f"b{one}") for one in range(5)]))

    assert first(database, 6) == ["m_a0", "m_b0", "m_a1", "m_b1", "m_a2", "m_b2"]


async def test_each_channel_has_its_own_turns(requests, database):
    """A bulk for many channels is no crowd in any of them."""
    await requests.accept(RequestBatch([order(f"m{one}", channel=f"C{one}") for one in range(50)]))

    def since(session):
        return {row.waiting_since for row in session.exec(select(Message))}

    assert len(database.transact(since)) == 1


async def test_what_gives_way_has_waited_all_the_same(requests, database):
    """The statistics say how long ago a bulk was asked for, not when its turn is."""
    await requests.accept(RequestBatch([order(f"bulk{one}") for one in range(9)]))
    first(database, 1)

    later = datetime.now(UTC) + timedelta(seconds=30)
    line = database.transact(lambda session: stats(session, "default", later))[0]

    assert line["oldest_seconds"] >= 30
