"""A NATS server of the tests' own, with JetStream, on a private port."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.held_port import hold_port, number_of
from tests.missing import missing
from tests.patience import PATIENCE_SECONDS
from tests.redis_server import wait_until_open

NATS_PASSWORD = "nats-canary-78"


@contextmanager
def nats_server(folder: Path) -> Iterator[str]:
    """Yield the address of a server that asks for a password; skip the test where there is none."""
    program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin")
    if program is None:
        missing("No nats-server was found; install it.")
    with hold_port() as held:
        port = number_of(held)
        options = ["--jetstream", "--store_dir", str(folder), "--addr", "127.0.0.1"]
        secret = ["--user", "ops", "--pass", NATS_PASSWORD]
        with (folder / "nats.log").open("wb") as log:
            server = subprocess.Popen(
                [program, *options, "--port", str(port), *secret], stdout=log, stderr=log
            )
        try:
            wait_until_open(port)
            yield f"nats://ops:{NATS_PASSWORD}@127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)
