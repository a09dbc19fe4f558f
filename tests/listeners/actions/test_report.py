"""Clicks on the buttons of reports: readers read and ask, owners and admins act."""

import json
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.config_sections.workspaces import AccessSettings
from bot.reports.models import Report, RunStatus
from bot.reports.service_types import Actor
from bot.sources.base import QueryError
from bot.workspaces.access import Rights
from tests.listeners.payloads import click
from tests.listeners.reports import report_fields_of
from tests.listeners.room import ADA, BEN, OPS, Room, open_room
from tests.patience import until


def as_ada(room: Room) -> Actor:
    """Return Ada as the one who acts."""
    return Actor(room.owner.tenant, room.owner.workspace_id, ADA)


async def run_report(room: Room, **changes: Any) -> tuple[Report, str]:
    """Let Ada's report run, and return it and where its message stands in #ops."""
    report = await room.services.reports.create(as_ada(room), report_fields_of(**changes))
    before = len(room.playground.messages("ops"))
    run = await room.services.reports.run(as_ada(room), report.id)
    found = await room.playground.wait_for(lambda: room.playground.messages("ops")[before:])

    async def is_known() -> bool:
        ts = str(found[-1]["ts"])
        workspace = room.owner.workspace_id
        known = await room.services.reports.run_of_message(workspace, OPS, ts)
        return known is not None and known.id == run.id

    await until(is_known)
    return report, str(found[-1]["ts"])


