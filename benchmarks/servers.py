"""Servers of a measurement: the bare Slack and Redis, each on a port of its own, ended after it."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.engine import fast_place

ROOT = Path(__file__).parent.parent
READY_SECONDS = 60.0


class BareSlack:
    """The bare Slack at `url`, seen from outside."""

    def __init__(self, url: str) -> None:
        self.url = url
        where = urlsplit(url)
        self._connection = http.client.HTTPConnection(where.hostname or "", where.port)

    def total(self) -> int:
        """Return the number of calls so far."""
        return int(self._ask("total")["total"])

    def times(self) -> list[float]:
        """Return when each post or edit arrived, as seconds since 1970, in order."""
        return list(self._ask("counts")["times"])

    def texts(self) -> list[str]:
        """Return the texts of all messages that a remembering Slack has taken."""
        return list(self._ask("texts")["texts"])

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str) -> Any:
        self._connection.request("GET", f"/api/{method}")
        return json.load(self._connection.getresponse())

    def wait_for(self, count: int, patience_seconds: float) -> bool:
        """Wait until so many calls came; False if they did not come in time."""
        until = time.monotonic() + patience_seconds
        while self.total() < count:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True


@contextmanager
def bare_slack(delay_ms: float) -> Iterator[BareSlack]:
    """Run a bare Slack in a process of its own."""
    with listening("benchmarks.bare_slack", "--delay-ms", str(delay_ms)) as slack:
        yield slack


@contextmanager
def remembering_slack(delay_ms: float, lost: float) -> Iterator[BareSlack]:
    """Run a bare Slack that remembers, in a process of its own; *lost* answers of all posts."""
    arguments = ["--delay-ms", str(delay_ms), "--lost", str(lost)]
    with listening("benchmarks.remembering_slack", *arguments) as slack:
        yield slack


@contextmanager
def listening(module: str, *arguments: str) -> Iterator[BareSlack]:
    with process([sys.executable, "-m", module, *arguments], {}) as running:
        if running.stdout is None:
            raise RuntimeError("Its output is not piped.")
        slack = BareSlack(running.stdout.readline().strip())
        yield slack
        slack.close()


@contextmanager
def redis() -> Iterator[int]:
    """Run a Redis that appends every write to a file, and give its port."""
    with tempfile.TemporaryDirectory(prefix="opsbell-redis-", dir=fast_place()) as folder:
        port = free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        with process([*command, "--appendonly", "yes", "--save", ""], {}):
            wait_for_port(port)
            yield port


@contextmanager
def process(
    command: Sequence[str], extra: Mapping[str, str], cwd: Path = ROOT
) -> Iterator[subprocess.Popen[str]]:
    """Run a program with its output piped, and end it."""
    quiet = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    running = subprocess.Popen(  # noqa: S603 - every command is ours
        command,
        cwd=cwd,
        env=quiet | dict(extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # So that a worker can be killed with all its children.
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.communicate(timeout=READY_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
