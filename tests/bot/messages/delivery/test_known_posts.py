"""Where no history may be read: a Slack that knows a post again by its `client_msg_id`, or not."""

from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from slack_playground import Playground
from slack_playground.conversations.messages import remove

from bot.messages.dead_letters.replay import revive
from bot.messages.history.rebuild import verify
from bot.messages.history.timeline import events_of
from bot.messages.models import Ambiguous, Message, MessageState
from bot.messages.transports.base import REPEAT
from tests.bot.messages.delivery.test_threads import in_state

COUNT = 100
LOST = {"probability": 0.2, "seed": 20}
SCOPES = ["chat:write", "channels:join", "channels:read"]


@asynccontextmanager
async def without_history(rig, client_msg_id):
    """Give the rig a workspace whose history it may not read."""
    seed = {"scopes": SCOPES}
    async with Playground(limits="off", seed=seed, client_msg_id=client_msg_id) as playground:
        rig.playground = playground
        old, rig.transport = (
            rig.transport,
            type(rig.transport)(playground.api_url, playground.bot_token),
        )
        old.close()
        yield rig
        await rig.lanes.stop()


@pytest.fixture
async def knowing(rig):
    """A lane to a Slack that knows posts again."""
    async with without_history(rig, "honoured") as rig:
        yield rig


@pytest.fixture
async def forgetful(rig):
    """A lane to a Slack that does not."""
    async with without_history(rig, "ignored") as rig:
        yield rig


def copies(rig, channel):
    """Return how often each message stands there, whatever was put around it."""
    return Counter(text.partition(".")[0] for text in rig.texts(channel))


@pytest.mark.parametrize("place", ["ops", "ada"])
async def test_nothing_is_doubled_where_posts_are_known(knowing, place):
    """A fifth of the answers is lost, in a channel or a direct message: all is there once."""
    rig = knowing
    channel = rig.channel if place == "ops" else rig.playground.user("ada").id
    lost = rig.playground.fail("chat.postMessage", "drop_answer", **LOST)
    ids = [await rig.store(f"message {one}.", channel=channel) for one in range(COUNT)]
    rig.open()

    rows = [await in_state(rig, one) for one in ids]

    there = rig.channel if place == "ops" else rows[0].channel
    assert lost.struck > COUNT / 10
    assert copies(rig, there) == dict.fromkeys((f"message {one}" for one in range(COUNT)), 1)
    assert not [text for text in rig.texts(there) if REPEAT in text]
    assert not [row.id for row in rows if row.possibly_delivered or row.answer_lost]
    assert (await rig.database.read(verify)).is_clean


async def test_every_doubt_is_said_where_posts_are_not_known(forgetful):
    """What stands there twice says so, in Slack and in its row."""
    rig = forgetful
    rig.playground.fail("chat.postMessage", "drop_answer")
    rig.open()

    row = await in_state(rig, await rig.put("once."))

    assert rig.texts() == ["once.", f"once.\n{REPEAT}"]
    assert row.possibly_delivered


async def test_a_first_copy_of_an_older_revision_is_edited(knowing):
    """What was asked for meanwhile is shown in the end."""
    rig = knowing
    rig.playground.fail("chat.postMessage", "drop_answer")
    rig.open()
    message_id = await rig.put("running")
    await rig.until(lambda: rig.texts() == ["running"])

    await rig.edit(message_id, "completed", final=True)
    row = await in_state(rig, message_id)

    assert rig.texts() == ["completed"]
    assert (row.delivered_revision, row.possibly_delivered) == (2, False)


async def test_a_first_copy_that_was_deleted_is_posted_anew(knowing):
    """Slack knows the post and has it no more: it is meant to be there."""
    rig = knowing
    held = rig.playground.fail("chat.postMessage", "drop_answer")
    rig.open()
    message_id = await rig.put("hello")
    await rig.until(lambda: held.struck and rig.texts() == ["hello"])
    (first,) = rig.playground.messages("ops")
    remove(rig.playground.workspace, rig.playground.channel("ops"), first["ts"])

    row = await in_state(rig, message_id)

    assert (rig.texts(), row.generation) == (["hello"], 1)


async def test_a_message_that_was_deleted_is_no_repeat(rig):
    """Posted anew after an edit found it gone, it has another name, or Slack would refuse it."""
    async with Playground(limits="off", client_msg_id="honoured") as playground:
        rig.playground = playground
        rig.transport.close()
        rig.transport = type(rig.transport)(playground.api_url, playground.bot_token)
        rig.open()
        message_id = await rig.put("running")
        row = await in_state(rig, message_id)
        remove(playground.workspace, playground.channel("ops"), row.ts)

        await rig.edit(message_id, "completed", final=True)
        await in_state(rig, message_id)

        assert rig.texts() == ["completed"]
        await rig.lanes.stop()


async def test_a_held_doubt_is_settled_by_its_replay(knowing):
    """`hold` sends nothing by itself; pressed, *Replay* finds the first copy."""
    rig = knowing
    rig.playground.fail("chat.postMessage", "drop_answer")
    message_id = await rig.store("once.")

    def hold(session):
        session.get_one(Message, message_id).ambiguous = Ambiguous.HOLD

    await rig.database.write(hold)
    rig.open()
    assert (await in_state(rig, message_id, MessageState.DEAD)).error == "held"

    def replay(session):
        revive(session, message_id, by="ada", now=datetime.now(UTC))

    await rig.database.write(replay)
    rig.lanes.wake(rig.team)
    row = await in_state(rig, message_id)

    assert (rig.texts(), row.possibly_delivered) == (["once."], False)
    events = await rig.database.read(lambda session: events_of(session, message_id))
    assert events[-1]["detail"]["recovered"]
