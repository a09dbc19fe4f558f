"""Events of other systems over HTTP."""

import pytest

from bot.config_file import WebhookMapping
from bot.settings import Settings

STARTED = {"executionId": "e1", "namespace": "shop", "flowId": "import", "state": "RUNNING"}
FAILED = {**STARTED, "state": "FAILED", "message": "no disk, token=abcdefgh1"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    webhooks = {"kestra": WebhookMapping(preset="kestra", channel="#jobs")}
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
