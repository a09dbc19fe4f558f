"""A real queue in Redis, with a real worker in Node."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import from_url

from bot.config_file import BullRunner
from bot.tasks.models import TaskStatus
from bot.tasks.runners.bullmq import REMOVED, BullQueue, progress_of, stats_of
from bot.tasks.runners.queue_jobs import job_id_of
from bot.tasks.runners.runner import Attempt, RunnerError
from tests.bot.tasks.runners.queues import Ledger, begin, following, program
from tests.bot.tasks.runners.test_command import launch
from tests.missing import missing
from tests.patience import until
from tests.redis_server import PASSWORD, redis_server

NODE = Path(__file__).parents[3] / "node"


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    """A Redis server."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def queue(redis_url, ledger, request) -> AsyncIterator[BullQueue]:
    """A runner on a queue of its own."""
    runner = make_runner(redis_url, ledger, name_of(request))
    yield runner
    await runner.stop()


def make_runner(redis_url: str, ledger: Ledger, name: str) -> BullQueue:
    settings = BullRunner(type="bullmq", redis_url=redis_url, queue=name)
    return BullQueue("bull", settings, ledger, beat_seconds=0.2)


def name_of(request: pytest.FixtureRequest) -> str:
    return str(request.node.name).replace(":", "")


@pytest.fixture
async def worker(redis_url, request) -> AsyncIterator[Any]:
    """A Node worker of that queue."""
    async with node_worker(redis_url, name_of(request)) as process:
        yield process


def node_worker(redis_url: str, name: str) -> Any:
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "bullmq").is_dir():
        missing("No Node with BullMQ was found: run `npm ci --prefix tests/node`.")
    return program(str(node), str(NODE / "worker.js"), redis_url, name, ready="ready")


async def test_a_node_worker_takes_the_job_and_its_end_is_told(queue, ledger, worker):
    """Running, progress, completed with its numbers: from BullMQ's own events."""
    async with following(queue, ledger):
        await begin(queue, ledger, payload={"progress": 37.9}, subject="Bergmann")
        await ledger.reached("t-1", TaskStatus.COMPLETED)

    assert ledger.told == [
        ("t-1", 1, TaskStatus.RUNNING, {}),
        ("t-1", 1, TaskStatus.RUNNING, {"progress": 37}),
        ("t-1", 1, TaskStatus.COMPLETED, {"stats": {"rows": 3}}),
    ]


async def test_the_job_is_what_the_contract_says(queue, ledger, redis_url, request):
    """Its name, its data and an id that BullMQ takes; the same attempt again is the same job."""
    one = await begin(queue, ledger, "t:1 ü", payload={"x": 1}, ts="1.2")
    await queue.start(one)

    job_id = job_id_of(one.key)
    async with from_url(redis_url, decode_responses=True) as redis:
        job = await redis.hgetall(f"bull:{name_of(request)}:{job_id}")
        waiting = await redis.lrange(f"bull:{name_of(request)}:wait", 0, -1)
    assert job["name"] == "import"
    assert json.loads(job["data"]) == one.as_json()
    assert waiting == [job_id]
    assert job_id.startswith("ob-")
    assert job_id.endswith("-1")
    assert ":" not in job_id


async def test_a_failure_is_told_with_its_reason(queue, ledger, worker):
    """The attempt failed; the next one is another job."""
    async with following(queue, ledger):
        await begin(queue, ledger, payload={"fail": "no such dealer"})
        assert await ledger.reached("t-1", TaskStatus.FAILED) == {"error": "no such dealer"}
        await begin(queue, ledger, payload={}, attempt=2)
        await ledger.reached("t-1", TaskStatus.COMPLETED, number=2)


async def test_a_waiting_job_is_cancelled_by_removing_it(queue, ledger, redis_url, request):
    """No worker will ever see it; to cancel it again does nothing."""
    one = await begin(queue, ledger, payload={})
    await queue.cancel(one.key)
    await queue.cancel(one.key)

    async with from_url(redis_url) as redis:
        assert await redis.llen(f"bull:{name_of(request)}:wait") == 0


