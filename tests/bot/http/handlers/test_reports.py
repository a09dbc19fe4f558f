"""Reports over HTTP: shapes, refusals, and who sees what."""

import asyncio

import pytest
from sqlmodel import select

from bot.messages.models import Message
from tests.bot.http.calling import ONE_DATABASE, token_for

BASE = "/api/scheduling/reports"
SCOPES = ("reports:read", "reports:write")
SCHEDULE = {"frequency": "daily", "time": "09:00", "timezone": "Europe/Berlin"}
REPORT = {
    "name": "Sales",
    "description": "What we sold",
    "query": "select total from sales",
    "schedule": SCHEDULE,
    "mode": "quick",
    "audience": "general",
    "slackConfig": {"notification_type": "channel", "slackChannel": "#ops"},
}
SHOWN = {
    "name": "Sales",
    "description": "What we sold",
    "query": "select total from sales",
    "sql": "select total from sales",
    "source": "shop",
    "schedule": {**SCHEDULE, "enabled": True},
    "user_id": "ada",
    "mode": "quick",
    "audience": "general",
    "send_if": None,
    "complete_by": None,
    "slack_config": {
        "notification_type": "channel",
        "slack_channel": "C0OPS000001",
        "slack_user_id": None,
        "workspace": "T1",
    },
    "enabled": True,
    "next_run": "2026-11-21T08:00:00+00:00",
    "created_at": "2026-11-20T10:00:00+00:00",
    "last_execution": None,
    "problem": None,
}
pytestmark = ONE_DATABASE


@pytest.fixture
def ada(client):
    client.token = token_for("default", *SCOPES)
    return client


async def made(client, **changes):
    """Create a report and return its id."""
    reply = await client.post(BASE, {**REPORT, **changes})
    assert reply.status == 201, reply.text
    return reply.body["id"]


async def ended(client, execution_id):
    """Return a run once it has ended."""
    for _ in range(500):
        run = (await client.get(f"/api/scheduling/executions/{execution_id}")).body
        if run["completed_at"]:
            return run
        await asyncio.sleep(0.02)
    raise AssertionError(run)


async def test_a_report_is_created_changed_and_deleted(ada):
    """In the shape of the contract, with both spellings of names."""
    reply = await ada.post(BASE, REPORT)
    report_id = reply.body.pop("id")
    assert (reply.status, reply.body) == (201, SHOWN)

    path = f"{BASE}/{report_id}"
    assert (await ada.get(path)).body == {"id": report_id, **SHOWN}
    change = {"schedule": {"time": "10:00", "enabled": False}, "send_if": "rows > 0"}
    changed = await ada.call("PATCH", path, change)
    assert changed.body["schedule"] == {**SCHEDULE, "time": "10:00", "enabled": False}
    assert (changed.body["enabled"], changed.body["next_run"]) == (False, None)
    cleared = await ada.call("PATCH", path, {"send_if": None, "schedule": {"enabled": True}})
    assert (cleared.body["send_if"], cleared.body["enabled"]) == (None, True)
    assert (await ada.get(BASE)).body == {"reports": [cleared.body], "next_cursor": None}
    deleted = await ada.call("DELETE", path)
    assert deleted.body == {"id": report_id, "deleted": True}
    assert (await ada.get(path)).status == 404


async def test_a_run_is_shown_with_what_it_found(ada):
    """Accepted at once; later with its rows, figures and cost."""
    report_id = await made(ada)
    reply = await ada.post(f"{BASE}/{report_id}/run", {})
    assert (reply.status, reply.body["status"]) == (202, "pending")
    run = await ended(ada, reply.body["execution_id"])

    result = run.pop("result_data")
    listed = (await ada.get(f"{BASE}/{report_id}/executions")).body
    assert listed == {"executions": [run], "next_cursor": None}
    assert run == {
        "id": reply.body["execution_id"],
        "report_id": report_id,
        "status": "completed",
        "trigger": "manual",
        "due_at": "2026-11-20T10:00:00+00:00",
        "started_at": "2026-11-20T10:00:00+00:00",
        "completed_at": "2026-11-20T10:00:00+00:00",
        "duration_seconds": 0.0,
        "error_code": None,
        "error_message": None,
        "skipped_because": None,
        "requested_by": "ada",
        "bulk_id": None,
        "figures": {"total": 2, "traced": 2},
        "cost": {"model": "builtin", "input_tokens": 0, "output_tokens": 0, "dollars": None},
        "slack_message_ts": None,
        "permalink": None,
    }
    assert (result["rows"], result["sql"]) == ([[10]], "select total from sales")


