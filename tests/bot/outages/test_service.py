"""After an outage people are told once, with what it meant."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.messages.models import Message, MessageState
from tests.bot.messages.world import HandClock, World
from tests.bot.outages.making import make_outages


@pytest.fixture
async def world(database, tmp_path):
    """A world in which time stands still."""
    made = World(database, tmp_path, HandClock())
    yield made
    for lanes in made.processes:
        await lanes.stop()


def notes(world):
    """Return what the notes say."""
    query = select(Message).where(Message.template == "delivery/outage")
    return [one.context for one in world.database.snapshot(lambda s: s.exec(query).all())]


async def test_what_came_late_is_counted_once_it_is_there(world):
    """Two processes come back after a quarter of an hour; one note waits for the last message."""
    first, second = (make_outages(world.database, world.clock) for _ in range(2))
    world.put("T1", "in time")
    lanes = world.start()
    lanes.wake("T1")
    await world.until(lambda: len(world.sent) == 1)
    await first.watch()
    await lanes.stop()
    began_at = int(world.clock.at.timestamp())
    world.clock.pass_by(timedelta(minutes=5))
    world.put("T1", "late")
    world.put("T1", "perhaps twice", possibly_delivered=True)
    world.put("T1", "never", state=MessageState.DEAD, dead_at=world.clock.at)
    world.clock.pass_by(timedelta(minutes=10))

    waits = [await first.watch(), await second.watch()]
    lanes = world.start()
    lanes.wake("T1")
    await world.until(lambda: len(world.sent) == 3)
    await lanes.stop()
    told = [await second.watch(), await first.watch(), await second.watch()]

    assert (waits, told) == ([False, False], [True, False, False])
    assert notes(world) == [
        {
            "began_at": began_at,
            "ended_at": began_at + 900,
            "late": 2,
            "lost": 1,
            "possibly": 1,
            "waiting": 0,
        }
    ]


async def test_a_restart_is_not_worth_a_note(world):
    """Half a minute without anybody is how long it takes."""
    outages = make_outages(world.database, world.clock)
    await outages.watch()
    world.clock.pass_by(timedelta(seconds=55))

    assert (await outages.watch(), notes(world)) == (False, [])


async def test_a_short_outage_without_consequences_is_not_worth_a_note(world):
    """Three minutes for an upgrade, while nothing was to be delivered."""
    outages = make_outages(world.database, world.clock)
    await outages.watch()
    world.clock.pass_by(timedelta(minutes=3))
    quiet = await outages.watch()
    world.clock.pass_by(timedelta(minutes=6))

    assert (quiet, await outages.watch(), len(notes(world))) == (False, True, 1)


async def test_while_slack_is_away_the_outage_goes_on(world):
    """It ends when we are in touch again, and does not wait for ever for what is still late."""
    touch = [True]
    outages = make_outages(world.database, world.clock, is_in_touch=lambda: touch[0])
    await outages.watch()
    touch[0] = False
    world.put("T1", "stays")
    for _ in range(10):
        world.clock.pass_by(timedelta(seconds=30))
        assert await outages.watch() is False
    touch[0] = True
    soon = [await outages.watch()]
    for _ in range(20):
        world.clock.pass_by(timedelta(seconds=30))
        soon.append(await outages.watch())

    assert (sum(soon), soon[-1]) == (1, True)
    (note,) = notes(world)
    assert (note["ended_at"] - note["began_at"], note["waiting"], note["late"]) == (300, 1, 0)


async def test_an_outage_begins_when_we_were_last_in_touch(world):
    """Slack may hang while it is asked for the channel, right after it was still there."""
    outages = make_outages(world.database, world.clock, asks_for=[timedelta(seconds=30)])
    began_at = int(world.clock.at.timestamp())
    await outages.watch()
    world.clock.pass_by(timedelta(minutes=10))
    await outages.watch()

    (note,) = notes(world)
    assert note["ended_at"] - began_at == 630
    assert note["began_at"] == began_at


async def test_without_a_channel_nobody_is_told(world):
    """And the outage is forgotten, not told when somebody sets a channel a month later."""
    outages = make_outages(world.database, world.clock, channel=None)
    await outages.watch()
    world.clock.pass_by(timedelta(hours=1))
    await outages.watch()

    assert await make_outages(world.database, world.clock).watch() is False
    assert notes(world) == []
