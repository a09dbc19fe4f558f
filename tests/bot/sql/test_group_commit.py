"""Many small writes in one transaction: told once committed, and nobody pays for another one."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.errors import NotFoundError
from bot.messages.models import Sender
from bot.sql.group_commit import MAX_UNITS, GroupCommit
from tests.patience import PATIENCE_SECONDS

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


class Desk:
    """Stores a sender for each word; `no` is refused, and takes its transaction with it."""

    def __init__(self, database):
        self.database = database
        self.groups = []
        self.has_begun = threading.Event()
        self.may_go = threading.Event()
        self.may_go.set()
        self.intake = GroupCommit(database, self.work)

    def work(self, session, units):
        """Store a group."""
        self.has_begun.set()
        assert self.may_go.wait(PATIENCE_SECONDS)
        self.groups.append(list(units))
        for unit in units:
            if unit == "no":
                raise NotFoundError(unit)
            session.add(Sender(tenant="default", code=unit, created_by="ada", updated_at=NOW))
        return [f"stored {unit}" for unit in units]

    def stored(self):
        """Return what is committed."""
        return set(self.database.transact(lambda session: session.exec(select(Sender.code)).all()))


@pytest.fixture
def desk(database):
    """A desk on both databases."""
    return Desk(database)


async def test_what_arrives_meanwhile_shares_the_next_transaction(desk):
    """While the first one runs, the others wait, and then go together, in their order."""
    desk.may_go.clear()
    first = asyncio.create_task(desk.intake.submit("a"))
    await asyncio.to_thread(desk.has_begun.wait, PATIENCE_SECONDS)
    others = [asyncio.create_task(desk.intake.submit(word)) for word in "bcd"]
    await asyncio.sleep(0.05)
    desk.may_go.set()

    told = await asyncio.gather(first, *others)

    assert desk.groups == [["a"], ["b", "c", "d"]]
    assert told == ["stored a", "stored b", "stored c", "stored d"]
    assert set("abcd") == desk.stored()


async def test_one_refusal_harms_nobody_else(desk):
    """The group is rolled back, and each unit of it tried alone."""
    words = ["a", "no", "b"]

    told = await asyncio.gather(*map(desk.intake.submit, words), return_exceptions=True)

    assert [told[0], told[2]] == ["stored a", "stored b"]
    assert isinstance(told[1], NotFoundError)
    assert {"a", "b"} == desk.stored()


async def test_a_caller_that_hung_up_is_stored_all_the_same(desk):
    """It was taken; that nobody waits for the answer neither undoes it nor harms the others."""
    desk.may_go.clear()
    gone = asyncio.create_task(desk.intake.submit("a"))
    stays = asyncio.create_task(desk.intake.submit("b"))
    await asyncio.sleep(0.05)
    gone.cancel()
    desk.may_go.set()

    assert await stays == "stored b"
    assert {"a", "b"} == desk.stored()


async def test_a_group_has_its_limit(desk):
    """However many wait, a transaction stays short."""
    words = [f"w{number}" for number in range(MAX_UNITS + 5)]

    await asyncio.gather(*map(desk.intake.submit, words))

    assert [len(group) for group in desk.groups] == [MAX_UNITS, 5]


async def test_it_goes_on_after_a_pause(desk):
    """What comes when nothing runs any more begins a transaction of its own."""
    await desk.intake.submit("a")
    await desk.intake.submit("b")

    assert desk.groups == [["a"], ["b"]]
