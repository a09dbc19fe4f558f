"""Brokers of the tests' own: Redis, and NATS with JetStream, each on a private port."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from tests.held_port import hold_port, number_of
from tests.missing import missing
from tests.patience import PATIENCE_SECONDS
from tests.redis_server import wait_until_open

BROKER_PASSWORD = "bus-canary-78"
#: RabbitMQ takes ten seconds to start, so it is tried only where one runs: an address, or nothing.
RABBIT = os.environ.get("TEST_RABBITMQ_URL", "")
KINDS = ["redis", "nats", *(["rabbit"] if RABBIT else [])]


class BrokerServer:
    """One server, which can be stopped and started again at the same address."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder
        self._held: socket.socket = hold_port()
        self._port = number_of(self._held)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, with the password."""
        if self.kind == "rabbit":
            return RABBIT
        user = "" if self.kind == "redis" else "ops"
        return f"{self.kind}://{user}:{BROKER_PASSWORD}@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it listens; skip the test where its program is missing."""
        if self.kind == "rabbit":
            return
        with (self._folder / f"{self.kind}.log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdout=log, stderr=log)
        wait_until_open(self._port)

    def stop(self) -> None:
        """End it, at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def close(self) -> None:
        """End it and give its port back."""
        self.stop()
        self._held.close()

    def _command(self) -> list[str]:
        port, folder = str(self._port), str(self._folder)
        if self.kind == "redis":
            program = _program("redis-server")
            stored = ["--dir", folder, "--save", "", "--appendonly", "yes"]
            at = ["--bind", "127.0.0.1", "--port", port, "--requirepass", BROKER_PASSWORD]
            return [program, *at, *stored]
        program = _program("nats-server")
        at = ["--addr", "127.0.0.1", "--port", port, "--user", "ops", "--pass", BROKER_PASSWORD]
        return [program, *at, "--jetstream", "--store_dir", folder]


def _program(name: str) -> str:
    """Return the path of a program; Debian keeps some where only root looks."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return found or missing(f"No {name} was found; install it.")
