"""A real Celery worker, over Redis."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import from_url

from bot.config_file import CeleryRunner
from bot.tasks.models import TaskStatus
from bot.tasks.runners.celery import CeleryQueue, result_of
from bot.tasks.runners.runner import Attempt, RunnerError
from tests.bot.tasks.runners.queues import Ledger, begin, program
from tests.bot.tasks.runners.test_command import assert_still, launch, wait_for
from tests.patience import until
from tests.redis_server import PASSWORD, redis_server

ROOT = Path(__file__).parents[4]
FIRST = Attempt("default", "t-1", 1)


@pytest.fixture
def broker_url(tmp_path):
    """A Redis server."""
    with redis_server(tmp_path) as url:
        yield url


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def make_runner(url: str, ledger: Ledger, *, results: bool = False) -> CeleryQueue:
    backend = {"result_backend": url} if results else {}
    settings = CeleryRunner(type="celery", broker_url=url, queue="mill", **backend)
    return CeleryQueue("celery", settings, ledger, beat_seconds=0.2)


@pytest.fixture
async def queue(broker_url, ledger) -> AsyncIterator[CeleryQueue]:
    runner = make_runner(broker_url, ledger)
    yield runner
    await runner.stop()


def celery_worker(url: str, *options: str, **environ: str) -> Any:
    """A worker; without `-E` it was not told to send events."""
    words = (
        "-A",
        "tests.bot.tasks.runners.celery_app",
        "worker",
        "-Q",
        "mill",
        "-c",
        "2",
        "-l",
        "info",
    )
    return program(
        *(sys.executable, "-m", "celery", *words, *options),
        ready="ready.",
        cwd=ROOT,
        env={**os.environ, "BROKER": url, **environ},
    )


@asynccontextmanager
async def following(runner: CeleryQueue, url: str) -> AsyncIterator[None]:
    """Let a runner follow its events; yield once the broker knows that it wants them."""
    task = asyncio.create_task(runner.follow())
    async with from_url(url) as redis:

        async def is_listening() -> bool:
            assert not task.done(), task.exception()
            return await redis.scard("_kombu.binding.celeryev") > 0

        await until(is_listening)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_worker_takes_the_task_and_its_end_is_told(queue, ledger, broker_url, tmp_path):
    """Running, its own progress, completed with its numbers; the worker needs no option."""
    async with celery_worker(broker_url), following(queue, broker_url):
        await begin(queue, ledger, payload={"until": str(tmp_path / "go")})
        await ledger.beaten(FIRST)  # Whoever answered that was told before to send its events.
        (tmp_path / "go").touch()
        await ledger.reached("t-1", TaskStatus.COMPLETED)
        await begin(queue, ledger, attempt=2, payload={"progress": 37.9}, subject="Bergmann")
        await ledger.reached("t-1", TaskStatus.COMPLETED, number=2)
        await begin(queue, ledger, attempt=3, payload={"fail": "no such dealer"})
        failed = await ledger.reached("t-1", TaskStatus.FAILED, number=3)

    assert [told for told in ledger.told if told[1] == 2] == [
        ("t-1", 2, TaskStatus.RUNNING, {}),
        ("t-1", 2, TaskStatus.RUNNING, {"progress": 37, "note": "page 1"}),
        ("t-1", 2, TaskStatus.COMPLETED, {"stats": {"rows": 3}}),
    ]
    assert failed["error"].startswith("ValueError('no such dealer')\nTraceback")


async def test_a_worker_that_comes_later_is_asked_for_its_events(
    queue, ledger, broker_url, tmp_path
):
    """It was started without `-E`, and after us."""
    async with following(queue, broker_url), celery_worker(broker_url):
        await begin(queue, ledger, payload={"until": str(tmp_path / "go")})
        await ledger.beaten(FIRST)
        (tmp_path / "go").touch()
        await ledger.reached("t-1", TaskStatus.COMPLETED)


async def test_a_running_task_is_kept_alive_and_can_be_cancelled(
    queue, ledger, broker_url, tmp_path
):
    """The worker says that it runs it; a cancel ends its process."""
    alive = tmp_path / "alive"
    async with celery_worker(broker_url), following(queue, broker_url):
        await begin(queue, ledger, payload={"until": "/none", "alive": str(alive)})
        await wait_for(alive)
        await ledger.beaten(FIRST)
        await queue.cancel(FIRST)
        await ledger.reached("t-1", TaskStatus.CANCELLED)
        await assert_still(alive)


async def test_what_ended_while_no_bot_was_there_is_read_from_its_result(
    broker_url, ledger, tmp_path
):
    """With a result backend the next bot asks for it."""
    first = make_runner(broker_url, ledger)
    for task_id, payload in (
        ("done", {}),
        ("failed", {"fail": "no"}),
        ("begun", {"until": str(tmp_path / "go")}),
    ):
        await begin(first, ledger, task_id, payload=payload)
    await first.stop()
    async with celery_worker(broker_url, BACKEND=broker_url):
        async with from_url(broker_url, decode_responses=True) as redis:

            async def are_done() -> bool:
                return len(await redis.keys("celery-task-meta-ob-*")) == 2

            await until(are_done)
        runner = make_runner(broker_url, ledger, results=True)
        async with following(runner, broker_url):
            assert await ledger.reached("done", TaskStatus.COMPLETED) == {"stats": {"rows": 3}}
            failed = await ledger.reached("failed", TaskStatus.FAILED)
            assert failed["error"].startswith("ValueError('no')")
            (tmp_path / "go").touch()
            await ledger.reached("begun", TaskStatus.COMPLETED)
        await runner.stop()


async def test_a_broker_that_is_away_is_an_error_without_its_password(ledger):
    """The task fails with a reason, soon, and the password is not in it."""
    runner = make_runner(f"redis://:{PASSWORD}@127.0.0.1:9/0", ledger)
    with pytest.raises(RunnerError, match="The broker did not take the task: ") as refused:
        await asyncio.wait_for(runner.start(launch()), 30)
    assert PASSWORD not in str(refused.value)
    with pytest.raises(RunnerError, match="The broker did not take the cancel"):
        await runner.cancel(FIRST)
    await runner.stop()


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("{'rows': 3}", {"rows": 3}),
        ("<object at 0x1>", None),
        ("[" * 1_900, None),
        ("9" * 3_000, None),
        (None, None),
    ],
)
def test_a_result_is_read_if_it_is_plain(result, expected):
    """Events tell it as Python prints it; what is more than values is not looked at."""
    assert result_of(result) == expected
