"""Events of other systems over HTTP."""

import base64
import hashlib
import hmac
import json

import pytest
from pydantic import SecretStr

from bot.config_file import WebhookMapping
from bot.settings import Settings
from tests.bot.http.calling import ONE_DATABASE

STARTED = {"executionId": "e1", "namespace": "shop", "flowId": "import", "state": "RUNNING"}
FAILED = {**STARTED, "state": "FAILED", "message": "no disk, token=abcdefgh1"}

SECRET = "sixteen characters or more"
DBT = json.dumps(
    {"eventType": "job.run.started", "data": {"runId": "7", "jobName": "Nightly"}}
).encode()
DIGEST = hmac.new(SECRET.encode(), DBT, hashlib.sha256).digest()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    webhooks = {
        "kestra": WebhookMapping(preset="kestra", channel="#jobs"),
        "dbt": WebhookMapping(preset="dbt", secret=SecretStr(SECRET)),
    }
    config = settings.config.model_copy(update={"webhooks": webhooks})
    return settings.model_copy(update={"config": config})


async def test_events_are_one_task_from_start_to_end(client):
    """The first announces it, the others report; a repetition changes nothing."""
    started = await client.post("/api/webhooks/kestra", STARTED)
    failed = await client.post("/api/webhooks/kestra", FAILED)
    again = await client.post("/api/webhooks/kestra", STARTED)

    assert started.body == {
        "ok": True,
        "taskId": "kestra-e1",
        "outcome": "applied",
        "reason": None,
    }
    assert (failed.body["outcome"], again.body["reason"]) == ("applied", "final")
    task = (await client.get("/api/tasks/kestra-e1")).body
    assert (task["task"], task["status"], task["channel"]) == ("shop.import", "failed", "C0JOBS")
    assert task["error"].startswith("no disk, token=")
    assert "abcdefgh1" not in task["error"]


async def test_an_end_alone_is_a_task_that_ended(client):
    """Systems that tell of failures only are fine."""
    await client.post("/api/webhooks/kestra", FAILED)

    assert (await client.get("/api/tasks/kestra-e1")).body["status"] == "failed"


async def test_what_does_not_fit_is_said(client):
    """An unknown name, an unknown status, a field that is missing."""
    unknown = await client.post("/api/webhooks/kestre", STARTED)
    paused = await client.post("/api/webhooks/kestra", {**STARTED, "state": "PAUSED"})
    empty = await client.post("/api/webhooks/kestra", {"state": "RUNNING"})

    assert (unknown.status, "did you mean `kestra`" in unknown.body["message"]) == (404, True)
    assert paused.body["reason"] == "status"
    assert (empty.status, empty.body["details"][0]["field"]) == (422, "id")


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Authorization", DIGEST.hex(), 200),
        ("Authorization", f"Bearer {SECRET}", 200),
        ("X-Opsbell-Secret", SECRET, 200),
        ("X-Hub-Signature-256", f"sha256={DIGEST.hex()}", 200),
        ("X-Trigger-Signature-HmacSha256", base64.b64encode(DIGEST).decode(), 200),
        ("Authorization", DIGEST.hex()[:-1], 401),
        ("X-Opsbell-Secret", SECRET[:-1], 401),
        ("X-Opsbell-Secret", "", 401),
        ("X-Hub-Signature-256", hashlib.sha256(DBT).hexdigest(), 401),
    ],
)
@ONE_DATABASE
async def test_a_secret_stands_for_a_token(client, header, value, status):
    """Sent as it is, or as the HMAC of the body; nothing else passes."""
    reply = await send(client, "dbt", {header: value})

    assert reply.status == status


@ONE_DATABASE
async def test_a_secret_is_for_its_own_webhook(client):
    """Another webhook, without a secret of its own, wants a token."""
    reply = await send(client, "kestra", {"X-Opsbell-Secret": SECRET})

    assert reply.status == 401


async def send(client, name, headers):
    """Send an event as dbt Cloud does, without a token."""
    return await client.call(
        "POST",
        f"/api/webhooks/{name}",
        token=None,
        headers={"Content-Type": "application/json", **headers},
        data=DBT,
    )
