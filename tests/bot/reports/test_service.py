"""Reports over a real database: made, changed, run, and seen by their owners alone."""

import pytest

from bot.errors import ConflictError, FieldProblem, ForbiddenError, InvalidError, NotFoundError
from bot.reports.models import Report, ReportResult, ReportRun, RunStatus
from bot.reports.runs.bulk import open_progress
from bot.reports.runs.requested_runs import request_bulk
from tests.bot.reports.service_room import ADA, BEN, OPS, Office, Shops, actor, fields


@pytest.fixture
def office(database):
    return Office(database)


async def problems(office, who=None, **changes):
    """Return what is wrong with a report, by path."""
    with pytest.raises(InvalidError) as caught:
        await office.reports.create(who or actor(), fields(**changes))
    return [one.field for one in caught.value.problems]


async def test_a_report_is_made_and_run(office):
    """It has its next run, runs at once when asked to, and its message names the rows."""
    report = await office.reports.create(actor(), fields())
    assert report.due_at.isoformat() == "2026-11-29T08:00:00+00:00"
    assert (report.owner, report.channel, report.source) == (ADA, OPS, "shop")

    run = await office.reports.run(actor(), report.id)
    assert run.status == RunStatus.PENDING
    await office.workers.drain()

    [done] = office.runs()
    assert (done.status, done.trigger, done.requested_by) == ("completed", "manual", ADA)
    [message] = office.messages()
    assert (message.id, message.channel) == (done.message_id, OPS)
    assert office.woken == ["T1"]
    result = await office.reports.result(actor(), done.id)
    assert result.table.rows == ((10,),)


async def test_all_wrong_fields_are_named_at_once(office):
    """Each by its path, with the fix."""
    wrong = {
        "name": " ",
        "query": "select 1",
        "mode": "slow",
        "audience": 3,
        "send_if": "total >",
        "complete_by": "25:00",
        "schedule": {
            "frequency": "monthly",
            "time": "25:00",
            "day_of_month": 32,
            "timezone": "X/Y",
        },
        "slack_config": {"notification_type": "channel", "slack_channel": "#nowhere"},
        "colour": "red",
    }
    assert sorted(await problems(office, **wrong)) == [
        "audience",
        "colour",
        "complete_by",
        "mode",
        "name",
        "query",
        "schedule.day_of_month",
        "schedule.time",
        "schedule.timezone",
        "send_if",
        "slack_config.slack_channel",
    ]
    assert office.rows(Report) == []


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"schedule": None}, ["schedule"]),
        ({"schedule": "daily"}, ["schedule"]),
        ({"query": "What is love?"}, ["query"]),
        ({"query": None}, ["query"]),
        ({"query": "drop table sales"}, []),
        ({"source": "shed"}, ["source"]),
        ({"source": 3}, ["source"]),
        ({"enabled": "yes"}, ["enabled"]),
        ({"complete_by": "08:59"}, ["complete_by"]),
        ({"complete_by": "09:00"}, ["complete_by"]),
        ({"complete_by": "09:01"}, []),
        ({"complete_by": "00:00"}, []),
        ({"slack_config": []}, ["slack_config"]),
        ({"slack_config": {"notification_type": "mail"}}, ["slack_config.notification_type"]),
        ({"slack_config": {"notification_type": "channel"}}, ["slack_config.slack_channel"]),
        ({"slack_config": {"slack_channel": "C0SECRET01"}}, ["slack_config.slack_channel"]),
        ({"slack_config": {"slack_user_id": "U0NOBODY01"}}, ["slack_config.slack_user_id"]),
        ({"slack_config": {"workspace": "T9"}}, ["slack_config.workspace"]),
        ({"slack_config": {"slack_channel": 3}}, ["slack_config.slack_channel"]),
    ],
)
async def test_wrong_fields(office, changes, wanted):
    """A neighbour of each right value is refused at its path."""
    if wanted:
        assert await problems(office, **changes) == wanted
    else:
        await office.reports.create(actor(), fields(**changes))


async def test_only_an_admin_makes_reports_for_others(office):
    """The owner is who asks; an admin may name somebody who is there."""
    with pytest.raises(ForbiddenError):
        await office.reports.create(actor(), fields(user_id=BEN))
    made = await office.reports.create(actor(is_admin=True), fields(user_id=BEN))
    assert made.owner == BEN
    assert await problems(office, actor(is_admin=True), user_id="U0NOBODY01") == ["user_id"]


async def test_a_name_is_used_once_by_an_owner(office):
    """Ben may have a report of the same name."""
    await office.reports.create(actor(), fields())
    assert await problems(office, name="  Sales ") == ["name"]
    await office.reports.create(actor(BEN), fields())


