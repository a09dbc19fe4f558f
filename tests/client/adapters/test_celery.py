"""A real Celery worker over Redis reports on its tasks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from opsbell.celery import current

from tests.client.conftest import CLIENT
from tests.client.server import FINAL, Server, wait_for
from tests.patience import PATIENCE_SECONDS
from tests.redis_server import redis_server

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def mill(broker_url: str, server: Server, environ: dict[str, str], tmp_path: Path) -> Iterator[Any]:
    """What sends tasks to a worker of two processes."""
    words = ("-A", "tests.client.adapters.celery_app", "worker", "-c", "2", "-P", "prefork")
    log = tmp_path / "celery.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", *words, "-l", "info", "--without-mingle"],
            cwd=ROOT,
            env={
                **environ,
                **server.environ(),
                "BROKER": broker_url,
                "PYTHONPATH": f"{CLIENT}{os.pathsep}{ROOT}",
            },
            stdout=out,
            stderr=out,
        )
    wait_for(lambda: b" ready." in log.read_bytes())
    yield Celery(broker=broker_url)
    worker.terminate()
    worker.wait(PATIENCE_SECONDS)


def ended(server: Server, count: int = 1) -> list[dict[str, Any]]:
    """Wait for that many ends and return them."""
    wait_for(lambda: len(server.ends) >= count)
    return [body for body in server.ends if body["status"] in FINAL]


def test_a_task_is_told_from_its_start_to_its_end(mill, server):
    """Its name, whom it is for, its progress and the numbers it returned."""
    sent = mill.send_task("import_prices", kwargs={"dealer": 7})

    (end,) = ended(server)
    (created,) = server.created
    assert (created["taskId"], created["task"], created["subject"]) == (
        sent.id,
        "import_prices",
        "7",
    )
    assert created["metadata"]["queue"] == "celery"
    assert end["taskId"] == sent.id
    assert (end["status"], end["attempt"], end["stats"]) == ("completed", 1, {"rows": 3})
    assert end["progress"] == 40


def test_a_failure_is_told_with_its_traceback(mill, server):
    """The error in one line, then where it happened; no secret."""
    mill.send_task("import_prices", kwargs={"do": "fail"})

    (end,) = ended(server)
    assert end["status"] == "failed"
    assert end["error"].splitlines()[0] == "ValueError: no disk, token=***"
    assert "celery_app.py" in end["error"]
    assert "abcdefgh1" not in end["error"]


def test_a_retry_is_the_next_attempt(mill, server):
    """The first attempt does not fail; it waits, and says for what."""
    mill.send_task("import_prices", kwargs={"do": "retry"})

    (end,) = ended(server)
    (waiting,) = [body for body in server.updates if body["status"] == "queued"]
    assert (waiting["attempt"], waiting["seq"]) == (2, 1)
    assert waiting["progress_note"] == "Retry in 0s: ValueError('try again')"
    assert (end["status"], end["attempt"]) == ("completed", 2)
    assert len({body["taskId"] for body in server.updates}) == 1


def test_a_process_that_is_killed_is_told_of(mill, server):
    """By the one that started it."""
    mill.send_task("import_prices", kwargs={"do": "die"})

    (end,) = ended(server)
    assert end["status"] == "failed"
    assert end["error"].startswith("WorkerLostError: Worker exited prematurely: signal 9")
    assert "attempt" not in end


def test_what_is_revoked_or_ignored_is_cancelled(mill, server):
    """Neither has failed."""
    mill.send_task("import_prices", kwargs={"do": "ignore"})
    ignored = ended(server)
    hanging = mill.send_task("import_prices", kwargs={"do": "hang"})
    wait_for(lambda: any(body["taskId"] == hanging.id for body in server.updates))
    mill.control.revoke(hanging.id, terminate=True)

    assert [(body["status"], body["error"]) for body in ignored] == [
        ("cancelled", "Celery says IGNORED")
    ]
    stopped = [body for body in ended(server, 2) if body["taskId"] == hanging.id]
    # Told by the process that was stopped, or by the one that stopped it; the first one counts.
    assert {body["status"] for body in stopped} == {"cancelled"}
    assert {body["error"] for body in stopped} <= {"stopped by a signal", "revoked"}


def test_a_task_the_server_started_is_reported_as_that_one(mill, server):
    """To the address and with the token it came with; no other is opened."""
    own = {
        "taskId": "t-9",
        "attempt": 2,
        "callbackUrl": f"{server.url}/bell/api/slack/update",
        "callbackToken": "for-t-9",
    }
    mill.send_task("import_prices", kwargs=own)

    (end,) = ended(server)
    assert (end["taskId"], end["attempt"], end["status"]) == ("t-9", 2, "completed")
    assert server.created == []
    assert {call.token for call in server.calls} == {"for-t-9"}


def test_outside_of_a_task_the_current_one_is_silent():
    """Code that is also called elsewhere needs no condition."""
    current().progress(3)

    assert not current().is_live
