"""`/ops report …` and `/report …`."""

import pytest

from bot.reports.service_types import Actor
from listeners.commands.parser import parse
from tests.listeners.reports import report_fields_of
from tests.listeners.room import ADA, OPERATORS, open_room


@pytest.fixture
async def report(room):
    """Ada's report to #ops."""
    actor = Actor(room.owner.tenant, room.owner.workspace_id, ADA)
    return await room.services.reports.create(actor, report_fields_of())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("run revenue", "revenue"),
        ("run daily revenue", "daily revenue"),
        ('run "daily revenue"', "daily revenue"),
        ("run a=b c", "a=b c"),
    ],
)
def test_a_name_may_have_spaces(line, name):
    """With quotation marks or without."""
    assert parse(line, "report").values == {"name": name}


@pytest.mark.parametrize("line", ["/report list", "/ops report list"])
async def test_a_list_has_ones_own_reports(room, report, line):
    """With their schedules and next runs; Cleo has none."""
    await room.playground.run_command("ada", "ops", line)
    await room.playground.run_command("cleo", "ops", line)

    await room.told("ada")
    shown = str(room.playground.ephemerals("ada", "ops")[0]["blocks"])
    assert "Daily revenue" in shown
    assert "daily at 09:00 (Europe/Berlin)" in shown
    assert "You have no reports" in await room.told("cleo")


async def test_pausing_is_shown_where_the_report_goes(room, report):
    """Everybody in #ops sees who did it; elsewhere it is the asker's alone."""
    await room.playground.run_command("ada", "ops", "/report pause daily revenue")
    await room.playground.run_command("ada", "general", "/report resume Daily revenue")

    (said,) = await room.playground.wait_for(lambda: room.playground.messages("ops"))
    assert f"<@{ADA}> paused the report `Daily revenue`." in said["text"]
    told = await room.playground.wait_for(lambda: room.playground.ephemerals("ada", "general"))
    assert "resumed the report `Daily revenue`" in told[0]["text"]
    assert room.playground.messages("general") == []


async def test_running_brings_the_message(room, report):
    """The history then shows the run."""
    await room.playground.run_command("ada", "ops", "/report run daily revenue")
    await room.playground.wait_for(lambda: len(room.playground.messages("ops")) == 2)
    await room.playground.run_command("ada", "ops", "/report show daily revenue")

    await room.told("ada")
    shown = str(room.playground.ephemerals("ada", "ops")[0]["blocks"])
    assert "✅ Completed" in shown
    assert "figures traced" in shown


async def test_what_is_next_and_what_is_deleted(room, report):
    """A deleted report is no more."""
    await room.playground.run_command("ada", "ops", "/report next")
    assert "Due in the next 24 hours: 1" in await room.told("ada")

    await room.playground.run_command("ada", "general", "/report delete daily revenue")
    await room.playground.run_command("ada", "ops", "/report next")
    assert "No report is due" in await room.told("ada", 2)


async def test_an_unknown_name_is_answered_with_the_nearest(room, report):
    """And somebody else's is unknown."""
    await room.playground.run_command("ada", "ops", "/report run dayly revenue")
    await room.playground.run_command("cleo", "ops", "/report run daily revenue")

    assert "Daily revenue" in await room.told("ada")
    assert "Daily revenue" not in await room.told("cleo")


async def test_only_operators_make_reports(sqlite):
    """Who may only look is told who may: a report reads a database."""
    async with open_room(sqlite, [OPERATORS]) as room:
        await room.playground.run_command("cleo", "ops", "/report new")

        assert "<!subteam^S0OPERATOR>" in await room.told("cleo")
        assert room.playground.views("cleo") == []
        await room.playground.run_command("ben", "ops", "/report new")
        assert (await room.modal("ben"))["callback_id"] == "report_form"