async def test_others_see_nothing(office):
    """Whoever neither owns a report nor is an admin of its tenant is told that there is none."""
    report = await office.reports.create(actor(), fields())
    run = await office.reports.run(actor(), report.id)
    await office.workers.drain()
    reports = office.reports
    for stranger in (actor(BEN), actor(ADA, "cleo"), actor("boss", "cleo", is_admin=True)):
        for attempt in (
            reports.change(stranger, report.id, {"name": "Mine"}),
            reports.delete(stranger, report.id),
            reports.set_enabled(stranger, report.id, is_enabled=False),
            reports.take_over(stranger, report.id),
            reports.find(stranger, "Sales"),
            reports.find(stranger, report.id),
            reports.run(stranger, report.id),
            reports.runs(stranger, report.id),
            reports.result(stranger, run.id),
            reports.retry(stranger, run.id),
            reports.recompute(stranger, run.id),
        ):
            with pytest.raises(NotFoundError):
                await attempt
        with pytest.raises(InvalidError):
            await reports.run_many(stranger, [report.id])
        assert await reports.list(stranger) == ([], None)
        assert await reports.next_runs(stranger, hours=48) == []
    for cleo in (actor(ADA, "cleo"), actor("boss", "cleo", is_admin=True)):
        with pytest.raises(NotFoundError):
            await reports.ask(cleo, run.id, "How much?")
        with pytest.raises(NotFoundError):
            await reports.result(cleo, run.id, is_reader=True)
    assert (await reports.find(actor("boss", is_admin=True), "sales")).id == report.id


async def test_changes_are_merged(office):
    """Nested fields too; a cron and a wall time replace each other; null removes."""
    report = await office.reports.create(actor(), fields(send_if="total > 1"))
    change = office.reports.change
    moved = await change(actor(), report.id, {"schedule": {"time": "10:30"}})
    assert moved.schedule == {
        "frequency": "daily",
        "time": "10:30",
        "timezone": "Europe/Berlin",
    }
    assert moved.due_at.isoformat() == "2026-11-29T09:30:00+00:00"
    cron = await change(actor(), report.id, {"schedule": {"cron": "0 9 * * 1"}})
    assert cron.schedule == {"cron": "0 9 * * 1", "timezone": "Europe/Berlin"}
    weekly = {"frequency": "weekly", "time": "08:00", "day_of_week": "mon"}
    again = await change(actor(), report.id, {"schedule": weekly, "send_if": None})
    assert (again.schedule["day_of_week"], again.send_if) == (["mon"], None)
    silent = await change(actor(), report.id, {"slack_config": {"notification_type": "none"}})
    assert silent.notification == "none"
    paused = await change(actor(), report.id, {"schedule": {"enabled": False}})
    assert (paused.is_enabled, paused.due_at) == (False, None)
    with pytest.raises(ConflictError):
        await change(actor(), report.id, {"name": "Late"}, revision=1)


async def test_a_change_asks_only_about_what_changes(office):
    """A report whose channel and source are gone can still be paused and renamed."""
    report = await office.reports.create(actor(), fields())
    office.slack.channels.clear()
    changed = await office.reports.change(actor(), report.id, {"enabled": False, "name": "Old"})
    assert (changed.is_enabled, changed.channel, changed.name) == (False, OPS, "Old")
    with pytest.raises(InvalidError):
        await office.reports.change(actor(), report.id, {"slack_config": {"slack_channel": OPS}})


async def test_deleting_takes_the_history_along(office):
    """Nothing is left but what stands in Slack."""
    report = await office.reports.create(actor(), fields())
    await office.reports.run(actor(), report.id)
    await office.workers.drain()
    await office.reports.delete(actor(), report.id)

    assert [office.rows(one) for one in (Report, ReportRun, ReportResult)] == [[], [], []]
    assert len(office.messages()) == 1


async def test_pages_follow_each_other(office):
    """Reports oldest first, runs newest first, each once."""
    for number in range(5):
        await office.reports.create(actor(), fields(name=f"Sales {number}"))
        office.clock.advance(seconds=1)
    first, cursor = await office.reports.list(actor(), limit=3)
    second, end = await office.reports.list(actor(), limit=3, cursor=cursor)
    assert [one.name for one in (*first, *second)] == [f"Sales {number}" for number in range(5)]
    assert end is None
    for _ in range(3):
        await office.reports.run(actor(), first[0].id)
        await office.workers.drain()
        office.clock.advance(hours=1)
    newest, cursor = await office.reports.runs(actor(), first[0].id, limit=2)
    rest, end = await office.reports.runs(actor(), first[0].id, limit=2, cursor=cursor)
    assert [one.due_at.hour for one in (*newest, *rest)] == [14, 13, 12]
    assert end is None


