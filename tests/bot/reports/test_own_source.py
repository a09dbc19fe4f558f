"""Reports over the bot's own data, through the real registry and its worker processes."""

import pytest

from bot.clock import SystemClock
from bot.sources.registry import Sources
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.reports.service_room import Office, actor, fields

SQL = "select status, count(*) as runs from report_runs group by status order by status"
pytestmark = ONE_DATABASE


@pytest.fixture
def sources(database_url):
    registry = Sources({}, database_url=database_url, clock=SystemClock())
    yield registry
    registry.close()


async def test_a_report_about_reports(database, sources):
    """It is checked, run, recomputed with its own query, and sees its tenant alone."""
    office = Office(database, sources=sources)
    report = await office.reports.create(actor(), fields(query=SQL, source=None))
    assert report.source == "opsbell"
    first = await office.reports.run(actor(), report.id)
    await office.workers.drain()
    stored = await office.reports.result(actor(), first.id)
    assert stored.table.rows == (("running", 1),)

    again = await office.reports.recompute(actor(), first.id)
    assert again.differences == ["running is gone.", "completed is new."]
    other = await office.reports.create(actor("etl", "cleo"), fields(query=SQL, slack_config=None))
    run = await office.reports.run(actor("etl", "cleo"), other.id)
    await office.workers.drain()
    seen = await office.reports.result(actor("etl", "cleo"), run.id)
    assert seen.table.rows == (("running", 1),)


async def test_what_is_refused_later_is_a_failed_run(database, sources):
    """A table that goes is said in the run's row, and told to the owner."""
    office = Office(database, sources=sources)
    report = await office.reports.create(actor(), fields(query=SQL, source="opsbell"))

    def spoil(session):
        session.get(type(report), report.id).query = "delete from report_runs"

    await office.database.write(spoil)
    await office.reports.run(actor(), report.id)
    await office.workers.drain()
    [run] = office.runs()
    assert (run.status, run.error_code, run.is_told) == ("failed", "refused", True)
    preview = await office.reports.preview(actor(), fields(query="drop table report"))
    assert [one.field for one in preview.problems] == ["query"]
