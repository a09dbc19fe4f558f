"""Silences over a real database: mutes, maintenance, and what alerts show of them."""

from datetime import timedelta

import pytest

from bot.errors import InvalidError
from tests.bot.alerts.room import TENANT
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.tasks.room import ADA


async def test_nobody_is_told_of_a_muted_kind(room):
    """Muted until somebody unmutes it; what failed meanwhile is told while it is news."""
    await room.alerts.mute(TENANT, "import", by=ADA, duration=None)
    await room.fail()
    await room.fail("export")
    assert await room.told() == ["post"]

    assert await room.alerts.unmute(TENANT, "import")
    assert not await room.alerts.unmute(TENANT, "import")
    assert await room.told() == ["post"]


async def test_an_open_alert_shows_that_its_kind_is_muted(room):
    """By whom; and no longer when it is unmuted. Those of other kinds are left alone."""
    await room.fail("nightly-import")
    await room.fail("export")
    await room.check()
    await room.deliver()
    await room.alerts.mute(TENANT, "nightly-*", by=ADA, duration=timedelta(hours=2))
    shown = {one.context["task"]: one.context["muted_by"] for one in await room.messages()}
    assert shown == {"nightly-import": ADA, "export": None}
    assert [one.revision for one in await room.messages()].count(1) == 1

    await room.alerts.unmute(TENANT, "nightly-*")
    assert {one.context["muted_by"] for one in await room.messages()} == {None}


async def test_a_pattern_mutes_every_kind_that_fits(room):
    """As `[tasks."nightly-*"]` is meant; unmuting takes the same pattern."""
    await room.alerts.mute(TENANT, "nightly-*", by=ADA, duration=None)
    await room.fail("nightly-import")
    await room.fail("hourly-import")

    assert await room.told() == ["post"]
    assert (await room.alert()).task == "hourly-import"
    assert [one.task for one in await room.alerts.silences(TENANT)] == ["nightly-*"]
    assert await room.alerts.unmute(TENANT, "nightly-*")
    assert await room.alerts.silences(TENANT) == []


async def test_a_kind_that_is_muted_in_a_storm_no_longer_feeds_it(room):
    """What the storm holds stays; later failures of the kind are nobody's news."""
    for number in range(10):
        await room.fail(f"feed-{number}")
    assert await room.told() == ["post"]
    await room.alerts.mute(TENANT, "feed-*", by=ADA, duration=timedelta(hours=2))
    await room.fail("feed-3")
    assert await room.told(seconds=10) == []

    await room.fail("export")
    assert await room.told(seconds=10) == ["edit"]
    assert [one.count for one in await room.rows() if one.state == "open"] == [11]


async def test_maintenance_ends_by_itself(room):
    """No alerts for any kind for two hours; what is stuck since then is told after them."""
    await room.alerts.maintain(TENANT, None, by=ADA, duration=timedelta(hours=2))
    await room.tasks.create()
    await room.fail("export")
    for _ in range(4):
        assert await room.told(minutes=29) == []

    assert await room.told(minutes=5) == ["post"]
    assert (await room.alert()).type == "stuck"


@ONE_DATABASE
@pytest.mark.parametrize("days", [0, -1, 365.001, 9999])
async def test_a_silence_lasts_at_most_a_year(room, days):
    """A longer mute is one without an end; maintenance always has one."""
    duration = timedelta(days=days)
    with pytest.raises(InvalidError, match="at most 365 days, or no duration"):
        await room.alerts.mute(TENANT, "import", by=ADA, duration=duration)
    with pytest.raises(InvalidError, match=r"at most 365 days\.$"):
        await room.alerts.maintain(TENANT, None, by=ADA, duration=duration)
