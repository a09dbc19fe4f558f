"""Ends, forks, signals and outages: what is told when a process does not end as it began."""

import contextlib
import os
import subprocess
import sys
from typing import Any

import pytest
from opsbell import track
from opsbell.desk import end_reporters

from tests.patience import PATIENCE_SECONDS, within

from .server import wait_for

# A child that waits for a lock for ever fails the test, not the whole run.
PATIENTLY: Any = {"check": True, "timeout": PATIENCE_SECONDS}


def test_the_end_is_told_when_the_interpreter_exits(run, server, environ):
    """A job that ends its process right away has still told its end."""
    job = "import opsbell; opsbell.run_with_slack('import', lambda: 7)"

    subprocess.run(
        [sys.executable, "-c", job],
        env={**environ, **server.environ()},
        check=True,
        timeout=PATIENCE_SECONDS,
    )

    assert server.the_end()["status"] == "completed"


def test_a_task_left_open_is_not_running_for_ever(server, environ):
    """A process that ends without ending its task says so itself."""
    job = "import opsbell; opsbell.track('import').__enter__()"

    subprocess.run(
        [sys.executable, "-c", job],
        env={**environ, **server.environ()},
        check=True,
        timeout=PATIENCE_SECONDS,
    )

    assert server.the_end()["status"] == "failed"
    assert "the process ended" in server.the_end()["error"]


@pytest.mark.parametrize("leave", ["os._exit(0)", "sys.exit(0)", "raise SystemExit"])
def test_a_forked_child_does_not_report_its_parents_task(server, environ, leave):
    """After os.fork the task is the parent's alone, and the child can have its own."""
    job = (
        "import os, sys, warnings; warnings.simplefilter('ignore')\n"
        "from opsbell import track\n"
        "with track('parent') as task:\n"
        "    task.progress(1)\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        task.progress(99); task.log('child')\n"
        "        with track('child'): pass\n"
        "        from opsbell.desk import end_reporters; end_reporters()\n"
        f"        {leave}\n"
        "    os.waitpid(pid, 0)\n"
        "    task.progress(2)\n"
    )

    subprocess.run(
        [sys.executable, "-c", job],
        env={**environ, **server.environ()},
        check=True,
        timeout=PATIENCE_SECONDS,
    )

    ends = {end["task"]: end for end in server.ends}
    assert {name: end["status"] for name, end in ends.items()} == {
        "parent": "completed",
        "child": "completed",
    }
    assert 2 == len(server.ends) == len(server.created)
    assert ends["parent"]["progress"] == 2
    assert server.lines == []


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_multiprocessing_tell_their_ends(server, environ, tmp_path, method):
    """A pool's workers leave without atexit; their last task is told all the same."""
    script = tmp_path / "job.py"
    script.write_text(
        "import multiprocessing, warnings; warnings.simplefilter('ignore')\n"
        "from opsbell import track\n"
        "def work(number):\n"
        "    with track(f'work-{number}'): pass\n"
        "if __name__ == '__main__':\n"
        f"    context = multiprocessing.get_context({method!r})\n"
        "    with track('all'):\n"
        "        for worker in [context.Process(target=work, args=(n,)) for n in range(3)]:\n"
        "            worker.start(); worker.join()\n"
    )

    subprocess.run(
        [sys.executable, script],
        env={**environ, **server.environ()},
        check=True,
        timeout=PATIENCE_SECONDS,
    )

    names = sorted(end["task"] for end in server.ends)
    assert names == ["all", "work-0", "work-1", "work-2"]


def test_a_signal_handler_may_report(told):
    """A handler that reports while the main thread reports does not lock up."""
    import signal

    with track("busy") as task:
        before = signal.signal(signal.SIGALRM, lambda *_: task.progress(7))
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        try:
            for _ in range(20_000):
                task.progress(7)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    assert told.the_end()["progress"] == 7


def test_reporting_does_not_wait_for_a_hanging_server(told):
    """A job inside a process that lives on is not held up at all, not even at its end."""
    told.mood = "hang"

    def work():
        for _ in range(50):
            with track("quick") as task:
                task.progress(50)

    within(0.5, work)
    told.mood = "ok"
    told.leaving.set()


def test_a_retry_is_taken_by_the_first_task_only(told, monkeypatch):
    """Of two tasks in a process the runner started, the first is the runner's."""
    for name, value in {
        "OPSBELL_TASK_ID": "t_1",
        "OPSBELL_ATTEMPT": "2",
        "OPSBELL_CALLBACK_URL": told.url + "/api/slack/update",
        "OPSBELL_CALLBACK_TOKEN": "just-for-t_1",
    }.items():
        monkeypatch.setenv(name, value)

    with track("first"), track("second"):
        assert "OPSBELL_TASK_ID" not in os.environ
    wait_for(lambda: len(told.ends) == 2)

    ids = {end["task"]: (end["taskId"], end["attempt"]) for end in told.ends}
    assert ids["first"] == ("t_1", 2)
    assert ids["second"][0] != "t_1"
    assert [created["task"] for created in told.created] == ["second"]


def test_many_tasks_of_a_long_outage_go_to_the_spool(told, tmp_path):
    """A worker that lives on keeps nothing in memory of tasks that ended long ago."""
    told.mood = 500
    for number in range(30):
        with contextlib.suppress(ValueError), track(f"job-{number}"):
            raise ValueError

    wait_for(lambda: list((tmp_path / "spool").glob("*.jsonl")))
    told.mood = "ok"
    told.calls.clear()
    end_reporters()

    def look():
        """Once is enough, unless the half second that an exit gives old news is over before."""
        with track("next"):
            pass
        end_reporters()
        return {f"job-{number}" for number in range(30)} < {end["task"] for end in told.ends}

    wait_for(look)
