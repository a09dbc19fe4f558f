"""A Redis server of the tests' own, on a private port and without a file on the disk."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.held_port import hold_port, number_of
from tests.missing import missing
from tests.patience import PATIENCE_SECONDS

PASSWORD = "redis-canary-77"


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Yield the address of a server that asks for a password; skip the test where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        missing("No redis-server was found; install it.")
    with hold_port() as held:
        port = number_of(held)
        options = {"port": str(port), "bind": "127.0.0.1", "save": "", "requirepass": PASSWORD}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with (folder / "redis.log").open("wb") as log:
            server = subprocess.Popen(
                [program, *words, "--dir", str(folder)], stdout=log, stderr=log
            )
        try:
            wait_until_open(port)
            yield f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)


def wait_until_open(port: int) -> None:
    """Return as soon as somebody listens on a port."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"Nobody listens on port {port}.")
