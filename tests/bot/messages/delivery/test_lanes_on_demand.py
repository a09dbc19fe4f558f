"""Lanes begin when there is something to do, end when there is not, and take turns."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.messages.delivery.concurrency import REST_AFTER
from bot.messages.delivery.running_lanes import SLICE, STUCK
from bot.messages.models import LaneLease, Message, MessageState
from tests.bot.messages.world import HandClock, World


@pytest.fixture
async def world(database, tmp_path):
    """A world in which time stands still."""
    made = World(database, tmp_path, HandClock())
    yield made
    made.is_open.set()
    for lanes in made.processes:
        await lanes.stop()


async def rested(world, lanes, key):
    """Let a lane have nothing to do until it ends."""
    while lanes.health():
        lanes.wake(key)
        await asyncio.sleep(0.1)
        world.clock.pass_by(REST_AFTER / 2)


async def test_a_lane_without_work_ends_and_begins_again(world):
    """It closes its transport and gives its lease back; the next message starts it anew."""
    lanes = world.start()
    world.put("T1", "first")
    lanes.wake("T1")
    await world.until(lambda: world.sent == [("T1", "first")])

    await rested(world, lanes, "T1")
    lease = world.database.transact(lambda session: session.get_one(LaneLease, "T1"))
    world.put("T1", "second")
    lanes.wake("T1")

    await world.until(lambda: len(world.sent) == 2)
    # Twice if it was woken once more just as it ended.
    assert ({"T1"}, True) == (set(world.closed), lease.expires_at <= world.clock.now())


async def test_the_sweep_finds_what_is_due_and_nobodys(world):
    """Waiting, due, or being sent by somebody who died; not what others hold or is not due."""
    now, later = world.clock.at, world.clock.at + timedelta(minutes=1)
    delayed = {"state": MessageState.DELAYED}
    world.put("T1", "waits")
    world.put("T2", "was planned", due_at=now - timedelta(seconds=1), **delayed)
    world.put("T3", "is planned", due_at=later, **delayed)
    world.put("T4", "is another's")
    world.lease("T4", "p_other", later)
    world.put("T5", "was another's")
    world.lease("T5", "p_other", now - timedelta(seconds=1))
    world.put("T6", "is settled", state=MessageState.IDLE)
    lanes = world.start()

    await lanes.sweep()

    await world.until(lambda: len(world.sent) == 3)
    assert {"waits", "was planned", "was another's"} == {text for _, text in world.sent}


async def test_what_a_dead_process_was_sending_is_taken_over(world):
    """Nothing waits and nothing is due: the claim itself is what the sweep finds."""
    world.put("T1", "claimed", state=MessageState.SENDING, claimed_at=world.clock.at)
    world.lease("T1", "p_dead", world.clock.at - timedelta(seconds=1))
    lanes = world.start()

    await lanes.sweep()

    def state():
        return world.database.transact(lambda session: session.exec(select(Message.state)).one())

    await world.until(lambda: state() != MessageState.SENDING)


async def test_a_lost_wakeup_is_made_good(world):
    """A lane that sleeps here and was not told is woken by the next sweep."""
    lanes = world.start()
    world.put("T1", "first")
    lanes.wake("T1")
    await world.until(lambda: len(world.sent) == 1)
    await asyncio.sleep(0.3)
    world.put("T1", "second")

    await lanes.sweep()

    await world.until(lambda: len(world.sent) == 2)


async def test_a_planned_message_wakes_a_sleeping_lane_in_time(world):
    """The lane that ends remembers when it is due; nobody has to sweep for that."""
    lanes = world.start()
    world.put("T1", "now")
    soon = world.clock.at + REST_AFTER * 4
    world.put("T1", "planned", state=MessageState.DELAYED, due_at=soon)
    lanes.wake("T1")
    await world.until(lambda: len(world.sent) == 1)
    await rested(world, lanes, "T1")
    world.clock.at = soon

    lanes.wake("T1")

    await world.until(lambda: ("T1", "planned") in world.sent)


async def test_no_more_lanes_are_active_than_may_be(world):
    """With two places and twelve workspaces all are served, two at a time."""
    lanes = world.start(max_lanes=2)
    for number in range(12):
        world.put(f"T{number}")
        lanes.wake(f"T{number}")

    await world.until(lambda: len(world.sent) == 12)

    assert world.most_busy <= 2
    assert len(set(world.sent)) == 12


async def test_who_has_served_its_time_lets_the_next_one_in(world):
    """A lane that is never done gives its place to those who wait, and gets it back."""
    world.is_open.clear()
    lanes = world.start(max_lanes=1)
    for number in range(30):  # More than its budget allows at once.
        world.put("T1", str(number), channel="C0ONE")
    lanes.wake("T1")
    await world.until(lambda: world.busy == {"T1"})
    world.put("T2", "waits for a place")
    lanes.wake("T2")
    await world.until(
        lambda: [one.workspace_id for one in lanes.health() if one.state == "queued"] == ["T2"]
    )
    world.is_open.set()
    world.clock.pass_by(SLICE + timedelta(seconds=1))

    await lanes.sweep()

    await world.until(lambda: ("T2", "waits for a place") in world.sent)


async def test_a_lane_that_cannot_be_opened_is_tried_again(world):
    """It is stuck with the reason and harms nobody; once there is a token all arrives."""
    world.locked.add("T1")
    lanes = world.start()
    for key in ("T1", "T2"):
        world.put(key)
        lanes.wake(key)
    await world.until(lambda: world.sent == [("T2", "hello")])
    await world.until(lambda: "stuck" in [one.state for one in lanes.health()])
    stuck = [(one.workspace_id, one.reason) for one in lanes.health() if one.state == "stuck"]
    world.locked.clear()

    lanes.wake("T1")
    await asyncio.sleep(0.1)
    too_soon = list(world.sent)
    world.clock.pass_by(STUCK)
    await lanes.sweep()

    await world.until(lambda: ("T1", "hello") in world.sent)
    assert (stuck, too_soon) == ([("T1", "no_token")], [("T2", "hello")])


async def test_a_changed_token_is_used_at_once(world):
    """Reopening does not wait until a stuck lane's time has come."""
    world.locked.add("T1")
    lanes = world.start()
    world.put("T1")
    lanes.wake("T1")
    await world.until(lambda: [one.state for one in lanes.health()] == ["stuck"])
    world.locked.clear()

    lanes.reopen("T1")

    await world.until(lambda: world.sent == [("T1", "hello")])


