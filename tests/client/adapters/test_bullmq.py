"""A real BullMQ worker in Node reports on its jobs."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bullmq  # type: ignore[import-untyped]
import pytest
from redis.asyncio import from_url

from tests.client.conftest import CLIENT
from tests.client.server import Server, wait_for
from tests.missing import missing
from tests.patience import PATIENCE_SECONDS
from tests.redis_server import redis_server

NODE = Path(__file__).parents[2] / "node"


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def worker(
    redis_url: str,
    server: Server,
    environ: dict[str, str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[str]:
    """A worker that is followed, of a queue whose name this is."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "bullmq").is_dir():
        missing("No Node with BullMQ was found: run `npm ci --prefix tests/node`.")
    queue = request.node.name
    script = Path(__file__).parent / "bullmq_worker.js"
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [node, script, redis_url, queue, NODE, CLIENT / "node" / "opsbell.js"],
            env={**environ, **server.environ()},
            stdout=out,
            stderr=out,
        )
    wait_for(lambda: b"ready" in log.read_bytes())
    yield queue
    process.terminate()
    process.wait(PATIENCE_SECONDS)


def add(redis_url: str, queue: str, data: dict[str, Any], **options: Any) -> str:
    """Put a job into a queue, and return its id."""

    async def work() -> str:
        connection = from_url(redis_url, decode_responses=True)
        jobs = bullmq.Queue(queue, {"connection": connection})
        job = await jobs.add("import_prices", data, options)
        await jobs.close()
        return str(job.id)

    return asyncio.run(work())


def test_a_job_is_told_from_its_start_to_its_end(worker, redis_url, server):
    """Its name, whom it is for, its progress and the numbers it returned, in this order."""
    job = add(redis_url, worker, {"dealer": 7})

    end = server.the_end()
    (created,) = server.created
    assert created == {
        "taskId": f"{worker}-{job}",
        "task": "import_prices",
        "subject": 7,
        "channel": "#ops",
        "status": "running",
        "metadata": {"queue": worker},
    }
    assert [body["status"] for body in server.updates] == ["running", "running", "completed"]
    assert server.updates[1]["progress"] == 40
    assert (end["taskId"], end["attempt"], end["stats"]) == (f"{worker}-{job}", 1, {"rows": 3})
    numbers = [body["seq"] for body in server.updates]
    assert sorted(set(numbers)) == numbers


def test_a_job_that_fails_for_good_says_why(worker, redis_url, server):
    """The error with its stack, though there would have been more attempts."""
    add(redis_url, worker, {"do": "fail"}, attempts=3)

    end = server.the_end()
    assert (end["status"], end["attempt"], end["stats"]) == ("failed", 1, {})
    assert "no disk" in end["error"].splitlines()[0]
    assert "bullmq_worker.js" in end["error"]


def test_a_retry_is_the_next_attempt(worker, redis_url, server):
    """The first does not fail; it waits, and says for what."""
    add(redis_url, worker, {"do": "retry"}, attempts=2)

    end = server.the_end()
    (waiting,) = [body for body in server.updates if body["status"] == "queued"]
    assert (waiting["attempt"], waiting["seq"]) == (2, 1)
    assert waiting["progressNote"] == "retry after Error: try again"
    assert (end["status"], end["attempt"]) == ("completed", 2)


def test_a_job_the_server_added_is_reported_as_its_task(worker, redis_url, server):
    """With its id, its place in Slack and its own token, at the address it came with."""
    own = {
        "taskId": "t-9",
        "attempt": 2,
        "slackContext": {"channel": "C0OPS", "ts": "1.2"},
        "callbackUrl": f"{server.url}/bell/api/slack/update",
        "callbackToken": "for-t-9",
    }
    add(redis_url, worker, own)

    end = server.the_end()
    assert (end["taskId"], end["channel"], end["ts"]) == ("t-9", "C0OPS", "1.2")
    assert (end["attempt"], end["status"]) == (2, "completed")
    assert server.created == []
    assert {call.token for call in server.calls} == {"for-t-9"}


def test_a_server_that_fails_for_a_while_hears_it_later(worker, redis_url, server):
    """Each report is tried again, and none overtakes another."""
    server.mood = 503
    add(redis_url, worker, {})
    wait_for(lambda: len(server.calls) >= 2)
    server.mood = "ok"

    wait_for(lambda: server.ends)
    assert [body["status"] for body in server.updates[-3:]] == ["running", "running", "completed"]
