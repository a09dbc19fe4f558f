"""The unit and the wrapper for units that fail."""

import configparser
import shutil
import stat
import subprocess
import sys

import pytest

from tests.client.conftest import CLIENT
from tests.missing import missing
from tests.patience import PATIENCE_SECONDS

FOLDER = CLIENT / "systemd"


@pytest.fixture
def report(environ, server, tmp_path):
    """Report a failed unit, with what systemd says of it in the environment."""
    command = tmp_path / "bin" / "opsbell"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m opsbell "$@"\n')
    command.chmod(0o755)

    def run(unit: str, **said: str) -> int:
        return subprocess.run(
            [FOLDER / "opsbell-unit-failed", unit],
            env={
                **environ,
                **server.environ(),
                "PATH": f"{command.parent}:{environ['PATH']}",
                **said,
            },
            timeout=PATIENCE_SECONDS,
            check=False,
        ).returncode

    return run


def test_a_failed_unit_is_a_failed_task(report, server):
    """Its name is the kind; how it ended is the error; one run is told of once."""
    said = {
        "MONITOR_SERVICE_RESULT": "exit-code",
        "MONITOR_EXIT_CODE": "exited",
        "MONITOR_EXIT_STATUS": "3",
        "MONITOR_INVOCATION_ID": "0123456789abcdef0123456789abcdef",
    }
    assert [report("backup@dealer-7.service", **said) for _ in range(2)] == [0, 0]

    (created,) = server.created
    assert created["task"] == "backup@dealer-7.service"
    assert created["taskId"] == "systemd-0123456789abcdef0123456789abcdef"
    assert created["metadata"] == {"result": "exit-code"}
    (end,) = server.ends
    assert (end["status"], end["error"]) == ("failed", "exit-code, exited 3")


def test_a_server_that_is_away_does_not_make_it_fail(report, server):
    """Else the unit for failures would have failed, too."""
    server.mood = 503

    assert report("backup.service", MONITOR_SERVICE_RESULT="timeout") == 0


def test_the_unit_calls_the_wrapper():
    """With the name of the unit that failed, and with settings that are not in the unit."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(FOLDER / "opsbell-failure@.service")

    assert unit["Service"]["ExecStart"] == "/usr/local/bin/opsbell-unit-failed %i"
    assert unit["Service"]["EnvironmentFile"] == "/etc/opsbell.env"
    assert (FOLDER / "opsbell-unit-failed").stat().st_mode & stat.S_IXUSR


def test_the_unit_is_understood_by_systemd(tmp_path):
    """`systemd-analyze verify`, where there is one."""
    program = shutil.which("systemd-analyze")
    if program is None:
        missing("There is no systemd here.")
    text = (FOLDER / "opsbell-failure@.service").read_text()
    unit = tmp_path / "opsbell-failure@x.service"
    unit.write_text(text.replace("/usr/local/bin/opsbell-unit-failed", "/bin/true"))

    done = subprocess.run([program, "verify", unit], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()
