"""One message on its way, when what goes wrong is not the message itself."""

import operator
from itertools import pairwise

import pytest

from bot.messages.models import MessageState
from tests.patience import until


async def settled(rig, message_id, state=MessageState.IDLE):
    """Return the row once it is in a state."""

    async def look():
        row = await rig.row(message_id)
        return row if row.state == state else None

    return await until(look)


async def test_a_channel_that_cannot_be_joined_just_now_is_joined_later(rig):
    """
    A failure of the request to join does not kill the message that waits for it.

    It once died as `not_in_channel` although the bot got in a moment later.
    """
    rig.playground.fail("conversations.join", "http", status=500)
    rig.open()

    message_id = await rig.put("hello", channel=rig.playground.channel("random").id)

    await settled(rig, message_id)
    assert rig.texts("random") == ["hello"]


async def test_a_channel_that_can_never_be_joined_ends_the_message(rig):
    """Where joining is refused for good, the message is a dead letter that says what to do."""
    rig.playground.fail("chat.postMessage", error="not_in_channel", count=9)
    rig.playground.fail(
        "conversations.join", error="method_not_supported_for_channel_type", count=9
    )
    rig.open()

    row = await settled(rig, await rig.put("private"), MessageState.DEAD)

    assert row.error == "not_in_channel"


async def test_a_look_that_fails_does_not_post_twice(rig):
    """The answer is lost, then the history answers 500 without a word: look again, post never."""
    rig.playground.fail("chat.postMessage", "drop_answer")
    rig.playground.fail("conversations.history", "http", status=500)
    rig.open()

    row = await settled(rig, await rig.put("once"))

    assert rig.texts() == ["once"]
    assert not row.possibly_delivered


@pytest.mark.long
async def test_a_workspace_that_refuses_us_is_not_flooded(rig):
    """
    While posting is refused although the token is good, the pauses grow; nothing is lost.

    Each good probe once began the pauses anew, so that Slack was called every second for ever.
    """
    rig.playground.fail("chat.postMessage", error="missing_scope", count=1000)
    rig.open()
    message_id = await rig.put("patience")

    await rig.until(lambda: len(rig.playground.calls("chat.postMessage")) == 4)
    rig.playground.heal()

    asked_at = [call.at for call in rig.playground.calls("chat.postMessage")]
    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    # Each is as long as it must be, and longer on a busy machine.
    assert all(map(operator.ge, pauses, (1, 2, 4))), pauses
    assert (await settled(rig, message_id)).tries == 0
