"""The endpoints of alerts."""

import asyncio

import pytest
from sqlmodel import select

from bot.messages.models import Message
from tests.bot.http.calling import ONE_DATABASE, token_for
from tests.patience import until

SCOPES = ("tasks:write", "alerts:write")
NOTHING = {
    "failed_tasks_count": 0,
    "stuck_tasks_count": 0,
    "failed_notification_sent": False,
    "stuck_notification_sent": False,
    "error": None,
}


@pytest.fixture
def alerts(client):
    """A caller who may report tasks and check for alerts."""
    client.token = token_for("default", *SCOPES)
    return client


async def fail(client, kind="backfill", error="disk full"):
    made = await client.post("/api/tasks", {"task": kind, "status": "running"})
    task_id = made.body["taskId"]
    said = {"taskId": task_id, "status": "failed", "error": error}
    assert (await client.post("/api/slack/update", said)).status == 200
    return task_id


async def post_all(database):
    """Let the lane post alerts as soon as there are any."""

    def work(session):
        waiting = [
            one for one in session.exec(select(Message)) if one.template.startswith("alerts")
        ]
        for message in waiting:
            message.ts, message.is_posted = "1700000000.000100", True
            message.delivered_revision = message.revision
        return waiting

    await until(lambda: database.write(work))


async def test_a_check_says_what_it_found_and_whether_people_know(alerts, database):
    """The answer comes once what was found stands in Slack."""
    assert (await alerts.post("/api/alerts/check", {})).body == NOTHING
    task_id = await fail(alerts)

    reply, _ = await asyncio.gather(alerts.post("/api/alerts/check", {}), post_all(database))
    assert reply.status == 200
    assert reply.body == {**NOTHING, "failed_tasks_count": 1, "failed_notification_sent": True}
    again = await alerts.post("/api/alerts/check", {"timeoutMinutes": 30})
    assert again.body == reply.body

    page = (await alerts.get("/api/alerts?state=open")).body
    (alert,) = page["alerts"]
    assert page["next_cursor"] is None
    assert (alert["type"], alert["task"], alert["task_ids"]) == ("failed", "backfill", [task_id])
    assert (alert["channel"], alert["ts"]) == ("C0DEFAULT", "1700000000.000100")


async def test_a_dry_run_tells_nobody(alerts):
    """It counts, and leaves no alert behind."""
    await fail(alerts)

    reply = await alerts.post("/api/alerts/check", {"dry_run": True})
    assert reply.body == {**NOTHING, "failed_tasks_count": 1}
    assert (await alerts.get("/api/alerts")).body["alerts"] == []


async def test_a_check_may_look_for_one_thing_only(alerts, clock, database):
    """`stuck_only` leaves failures alone, `failed_only` what is stuck."""
    await fail(alerts)
    await alerts.post("/api/tasks", {"task": "export"})
    clock.pass_by(minutes=10)

    only = {"failed_only": True, "timeout_minutes": 5, "dry_run": True}
    assert (await alerts.post("/api/alerts/check", only)).body["stuck_tasks_count"] == 0
    only = {"stuck_only": True, "timeout_minutes": 5, "dry_run": True}
    found = (await alerts.post("/api/alerts/check", only)).body
    assert (found["failed_tasks_count"], found["stuck_tasks_count"]) == (0, 1)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timeout_minutes": 0}, "timeout_minutes"),
        ({"timeout_minutes": -5}, "timeout_minutes"),
        ({"timeout_minutes": "soon"}, "timeout_minutes"),
        ({"failed_only": True, "stuck_only": True}, "(all)"),
        ({"failed_only": "yes"}, "failed_only"),
        ({"failed": True}, "failed"),
    ],
)
async def test_a_wrong_check_is_refused_by_the_name_of_the_field(alerts, body, field):
    """Nothing is checked, and the field is named."""
    reply = await alerts.post("/api/alerts/check", body)

    assert reply.status == 422
    assert [one["field"] for one in reply.body["details"]] == [field]


async def test_an_alert_lives_through_the_api(alerts, database):
    """Acknowledged, snoozed, resolved: each says what it is now, and a second time what it was."""
    await fail(alerts)
    await asyncio.gather(alerts.post("/api/alerts/check", {}), post_all(database))
    (alert,) = (await alerts.get("/api/alerts")).body["alerts"]
    address = f"/api/alerts/{alert['id']}"

    acknowledged = await alerts.post(f"{address}/acknowledge", {})
    assert (acknowledged.status, acknowledged.body["state"]) == (200, "acknowledged")
    assert (await alerts.post(f"{address}/acknowledge", {})).status == 409
    snoozed = await alerts.post(f"{address}/snooze", {"minutes": 60})
    assert snoozed.body["snoozed_until"] == "2026-11-20T11:00:00+00:00"
    resolved = await alerts.post(f"{address}/resolve", {"reason": "known"})
    assert (resolved.body["state"], resolved.body["resolved_because"]) == ("resolved", "known")
    for action, body in (("acknowledge", {}), ("snooze", {"minutes": 5}), ("resolve", {})):
        assert (await alerts.post(f"{address}/{action}", body)).status == 409
    assert (await alerts.get(f"{address}")).body["state"] == "resolved"


@ONE_DATABASE
async def test_unknown_alerts_and_foreign_ones_are_not_found(alerts):
    """Every way to an alert answers 404."""
    for path, body in (
        ("/acknowledge", {}),
        ("/snooze", {"minutes": 5}),
        ("/resolve", {}),
    ):
        assert (await alerts.post(f"/api/alerts/a_none{path}", body)).status == 404
    assert (await alerts.get("/api/alerts/a_none")).status == 404


async def test_alerts_are_listed_page_by_page(alerts, services, clock):
    """The cursor of one page asks for the next."""
    for kind in ("one", "two", "three"):
        await fail(alerts, kind)
        clock.pass_by(minutes=1)
    await services.alerts.watch.check_all()

    first = (await alerts.get("/api/alerts?limit=2")).body
    second = (await alerts.get(f"/api/alerts?limit=2&cursor={first['next_cursor']}")).body
    assert (len(first["alerts"]), len(second["alerts"])) == (2, 1)
    assert second["next_cursor"] is None
    assert (await alerts.get("/api/alerts?state=gone")).status == 422
