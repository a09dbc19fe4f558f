"""A command under the shift: the wall clock is ahead, and nothing else is."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.clock_shift import SECONDS, ahead, compile_shift, compiler
from tests.missing import missing

ROOT = Path(__file__).parents[2]
DAY = 86400
NAP = 0.3
#: Far less than the shift, and more than any machine takes to say what time it is.
SOON = 3600

#: Deadlines of the wall clock, of the monotonic one, and plain waits: each must end in a moment.
WAITS = """
import asyncio, json, multiprocessing, os, queue, signal, subprocess, sys, tempfile, threading, time

nap = float(sys.argv[1])

async def late():
    try:
        await asyncio.wait_for(asyncio.sleep(600), nap)
    except TimeoutError:
        pass

def drained():
    try:
        queue.Queue().get(timeout=nap)
    except queue.Empty:
        pass

def held():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=nap)

waits = {
    "sleep": lambda: time.sleep(nap),
    "lock": held,
    "event": lambda: threading.Event().wait(nap),
    "queue": drained,
    "semaphore between processes": lambda: multiprocessing.Semaphore(0).acquire(timeout=nap),
    "signal": lambda: signal.sigtimedwait([signal.SIGUSR1], nap),
    "asyncio": lambda: asyncio.run(late()),
    "child": lambda: subprocess.run(["sleep", str(nap)]),
}
took = {}
for name, wait in waits.items():
    began = time.monotonic()
    wait()
    took[name] = time.monotonic() - began
print(json.dumps(took))
"""

CLOCKS = """
import json, os, tempfile, time

with tempfile.NamedTemporaryFile() as file:
    born = os.stat(file.name).st_mtime
print(json.dumps({"wall": time.time(), "monotonic": time.monotonic(), "file": born}))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The library, compiled as for `make ahead`."""
    if sys.platform != "linux" or compiler() is None:
        missing("No C compiler for the shift of the clock.")
    return compile_shift(tmp_path_factory.mktemp("clock_shift"))


def printed(library, *command, seconds=400 * DAY, environ=os.environ):
    """Return what a command prints with the wall clock ahead."""
    environ = ahead(environ, library, seconds)
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout


def test_the_wall_clock_alone_is_ahead(library):
    """The time of day is moved; the monotonic clock and the times of files are not."""
    before = time.time(), time.monotonic()
    found = json.loads(printed(library, sys.executable, "-c", CLOCKS))

    assert 0 <= found["wall"] - before[0] - 400 * DAY < SOON
    assert 0 <= found["monotonic"] - before[1] < SOON
    # Under the shift ours is ahead of the files' already.
    assert abs(found["file"] - before[0] + int(os.environ.get(SECONDS, "0"))) < SOON


def test_waits_take_as_long_as_ever(library):
    """No wait returns at once, and none lasts for the days by which the clock is ahead."""
    took = json.loads(printed(library, sys.executable, "-c", WAITS, str(NAP)))

    # The semaphore's deadline is made of a clock that is a few milliseconds coarse.
    assert {name: took for name, took in took.items() if not NAP - 0.05 <= took < SOON} == {}


@pytest.mark.parametrize("command", ["date +%s", "env -i date +%s", "sh -c 'env -i date +%s'"])
def test_children_inherit_it(library, command):
    """Also those that are given an environment of their own."""
    before = time.time()
    found = printed(library, "sh", "-c", command)

    assert 0 <= int(found) + 1 - before - 400 * DAY < SOON


def test_node_is_ahead_too(library):
    """The page's scripts see the same day as the tests that run them."""
    node = shutil.which("node") or missing("No node was found.")
    before = time.time()
    found = printed(library, node, "-p", "Date.now()")

    assert 0 <= int(found) / 1000 + 0.001 - before - 400 * DAY < SOON


def test_two_shifts_add_up(library):
    """The whole suite runs ahead, these tests too."""
    environ = ahead(os.environ, library, DAY)
    before = time.time()
    found = printed(library, "date", "+%s", seconds=2 * DAY, environ=environ)

    assert 0 <= int(found) + 1 - before - 3 * DAY < SOON


def test_the_command_line_returns_what_the_command_does(library):
    """`python -m tests.clock_shift DAYS COMMAND…` is as good or bad as the command."""
    shifted = (sys.executable, "-m", "tests.clock_shift", "400", sys.executable, "-c")
    ended = subprocess.run([*shifted, "raise SystemExit(3)"], cwd=ROOT, check=False)
    asked = subprocess.run(
        [*shifted, f"import os; print(os.environ['{SECONDS}'])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    already = int(os.environ.get(SECONDS, "0"))
    assert (ended.returncode, int(asked.stdout)) == (3, already + 400 * DAY)


@pytest.mark.dated
def test_the_databases_live_on_the_same_day(postgresql_server):
    """PostgreSQL is a child like others, also where it runs as a user of its own."""
    before = time.time()
    with psycopg.connect(postgresql_server) as connection:
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()

    assert row is not None
    assert 0 <= float(row[0]) + 0.001 - before < SOON


def test_a_module_without_a_date_is_not_marked(request):
    """These tests hold no moment, so that they need not run ahead."""
    assert request.node.get_closest_marker("dated") is None
