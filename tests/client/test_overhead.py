"""Promise P6: at most 50 ms are added to a job."""

import subprocess
import sys
import time

from tests.patience import PATIENCE_SECONDS

from .conftest import CLIENT

ALLOWED_SECONDS = 0.050
#: What Python alone takes to start and end where nothing else wants the processor.
PYTHON_SECONDS = 0.020
HEAVY = {"ssl", "asyncio", "email", "http.client", "inspect", "logging", "typing", "pathlib"}


def slowness(python_seconds):
    return max(1.0, python_seconds / PYTHON_SECONDS)


def seconds(words, environ):
    began = time.perf_counter()
    subprocess.run(words, env=environ, check=True)
    return time.perf_counter() - began


def test_a_watched_command_takes_at_most_50_ms_longer(server, environ, tmp_path):
    """`opsbell run -- sleep 0.1` with a server, against `sleep 0.1`, Python's start included."""
    environ.update(server.environ(), PYTHONPYCACHEPREFIX=str(tmp_path / "cache"))
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # An installed package is compiled already.
    job = ["sleep", "0.1"]
    watched = [sys.executable, "-m", "opsbell", "run", "--", *job]
    python = [sys.executable, "-c", ""]
    words = {"alone": job, "with us": watched, "python": python}
    best = {name: seconds(one, environ) for name, one in words.items()}

    # The best of each: what else the machine does at the time is not ours. Where it does so much
    # that Python alone never starts as quickly as it could, we are allowed as much more.
    end = time.monotonic() + PATIENCE_SECONDS
    while best["with us"] - best["alone"] > ALLOWED_SECONDS * slowness(best["python"]):
        assert time.monotonic() < end, best
        for name, one in words.items():
            best[name] = min(best[name], seconds(one, environ))


def test_importing_the_client_loads_nothing_heavy():
    """`import opsbell` and the first task on plain HTTP leave the slow modules alone."""
    code = (
        "import sys; before = set(sys.modules); import opsbell\n"
        "with opsbell.track('x') as task: task.progress(3)\n"
        "import time; time.sleep(0.3)\n"
        f"print(*sorted((set(sys.modules) - before) & {HEAVY!r}))"
    )
    environ = {
        "PYTHONPATH": str(CLIENT),
        "OPSBELL_URL": "http://127.0.0.1:9",
        "OPSBELL_TOKEN": "x",
        "OPSBELL_SPOOL": "/dev/null/spool",
    }

    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environ, capture_output=True, check=True
    )

    assert (done.stdout, done.stderr) == (b"\n", b"")
