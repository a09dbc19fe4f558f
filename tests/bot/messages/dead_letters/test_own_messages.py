"""What nobody would ask for again is tried for long: an end must become visible."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.messages import outbox
from bot.messages.models import Message, MessageState
from bot.messages.outbox import Content, Place
from bot.messages.policy import LOOKUP_DELAY, MAX_TRIES, OWN_TRIES, SlackResponse
from tests.bot.messages.world import HandClock, World

WAIT = timedelta(minutes=1)
FAILURES = {
    "internal_error": SlackResponse(error="internal_error"),
    "http_500": SlackResponse(status=500),
    "answer_lost": SlackResponse(lost=True),
    "update_failed": SlackResponse(error="update_failed"),
}


@pytest.fixture
async def world(database, tmp_path):
    """A world in which time stands still, with a lane that has posted a running task."""
    made = World(database, tmp_path, HandClock())
    lanes = made.start()
    made.put("T1", "running")
    lanes.wake("T1")
    await made.until(lambda: made.sent == [("T1", "running")])
    yield made
    await lanes.stop()


def message(world):
    return world.database.transact(lambda session: session.exec(select(Message)).one())


def end(world, text="cancelled"):
    """Commit the task's end, and wake the lane."""
    key = message(world).id

    def work(session):
        outbox.edit(session, key, {"text": text}, now=world.clock.at, final=True)

    world.database.transact(work)
    world.processes[0].wake("T1")


async def fail(world, answer, times):
    """Let the edits fail so often, with the waits between them."""
    world.refusals.extend([answer] * times)
    end(world)
    while world.refusals and message(world).state != MessageState.DEAD:
        left = len(world.refusals)
        await world.until(lambda left=left: len(world.refusals) < left)
        await world.until(lambda: message(world).state != MessageState.SENDING)
        world.clock.pass_by(WAIT)
        world.processes[0].wake("T1")


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
async def test_an_end_survives_eight_failures(world, answer):
    """Slack is there and fails again and again: once it does not, it shows the end."""
    await fail(world, answer, 8)

    assert message(world).state != MessageState.DEAD
    await world.until(lambda: world.sent[-1] == ("T1", "cancelled"))
    await world.until(lambda: message(world).state == MessageState.IDLE)


async def test_what_fails_for_ever_is_given_up(world):
    """After some sixty attempts, which take half an hour, people are told."""
    await fail(world, SlackResponse(error="internal_error"), OWN_TRIES)

    await world.until(lambda: message(world).state == MessageState.DEAD)


async def test_an_end_does_not_sit_out_the_wait_of_what_it_replaces(world):
    """An edit that waits a minute after lost answers gives way to a newer one within seconds."""
    await fail(world, SlackResponse(lost=True), 2 * MAX_TRIES)
    await world.until(lambda: message(world).state == MessageState.IDLE)
    long_due = world.clock.at + WAIT

    def delay(session):
        row = session.exec(select(Message)).one()
        row.state, row.due_at, row.error = MessageState.DELAYED, long_due, "answer_lost"
        row.is_final = False
        session.add(row)

    world.database.transact(delay)
    end(world, "completed")

    assert world.clock.at + LOOKUP_DELAY == message(world).due_at


def test_a_reply_is_tried_as_often_as_what_it_belongs_to(database):
    """The rest of a request's message has the request's attempts."""
    now = HandClock().at

    def work(session):
        parent = outbox.put(session, Place("T1", "default", "C0OPS"), Content("note"), now=now)
        parent.max_attempts = 2
        session.flush()
        reply = outbox.reply(session, parent, Content("note"), now=now)
        return reply.max_attempts

    assert database.transact(work) == 2