async def test_several_run_with_their_progress_in_one_message(office):
    """The message is edited until all have ended."""
    made = [
        await office.reports.create(actor(), fields(name=name, slack_config=None))
        for name in ("One", "Two", "Three")
    ]
    bulk, runs = await office.reports.run_many(actor(), [*(one.id for one in made), made[0].id])
    await office.workers.drain()

    assert {one.bulk_id for one in runs} == {bulk}
    [message] = office.messages()
    assert (message.channel, message.is_final) == (ADA, True)
    assert [(one["name"], one["status"]) for one in message.context["lines"]] == [
        ("One", "completed"),
        ("Two", "completed"),
        ("Three", "completed"),
    ]


async def test_a_deleted_report_is_waited_for_by_no_bulk(office):
    """Its line goes, and the message ends with the last run that there is."""
    made = [
        await office.reports.create(actor(), fields(name=name, slack_config=None))
        for name in ("One", "Two")
    ]
    now = office.clock.now()

    def ask(session):
        request_bulk(session, actor(), made, "b_1", now)
        open_progress(session, "b_1", made, ADA, now)

    await office.database.write(ask)
    await office.reports.delete(actor(), made[0].id)
    [first] = office.messages()
    await office.reports.delete(actor(), made[1].id)
    [last] = office.messages()

    assert ([one["name"] for one in first.context["lines"]], first.is_final) == (["Two"], False)
    assert (last.context["lines"], last.is_final) == ([], True)
    assert office.woken[-2:] == ["T1", "T1"]


async def test_recomputing_says_what_differs(office):
    """The stored query is run again; the same rows are unchanged."""
    report = await office.reports.create(actor(), fields())
    run = await office.reports.run(actor(), report.id)
    await office.workers.drain()
    same = await office.reports.recompute(actor(), run.id)
    office.shop.totals = [12]
    other = await office.reports.recompute(actor(), run.id)

    assert (same.is_unchanged, same.differences) == (True, [])
    assert (other.is_unchanged, other.differences) == (
        False,
        ["Row 1: total was 10 and is 12 now."],
    )


async def test_the_owner_who_is_gone_is_followed(office):
    """Whoever is told of it may take the report over."""
    report = await office.reports.create(actor(), fields())

    def lose(session):
        session.get(Report, report.id).problem = "owner_gone"

    await office.database.write(lose)
    taken = await office.reports.take_over(actor(BEN), report.id)
    assert (taken.owner, taken.problem) == (BEN, None)
    for problem in (None, "failing", "channel_gone"):

        def note(session, problem=problem):
            session.get(Report, report.id).problem = problem

        await office.database.write(note)
        with pytest.raises(NotFoundError):
            await office.reports.take_over(actor("U0CLEO00001"), report.id)


async def test_a_preview_waits_for_a_while_only(office):
    """A query that takes longer is a problem with the fix; a caller over HTTP gives up at 20 s."""
    office = Office(office.database, preview_seconds=0.01)
    office.shop.seconds = 3600
    found = await office.reports.preview(actor(), fields())

    assert (found.rendered, [one.field for one in found.problems]) == (None, ["query"])


class SeveralShops(Shops):
    """A registry of several sources, of which one has to be named."""

    def get(self, name, tenant):
        if name is None:
            raise InvalidError("name one", [FieldProblem("source", "name one of shop, stock")])
        return super().get(name, tenant)


async def test_a_preview_of_a_schedule_alone_needs_no_source(office):
    """Also where there are several sources."""
    office = Office(office.database, sources=SeveralShops())
    found = await office.reports.preview(actor(), {"schedule": fields()["schedule"]})

    assert (len(found.next_runs), found.problems) == (5, [])


async def test_a_metric_that_names_no_column_is_a_problem_of_the_preview(office):
    """It is told beside the others, and no error."""
    office.complete = [InvalidError("There is no column `loaded`.")]
    found = await office.reports.preview(actor(), fields(complete_by="11:00"))

    assert [one.message for one in found.problems] == ["There is no column `loaded`."]


async def test_a_preview_says_that_completeness_cannot_be_told(office):
    """Whoever wants to wait for complete data learns that nothing is waited for."""
    told = await office.reports.preview(actor(), fields(complete_by="11:00"))
    office.complete = [None]
    judged = await office.reports.preview(actor(), fields(complete_by="11:00"))

    assert [note[:50] for note in told.notes] == [
        "Whether the data is complete cannot be told, so it"
    ]
    assert judged.notes == []


async def test_a_preview_says_which_row_is_compared(office):
    """Of several rows `send_if` means the first."""
    office.shop.totals = [10, 20]
    found = await office.reports.preview(actor(), fields(send_if="total > 5"))

    assert found.notes == ["`total` is compared in the first of 2 rows"]
