"""The real bot hands tasks to real BullMQ and Celery workers, from Slack and back into Slack."""

import json
from pathlib import Path

import pytest

from bot.tasks.runners.queue_jobs import job_id_of
from bot.tasks.runners.runner import Attempt
from tests.bot.tasks.runners.test_bullmq import node_worker
from tests.bot.tasks.runners.test_celery import celery_worker
from tests.patience import until
from tests.redis_server import redis_server

KINDS = {
    "bullmq": ('type = "bullmq"\nredis_url = "{url}"\nqueue = "mill"', node_worker),
    "celery": (
        'type = "celery"\nbroker_url = "{url}"\nqueue = "mill"',
        lambda url, _queue: celery_worker(url, "-E"),
    ),
}


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return str(request.param)


@pytest.fixture
def redis_url(tmp_path):
    with redis_server(tmp_path) as url:
        yield url


def words(shown) -> str:
    """Return what is shown as text."""
    return json.dumps(shown, ensure_ascii=False)


async def test_a_task_is_run_retried_and_finished(bot, playground, redis_url, kind):
    """Begun by a command, failed with the worker's words, retried with a button, completed."""
    settings, make_worker = KINDS[kind]
    bot.config = (
        f'[tasks.import]\nrunner = "mill"\n[runners.mill]\n{settings.format(url=redis_url)}\n'
    )
    await bot.start()
    async with make_worker(redis_url, "mill"):
        command = "/ops task run import Bergmann fail=no-such-dealer callback=40"
        await playground.run_command("ada", "ops", command)
        await playground.wait_for(lambda: "no-such-dealer" in words(playground.messages("ops")))
        [message] = playground.messages("ops")
        await playground.click("ben", "ops", message["ts"], "Retry")
        [modal] = await playground.wait_for(lambda: playground.views("ben"))
        await playground.submit("ben", modal["id"], {"payload": '{"progress": 60}'})
        await playground.wait_for(lambda: "Completed" in words(playground.messages("ops")))

    [message] = playground.messages("ops")
    assert "ttempt 2" in words(message)
    assert "redis-canary" not in repr([playground.calls(), read(bot)])
    [task] = (await bot.read("/api/tasks"))["tasks"]
    assert (task["status"], task["stats"]) == ("completed", {"rows": 3})


async def test_a_waiting_task_is_cancelled_from_its_message(bot, playground, redis_url, kind):
    """No worker runs it afterwards; what comes after it is run."""
    settings, make_worker = KINDS[kind]
    bot.config = f"[runners.mill]\n{settings.format(url=redis_url)}\n"
    await bot.start()
    asked = {"task": "import", "channel": "#ops", "runner": "mill", "run": True, "payload": {}}
    if kind == "celery":  # Its workers must be there to hear of a cancel.
        asked["payload"] = {"until": "/none"}
        async with make_worker(redis_url, "mill"):
            await cancel_first(bot, playground, asked, "running")
    else:
        await cancel_first(bot, playground, asked, "queued")
        async with make_worker(redis_url, "mill"):
            second = await bot.post("/api/tasks", asked)
            await reach(bot, second["taskId"], "completed")
    statuses = [task["status"] for task in (await bot.read("/api/tasks"))["tasks"]]
    assert statuses.count("cancelled") == 1


async def cancel_first(bot, playground, asked, status):
    """Start a task, wait until it is in *status*, and press Cancel."""
    first = await bot.post("/api/tasks", asked)
    await reach(bot, first["taskId"], status)
    await playground.wait_for(lambda: playground.messages("ops"))
    if status == "queued":
        job_id = job_id_of(Attempt("default", first["taskId"], 1))

        async def is_launched():
            return f"task_id={first['taskId']}" in read(bot)

        await until(is_launched)
        assert job_id
    [message] = playground.messages("ops")
    await playground.click("ben", "ops", message["ts"], "Cancel")
    await reach(bot, first["taskId"], "cancelled")


async def reach(bot, task_id, status):
    async def is_there():
        return (await bot.read(f"/api/tasks/{task_id}"))["status"] == status

    await until(is_there)


def read(bot) -> str:
    """Return what the bot has logged."""
    return Path(bot.folder / "bot.log").read_text(encoding="utf-8")
