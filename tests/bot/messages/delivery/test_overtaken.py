"""A lane that slept, and calls that Slack works on late: nothing twice, nothing backwards."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages.delivery.running_lanes import Lanes
from bot.messages.models import LaneLease, MessageState
from bot.messages.policy import LOOKUP_DELAY
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.slack import SlackTransport
from tests.patience import until


@pytest.fixture
async def impatient(rig):
    """A lane that gives Slack less than a second to answer."""
    rig.transport = SlackTransport(
        rig.playground.api_url, rig.playground.bot_token, timeout_seconds=0.4
    )
    rig.open()
    return rig


async def idle(rig, message_id):
    """Return the row once there is nothing left to do for it."""

    async def look():
        row = await rig.row(message_id)
        is_done = row.state == MessageState.IDLE and row.delivered_revision == row.revision
        return row if is_done else None

    return await until(look)


async def test_a_late_edit_does_not_overtake_the_end(impatient):
    """
    An edit whose answer was lost, and on which Slack works late, is not the last one.

    The next revision once went out at once; then the late one took the message back.
    """
    rig = impatient
    message_id = await rig.put("running")
    await idle(rig, message_id)
    late = rig.playground.fail("chat.update", "hold")
    await rig.edit(message_id, "running 40 %")
    await rig.until(lambda: late.struck)
    await asyncio.sleep(0.6)

    await rig.edit(message_id, "completed", final=True)
    rig.playground.let_go(late)
    await idle(rig, message_id)

    overtaken, following = rig.playground.calls("chat.update")[:2]
    assert rig.texts() == ["completed"]
    assert LOOKUP_DELAY.total_seconds() <= following.at - (overtaken.at - overtaken.seconds)


class DrowsyClock:
    """The system's clock on a machine that sleeps now and then."""

    slept = timedelta(0)

    def now(self):
        return datetime.now(UTC) + self.slept


class DrowsySlack(SlackTransport):
    """The machine sleeps for a minute once a post was looked for."""

    def __init__(self, rig, clock):
        super().__init__(rig.playground.api_url, rig.playground.bot_token)
        self.clock = clock

    async def find(self, outgoing):
        """Look, then sleep, the first time."""
        found = await super().find(outgoing)
        self.clock.slept = timedelta(minutes=1)
        return found


async def test_a_process_that_slept_does_not_call(rig, database, tmp_path):
    """
    Between the claim and the call the machine slept: another process may have taken over.

    The one that slept gives its claim back and looks again instead of posting a second copy.
    """
    clock = DrowsyClock()
    rig.lanes = Lanes(database, Renderer(tmp_path / "templates"), clock)
    rig.transport = DrowsySlack(rig, clock)
    rig.playground.fail("chat.postMessage", "refuse")
    rig.open()

    message_id = await rig.put("after the nap")
    await idle(rig, message_id)
    await rig.lanes.stop()

    looked = len(rig.playground.calls("conversations.history"))
    assert (rig.texts(), looked) == (["after the nap"], 2)


async def test_a_lease_that_came_back_is_taken_over_anew(rig):
    """
    A lane slept so long that another process came, claimed a message, and died.

    It once went on as if nothing had happened, and the other one's claim stayed for ever.
    """
    rig.open()
    message_id = await rig.put("claimed by another one")
    row = await idle(rig, message_id)

    def come_and_die(session):
        lease = session.get_one(LaneLease, rig.team)
        lease.owner, lease.expires_at = "p_other", datetime.now(UTC) - timedelta(seconds=1)
        stored = session.merge(row)
        stored.revision, stored.context = 2, {"text": "edited"}
        stored.state, stored.claimed_at = MessageState.SENDING, datetime.now(UTC)

    await rig.database.write(come_and_die)
    rig.lanes.wake(rig.team)

    await rig.until(lambda: rig.texts() == ["edited"])
