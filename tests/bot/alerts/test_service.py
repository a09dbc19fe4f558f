"""Alerts over a real database: what is found, what becomes of it, what people are told."""

import asyncio
from datetime import timedelta

import pytest

from bot.alerts.announcer import AlertChannels
from bot.alerts.check_run import CheckOptions
from bot.alerts.external_alerts import ExternalReport
from bot.alerts.models import AlertTrouble
from bot.alerts.queries import AlertsWanted
from bot.config_file import AlertSettings, ConfigFile, TaskKind
from bot.errors import ConflictError, InvalidError, NotFoundError
from tests.bot.alerts.room import CHANNELS, TENANT, make_alert_room
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.tasks.room import ADA, BEN
from tests.bot.tasks.room import OURS as OWNER


async def test_a_failed_task_is_one_alert_with_one_message(room):
    """Found once, posted once, silent afterwards."""
    task = await room.fail(error="Timeout after 30 s")

    assert await room.told() == ["post"]
    assert await room.told(minutes=1) == []
    alert = await room.alert()
    assert (alert.type, alert.task, alert.label) == ("failed", "import", "Timeout after … s")
    assert (alert.state, alert.count, alert.channel) == ("open", 1, "C0ALERTS")
    (message,) = await room.messages()
    assert message.id == alert.message_id
    assert message.context["tasks"][0]["task_id"] == task.id
    assert room.lanes.woken == ["T1"]


async def test_failures_of_a_kind_with_one_error_share_an_alert(room):
    """It grows by edits, and shows all that failed."""
    await room.fail(error="dealer 7 not found")
    await room.check()
    await room.fail(error="dealer 12 not found")

    assert await room.told(minutes=1) == ["edit"]
    assert (await room.alert()).count == 2
    (message,) = await room.messages()
    assert message.context["left"] == 2


async def test_an_alert_resolves_when_its_task_has_been_rerun(room):
    """While it runs again it is still open; completed, it recovers once."""
    task = await room.fail()
    await room.check()
    await room.deliver()
    await room.tasks.report(task, "running", attempt=2)
    assert await room.told(minutes=1) == []

    await room.tasks.report(task, "completed", attempt=2)
    assert await room.told(minutes=1) == ["recover"]
    assert await room.told(minutes=1) == []
    alert = await room.alert()
    assert (alert.state, alert.resolved_because) == ("resolved", "moved_on")
    assert [one.template for one in await room.messages()] == ["alerts/alert", "alerts/recovery"]


async def test_a_rerun_that_fails_anew_stays_the_same_alert(room):
    """The second attempt's failure with the same error is an edit."""
    task = await room.fail()
    await room.check()
    await room.tasks.report(task, "running", attempt=2)
    await room.tasks.report(task, "failed", attempt=2, error="disk full")

    assert await room.told(minutes=1) == ["edit"]
    assert ((await room.alert()).state, (await room.alert()).count) == ("open", 2)


async def test_a_later_run_for_the_same_subject_is_a_rerun(room):
    """Where each run is a task of its own, the next one that completes ends the alert."""
    await room.fail(subject="dealer 7")
    await room.check()
    await room.deliver()
    room.clock.advance(minutes=1)
    other = await room.tasks.create("import", subject="dealer 8")
    await room.tasks.report(other, "completed")
    assert await room.told(minutes=1) == []

    again = await room.tasks.create("import", subject="dealer 7")
    await room.tasks.report(again, "completed")
    assert await room.told(minutes=1) == ["recover"]


async def test_what_is_over_before_slack_has_it_is_withdrawn(room):
    """An alert that waits for its lane is taken back when its task recovers."""
    task = await room.fail()
    await room.check()
    await room.tasks.report(task, "completed", attempt=2)

    assert await room.told(minutes=1) == ["withdraw"]
    (message,) = await room.messages()
    assert message.state == "withdrawn"


async def test_history_is_not_news(room):
    """What failed before the window is never told: not at a first start, nor after a restore."""
    await room.fail()

    assert await room.told(minutes=31) == []
    assert await room.rows() == []