def many(found: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Return what was found once there is so much, nothing before."""
    return found if len(found) == count else []


async def press(room: Room, who: str, ts: str, what: str) -> None:
    """Click a button of the report's message."""
    assert (await room.playground.click(who, "ops", ts, what)).ok


async def shown_to(room: Room, user: str, words: str) -> str:
    """Wait until the modal of *user* says so, and return all it shows."""

    def look() -> str:
        views = room.playground.views(user)
        shown = json.dumps(views[-1], ensure_ascii=False) if views else ""
        return shown if words in shown else ""

    return str(await room.playground.wait_for(look))


async def test_a_report_stands_with_chart_table_and_files(room: Room) -> None:
    """The message has everything, and the thread has all rows."""
    _, ts = await run_report(room)

    message = room.playground.message("ops", ts)
    kinds = [block["type"] for block in message["blocks"]]
    assert {"header", "data_visualization", "data_table", "actions"} <= set(kinds)
    replies = await room.playground.wait_for(lambda: many(room.playground.replies("ops", ts), 2))
    names = [file["name"] for reply in replies for file in reply["files"]]
    assert sorted(name.rpartition(".")[2] for name in names) == ["csv", "json"]


@pytest.mark.parametrize("what", ["View Rows", "Ask"])
async def test_whoever_sees_a_report_may_read_and_ask(room: Room, what: str) -> None:
    """Cleo is neither its owner nor an admin."""
    _, ts = await run_report(room)
    await press(room, "cleo", ts, what)

    if what == "View Rows":
        assert "2026-11-23  126     13,147.50" in await shown_to(room, "cleo", "7 rows")
        return
    view = await room.modal("cleo")
    await room.playground.submit("cleo", view["id"], {"question": "Which day had most revenue?"})
    assert "13,147.5" in await shown_to(room, "cleo", "From the rows of this report alone")


@pytest.mark.parametrize(
    ("number", "what"),
    [(1, "Run Again"), (1, "Pause"), (1, "Edit"), (1, "Recompute"), (1, "View Query")],
)
async def test_only_the_owner_and_admins_act(room: Room, number: int, what: str) -> None:
    """Anybody else is told who may, and nothing happens."""
    report, ts = await run_report(room)
    await press(room, "cleo", ts, what)

    told = await room.told("cleo", number)
    assert f"Only its owner, <@{ADA}>, and admins can do that." in told
    assert room.playground.views("cleo") == []
    found = await room.services.reports.find(as_ada(room), report.id)
    runs, _ = await room.services.reports.runs(as_ada(room), report.id)
    assert (found.is_enabled, len(runs)) == (True, 1)


async def test_an_admin_acts_on_everybodys_reports(sqlite: Any) -> None:
    """Ben pauses Ada's report, which its channel learns; the second click says that it is."""
    async with open_room(sqlite) as room:
        access = AccessSettings(admins=[BEN])
        object.__setattr__(room.services, "rights", Rights(access, room.services.directory))
        report, ts = await run_report(room)
        await press(room, "ben", ts, "Pause")
        said = await room.playground.wait_for(lambda: room.playground.messages("ops")[1:])
        assert f"<@{BEN}> paused the report" in said[0]["text"]
        await press(room, "ben", ts, "Pause")
        assert "is paused already" in await room.told("ben")

        assert not (await room.services.reports.find(as_ada(room), report.id)).is_enabled
        body = click("report_resume", report.id, user=BEN, playground=room.playground)
        await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        said = await room.playground.wait_for(lambda: room.playground.messages("ops")[2:])
        assert f"<@{BEN}> resumed the report" in said[0]["text"]
        assert "The next run is " in said[0]["text"]


async def test_run_again_is_a_new_message(room: Room) -> None:
    """The first one stays as it is."""
    _, ts = await run_report(room)
    await press(room, "ada", ts, "Run Again")

    assert "is running" in await room.told("ada")
    await room.playground.wait_for(lambda: len(room.playground.messages("ops")) == 2)
    assert f"asked for by <@{ADA}>" in str(room.playground.messages("ops")[-1]["blocks"])


async def test_recompute_says_whether_the_rows_are_the_same(room: Room) -> None:
    """Unchanged with the digest; after another day what differs."""
    _, ts = await run_report(room)
    await press(room, "ada", ts, "Recompute")
    await shown_to(room, "ada", "Unchanged: the query returns the same rows")

    await room.playground.close_view("ada")
    room.shop.days = 8
    await press(room, "ada", ts, "Recompute")
    assert "2026-11-20" in await shown_to(room, "ada", "Changed: the rows are")


async def test_the_query_and_the_origin_of_each_figure_are_shown(room: Room) -> None:
    """What was run, and which cells or computations the figures are."""
    _, ts = await run_report(room)
    await press(room, "ada", ts, "View Query")

    assert "Where each figure comes from" in await shown_to(room, "ada", "Run on shop")


async def test_a_failed_run_is_told_and_retried(room: Room) -> None:
    """Its owner gets the reason with *Retry*, which brings the report."""
    room.shop.error = QueryError("timeout", "The query took longer than 30 s: ask for less.")
    report = await room.services.reports.create(as_ada(room), report_fields_of())
    await room.services.reports.run(as_ada(room), report.id)
    direct = await room.playground.wait_for(
        lambda: room.playground.messages(room.playground.im("ada").id)
    )
    assert direct[0]["text"].startswith("❌ Failed: report Daily revenue: The query took longer")

    room.shop.error = None
    channel = room.playground.im("ada").id
    assert (await room.playground.click("ada", channel, direct[0]["ts"], "Retry")).ok
    await room.playground.wait_for(lambda: room.playground.messages("ops"))
    runs, _ = await room.services.reports.runs(as_ada(room), report.id)
    assert {run.status for run in runs} == {RunStatus.FAILED, RunStatus.COMPLETED}


async def test_edit_opens_the_form_with_what_it_is(room: Room) -> None:
    """A change is kept; somebody else's change in the meantime is not overwritten."""
    report, ts = await run_report(room)
    await press(room, "ada", ts, "Edit")
    view = await room.modal("ada")
    assert "Daily revenue" in str(view["blocks"])
    await room.services.reports.change(as_ada(room), report.id, {"description": "Changed"})
    await room.playground.submit("ada", view["id"], {"name": "Other"})
    await shown_to(room, "ada", "changed")
    assert (await room.services.reports.find(as_ada(room), report.id)).name == "Daily revenue"


async def test_where_slack_draws_no_charts_the_next_report_has_pictures(room: Room) -> None:
    """The first one shows its figures as text; the second one has a picture in its thread."""
    refused = "unsupported type [json-pointer:/blocks/3/type]"
    room.playground.fail("chat.postMessage", error="invalid_blocks", errors=[refused], count=2)
    report, ts = await run_report(room)
    assert "data_visualization" not in str(room.playground.message("ops", ts)["blocks"])

    await room.services.reports.run(as_ada(room), report.id)
    messages = await room.playground.wait_for(lambda: many(room.playground.messages("ops"), 2))
    assert "data_visualization" not in str(messages[1]["blocks"])
    assert "The chart is a picture in the thread." in str(messages[1]["blocks"])
    replies = await room.playground.wait_for(
        lambda: many(room.playground.replies("ops", messages[1]["ts"]), 3)
    )
    assert any(reply["files"][0]["name"].endswith("-chart-1.png") for reply in replies)
