"""Worker processes: limits that the system keeps, replacements, and turns for every tenant."""

import asyncio
import json
import os
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import UnavailableError, WorkerStoppedError
from bot.messages.workers.pool import MAX_WAITING_PER_TENANT, Workers
from bot.messages.workers.process import Limits
from tests.patience import until

QUICK = {"kind": "render", "body": '{"text": "{{ a }}"}', "context": {"a": "hi"}}
DONE: dict[str, object] = {"text": "hi", "blocks": [], "overflow": None, "warnings": []}
TWICE = [{"$ref": f"#/$defs/{number}"} for number in range(1, 27)]
#: Work of about a minute.
SLOW = {
    "kind": "validate",
    "schema": json.dumps(
        {"$defs": {str(n): {"allOf": [one, one]} for n, one in enumerate(TWICE)} | {"26": {}}}
        | {"$ref": "#/$defs/0"}
    ),
    "payloads": [{}],
}
#: One expression that wants gigabytes.
HUGE = {
    "kind": "render",
    "body": "{% set s = p %}{% set l = [" + "s, " * 9_000 + ']%}{"text": "{{ l }}"}',
    "context": {"p": "x" * 90_000},
}


@contextmanager
def workers(**settings):
    limits = Limits(
        memory_mb=settings.pop("memory_mb", 256),
        cpu_seconds=settings.pop("cpu_seconds", 1),
        wall_seconds=settings.pop("wall_seconds", 60.0),
    )
    made = Workers(limits, **settings)
    try:
        yield made
    finally:
        made.close()


def are_running(made, count):
    async def look():
        return made.running == count

    return until(look)


def children():
    """Return the process ids of the workers that this process has started."""
    return {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
        if "worker_program" in Path(f"/proc/{pid}/cmdline").read_text()
    }


def environment_of(pid):
    """Return the names of a process's variables."""
    lines = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return {line.split("=")[0] for line in lines if line}


@pytest.mark.parametrize(
    ("job", "seconds", "reason"),
    [
        (SLOW, 1, "took more than 1 s of processor time"),
        # On a busy machine it takes seconds until the memory is used up.
        (HUGE, 30, "took more than 256 MB of memory"),
    ],
)
async def test_a_worker_that_oversteps_is_stopped_and_replaced(job, seconds, reason):
    """The system ends it, the caller is told which limit it was, and the next job is done."""
    with workers(cpu_seconds=seconds) as made:
        with pytest.raises(WorkerStoppedError, match=reason):
            await made.run("ada", job)

        assert await made.run("ada", QUICK) == {"done": DONE}


async def test_a_worker_that_hangs_is_killed():
    """One that only waits spends no processor time: then the clock on the wall counts."""
    with workers(wall_seconds=4.0) as made:
        before = children()
        assert await made.run("ada", QUICK) == {"done": DONE}
        (worker,) = children() - before
        os.kill(worker, signal.SIGSTOP)

        with pytest.raises(WorkerStoppedError, match=r"took longer than 4 s"):
            await made.run("ada", QUICK)


async def test_a_worker_that_is_killed_from_outside_is_replaced():
    """Whoever killed it, the one who waits is told and the next one is served."""
    with workers() as made:
        before = children()
        await made.run("ada", QUICK)
        (worker,) = children() - before
        os.kill(worker, signal.SIGKILL)

        with pytest.raises(WorkerStoppedError):
            await made.run("ada", QUICK)
        assert await made.run("ada", QUICK) == {"done": DONE}


async def test_nobody_waits_for_another_tenants_slow_work():
    """However much one tenant wants, a worker is left for the others."""
    with workers(cpu_seconds=4) as made:
        slow = [asyncio.ensure_future(made.run("ada", SLOW)) for _ in range(3)]

        assert await made.run("ben", QUICK) == {"done": DONE}
        assert await made.run("cleo", QUICK) == {"done": DONE}
        assert [one.done() for one in slow] == [False, False, False]
        for one in slow:
            one.cancel()


async def test_a_worker_knows_no_secret(monkeypatch):
    """Its environment has nothing of ours."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    with workers() as made:
        before = children()
        await made.run("ada", QUICK)
        (worker,) = children() - before
        names = environment_of(worker)

    assert names <= {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}


async def test_workers_come_with_the_first_job_and_go_when_there_is_none():
    """A bot whose tenants need none keeps none."""
    with workers(idle_seconds=0.2) as made:
        assert made.running == 0
        await made.run("ada", QUICK)
        assert made.running == 1

        await are_running(made, 0)
        assert await made.run("ada", QUICK) == {"done": DONE}


async def test_who_waits_when_the_bot_stops_is_told():
    """Neither the job that runs nor those behind it are waited for."""
    with workers(cpu_seconds=30) as made:
        waiting = [asyncio.ensure_future(made.run("ada", SLOW)) for _ in range(2)]
        await are_running(made, 1)
        made.close()

        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(one) for one in answers] == [UnavailableError, UnavailableError]
        with pytest.raises(UnavailableError):
            await made.run("ada", QUICK)


async def test_a_queue_has_an_end():
    """One tenant's jobs cannot fill the memory; the others' still find a place."""
    with workers(cpu_seconds=30) as made:
        waiting = [asyncio.ensure_future(made.run("ada", SLOW))]
        await are_running(made, 1)
        waiting += [
            asyncio.ensure_future(made.run("ada", QUICK)) for _ in range(MAX_WAITING_PER_TENANT + 1)
        ]
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError, match="Too many"):
            await made.run("ada", QUICK)

        assert await made.run("ben", QUICK) == {"done": DONE}
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
