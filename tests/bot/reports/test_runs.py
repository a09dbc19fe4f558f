"""Runs of reports: due once, caught up or missed, retried, skipped, failed and told."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.db import Database
from bot.reports.models import ReportResult, RunStatus, Trigger
from bot.reports.runs.run_leases import MAX_RUN_TRIES, claim_runs
from bot.sources.base import QueryError
from bot.sources.completeness import Completeness
from tests.bot.reports.service_room import ADA, BEN, OPS, SQL, Office, actor, fields

PARTLY = Completeness(61, 98, 100, is_whole=False, words="yesterday is 61 % loaded")
DOWN = QueryError("unavailable", "The database of `shop` cannot be reached.")


@pytest.fixture
def office(database):
    return Office(database)


def statuses(office):
    """Return status and trigger of each run."""
    return [(str(one.status), str(one.trigger)) for one in office.runs()]


async def test_a_due_report_runs_once(office):
    """At its due time, and a day later again; in between nothing happens."""
    await office.reports.create(actor(), fields())
    assert await office.tick() == 0
    office.clock.at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    assert [await office.tick(), await office.tick()] == [1, 0]
    office.clock.advance(days=1)
    await office.tick()

    assert statuses(office) == [("completed", "schedule")] * 2
    assert [one.due_at.day for one in office.runs()] == [29, 30]
    assert len(office.messages()) == 2


async def test_a_short_downtime_is_caught_up_once(office):
    """Of three missed days the last is run and the others are recorded."""
    await office.reports.create(actor(), fields())
    office.clock.at = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
    await office.tick()

    assert statuses(office) == [
        ("missed", "schedule"),
        ("missed", "schedule"),
        ("completed", "catch_up"),
    ]
    assert [one.due_at.day for one in office.runs()] == [29, 30, 1]
    assert len(office.messages()) == 1


async def test_what_is_older_than_a_day_is_missed(office):
    """A weekly report is not posted on Wednesday as if it were Monday's."""
    schedule = {"frequency": "weekly", "time": "09:00", "day_of_week": "mon", "timezone": "UTC"}
    await office.reports.create(actor(), fields(schedule=schedule))
    office.clock.at = datetime(2026, 12, 1, 9, 0, 1, tzinfo=UTC)
    await office.tick()

    assert statuses(office) == [("missed", "schedule")]
    assert office.report().due_at == datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    assert office.messages() == []


