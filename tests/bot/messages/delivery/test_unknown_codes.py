"""Codes that no table knows: the probe is asked before they count, and they count to three."""

import pytest

from bot.messages.models import MessageState
from bot.messages.policy import UNRECOGNISED_TRIES
from tests.bot.messages.delivery.test_threads import in_state
from tests.patience import until


async def test_an_unknown_code_ends_after_three_tries(rig):
    """Also of a message that would be tried sixty times; the lane goes on for the others."""
    rig.playground.fail("chat.postMessage", error="never_heard_of", count=3)
    rig.open()

    row = await in_state(rig, await rig.put("hello"), MessageState.DEAD)
    await in_state(rig, await rig.put("others"))

    assert (row.error, row.tries) == ("never_heard_of", UNRECOGNISED_TRIES)
    assert rig.texts() == ["others"]


async def test_an_unknown_code_of_the_whole_workspace_kills_nothing(rig):
    """While the probe is refused as well, the lane pauses; afterwards everything arrives."""
    rig.playground.fail("chat.postMessage", error="never_heard_of", probability=1)
    rig.playground.fail("auth.test", error="never_heard_of", probability=1)
    rig.open()
    ids = [await rig.put(f"message {number}") for number in range(5)]

    async def paused():
        return [one for one in rig.lanes.health() if one.state == "paused"]

    (lane,) = await until(paused)
    rig.playground.heal()
    rows = [await in_state(rig, one) for one in ids]

    assert lane.reason == "never_heard_of"
    assert [row.tries for row in rows] == [0] * 5


@pytest.mark.parametrize("code", ["accesslimited", "team_access_not_granted"])
async def test_a_code_of_the_workspace_pauses_the_lane(rig, code):
    """No message dies of what concerns all of them."""
    rig.playground.fail("chat.postMessage", error=code)
    rig.open()

    row = await in_state(rig, await rig.put("hello"))

    assert (row.tries, rig.texts()) == (0, ["hello"])


async def test_a_message_to_a_bot_ends_at_once(rig):
    """Two bots cannot write to each other."""
    rig.open()

    row = await in_state(
        rig, await rig.put("hello", channel=rig.playground.state.bot_user_id), MessageState.DEAD
    )

    assert (row.error, row.tries) == ("cannot_dm_bot", 1)


async def test_a_message_to_somebody_who_has_left_ends_at_once(rig):
    """Slack does not open a conversation with them."""
    cleo = rig.playground.user("cleo")
    cleo.deleted = True
    rig.open()

    row = await in_state(rig, await rig.put("hello", channel=cleo.id), MessageState.DEAD)

    assert (row.error, row.tries) == ("user_disabled", 1)
