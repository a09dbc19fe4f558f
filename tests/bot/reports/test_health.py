"""The health check and the retention: what is told once, and what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.db import Database
from bot.reports.models import ReportResult
from tests.bot.reports.service_room import ADA, ALERTS, BEN, OPS, Office, actor, fields


@pytest.fixture
def office(database):
    return Office(database)


def told(office):
    """Return the notices: to whom, and the reason."""
    notices = [one for one in office.messages() if one.template == "reports/notice"]
    return [(one.channel, one.context["reason"], one.context["buttons"]) for one in notices]


async def test_an_owner_who_left_is_told_where_the_report_goes(office):
    """Once, with what can be done; again only if they come back and leave again."""
    report = await office.reports.create(actor(), fields())
    assert await office.room.health.check() == 0
    office.slack.people.discard(ADA)
    assert [await office.room.health.check() for _ in range(3)] == [1, 0, 0]
    assert told(office) == [(OPS, "there is no such person here", ["take_over", "pause"])]
    assert (await office.reports.find(actor(BEN, is_admin=True), report.id)).problem == "owner_gone"
    taken = await office.reports.take_over(actor(BEN), report.id)
    assert taken.owner == BEN
    assert await office.room.health.check() == 0
    office.slack.people.discard(BEN)
    assert await office.room.health.check() == 1


async def test_an_owner_who_left_and_read_it_alone_is_told_to_the_alerts_channel(office):
    """The report is paused; whoever takes it over gets it from then on."""
    alone = {"notification_type": "dm", "slack_user_id": ADA}
    report = await office.reports.create(actor(), fields(slack_config=alone))
    office.slack.people.discard(ADA)
    assert [await office.room.health.check() for _ in range(2)] == [1, 0]

    reason = "there is no such person here. It went to them alone, so it is paused."
    assert told(office) == [(ALERTS, reason, ["take_over"])]
    taken = await office.reports.take_over(actor(BEN), report.id)
    assert (taken.slack_user, taken.is_enabled, taken.due_at) == (BEN, False, None)


async def test_a_run_that_fails_without_an_owner_is_told_where_the_report_goes(office):
    """Nobody reads the direct messages of who has left."""
    report = await office.reports.create(actor(), fields(send_if="total > 1"))
    office.slack.people.discard(ADA)
    await office.room.health.check()
    office.shop.totals = ["x"]
    await office.reports.run(actor(), report.id)
    await office.workers.drain()

    failed = [one.channel for one in office.messages() if one.template == "reports/failed"]
    assert failed == [OPS]


async def test_a_channel_that_is_gone_is_told_to_the_owner(office):
    """By a direct message; a paused report is left alone."""
    await office.reports.create(actor(), fields())
    paused = await office.reports.create(actor(), fields(name="Paused"))
    await office.reports.set_enabled(actor(), paused.id, is_enabled=False)
    office.slack.channels.clear()
    assert await office.room.health.check() == 1
    assert [(who, buttons) for who, _, buttons in told(office)] == [
        (ADA, ["edit", "take_over", "pause"])
    ]


async def test_a_failing_report_is_told(office):
    """After the third failure in a row; when it runs again it is forgotten."""
    report = await office.reports.create(actor(), fields(send_if="total > 1"))
    for totals in (["x"], ["x"], ["x"], [5]):
        office.shop.totals = totals
        await office.reports.run(actor(), report.id)
        await office.workers.drain()
        await office.room.health.check()
        office.clock.advance(minutes=15)

    assert [reason for _, reason, _ in told(office)] == [
        "It failed 3 times in a row. Fix it, or pause it."
    ]
    assert office.report().problem is None


async def test_two_processes_tell_once(office, database_url):
    """Both find it at the same time; one of them says so."""
    await office.reports.create(actor(), fields())
    other_database = Database(database_url)
    other = Office(other_database)
    office.slack.channels.clear()
    other.slack.channels.clear()
    assert await office.room.health.check() + await other.room.health.check() == 1
    other_database.close()


async def test_slack_is_asked_little(office):
    """A hundred reports into one channel are two questions."""
    for number in range(100):
        await office.reports.create(actor(), fields(name=f"Sales {number}"))
    office.slack.asked.clear()
    await office.room.health.check()

    assert sorted(office.slack.asked) == [OPS, ADA]


async def test_old_runs_are_deleted_at_two(office):
    """After thirty days, at the first 02:00 UTC; what goes on is kept."""
    report = await office.reports.create(actor(), fields())
    await office.reports.run(actor(), report.id)
    await office.workers.drain()
    office.clock.at = datetime(2026, 12, 29, 1, 59, tzinfo=UTC)
    assert await office.room.retention.clean() == 0
    office.clock.advance(minutes=1)
    assert [await office.room.retention.clean() for _ in range(2)] == [1, 0]
    assert (office.runs(), office.rows(ReportResult)) == ([], [])
    assert office.clock.now() - timedelta(days=31) < office.report().created_at
