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
        ({"timeout_minutes": True}, "timeout_minutes"),
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


def alertmanager(status="firing"):
    """Return Alertmanager's webhook of one alert, as its documentation shows it."""
    return {
        "version": "4",
        "groupKey": '{}:{alertname="HighLatency"}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "opsbell",
        "groupLabels": {"alertname": "HighLatency"},
        "commonLabels": {"alertname": "HighLatency", "severity": "critical"},
        "commonAnnotations": {"summary": "Latency is high"},
        "externalURL": "http://alertmanager.example",
        "alerts": [
            {
                "status": status,
                "labels": {"alertname": "HighLatency", "region": "eu"},
                "annotations": {},
                "startsAt": "2026-11-20T09:00:00.000Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus.example",
                "fingerprint": "c6eac55cc2ba7fb7",
            }
        ],
    }


async def test_alertmanagers_alerts_become_ours(alerts):
    """Firing opens an alert, firing again changes nothing, resolved ends it."""
    for _ in range(2):
        reply = await alerts.post("/api/alerts/incoming", alertmanager())
        assert (reply.status, reply.body) == (200, {"accepted": 1})
    (alert,) = (await alerts.get("/api/alerts")).body["alerts"]
    assert (alert["task"], alert["label"]) == ("HighLatency", "Latency is high")
    assert (alert["severity"], alert["state"], alert["count"]) == ("critical", "open", 1)

    await alerts.post("/api/alerts/incoming", alertmanager("resolved"))
    (alert,) = (await alerts.get("/api/alerts")).body["alerts"]
    assert alert["state"] == "resolved"


@ONE_DATABASE
async def test_what_was_resolved_by_hand_stays_closed_while_alertmanager_repeats_it(alerts):
    """It sends all of a group whenever one changes; the same trouble anew has another start."""
    firing = alertmanager()
    await alerts.post("/api/alerts/incoming", firing)
    (alert,) = (await alerts.get("/api/alerts")).body["alerts"]
    await alerts.post(f"/api/alerts/{alert['id']}/resolve", {})
    await alerts.post("/api/alerts/incoming", firing)
    assert len((await alerts.get("/api/alerts")).body["alerts"]) == 1

    firing["alerts"][0]["startsAt"] = "2026-03-01T09:59:00Z"
    await alerts.post("/api/alerts/incoming", firing)
    again, _ = (await alerts.get("/api/alerts")).body["alerts"]
    assert (again["first_word"], again["state"]) == ("Regression", "open")


@ONE_DATABASE
@pytest.mark.parametrize(
    ("common", "label"),
    [
        ({"commonAnnotations": {"summary": "Two are slow"}}, "Two are slow"),
        ({"groupLabels": {"alertname": "HighLatency", "job": "api"}}, "job=api"),
        ({}, ""),
    ],
)
async def test_a_group_says_what_its_alerts_have_in_common(alerts, common, label):
    """Not what one of them says, as if the others said it, too."""
    body = alertmanager()
    (one,) = body["alerts"]
    two = [{**one, "fingerprint": f"f{number}"} for number in range(2)]
    bare: dict[str, object] = {"commonAnnotations": {}, "groupLabels": {}, "commonLabels": {}}
    await alerts.post("/api/alerts/incoming", {**body, **bare, "alerts": two, **common})
    (alert,) = (await alerts.get("/api/alerts")).body["alerts"]
    assert (alert["count"], alert["label"]) == (2, label)


async def test_events_are_taken_as_pagerduty_would(alerts):
    """Trigger, acknowledge and resolve by the key; the routing key is not looked at."""
    event = {
        "routing_key": "R0",
        "event_action": "trigger",
        "dedup_key": "disk-7",
        "payload": {"summary": "Disk 7 is full", "source": "db-7", "severity": "critical"},
    }
    reply = await alerts.post("/api/alerts/events", event)
    assert reply.status == 202
    assert reply.body == {"status": "success", "message": "Event processed", "dedup_key": "disk-7"}

    for action, state in (("acknowledge", "acknowledged"), ("resolve", "resolved")):
        said = {"routing_key": "R0", "event_action": action, "dedup_key": "disk-7"}
        assert (await alerts.post("/api/alerts/events", said)).status == 202
        (alert,) = (await alerts.get("/api/alerts")).body["alerts"]
        assert (alert["task"], alert["label"], alert["state"]) == ("db-7", "Disk 7 is full", state)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"event_action": "trigger"}, 422),
        ({"event_action": "resolve"}, 422),
        ({"event_action": "shout", "dedup_key": "k"}, 422),
        ({"event_action": "acknowledge", "dedup_key": "nobody knows"}, 404),
        ({"event_action": "resolve", "dedup_key": "nobody knows"}, 202),
        ({"event_action": "trigger", "payload": {"summary": ""}}, 422),
    ],
)
async def test_events_that_cannot_be_meant_are_refused(alerts, event, status):
    """A wrong event names its field; one that is over already is no problem."""
    assert (await alerts.post("/api/alerts/events", event)).status == status
