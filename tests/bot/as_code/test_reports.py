"""Reports from files: what would change, and that it then does."""

import pytest

from bot.as_code.folder import read_folder
from bot.as_code.plan import Action
from bot.as_code.reports import ReportPlan
from bot.errors import InvalidError
from tests.bot.reports.service_room import ADA, OPS, Office

SALES = f"""
name = "Sales"
user_id = "{ADA}"
query = "select total from sales"
slack_config = {{ slack_channel = "{OPS}" }}
[schedule]
frequency = "daily"
time = "09:00"
timezone = "UTC"
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with one report."""
    root = tmp_path / "code"
    (root / "reports").mkdir(parents=True)
    (root / "reports/sales.toml").write_text(SALES)
    return root


async def test_a_report_is_created_once_and_then_changed(database, folder):
    """What the file leaves out stays; what it says is the same the next time."""
    office = Office(database)
    plan = ReportPlan(office.reports, "default", "T1")
    told = []
    for text in (SALES, SALES, SALES.replace("09:00", "7:30"), SALES.replace("09:00", "7:30")):
        (folder / "reports/sales.toml").write_text(text)
        wanted = read_folder(folder).reports
        told += await plan.changes(wanted)
        await plan.apply(wanted)

    assert [(one.action, tuple(one.lines)) for one in told] == [
        (Action.CREATE, ()),
        (Action.NONE, ()),
        (Action.CHANGE, ("schedule",)),
        (Action.NONE, ()),
    ]
    report = office.report()
    assert (report.owner, report.channel, report.workspace_id) == (ADA, OPS, "T1")
    assert str(report.due_at) == "2026-11-29 07:30:00+00:00"
    assert report.revision == 2


async def test_a_wrong_report_is_told_with_its_file(database, folder):
    """Nothing is stored of it, whether the file or its query is wrong."""
    office = Office(database)
    plan = ReportPlan(office.reports, "default", "T1")
    (folder / "reports/sales.toml").write_text(SALES.replace("from sales", "from nowhere"))
    with pytest.raises(InvalidError, match=r"reports/sales\.toml: .*no such table"):
        await plan.changes(read_folder(folder).reports)

    (folder / "reports/sales.toml").write_text(SALES.replace("user_id", "usr_id"))
    (folder / "reports/a.toml").write_text(SALES.replace(f'user_id = "{ADA}"', ""))
    (folder / "reports/b.toml").write_text(SALES)
    (folder / "reports/c.toml").write_text(SALES.replace('"Sales"', '" Sales "'))
    with pytest.raises(InvalidError) as caught:
        read_folder(folder)

    assert [one.field for one in caught.value.problems] == [
        "reports/a.toml, user_id",
        "reports/sales.toml, usr_id",
        "reports/c.toml, name",
    ]