async def test_silent_tasks_are_stuck_after_their_timeout(room):
    """Queued or running, of which nothing was heard for half an hour."""
    await room.tasks.create()
    running = await room.tasks.create("export")
    await room.tasks.report(running, "running")

    assert await room.told(minutes=29) == []
    assert await room.told(minutes=1) == ["post", "post"]
    assert [one.type for one in await room.rows()] == ["stuck", "stuck"]
    await room.tasks.intake.heartbeat(OWNER, running.id)
    await room.deliver()
    assert await room.told(minutes=1) == ["recover"]


async def test_a_check_with_a_shorter_timeout_opens_what_a_later_one_leaves_open(room):
    """The usual check does not resolve what has not moved on."""
    await room.tasks.create()
    room.clock.advance(minutes=5)
    asked = CheckOptions(timeout=timedelta(minutes=2), is_asked=True)

    assert len((await room.check(asked)).stuck) == 1
    assert await room.told(minutes=1) == []
    assert (await room.alert()).state == "open"


async def test_an_explicit_check_tells_of_what_has_been_stuck_for_long(room):
    """For the clock it is history, for who asks it is what they want to know."""
    await room.tasks.create()
    room.clock.advance(hours=5)

    assert await room.told() == []
    found = await room.check(CheckOptions(is_asked=True))
    assert [str(tell) for _, tell in found.told] == ["post"]


async def test_a_dry_run_changes_nothing(room):
    """It says what is in trouble and leaves no alert and no message."""
    await room.fail()

    found = await room.check(CheckOptions(dry_run=True, is_asked=True))
    assert (len(found.failed), len(found.told)) == (1, 1)
    assert await room.rows() == []
    assert await room.messages() == []
    assert await room.told() == ["post"]


async def test_a_lost_task_is_an_alert(room):
    """A task that sent heartbeats and stopped is told, and ends when it is heard of again."""
    task = await room.tasks.create()
    await room.tasks.report(task, "running")
    await room.tasks.intake.heartbeat(OWNER, task.id)
    room.clock.advance(seconds=61)
    await room.tasks.intake.mark_lost()

    assert await room.told() == ["post"]
    assert (await room.alert()).type == "lost"
    await room.deliver()
    await room.tasks.intake.heartbeat(OWNER, task.id)
    assert await room.told() == ["recover"]


async def test_a_run_that_did_not_start_is_missed(database):
    """A kind with a cron, its grace over, is told; it ends when a run of it is announced."""
    kind = TaskKind(cron="0 10 * * *", grace_minutes=5)
    room = make_alert_room(database, config=ConfigFile(tasks={"nightly": kind}))
    assert await room.told(minutes=4) == []
    assert await room.told(minutes=1) == ["post"]
    alert = await room.alert()
    assert (alert.type, alert.task) == ("missed", "nightly")

    await room.deliver()
    await room.tasks.create("nightly")
    assert await room.told(minutes=1) == ["recover"]


@ONE_DATABASE
async def test_a_tenant_that_never_ran_a_kind_does_not_miss_it(room_with):
    """The schedule stands in a file that all tenants share; the tenant `default` owns it."""
    room = room_with({"tasks": {"nightly": {"cron": "* * * * *", "grace_minutes": 0}}})
    room.clock.advance(minutes=2)
    await room.alerts.check("partners", None)
    assert await room.rows() == []


async def test_a_run_that_started_in_time_is_not_missed(database):
    """Also when its clock is a little ahead of ours."""
    kind = TaskKind(cron="1 10 * * *", grace_minutes=5)
    room = make_alert_room(database, config=ConfigFile(tasks={"nightly": kind}))
    room.clock.advance(seconds=30)
    await room.tasks.create("nightly")

    assert await room.told(minutes=10) == []


async def test_a_run_is_overdue_by_the_history_of_its_kind(room):
    """Twenty runs of four minutes, and one that has run for ten."""
    for _ in range(20):
        task = await room.tasks.create()
        await room.tasks.report(task, "running")
        room.clock.advance(minutes=4)
        await room.tasks.report(task, "completed")
    slow = await room.tasks.create()
    await room.tasks.report(slow, "running")
    assert await room.told(minutes=8) == []
    assert await room.told(minutes=1) == ["post"]

    (message,) = await room.messages()
    assert message.context["expected"] == {"usual": 240, "p95": 240, "runs": 20}
    await room.deliver()
    await room.tasks.report(slow, "completed")
    assert await room.told() == ["recover"]


