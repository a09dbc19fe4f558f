"""Text that no database stores: NULs, lone surrogates, and very much of it."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import InvalidError, NotFoundError
from bot.tasks.creation import NewTask
from bot.tasks.models import Task, TaskStatus
from bot.tasks.queries import Filter
from bot.tasks.stored_text import MAX_ID_CHARACTERS
from bot.tasks.updates import StatusReport
from tests.bot.tasks.room import ADA, OURS

IMPOSSIBLE = ("a\0b", "a\ud800b", "a\udc00\ud800b", "\0" * 10_000)
LONG = (secrets.token_hex(5_000), "\U0001f680" * 10_000)


async def test_a_task_takes_any_text(room):
    """Whatever a caller sends becomes a task, without what cannot be stored."""
    for number, text in enumerate((*IMPOSSIBLE, *LONG)):
        nested = {"key": text, "list": [text, {text: text}]}
        new = NewTask(
            task=text[:9],
            channel=f"C{text[:9]}",
            subject=text,
            task_id=f"{number}{text[:9]}",
            details=nested,
            payload=nested,
            steps=[{"title": text, "status": "pending"}],
            log_url=text,
            grafana_url=text,
            environment=text,
            correlation_id=text[:9],
            created_by=text,
        )
        made, _ = await room.tasks.create(OURS, new)

        row = await room.row(made)
        kept = "".join(one for one in text if one not in "\0\ud800\udc00")
        assert [kept] * 2 == [row.subject, row.environment]
        assert (row.id, row.channel) == (made.id, made.channel)
        assert made.id == (await room.tasks.get(OURS, f"{number}{text[:9]}"))[0].id


async def test_a_report_takes_any_text(room):
    """A worker's words never make its report fail, and the task can be listed by them."""
    for text in (*IMPOSSIBLE, *LONG):
        task = await room.create(subject=f"for {text}")
        report = StatusReport(
            TaskStatus.FAILED,
            task_id=task.id,
            progress_note=text,
            error=text,
            stats={text: text},
            steps=[{"title": text}],
            log_url=text,
            grafana_url=text,
            details={"key": [text]},
        )
        await room.intake.report(OURS, report)
        await room.tasks.retry(OURS, task.id, by=text, payload={"k": text}, reason=text)

        wanted = Filter(subject=f"for {text}", task=task.task, status="queued")
        assert task.id in [one.id for one, _ in await room.tasks.list(OURS, wanted)]
        assert await room.log(task.id, [{"level": "info", "text": text}]) == 1


async def test_an_adopted_place_takes_any_text(room):
    """A place with an impossible name is adopted like any other, once."""
    for number, text in enumerate(IMPOSSIBLE):
        report = StatusReport(
            TaskStatus.RUNNING,
            channel=f"C{text}"[:9],
            ts=f"{number}{text}"[:9],
            task=text,
            error=text,
        )
        first = await room.intake.report(OURS, report)
        assert first.task_id == (await room.intake.report(OURS, report)).task_id
    assert len(IMPOSSIBLE) == len(await room.all(Task))


async def test_an_impossible_id_is_no_task(room):
    """Asking for a task by such a name finds nothing, and says so."""
    for text in (*IMPOSSIBLE, *LONG):
        for ask in (
            lambda text=text: room.tasks.get(OURS, text),
            lambda text=text: room.tasks.cancel(OURS, text, by=ADA),
            lambda text=text: room.intake.heartbeat(OURS, text),
            lambda text=text: room.intake.report(
                OURS, StatusReport(TaskStatus.RUNNING, task_id=f"t-{text}")
            ),
        ):
            with pytest.raises(NotFoundError):
                await ask()
        assert await room.tasks.list(OURS, Filter(status=text, task=text)) == []


def test_an_id_that_no_index_takes_is_refused():
    """Ten thousand characters are no id: the caller is told before the database is asked."""
    name = "a" * (MAX_ID_CHARACTERS + 1)
    for field in ("task_id", "task", "channel", "correlation_id"):
        with pytest.raises(InvalidError, match=f"`{field}` has more than 300"):
            named(NewTask, **{"task": "import", "channel": "C1", field: name})
    for field in ("channel", "ts"):
        with pytest.raises(InvalidError):
            named(StatusReport, status=TaskStatus.RUNNING, **{field: name})


def named(make: Callable[..., Any], **values: Any) -> Any:
    """Make something of fields whose names are only known here."""
    return make(**values)