async def test_every_wrong_field_is_named(ada):
    """All at once, by the path in the request; what is unknown too."""
    wrong = {
        **REPORT,
        "name": 5,
        "query": "select 1",
        "schedule": {"frequency": "daily", "time": "25:00", "timezone": "Mars"},
        "slack_config": {"notification_type": "channel", "slack_channel": "#nowhere"},
    }
    del wrong["slackConfig"]
    reply = await ada.post(BASE, wrong)
    assert (reply.status, sorted(one["field"] for one in reply.body["details"])) == (
        422,
        ["name", "query", "schedule.time", "schedule.timezone", "slack_config.slack_channel"],
    )
    unknown = await ada.post(BASE, {**REPORT, "schedule": {"tyme": "09:00"}})
    assert [one["field"] for one in unknown.body["details"]] == ["schedule.tyme"]
    for body in ({}, {"name": "A"}, {**REPORT, "schedule": "daily"}, {**REPORT, "colour": 1}):
        assert (await ada.post(BASE, body)).status == 422


async def test_an_unknown_field_is_compared_with_those_of_its_place(ada):
    """`schedule.day` is none of the report's own fields."""
    reply = await ada.post(BASE, {**REPORT, "schedule": {**SCHEDULE, "tim_zone": "UTC"}})

    assert reply.body["details"] == [
        {"field": "schedule.tim_zone", "message": "unknown field; did you mean `timezone`?"}
    ]


async def test_a_preview_refuses_nothing(ada):
    """Problems are part of the answer; due times have the zone's own offset."""
    body = {"schedule": {**SCHEDULE, "timezone": "Mars"}, "query": "select 1"}
    reply = await ada.post(f"{BASE}/preview", body)
    fields = sorted(one["field"] for one in reply.body["problems"])
    assert (reply.status, fields) == (200, ["query", "schedule.timezone"])
    assert (reply.body["next_runs"], reply.body["message"]) == ([], None)
    good = await ada.post(f"{BASE}/preview", {"schedule": SCHEDULE})
    assert good.body["next_runs"] == [f"2026-11-{21 + n}T09:00:00+01:00" for n in range(5)]
    assert good.body["problems"] == []


async def test_only_the_owner_and_admins_see_a_report(ada):
    """For everybody else, of whatever tenant, there is none."""
    report_id = await made(ada)
    run = (await ada.post(f"{BASE}/{report_id}/run", {})).body["execution_id"]
    await ended(ada, run)
    strangers = [
        token_for("default", *SCOPES, subject="ben"),
        token_for("cleo", "admin", subject="ada"),
    ]
    for token in strangers:
        for method, path, body in (
            ("GET", f"{BASE}/{report_id}", None),
            ("PATCH", f"{BASE}/{report_id}", {"name": "Mine"}),
            ("DELETE", f"{BASE}/{report_id}", None),
            ("POST", f"{BASE}/{report_id}/run", {}),
            ("GET", f"{BASE}/{report_id}/executions", None),
            ("GET", f"/api/scheduling/executions/{run}", None),
        ):
            assert (await ada.call(method, path, body, token=token)).status == 404, path
        bulk = await ada.post(f"{BASE}/bulk", {"report_ids": [report_id]}, token=token)
        assert (bulk.status, bulk.body["details"][0]["field"]) == (422, "report_ids[0]")
        assert (await ada.get(BASE, token=token)).body["reports"] == []
        ahead = await ada.get("/api/scheduling/next-runs", token=token)
        assert ahead.body == {"next_runs": []}
    boss = token_for("default", "admin", subject="boss")
    assert (await ada.get(f"{BASE}/{report_id}", token=boss)).status == 200
    assert (await ada.post(BASE, {**REPORT, "userId": "ben"}, token=boss)).status == 201
    assert (await ada.post(BASE, {**REPORT, "user_id": "ben"})).status == 403