async def test_two_hundred_errors_in_a_minute_are_one_storm(room):
    """One alert, one message, and one recovery."""
    words = ["".join(chr(98 + int(digit)) for digit in f"{number:03}") for number in range(200)]
    tasks = [await room.fail(error=f"broken {word}") for word in words]

    assert await room.told() == ["post"]
    alert = await room.alert()
    assert (alert.fingerprint, alert.count) == ("storm", 200)
    await room.deliver()
    for task in tasks:
        await room.tasks.report(task, "completed", attempt=2)
    assert await room.told(minutes=2) == ["recover"]


async def test_a_kind_may_fail_a_few_times_in_a_row(database):
    """With `alert_after_failures` the third failure in a row opens the alert, with all of them."""
    kind = TaskKind(alert_after_failures=3)
    room = make_alert_room(database, config=ConfigFile(tasks={"import": kind}))
    told = []
    for _ in range(3):
        room.clock.advance(minutes=1)
        await room.fail()
        told += await room.told()

    assert told == ["post"]
    assert (await room.alert()).count == 3


async def test_acknowledging_says_who_and_a_second_click_who_was_first(room):
    """The alert's message shows it."""
    await room.fail()
    await room.check()
    alert = await room.alert()

    shown = await room.alerts.acknowledge(TENANT, alert.id, by=ADA)
    assert (shown.found.alert.state, shown.found.alert.acknowledged_by) == ("acknowledged", ADA)
    (message,) = await room.messages()
    assert (message.context["state"], message.context["acknowledged_by"]) == ("acknowledged", ADA)
    with pytest.raises(ConflictError, match=f"Already acknowledged by <@{ADA}> 0 s ago"):
        await room.alerts.acknowledge(TENANT, alert.id, by=BEN)


async def test_what_is_resolved_by_hand_stays_closed_for_what_it_held(room):
    """The same failure is not told again; a new one is a regression."""
    await room.fail()
    await room.check()
    alert = await room.alert()
    await room.alerts.resolve(TENANT, alert.id, by=ADA, reason="known")
    assert await room.told(minutes=1) == []

    await room.fail()
    assert await room.told(minutes=1) == ["post"]
    _, regression = await room.rows()
    assert (regression.first_word, regression.number, regression.count) == ("Regression", 2, 1)


async def test_a_snoozed_alert_speaks_up_when_its_time_is_over(room):
    """An hour of silence, then a reply in the thread."""
    await room.fail()
    await room.check()
    alert = await room.alert()
    await room.alerts.snooze(TENANT, alert.id, by=BEN, duration=timedelta(hours=1))
    assert await room.told(minutes=59) == []
    assert await room.told(minutes=1) == ["remind"]
    assert [one.template for one in await room.messages()] == ["alerts/alert", "alerts/reminder"]


@pytest.mark.parametrize("minutes", [0, -5, 60 * 24 * 31])
async def test_a_snooze_has_a_length(room, minutes):
    """Nothing, less, and more than thirty days are refused by the name of the field."""
    with pytest.raises(InvalidError) as caught:
        await room.alerts.snooze(TENANT, "a_1", by=ADA, duration=timedelta(minutes=minutes))

    assert [problem.field for problem in caught.value.problems] == ["minutes"]


async def test_an_alert_is_its_tenants_alone(room):
    """Another tenant neither sees nor acknowledges it."""
    await room.fail()
    await room.check()
    alert = await room.alert()

    assert await room.alerts.list("cleo", AlertsWanted()) == []
    with pytest.raises(NotFoundError):
        await room.alerts.get("cleo", alert.id)
    with pytest.raises(NotFoundError):
        await room.alerts.acknowledge("cleo", alert.id, by=BEN)


async def test_the_night_ends_with_one_digest(database):
    """Two alerts of the night are one message in the morning, edited when one is over."""
    quiet = AlertSettings(quiet_hours="09:00-12:00")
    room = make_alert_room(database, config=ConfigFile(alerts=quiet))
    task = await room.fail()
    await room.fail("export")
    assert await room.told() == []
    assert await room.told(hours=2) == ["digest", "digest"]
    (message,) = await room.messages()
    assert [line["task"] for line in message.context["alerts"]] == ["export", "import"]

    await room.deliver()
    await room.tasks.report(task, "completed", attempt=2)
    assert await room.told(minutes=1) == ["recover"]
    digest, recovery = await room.messages()
    assert {line["state"] for line in digest.context["alerts"]} == {"open", "resolved"}
    assert recovery.parent_id == digest.id


