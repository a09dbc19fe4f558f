"""The form of a report, from opening it to the message it brings."""

import json

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.reports.service_types import Actor
from tests.listeners.payloads import interaction
from tests.listeners.reports import SQL
from tests.listeners.room import ADA, OPS
from tests.listeners.views.reports.test_builders import state_of

FILLED = {
    "name": "Daily revenue",
    "query": SQL,
    "slack_config.slack_channel": OPS,
}


async def opened(room, way="command"):
    """Open the form as Ada, and return it."""
    if way == "command":
        await room.playground.run_command("ada", "ops", "/report new")
    elif way == "shortcut":
        await room.playground.run_shortcut("ada", "new_report")
    else:
        room.playground.open_home("ada")
        home = await room.playground.wait_for(lambda: room.playground.home("ada"))
        await room.playground.click_in_view("ada", home["id"], "home_new_report")
    return await room.modal("ada")


async def shows(room, words):
    """Wait until the form says so."""

    def look():
        views = room.playground.views("ada")
        shown = json.dumps(views[-1], ensure_ascii=False) if views else ""
        return shown if words in shown else ""

    return await room.playground.wait_for(look)


async def reports_of_ada(room):
    """Return what Ada has."""
    actor = Actor(room.owner.tenant, room.owner.workspace_id, ADA)
    return (await room.services.reports.list(actor))[0]


@pytest.mark.parametrize("way", ["command", "shortcut", "home"])
async def test_the_form_opens_with_ones_own_time_zone(room, way):
    """From a command, the shortcut and App Home."""
    view = await opened(room, way)

    values = {
        block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"
    }
    assert values["schedule.timezone"]["initial_value"] == "Europe/Berlin"
    assert values["schedule.time"]["initial_time"] == "09:00"


async def test_a_filled_form_makes_a_report(room):
    """The modal then says when it runs first."""
    view = await opened(room)
    assert (await room.playground.submit("ada", view["id"], FILLED)).ok

    assert "daily at 09:00 (Europe/Berlin)" in await shows(room, "is saved")
    (report,) = await reports_of_ada(room)
    assert (report.name, report.query, report.channel) == ("Daily revenue", SQL, OPS)


async def test_wrong_fields_are_said_under_their_inputs(room):
    """And nothing is made."""
    view = await opened(room)
    wrong = {**FILLED, "query": "select 1 from nothing", "schedule.timezone": "Europe/Berlín"}
    outcome = await room.playground.submit("ada", view["id"], wrong)

    assert set(outcome.errors) == {"query", "schedule.timezone"}
    assert "take sales" in outcome.errors["query"]
    assert "did you mean Europe/Berlin?" in outcome.errors["schedule.timezone"]
    assert await reports_of_ada(room) == []


async def test_another_frequency_asks_for_other_things(room):
    """Every month has a day; what was typed stays."""
    view = await opened(room)
    await room.playground.click_in_view("ada", view["id"], "report_frequency", "monthly")
    await shows(room, "In a month without this day")
    monthly = {**FILLED, "schedule.day_of_month": "31"}
    assert (await room.playground.submit("ada", view["id"], monthly)).ok

    await shows(room, "is saved")
    (report,) = await reports_of_ada(room)
    assert report.schedule["day_of_month"] == 31


async def press_preview(room, view, query):
    """Let Ada press *Preview* after she has typed a query."""
    body = {
        **interaction("block_actions", room.playground),
        "container": {"type": "view", "view_id": view["id"]},
        "view": state_of(view, name={"value": "Daily revenue"}, query=query),
        "actions": [{"type": "button", "action_id": "report_preview", "block_id": "preview"}],
    }
    await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


async def test_a_preview_says_what_is_wrong(room):
    """With the label of the field, and when it would run nevertheless."""
    view = await opened(room)
    await press_preview(room, view, {"value": "drop table other"})

    shown = await shows(room, "Not ready to be saved")
    assert "Question or SQL: " in shown
    assert "Next runs" in shown


async def test_a_preview_without_pictures_has_the_figures(room):
    """Where Slack takes no files, or does not show them."""
    view = await opened(room)
    room.playground.fail("files.getUploadURLExternal", error="missing_scope")
    await press_preview(room, view, {"value": SQL})

    assert "24 Nov 150" in await shows(room, "Next runs")


async def test_a_preview_shows_runs_problems_and_the_chart(room):
    """Below the form, and nothing is made or posted."""
    view = await opened(room)
    await press_preview(room, view, {"value": SQL})

    shown = await shows(room, "Next runs")
    assert "slack_file" in shown
    assert "(preview)" in shown
    assert "highest 150 (24 Nov)" in shown
    assert room.playground.messages("ops") == []
    assert await reports_of_ada(room) == []
