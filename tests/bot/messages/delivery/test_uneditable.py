"""Messages that Slack no longer lets us edit: the end becomes visible all the same."""

from datetime import UTC, datetime

import pytest

from bot.messages import outbox
from bot.messages.dead_letters.replay import revive
from bot.messages.delivery.content import SUCCESSOR
from bot.messages.history.rebuild import verify
from bot.messages.models import Message, MessageState, Rank
from bot.messages.outbox import Content, Place
from tests.bot.messages.delivery.test_threads import delete, in_state, replies_under, standing

CODES = ["cant_update_message", "edit_window_closed", "block_mismatch"]


@pytest.mark.parametrize("code", CODES)
async def test_an_end_is_posted_anew(rig, code):
    """A new message says that it stands for the old one; later edits and replies go there."""
    rig.open()
    message_id = await standing(rig, "running")
    old = (await rig.row(message_id)).ts
    rig.playground.fail("chat.update", error=code)

    await rig.edit(message_id, "completed", final=True)
    row = await in_state(rig, message_id)

    assert rig.texts() == ["running", f"completed\n{SUCCESSOR}"]
    assert (row.former_ts, row.uneditable_ts, row.ts != old) == (old, old, True)

    await rig.edit(message_id, "attempt 2", reopen=True)
    await in_state(rig, message_id)
    await in_state(rig, await rig.reply(message_id, "a line"))
    assert rig.texts() == ["running", f"attempt 2\n{SUCCESSOR}"]
    assert await replies_under(rig, message_id) == ["a line"]
    assert (await rig.database.read(verify)).is_clean


async def test_progress_is_not_worth_another_message(rig):
    """It is left out, no further edit is tried, and the end comes as a message of its own."""
    rig.open()
    message_id = await standing(rig, "queued")
    rig.playground.fail("chat.update", error="cant_update_message", probability=1)

    await rig.edit(message_id, "10 %", rank=Rank.PROGRESS)
    await rig.until(lambda: rig.playground.calls("chat.update"))
    await in_state(rig, message_id)
    for percent in (20, 30):
        await rig.edit(message_id, f"{percent} %", rank=Rank.PROGRESS)
        await in_state(rig, message_id)
    await rig.edit(message_id, "failed", final=True)
    await in_state(rig, message_id)

    assert len(rig.playground.calls("chat.update")) == 1
    assert rig.texts() == ["queued", f"failed\n{SUCCESSOR}"]


async def test_a_message_that_somebody_else_wrote_is_replaced(rig):
    """Adopted, it stays as it is, and ours stands below it."""
    ts = rig.playground.write("ada", "ops", "my job").answer["message"]["ts"]
    rig.open()

    def adopt(session):
        place = Place(rig.team, "default", rig.channel)
        content = Content("note", {"text": "running"})
        return outbox.adopt(session, place, ts, content, now=datetime.now(UTC)).id

    message_id = await rig.database.write(adopt)
    rig.lanes.wake(rig.team)
    row = await in_state(rig, message_id)

    assert rig.texts() == ["my job", f"running\n{SUCCESSOR}"]
    assert row.former_ts == ts


async def test_a_replaced_message_that_is_deleted_is_posted_once_more(rig):
    """What stands for another message is a message like any other."""
    rig.open()
    message_id = await standing(rig, "running")
    rig.playground.fail("chat.update", error="edit_window_closed")
    await rig.edit(message_id, "failed", final=True)
    row = await in_state(rig, message_id)

    delete(rig, row.ts)
    await rig.edit(message_id, "attempt 2", reopen=True)
    await in_state(rig, message_id)

    assert rig.texts() == ["running", f"attempt 2\n{SUCCESSOR}"]


@pytest.mark.parametrize("code", CODES)
async def test_a_replay_posts_what_died_of_it(rig, code):
    """A dead letter of an earlier version does not ask for the same edit again and again."""
    rig.open()
    message_id = await standing(rig, "running")

    def die(session):
        message = session.get_one(Message, message_id)
        message.state, message.error, message.revision = MessageState.DEAD, code, 2
        message.dead_at = datetime.now(UTC)
        message.context = {"text": "completed"}

    await rig.database.write(die)
    await rig.database.write(
        lambda session: revive(session, message_id, by="ada", now=datetime.now(UTC))
    )
    rig.lanes.wake(rig.team)
    await in_state(rig, message_id)

    assert rig.playground.calls("chat.update") == []
    assert rig.texts() == ["running", f"completed\n{SUCCESSOR}"]


async def test_an_archived_channel_still_ends_the_message(rig):
    """There a new message would be refused as well."""
    rig.open()
    message_id = await standing(rig, "running")
    rig.playground.fail("chat.update", error="is_inactive")

    await rig.edit(message_id, "completed", final=True)
    row = await in_state(rig, message_id, MessageState.DEAD)

    assert (row.error, rig.texts()) == ("is_inactive", ["running"])