async def test_an_alert_that_nobody_acknowledges_is_escalated_once(database):
    """After ten minutes those who are named for it are told, in their own channel."""
    alerts = AlertSettings(escalate_after_minutes=10, escalate_to="#boss")
    room = make_alert_room(database, config=ConfigFile(alerts=alerts))
    await room.fail()
    await room.check()

    assert await room.told(minutes=10) == ["escalate"]
    assert await room.told(minutes=10) == []
    assert [one.channel for one in await room.messages()] == ["C0ALERTS", "C0BOSS"]


async def test_alerts_of_a_pattern_go_where_it_says(database):
    """A route sends `nightly-*` to a channel of its own."""
    alerts = AlertSettings(routes={"nightly-*": "#nightly"})
    room = make_alert_room(database, config=ConfigFile(alerts=alerts))
    await room.fail("nightly-sync")
    await room.check()

    assert (await room.alert()).channel == "C0NIGHTLY"


async def test_what_most_failures_share_is_said(room):
    """Eight failures with `region=eu`, and twenty successes elsewhere."""
    for _ in range(20):
        task = await room.tasks.create(details={"region": "us"})
        await room.tasks.report(task, "completed")
    for _ in range(8):
        await room.fail(details={"region": "eu"})
    await room.check()

    (message,) = await room.messages()
    assert message.context["factor"] == {
        "name": "region",
        "value": "eu",
        "failures_with": 8,
        "failures": 8,
        "success_percent": 0,
    }


async def test_checks_at_the_same_time_tell_once(room):
    """Two processes that check at once post one message and hold each failure once."""
    await room.fail()
    await room.fail("export")

    found = await asyncio.gather(*(room.alerts.check(TENANT, CHANNELS) for _ in range(4)))
    assert sum(len(one.told) for one in found) == 2
    assert len(await room.messages()) == 2
    assert len(await room.tasks.all(AlertTrouble)) == 2


def report(key: str, *, is_over: bool = False) -> ExternalReport:
    """Return what another system says of one thing."""
    return ExternalReport("HighLatency", "g1", key, f"{key} is slow", is_over)


async def test_alerts_of_another_system_live_as_ours_do(room):
    """Two things of a group are one alert; it is over when that system says so of both."""

    async def say(*reports, **later):
        return [
            str(tell)
            for _, tell in (await room.check(CheckOptions(external=reports), **later)).told
        ]

    assert await say(report("eu"), report("us")) == ["post"]
    await room.deliver()
    (message,) = await room.messages()
    assert {one["task"] for one in message.context["tasks"]} == {"eu is slow", "us is slow"}
    assert await say(report("eu"), report("us"), minutes=1) == []
    assert await say(report("eu", is_over=True), minutes=1) == ["edit"]
    assert await room.told(minutes=1) == []
    assert await say(report("us", is_over=True), minutes=1) == ["recover"]

    assert await say(report("eu"), hours=2) == ["post"]
    assert [one.first_word for one in await room.rows()] == ["New", "Again"]


async def test_an_alert_without_its_channel_waits_for_it(room):
    """While Slack does not say which channel is meant nobody was told; then one post is made."""
    nowhere = AlertChannels("T1", None, {}, is_certain=False)
    await room.fail()
    for _ in range(2):
        room.clock.advance(minutes=1)
        assert (await room.alerts.check(TENANT, nowhere)).told == []
    assert await room.told(minutes=1) == ["post"]
    assert await room.told(minutes=1) == []


async def test_alerts_are_also_told_elsewhere(database):
    """Each address hears of the alert and of its recovery, in a lane of its own."""
    alerts = AlertSettings(also_notify=["ntfys://ntfy.example/a", "mailto://ben@example.com"])
    room = make_alert_room(database, config=ConfigFile(alerts=alerts))
    task = await room.fail()
    await room.check()
    await room.deliver()
    await room.tasks.report(task, "completed", attempt=2)
    await room.check(minutes=1)

    told = [(one.workspace_id, one.template) for one in await room.messages()]
    for name in ("to:also-notify-1", "to:also-notify-2"):
        assert [template for place, template in told if place == name] == [
            "alerts/alert",
            "alerts/recovery",
        ]