async def test_a_running_job_cannot_be_removed_and_says_so(queue, ledger, worker, tmp_path):
    """The worker has it; it is told with its next report."""
    async with following(queue, ledger):
        one = await begin(queue, ledger, payload={"until": str(tmp_path / "go")})
        await ledger.reached("t-1", TaskStatus.RUNNING)
        with pytest.raises(RunnerError, match="A worker has the job already"):
            await queue.cancel(one.key)
        (tmp_path / "go").touch()
        await ledger.reached("t-1", TaskStatus.COMPLETED)


async def test_what_happened_while_no_bot_was_there_is_told(
    queue, ledger, redis_url, request, tmp_path
):
    """Completed, failed, begun and removed meanwhile: the next bot asks for each."""
    for task_id, payload in (
        ("done", {}),
        ("failed", {"fail": "no"}),
        ("begun", {"until": str(tmp_path / "go")}),
    ):
        await begin(queue, ledger, task_id, payload=payload)
    ledger.attempts["gone"] = Attempt("default", "gone", 1)
    async with node_worker(redis_url, name_of(request)):
        async with from_url(redis_url, decode_responses=True) as redis:

            async def is_begun() -> bool:
                return await redis.llen(f"bull:{name_of(request)}:active") == 1

            await until(is_begun)
        next_bot = make_runner(redis_url, ledger, name_of(request))
        async with following(next_bot, ledger):
            await ledger.reached("done", TaskStatus.COMPLETED)
            assert await ledger.reached("failed", TaskStatus.FAILED) == {"error": "no"}
            await ledger.reached("begun", TaskStatus.RUNNING)
            await ledger.beaten(Attempt("default", "begun", 1))
            assert await ledger.reached("gone", TaskStatus.LOST) == {"error": REMOVED}
            (tmp_path / "go").touch()
            await ledger.reached("begun", TaskStatus.COMPLETED)
        await next_bot.stop()


async def test_other_jobs_of_the_queue_are_left_alone(queue, ledger, worker, redis_url, request):
    """The queue may serve others, even another Opsbell."""
    other = make_runner(redis_url, Ledger(), name_of(request))
    async with following(queue, ledger):
        await other.start(launch(task_id="not-ours", payload={}))
        await begin(queue, ledger, payload={})
        await ledger.reached("t-1", TaskStatus.COMPLETED)
    await other.stop()
    assert {task_id for task_id, *_ in ledger.told} == {"t-1"}


async def test_a_redis_that_is_away_is_an_error_without_its_password():
    """The task fails with a reason, soon, and the password is not in it."""
    settings = BullRunner(type="bullmq", redis_url=f"redis://:{PASSWORD}@127.0.0.1:9/0", queue="q")
    runner = BullQueue("bull", settings, Ledger())
    with pytest.raises(
        RunnerError, match=r"Redis did not take the job: .*127\.0\.0\.1:9"
    ) as refused:
        await asyncio.wait_for(runner.start(launch()), 30)
    assert PASSWORD not in str(refused.value)
    with pytest.raises(RunnerError, match="Redis did not take the cancel"):
        await runner.cancel(Attempt("default", "t-1", 1))
    await runner.stop()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (37, (37, None)),
        (99.9, (99, None)),
        ({"progress": 5, "note": "page 1"}, (5, "page 1")),
        ({"percent": 5}, (5, None)),
        (True, (None, None)),
        (101, (None, None)),
        (float("nan"), (None, None)),
        ("half", (None, None)),
        ({"message": "x" * 300}, (None, "x" * 200)),
    ],
)
def test_progress_is_a_percentage_or_nothing(data, expected):
    """Workers give numbers or objects; what is neither is no progress."""
    assert progress_of(data) == expected


def test_numbers_of_a_result_are_told():
    """What else it holds is not."""
    value = {"rows": 3, "ok": True, "name": "x", "ratio": 0.5, "bad": float("inf")}
    assert stats_of(value) == {"rows": 3, "ratio": 0.5}
    assert stats_of("done") is None
