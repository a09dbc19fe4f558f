"""What waits in the database, counted for Prometheus."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.alerts.incident_lifecycle import TroubleType
from bot.alerts.models import Alert, Severity
from bot.messages.models import MessageState
from bot.reports.models import ReportRun, RunStatus, Trigger
from bot.tasks.models import Task, TaskStatus
from bot.telemetry.backlog import Backlog
from bot.telemetry.live_gauges import LiveFigures
from bot.telemetry.meters import Meters
from tests.bot.messages.world import HandClock, World
from tests.patience import until, within


def samples_of(meters):
    """Return each sample of the page by its name and its sorted labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(meters.exposition())
        for sample in family.samples
    }


@pytest.fixture
async def world(database, tmp_path):
    """A world in which time stands still."""
    made = World(database, tmp_path, HandClock())
    yield made
    for lanes in made.processes:
        await lanes.stop()


async def test_a_delivery_is_as_old_as_its_oldest_change(world):
    """What waited four seconds is in the bucket of five, under the rank it had."""
    meters = Meters()
    lanes = world.start(delivery_ended=meters.delivery_ended)
    world.put("T1", "first", waiting_since=world.clock.at - timedelta(seconds=4))
    lanes.wake("T1")

    async def counted():
        found = samples_of(meters)
        return found if found["opsbell_delivery_attempts_total", "post", "delivered"] else None

    found = await until(counted)

    bucket, rank = "opsbell_delivery_freshness_seconds_bucket", "first_post"
    assert (found[bucket, "3.0", rank], found[bucket, "5.0", rank]) == (0, 1)
    assert lanes.budgets_used()["posts"] == pytest.approx(1 / 295)


async def test_what_waits_is_counted_for_all_tenants(world):
    """Messages by queue and state with their age, live tasks, alerts, and a day's reports."""
    now = world.clock.at
    world.put("T1", "new", waiting_since=now - timedelta(seconds=9))
    world.put("T2", "newer")
    world.put("T1", "gone", state=MessageState.DEAD, dead_at=now)

    def work(session):
        for tenant, status in (("a", "running"), ("b", "running"), ("a", "completed")):
            session.add(
                Task(
                    tenant=tenant,
                    workspace_id="T1",
                    task="import",
                    subject="x",
                    status=TaskStatus(status),
                    channel="C1",
                    created_at=now,
                    updated_at=now,
                )
            )
        session.add(
            Alert(
                tenant="a",
                type=TroubleType.FAILED,
                task="import",
                fingerprint="f",
                label="x",
                severity=Severity.CRITICAL,
                opened_at=now,
            )
        )
        for age in (1, 25):
            session.add(
                ReportRun(
                    report_id="r1",
                    tenant="a",
                    trigger=Trigger.MANUAL,
                    due_at=now,
                    created_at=now - timedelta(hours=age),
                    status=RunStatus.COMPLETED,
                    model="gemini",
                    input_tokens=70,
                    cost_nanos=250_000_000,
                )
            )

    world.database.transact(work)
    backlog, meters = Backlog(world.database, world.clock), Meters()
    meters.add(LiveFigures(world.start(), lambda: {"connected": True, "age_seconds": 7}, backlog))
    await backlog.measure()
    found = within(0.05, lambda: samples_of(meters))

    assert {
        ("opsbell_messages", "slack-message", "waiting"): 2,
        ("opsbell_messages", "slack-message", "dead"): 1,
        ("opsbell_oldest_message_age_seconds", "slack-message"): 9,
        ("opsbell_oldest_message_age_seconds", "email"): 0,
        ("opsbell_delivery_attempts_total", "edit", "paced"): 0,
        ("opsbell_tasks", "queued"): 0,
        ("opsbell_tasks", "running"): 2,
        ("opsbell_alerts", "critical", "open"): 1,
        ("opsbell_report_runs_last_day", "completed"): 1,
        ("opsbell_analyst_tokens_last_day", "input", "gemini"): 70,
        ("opsbell_analyst_dollars_last_day", "gemini"): 0.25,
        ("opsbell_socket_connected",): 1,
        ("opsbell_socket_age_seconds",): 7,
        ("opsbell_lanes", "paused"): 0,
    }.items() <= found.items()
