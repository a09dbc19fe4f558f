"""A message that was under way at each of several kills does not go on killing the bot."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.messages.models import Message, MessageState
from tests.patience import until

AGO = timedelta(minutes=1)


async def interrupt(rig, message_id):
    """Leave the message as a process leaves it that was killed in its last attempt."""

    def work(session):
        row = session.get_one(Message, message_id)
        row.state = MessageState.SENDING
        row.claimed_at = datetime.now(UTC) - AGO
        row.claimed_revision = row.revision
        row.tries = row.max_attempts - 1

    await rig.database.write(work)


async def ended(rig, message_id):
    """Return the row once nothing more is to be done with it."""

    async def look():
        row = await rig.row(message_id)
        return row if row.state in (MessageState.IDLE, MessageState.DEAD) else None

    return await until(look)


async def test_a_post_that_did_not_arrive_is_given_up(rig):
    """It is looked for once more, and not posted."""
    message_id = await rig.store("fatal")
    await interrupt(rig, message_id)
    rig.open()

    row = await ended(rig, message_id)

    assert (row.state, row.error, row.tries) == (MessageState.DEAD, "answer_lost", row.max_attempts)
    assert rig.texts() == []


async def test_a_post_that_did_arrive_is_recognised(rig):
    """All its attempts are used up, and it stands in Slack: that is what counts."""
    rig.open()
    message_id = await rig.put("there")
    await ended(rig, message_id)
    await rig.lanes.stop()

    def forget(session):
        row = session.get_one(Message, message_id)
        row.ts, row.is_posted, row.delivered_revision = None, False, 0

    await rig.database.write(forget)
    await interrupt(rig, message_id)
    rig.open()
    row = await ended(rig, message_id)

    assert (row.state, row.delivered_revision) == (MessageState.IDLE, 1)
    assert rig.texts() == ["there"]


async def test_an_edit_is_given_up_without_being_rendered(rig):
    """For all that is known it was that which killed the bot; the log has to say."""
    rig.open()
    message_id = await rig.put("first")
    await ended(rig, message_id)
    await rig.lanes.stop()
    await rig.edit(message_id, "fatal")
    await interrupt(rig, message_id)
    rig.open()
    row = await ended(rig, message_id)

    assert (row.state, row.error) == (MessageState.DEAD, "interrupted")
    assert rig.texts() == ["first"]


@pytest.mark.parametrize("kind", ["post", "edit"])
async def test_a_message_that_was_interrupted_less_often_goes_out(rig, kind):
    """One kill is nobody's fault: the message is delivered."""
    rig.open()
    message_id = await rig.put("first")
    await ended(rig, message_id)
    await rig.lanes.stop()
    if kind == "edit":
        await rig.edit(message_id, "second")
    else:
        message_id = await rig.store("second")

    def work(session):
        row = session.get_one(Message, message_id)
        row.state, row.claimed_revision = MessageState.SENDING, row.revision
        row.claimed_at = datetime.now(UTC) - AGO

    await rig.database.write(work)
    rig.open()
    await rig.until(lambda: "second" in rig.texts())
    row = await ended(rig, message_id)

    assert (row.state, row.tries) == (MessageState.IDLE, 0)