async def test_a_lane_elsewhere_is_told_and_not_contended_for(world):
    """What is committed here for another process's lane is passed on; no lane is opened for it."""
    lanes = world.start(tell=lambda _session, key: world.told.append(key))
    world.lease("T1", "p_other", world.clock.at + timedelta(minutes=1))
    world.put("T1")

    lanes.wake("T1")
    await world.until(lambda: world.told == ["T1"])
    await lanes.sweep()
    await asyncio.sleep(0.1)

    assert (world.closed, world.sent, lanes.health()) == ([], [], [])


async def test_a_lane_of_nobody_is_begun_here(world):
    """Nobody holds it, so nobody is told."""
    lanes = world.start(tell=lambda _session, key: world.told.append(key))
    world.put("T1")

    lanes.wake("T1")

    await world.until(lambda: world.sent == [("T1", "hello")])
    assert world.told == []


async def test_a_clock_that_is_set_back_stops_nothing(world):
    """
    The machine's clock goes back by an hour while a lane runs: it goes on delivering.

    Its lease seemed to begin an hour from now, so that it might call nobody before.
    """
    lanes = world.start()
    world.put("T1", "before")
    lanes.wake("T1")
    await world.until(lambda: len(world.sent) == 1)

    world.clock.pass_by(timedelta(hours=-1))
    for number in range(3):
        world.put("T1", f"after {number}")
        lanes.wake("T1")
        await world.until(lambda count=number + 2: len(world.sent) == count)


async def test_the_lease_of_a_clock_that_was_ahead_is_nobodys(world):
    """A process that died had a clock an hour ahead: its lane is taken without waiting so long."""
    lanes = world.start()
    world.lease("T1", "p_dead", world.clock.at + timedelta(hours=1))
    world.put("T1", "hello")

    await lanes.sweep()

    await world.until(lambda: world.sent == [("T1", "hello")])