async def test_runs_are_spread(office):
    """A run waits for its own moment in the first seconds after the due time."""
    office = Office(office.database, spread_seconds=60)
    for number in range(20):
        await office.reports.create(actor(), fields(name=f"Sales {number}"))
    office.clock.at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    assert await office.tick() == 20
    waiting = sorted(one.lease_until for one in office.runs() if one.lease_until)
    assert len({one.second // 20 for one in waiting}) == 3
    office.clock.advance(seconds=60)
    await office.tick()
    assert {one.status for one in office.runs()} == {"completed"}


async def test_a_condition_that_does_not_hold_skips(office):
    """The row says why, nothing is posted, and NULL is neither above nor below."""
    report = await office.reports.create(actor(), fields(send_if="total > 10"))
    for totals in ([10], [None], [], [11]):
        office.shop.totals = totals
        await office.reports.run(actor(), report.id)
        await office.workers.drain()
        office.clock.advance(minutes=1)

    none = "total has no value, which is neither above nor below 10"
    reasons = [one.skipped_because for one in office.runs()]
    assert reasons == ["total is 10, not above 10", none, none, None]
    assert len(office.messages()) == 1


async def test_a_failure_is_told_once_and_disables_after_five(office):
    """Two messages for five failures; resuming begins anew."""
    report = await office.reports.create(actor(), fields())
    office.shop.error = DOWN
    office.clock.at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    for _ in range(5):
        await office.tick()
        office.clock.advance(days=1)

    runs = office.runs()
    assert {(one.error_code, one.error_message) for one in runs} == {("unavailable", str(DOWN))}
    assert [one.is_told for one in runs] == [True, False, False, False, True]
    assert [(one.template, one.channel) for one in office.messages()] == [
        ("reports/failed", ADA),
        ("reports/notice", ADA),
    ]
    paused = office.report()
    assert (paused.is_enabled, paused.due_at, paused.failures) == (False, None, 5)
    resumed = await office.reports.set_enabled(actor(), report.id, is_enabled=True)
    assert (resumed.failures, resumed.due_at is not None) == (0, True)


async def test_who_asked_for_a_run_is_told_of_its_failure(office):
    """Also within a streak, and once: the owner who asked gets one message, an admin their own."""
    report = await office.reports.create(actor(), fields())
    office.shop.error = DOWN
    for who in (actor(), actor(), actor(BEN, is_admin=True)):
        await office.reports.run(who, report.id)
        await office.workers.drain()
        office.clock.advance(minutes=1)

    told = [(one.template, one.channel) for one in office.messages()]
    assert told == [("reports/failed", ADA), ("reports/failed", ADA), ("reports/failed", BEN)]


async def test_runs_that_take_longer_than_their_period_do_not_pile_up(office):
    """A due time that comes while the run before is not over is skipped, and says so."""
    every_minute = {"cron": "* * * * *", "timezone": "UTC"}
    await office.reports.create(actor(), fields(schedule=every_minute))
    office.clock.advance(minutes=1)
    await office.due.take()  # Nobody begins to work on it.
    for _ in range(2):
        office.clock.advance(minutes=1)
        await office.due.take()
    await office.workers.drain()
    office.clock.advance(minutes=1)
    await office.tick()

    why = "the run of 2026-11-28 12:01 UTC was not over"
    assert [(str(one.status), one.skipped_because) for one in office.runs()] == [
        ("completed", None),
        ("skipped", why),
        ("skipped", why),
        ("completed", None),
    ]


async def test_files_are_posted_again_only_with_other_rows(office):
    """A correction that changes no row edits the message and leaves its thread alone."""
    office.complete = [PARTLY, None, PARTLY, None]
    await office.reports.create(actor(), fields())
    names = []
    for day, totals in ((29, [10]), (30, [16])):
        office.clock.at = datetime(2026, 11, day, 8, 0, tzinfo=UTC)
        await office.tick()
        office.shop.totals = totals
        office.clock.advance(minutes=15)
        await office.tick()
        names.append(sorted(one.context["name"] for one in office.files()))

    first = ["sales-2026-11-29.csv", "sales-2026-11-29.json"]
    assert names[0] == first
    assert names[1] == [
        *first,
        "sales-2026-11-30-complete.csv",
        "sales-2026-11-30-complete.json",
        "sales-2026-11-30.csv",
        "sales-2026-11-30.json",
    ]


async def test_a_success_ends_the_streak(office):
    """The next failure is told again."""
    report = await office.reports.create(actor(), fields())
    for error in (DOWN, None, DOWN):
        office.shop.error = error
        await office.reports.run(actor(), report.id)
        await office.workers.drain()
        office.clock.advance(minutes=1)

    templates = [one.template for one in office.messages()]
    assert templates == ["reports/failed", "reports/report", "reports/failed"]


async def test_a_program_is_told_where_its_report_goes(office):
    """A token's subject cannot be sent a direct message."""
    report = await office.reports.create(actor("etl"), fields())
    office.shop.error = DOWN
    await office.reports.run(actor("etl"), report.id)
    await office.workers.drain()

    assert [one.channel for one in office.messages()] == [OPS]


async def test_a_killed_process_leaves_its_run_to_others(office):
    """The run is taken again when the lease is over, three times, and then it has failed."""
    report = await office.reports.create(actor(), fields())
    office.shop.seconds = 3600
    await office.reports.run(actor(), report.id)
    for number in range(1, MAX_RUN_TRIES):
        office.clock.advance(seconds=61)
        [dead] = await office.database.write(
            lambda session, n=number: claim_runs(session, f"dead {n}", office.clock.now(), 1)
        )
        assert dead.tries == number + 1
    office.clock.advance(seconds=61)
    await office.workers.stop()
    survivor = Office(office.database, office.clock, spread_seconds=0)
    await survivor.workers.drain()

    [run] = survivor.runs()
    assert (run.status, run.error_code) == ("failed", "lost")


async def test_who_lost_the_lease_cannot_end_the_run(office):
    """However late the first process wakes up, there is one end and one message."""
    report = await office.reports.create(actor(), fields())
    office.shop.seconds = 0.3
    await office.reports.run(actor(), report.id)
    office.clock.advance(seconds=61)
    other = Office(office.database, office.clock)
    await other.workers.drain()
    await office.workers.drain()

    [run] = office.runs()
    assert (run.status, run.tries) == (RunStatus.COMPLETED, 2)
    assert len(office.messages()) == 1


async def test_stopping_gives_runs_back(office):
    """Another process, or the next start, takes them at once, and it counts as no try."""
    report = await office.reports.create(actor(), fields())
    office.shop.seconds = 3600
    await office.reports.run(actor(), report.id)
    await asyncio.sleep(0)
    await office.workers.stop()
    [run] = office.runs()
    assert (run.status, run.tries, run.lease_until) == ("pending", 0, office.clock.now())
    again = Office(office.database, office.clock)
    await again.workers.drain()
    assert again.runs()[0].status == "completed"


async def test_incomplete_data_is_waited_for(office):
    """Until the stated time; then it goes out with the warning, and is edited when whole."""
    await office.reports.create(actor(), fields(complete_by="09:20"))
    office.complete = [PARTLY, PARTLY, PARTLY, None]
    office.clock.at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    await office.tick()
    [run] = office.runs()
    assert (run.status, run.lease_until.minute, run.tries) == ("pending", 5, 0)
    office.clock.advance(minutes=20)
    await office.tick()
    [message] = office.messages()
    assert message.context["warnings"] == ["Yesterday is 61 % loaded."]
    office.shop.totals = [16]
    for _ in range(4):
        office.clock.advance(minutes=15)
        await office.tick()

    [run] = office.runs()
    [message] = office.messages()
    assert (run.status, run.lease_until, run.trigger) == ("completed", None, Trigger.SCHEDULE)
    assert (message.revision, message.context["warnings"]) == (2, [])
    assert office.rows(ReportResult)[0].table["rows"] == [[16]]


@pytest.mark.parametrize(
    ("complete_by", "ended"), [(None, ("completed", None)), ("09:20", ("failed", "timeout"))]
)
async def test_only_a_report_that_waits_fails_if_nothing_tells_what_is_there(
    office, complete_by, ended
):
    """Counting the rows of eight weeks may take too long where the query itself does not."""
    await office.reports.create(actor(), fields(complete_by=complete_by))
    office.complete = [QueryError("timeout", "It took too long.")]
    office.clock.at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    await office.tick()
    [run] = office.runs()

    assert (run.status, run.error_code) == ended


async def test_a_report_that_is_deleted_while_it_runs_ends_quietly(office):
    """There is nobody to tell of it any more."""
    report = await office.reports.create(actor(), fields())
    office.shop.seconds = 0.2
    await office.reports.run(actor(), report.id)
    await office.reports.delete(actor(), report.id)
    await office.workers.drain()

    assert (office.runs(), office.messages()) == ([], [])


async def test_processes_race_for_due_times(office, database_url):
    """Whoever is first takes a due time; of six that look at once nobody takes it twice."""
    for number in range(40):
        await office.reports.create(actor(), fields(name=f"Sales {number}", slack_config=None))
    office.clock.at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    rivals = [Database(database_url) for _ in range(3)]
    offices = [Office(one, office.clock) for one in rivals for _ in range(2)]
    taken = await asyncio.gather(*(one.tick() for one in offices))
    await office.tick()
    for one in rivals:
        one.close()

    assert sum(taken) == 40
    assert [(one.status, one.tries) for one in office.runs()] == [("completed", 1)] * 40
    assert sum(one.shop.fetched for one in (office, *offices)) == 40


async def test_a_question_is_planned_for_each_run(office):
    """Over metrics by the dates of its day; what it asks is SQL, shown before it is saved."""
    report = await office.reports.create(actor(), fields(query="How much did we sell?"))
    assert report.sql == "select total from sales where planned"
    run = await office.reports.run(actor(), report.id)
    await office.workers.drain()
    assert (await office.reports.result(actor(), run.id)).table.sql == report.sql
    assert report.sql != SQL


async def test_what_a_model_planned_is_asked_as_it_was_saved(office):
    """No model is asked at each run: the owner saw this query. A deep report is planned deeply."""
    best = "Who is our best customer?"
    report = await office.reports.create(actor(), fields(query=best, mode="deep"))
    assert report.sql == "select total from sales where deep"
    run = await office.reports.run(actor(), report.id)
    await office.workers.drain()
    assert (await office.reports.result(actor(), run.id)).table.sql == report.sql
