"""What the client's tests share: servers, and the command line in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opsbell.desk import end_reporters
from opsbell.values import masking

from tests.held_port import hold_port, number_of
from tests.patience import PATIENCE_SECONDS

from .server import TOKEN, Server

CLIENT = Path(__file__).parents[2] / "client"


@pytest.fixture(scope="session", autouse=True)
def signals_as_on_a_terminal() -> None:
    """Heed SIGHUP and SIGINT, which nohup and background shells ignore; children inherit that."""
    for number, heeded in (
        (signal.SIGHUP, signal.SIG_DFL),
        (signal.SIGINT, signal.default_int_handler),
    ):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, heeded)


@pytest.fixture(autouse=True)
def remembered_secrets() -> Iterator[None]:
    """What one test lets the client remember masks nothing in the next."""
    before = [*masking._known]
    yield
    masking._known[:] = before


@pytest.fixture
def server() -> Iterator[Server]:
    """A server in a good mood."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def refused_url() -> Iterator[str]:
    """An address where nobody listens."""
    with hold_port() as held:
        yield f"http://127.0.0.1:{number_of(held)}"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment without Opsbell's settings, and with a spool of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPSBELL_")}
    return {
        **kept,
        "OPSBELL_SPOOL": str(tmp_path / "spool"),
        # A busy machine may need more than the two seconds that an exit waits unasked.
        "OPSBELL_EXIT_SECONDS": str(PATIENCE_SECONDS),
        "PYTHONPATH": str(CLIENT),
    }


@pytest.fixture
def run(environ: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run `opsbell …` to its end."""

    def run_opsbell(*words: str, server: Server | None = None, url: str = "", **options):
        told = server.environ() if server else {}
        if url:
            told = {"OPSBELL_URL": url, "OPSBELL_TOKEN": TOKEN}
        more = options.pop("environ", {})
        return subprocess.run(
            [sys.executable, "-m", "opsbell", *words],
            env={**environ, **told, **more},
            timeout=PATIENCE_SECONDS,
            check=False,
            **{"capture_output": True, **options},
        )

    return run_opsbell


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `opsbell …` and leave it running; whatever is left at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start_opsbell(*words: str, server: Server | None = None, **options):
        told = server.environ() if server else {}
        process = subprocess.Popen(
            [sys.executable, "-m", "opsbell", *words],
            env={**environ, **told, **options.pop("environ", {})},
            start_new_session=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
        started.append(process)
        return process

    yield start_opsbell
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def told(
    server: Server, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> Iterator[Server]:
    """A server that this very process reports to."""
    shared = {name: environ[name] for name in ("OPSBELL_SPOOL", "OPSBELL_EXIT_SECONDS")}
    for name, value in {**shared, **server.environ()}.items():
        monkeypatch.setenv(name, value)
    yield server
    end_reporters()