async def test_a_repeated_creation_makes_one(ada):
    """Under one key the first answer comes again, for reports, runs and bulks."""
    key = {"Idempotency-Key": "one"}
    first = await ada.post(BASE, REPORT, headers=key)
    again = await ada.post(BASE, REPORT, headers=key)
    assert (first.status, again.body) == (201, first.body)
    assert (await ada.post(BASE, {**REPORT, "name": "B"}, headers=key)).status == 409
    run = f"{BASE}/{first.body['id']}/run"
    key = {"Idempotency-Key": "two"}
    runs = [await ada.post(run, {}, headers=key) for _ in range(2)]
    assert runs[0].body == runs[1].body
    assert (await ada.post(BASE, REPORT)).status == 422


async def test_several_are_run_with_one_call(ada):
    """The ids come in the order in which they were asked for."""
    ids = [await made(ada, name=name) for name in ("A", "B")]
    reply = await ada.post(f"{BASE}/bulk", {"reportIds": [*ids, ids[0]]})
    assert (reply.status, len(reply.body["execution_ids"])) == (202, 2)
    runs = [await ended(ada, one) for one in reply.body["execution_ids"]]
    assert [one["report_id"] for one in runs] == ids
    assert {one["bulk_id"] for one in runs} == {reply.body["bulk_id"]}
    none = await ada.post(f"{BASE}/bulk", {"report_ids": []})
    many = await ada.post(f"{BASE}/bulk", {"report_ids": ["r"] * 101})
    assert [one.body["details"][0]["message"] for one in (none, many)] == [
        "must have at least 1 item; it has 0",
        "must have at most 100 items; it has 101",
    ]


async def test_next_runs_come_soonest_first(ada):
    """Each due time within the hours, of all reports."""
    late = await made(ada, name="Late")
    hourly = {"cron": "30 * * * *", "timezone": "UTC"}
    early = await made(ada, name="Early", schedule=hourly)
    found = (await ada.get("/api/scheduling/next-runs?hours=23")).body["next_runs"]
    assert (len(found), found[0]) == (
        24,
        {"report_id": early, "name": "Early", "due_at": "2026-11-20T10:30:00+00:00"},
    )
    assert [one["due_at"] for one in found if one["report_id"] == late] == [
        "2026-11-21T08:00:00+00:00"
    ]
    assert (await ada.get("/api/scheduling/next-runs?hours=0")).status == 422


async def test_a_query_with_a_secret_is_refused(ada):
    """It would stand in Slack, and masked it would ask something else."""
    query = "select total from sales where token = 'xoxb-1234567890-abcdefghij'"
    reply = await ada.post(BASE, {**REPORT, "query": query})
    assert [one["field"] for one in reply.body["details"]] == ["query"]


async def test_a_report_goes_to_any_workspace_of_its_tenant(ada, database):
    """Asked in one workspace and read in another; what is another tenant's is not connected."""
    there = {"notification_type": "channel", "slackChannel": "C0OPS000001", "workspace": "T5"}

    report_id = await made(ada, slackConfig=there)
    asked = await ada.post(f"{BASE}/{report_id}/run", {})
    await ended(ada, asked.body["execution_id"])
    refused = await ada.post(BASE, {**REPORT, "slackConfig": {**there, "workspace": "T2"}})

    posts = database.transact(lambda session: session.exec(select(Message)).all())
    places = {(one.tenant, one.workspace_id, one.channel) for one in posts}
    assert places == {("default", "T5", "C0OPS000001")}
    assert refused.body["details"][0]["field"] == "slack_config.workspace"
