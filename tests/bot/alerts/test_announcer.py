"""Messages of alerts beside their own life: storms posted anew, escalations, late arrivals."""

from dataclasses import replace

import pytest

from bot.messages.models import Message
from tests.bot.alerts.room import CHANNELS, TENANT
from tests.bot.http.calling import ONE_DATABASE

pytestmark = ONE_DATABASE


@pytest.mark.parametrize(("seconds", "notes"), [(119, []), (640, [(640, 1)])])
async def test_an_alert_that_slack_got_late_says_that_it_went_elsewhere(room_with, seconds, notes):
    """Once, in its thread."""
    room = room_with({"alerts": {"also_notify": ["ntfys://ntfy.example/a"]}})
    await room.fail()
    await room.check()
    alert = await room.alert()
    assert await room.told(minutes=1) == []

    def arrive(session):
        message = session.get(Message, alert.message_id)
        message.ts, message.is_posted = f"{alert.told_at.timestamp() + seconds:.6f}", True
        message.delivered_revision = message.revision

    await room.database.write(arrive)
    await room.told(minutes=1)
    await room.told(minutes=1)
    late = [one for one in await room.messages() if one.template == "alerts/late"]
    assert [(one.context["late_seconds"], one.context["places"]) for one in late] == notes
    assert all(one.parent_id == alert.message_id for one in late)


async def test_a_storm_that_breaks_out_again_has_a_new_message(room):
    """The earlier one says that it goes on below, and has no buttons."""
    for number in range(6):
        await room.fail(f"kind-{number}")
    assert await room.told() == ["post"]
    await room.deliver()
    room.clock.advance(minutes=11)
    for number in range(6, 12):
        await room.fail(f"kind-{number}")
    assert await room.told() == ["post"]

    earlier, later = await room.messages()
    assert (earlier.context["state"], earlier.context["actions"]) == ("continued", [])
    assert (later.context["state"], later.context["left"]) == ("open", 12)
    storm = next(one for one in await room.rows() if one.fingerprint == "storm")
    assert storm.message_id == later.id


async def test_an_escalation_waits_for_its_channel(room_with):
    """While Slack does not say which channel is meant, each check tries again."""
    room = room_with({"alerts": {"escalate_after_minutes": 5, "escalate_to": "#boss"}})
    await room.fail()
    await room.check()
    unsure = replace(CHANNELS, escalation=None, is_certain=False)
    room.clock.advance(minutes=6)
    for channels, count in ((unsure, 1), (unsure, 1), (CHANNELS, 2), (CHANNELS, 2)):
        await room.alerts.check(TENANT, channels)
        assert len(await room.messages()) == count
