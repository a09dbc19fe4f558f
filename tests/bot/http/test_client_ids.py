"""The client's own calls, for ids that have to be encoded in addresses."""

import asyncio

import pytest
from opsbell.desk import end_reporters
from opsbell.settings import Assignment, Target
from opsbell.task import start_task
from sqlmodel import Session, select

from bot.messages.models import Message
from bot.tasks.models import Task
from tests.bot.http.calling import ONE_DATABASE
from tests.patience import until

IDS = [
    "media/2026/11/clip-7.mov",
    "scheduled__2026-11-20T00:00:00+00:00",
    "a&b<c>d",
    "50%25",
    "x?y#z",
    "//double",
    "trailing/",
    "a/../b",
]


@ONE_DATABASE
@pytest.mark.parametrize("task_id", IDS)
async def test_a_running_job_is_heard_whatever_its_id(client, database, monkeypatch, task_id):
    """Its heartbeats, lines and end reach the task, so that it is never called lost."""
    monkeypatch.setenv("OPSBELL_HEARTBEAT_SECONDS", "0.1")
    await client.post("/api/tasks", {"task": "sync", "taskId": task_id, "status": "running"})
    target = Target(client.url, client.token, replays=False)

    def work(session: Session):
        (task,) = session.exec(select(Task)).all()
        logs = session.exec(select(Message).where(Message.template == "tasks/logs")).all()
        lines = [line["text"] for message in logs for line in message.context["lines"]]
        return task.beats, task.status, lines

    async def seen():
        return await asyncio.to_thread(database.transact, work)

    async def is_heard():
        return await seen() == (True, "running", ["page 12"])

    task = start_task("sync", assignment=Assignment(task_id, 1, target))
    task.log("page 12")
    await until(is_heard)
    task._finish("completed")
    await asyncio.to_thread(end_reporters)

    assert await seen() == (True, "completed", ["page 12"])
