"""The watcher of Kubernetes Jobs as a process, with a server that speaks the Kubernetes API."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.client.server import Server, wait_for
from tests.patience import PATIENCE_SECONDS

from .kubernetes_api import KubernetesApi

pytest.importorskip("lightkube")
from opsbell.kubernetes.__main__ import main

STARTED = {"startTime": "2026-01-02T03:04:05Z"}
CRON = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "c"}


def ended(kind: str, ago: timedelta = timedelta(0), **more: Any) -> dict[str, Any]:
    """Return the status of a Job that has ended."""
    at = (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {"type": kind, "status": "True", "lastTransitionTime": at, **more}
    return {**STARTED, "conditions": [condition], "succeeded": 1, "failed": 2}


@pytest.fixture
def api() -> Iterator[KubernetesApi]:
    """An API server without Jobs."""
    api = KubernetesApi()
    yield api
    api.stop()


@pytest.fixture
def watching(
    api: KubernetesApi, server: Server, environ: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the watcher and wait until it watches."""
    config = tmp_path / "kubeconfig"
    config.write_text(api.kubeconfig())
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "opsbell.kubernetes", *arguments],
            env={**environ, **server.environ(), "KUBECONFIG": str(config)},
            **options,
        )
        started.append(process)
        wait_for(lambda: api.watchers or process.poll() is not None)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_job_is_one_message_from_its_start_to_its_end(api, server, watching):
    """The CronJob is the kind, the run the subject; the end comes with counts."""
    watching("--channel", "#ops")
    api.change("1", metadata={"ownerReferences": [CRON]}, status=STARTED)
    wait_for(lambda: server.created)
    api.change("1", status=ended("Complete"))

    assert server.created == [
        {
            "task": "nightly",
            "taskId": "k8s.1",
            "status": "running",
            "subject": "shop/job-1",
            "metadata": {"namespace": "shop", "job": "job-1"},
            "channel": "#ops",
        }
    ]
    assert server.the_end() == {
        "taskId": "k8s.1",
        "status": "completed",
        "stats": {"succeeded pods": 1, "failed pods": 2},
    }


def test_a_failure_says_why(api, server, watching):
    """The reason and the message of the condition."""
    api.change("1", status=STARTED)
    watching()
    message = "Job has reached the specified backoff limit"
    api.change("1", status=ended("Failed", reason="BackoffLimitExceeded", message=message))
    assert server.the_end()["error"] == f"BackoffLimitExceeded: {message}"


def test_what_ended_while_nobody_watched_is_told_unless_it_is_old(api, server, watching):
    """No message is opened for it: the server knows it, or nobody waits for it."""
    api.change("1", status=ended("Complete"))
    api.change("2", status=ended("Complete", timedelta(hours=2)))
    watching()
    assert server.the_end()["taskId"] == "k8s.1"
    assert server.created == []


def test_a_deleted_job_is_cancelled_also_if_nobody_saw_it(api, server, watching):
    """The list that is read again now and then finds what a watch has missed."""
    api.change("1", status=STARTED)
    api.change("2", status=STARTED)
    watching("--resync-seconds", "0.2")
    api.delete("1")
    api.delete("2", unseen=True)
    wait_for(lambda: len(server.ends) == 2)
    assert {end["status"] for end in server.ends} == {"cancelled"}


def test_progress_and_signs_of_life(api, server, watching):
    """Of a Job with several completions; what has not changed is said again with the list."""
    api.change("1", spec={"completions": 4, "template": {}}, status={**STARTED, "succeeded": 1})
    watching("--resync-seconds", "0.1")
    wait_for(lambda: len(server.updates) > 2)
    assert {body["progress"] for body in server.updates} == {25}


def test_a_watch_that_expired_begins_anew(api, server, watching):
    """What changed meanwhile is seen."""
    watching()
    api.expire()
    wait_for(lambda: api.watchers == 2)
    api.change("1", metadata={"annotations": {"opsbell/task": "import"}}, status=STARTED)
    wait_for(lambda: server.created)
    assert server.created[0]["task"] == "import"


def test_a_job_that_wants_no_message_has_none(api, server, watching):
    """Its annotation says so."""
    api.change("1", metadata={"annotations": {"opsbell/task": "-"}}, status=STARTED)
    watching()
    api.change("2", status=STARTED)
    wait_for(lambda: server.created)
    assert [body["taskId"] for body in server.created] == ["k8s.2"]


def test_without_permission_it_ends(api, server, watching, tmp_path):
    """At once and with a sentence: Kubernetes shows that, and starts it again."""
    config = tmp_path / "kubeconfig"
    config.write_text(api.kubeconfig().replace("of-ada", "of-cleo"))
    process = watching(stderr=subprocess.PIPE)
    _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert said.startswith(b"python -m opsbell.kubernetes: cannot list Jobs: ")


@pytest.mark.parametrize(
    ("argument", "value", "fix"),
    [
        *(("--resync-seconds", one, "from 0.1 to 86400") for one in ("0", "-1", "nan", "inf", "x")),
        *(("--selector", one, "is not NAME=VALUE") for one in ("app", "app!=web", "a=1,b in (c)")),
    ],
)
def test_a_wrong_argument_is_named(argument, value, fix, capsys):
    """Instead of a watcher that asks all the time, or watches other Jobs than were meant."""
    with pytest.raises(SystemExit) as ended:
        main([argument, value])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"argument {argument}: " in said
    assert fix in said
