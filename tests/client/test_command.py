"""`opsbell run`: the command must not be able to tell that it is watched."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS

from .server import wait_for

PYTHON = sys.executable


def python(*lines: str) -> tuple[str, str, str]:
    return PYTHON, "-c", "\n".join(lines)


@pytest.mark.parametrize("code", [0, 1, 3, 42, 255])
def test_the_exit_code_is_the_commands(run, server, code):
    """Whatever code a command exits with, the wrapper exits with it."""
    done = run("run", "--", "sh", "-c", f"exit {code}", server=server)

    assert code == done.returncode
    assert ("completed" if code == 0 else "failed") == server.the_end()["status"]


@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGSEGV", "SIGINT"])
def test_death_by_signal_is_128_plus_its_number(run, server, name, silent):
    """A command killed by a signal exits as in a shell, with and without a server."""
    number = getattr(signal, name)

    done = run("run", "--", "sh", "-c", f"kill -{number} $$", server=None if silent else server)

    assert 128 + number == done.returncode
    if not silent:
        assert name in server.the_end()["error"]


@pytest.mark.parametrize(("command", "said"), [("no-such-command", "no-such-command"), ("", "''")])
def test_a_missing_command_is_127_and_a_failure(run, server, command, said):
    """A command that does not exist, or has no name, is said so, to the shell and in Slack."""
    done = run("run", "--task", "backup", "--", command, server=server)

    assert done.returncode == 127
    assert f"{said}: command not found".encode() in done.stderr
    assert server.the_end()["status"] == "failed"
    assert "command not found" in server.the_end()["error"]


def test_a_file_that_is_not_executable_is_126(run, server, tmp_path):
    """A file without the right to execute it exits as in a shell."""
    file = tmp_path / "data.txt"
    file.write_text("no program")

    assert run("run", "--", str(file), server=server).returncode == 126
    assert server.the_end()["status"] == "failed"


def test_a_script_without_a_first_line_runs_as_in_a_shell(run, server, tmp_path):
    """A shell runs a script that names no interpreter, and so does the wrapper."""
    script = tmp_path / "job"
    script.write_text('echo "got $1"; exit 5')
    script.chmod(0o755)

    done = run("run", "--", str(script), "this", server=server)

    assert (done.returncode, done.stdout) == (5, b"got this\n")


def test_binary_output_passes_byte_for_byte(run, server):
    """Every byte, also NUL, escapes and broken UTF-8, comes out as it went in."""
    data = bytes(range(256)) * 50

    done = run("run", "--", "cat", server=server, input=data)

    assert data == done.stdout
    assert done.stderr == b""


def test_fifty_megabytes_pass_unchanged(run, server):
    """A stream much larger than any buffer arrives whole, even on one line."""
    code = "import os; [os.write(1, bytes([i % 251]) * 1_000_000) for i in range(50)]"
    expected = hashlib.sha256(b"".join(bytes([i % 251]) * 1_000_000 for i in range(50)))

    done = run("run", "--log-level", "debug", "--", *python(code), server=server)

    assert len(done.stdout) == 50_000_000
    assert expected.hexdigest() == hashlib.sha256(done.stdout).hexdigest()


def test_the_outputs_are_kept_apart(run, server):
    """What goes to standard error does not come out of standard output."""
    done = run("run", "--", "sh", "-c", "echo out; echo err >&2", server=server)

    assert (done.stdout, done.stderr) == (b"out\n", b"err\n")


def test_outputs_to_one_place_keep_their_order(run, server):
    """With `2>&1` the lines of both outputs come in the order they were written."""
    script = "for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done"

    done = run(
        "run",
        "--",
        "sh",
        "-c",
        script,
        server=server,
        capture_output=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )

    expected = "".join(f"out {i}\nerr {i}\n" for i in range(1, 6))
    assert expected.encode() == done.stdout


def test_output_is_passed_on_at_once(start, server):
    """A line is there as soon as it is written, not when the command ends."""
    process = start("run", "--", "sh", "-c", "echo first; sleep 600", server=server)

    assert process.stdout.readline() == b"first\n"
    assert process.poll() is None


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1"])
def test_signals_reach_the_command(start, server, name):
    """A signal sent to the wrapper is handled by the command, once, with its own exit code."""
    process = start(
        "run",
        "--",
        *python(
            "import signal, sys, time",
            "got = []",
            f"signal.signal(signal.{name}, lambda *_: got.append(1))",
            "print('ready', flush=True)",
            "while not got: time.sleep(0.01)",
            "time.sleep(0.2)",
            "sys.exit(10 + len(got))",
        ),
        server=server,
    )
    process.stdout.readline()

    process.send_signal(getattr(signal, name))

    assert process.wait(PATIENCE_SECONDS) == 11
    expected = "failed" if name == "SIGUSR1" else "cancelled"
    assert expected == server.the_end()["status"]


def test_a_terminated_command_is_cancelled(start, server):
    """A command that dies of the SIGTERM we were sent was stopped; it did not fail."""
    process = start("run", "--", "sh", "-c", "echo ready; exec sleep 60", server=server)
    process.stdout.readline()

    process.terminate()

    assert process.wait(PATIENCE_SECONDS) == 128 + signal.SIGTERM
    assert server.the_end()["status"] == "cancelled"
    assert "SIGTERM" in server.the_end()["error"]


def test_a_command_may_survive_a_signal(start, server):
    """A command that handles SIGTERM and exits well has completed."""
    process = start(
        "run",
        "--",
        "sh",
        "-c",
        "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done",
        server=server,
    )
    process.stdout.readline()

    process.terminate()

    assert process.wait(PATIENCE_SECONDS) == 0
    assert server.the_end()["status"] == "completed"


def test_ignored_signals_stay_ignored(start, server, environ):
    """Under nohup a hangup stops neither the wrapper nor the command."""
    process = subprocess.Popen(
        [
            "nohup",
            PYTHON,
            "-m",
            "opsbell",
            "run",
            "--",
            "sh",
            "-c",
            "echo ready; sleep 0.5; exit 3",
        ],
        env={**environ, **server.environ()},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        assert process.wait(PATIENCE_SECONDS) == 3
    assert server.the_end()["status"] == "failed"


def test_a_killed_wrapper_leaves_no_final_state(start, server):
    """After SIGKILL nothing is told any more; the missing heartbeat is what the server sees."""
    process = start(
        "run",
        "--",
        "sh",
        "-c",
        "echo $$; exec sleep 600",
        server=server,
        environ={"OPSBELL_HEARTBEAT_SECONDS": "0.1"},
    )
    command = int(process.stdout.readline())
    wait_for(lambda: server.bodies("/heartbeat"))

    process.kill()
    process.wait(PATIENCE_SECONDS)
    wait_for(lambda: not server.open_connections)  # What was on its way has arrived.
    heard = len(server.calls)
    time.sleep(0.3)
    os.kill(command, signal.SIGKILL)

    assert heard == len(server.calls)
    assert server.ends == []


def test_a_reader_that_leaves_ends_the_command_as_it_would_alone(start, server):
    """`opsbell run -- yes | head -1` ends, with the command killed by SIGPIPE."""
    process = start("run", "--", "yes", server=server)
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(PATIENCE_SECONDS) == 128 + signal.SIGPIPE


def test_a_process_left_behind_keeps_its_output(start, server, tmp_path):
    """The exit does not wait for a daemon the command started, and the daemon is not killed."""
    mark = tmp_path / "mark"
    word = tmp_path / "word"
    wait = f"while [ ! -e {word} ]; do sleep 0.05; done"
    script = f"({wait}; echo late; touch {mark}) & echo early; exit 7"
    process = start("run", "--", "sh", "-c", script, server=server)

    assert process.wait(PATIENCE_SECONDS) == 7
    word.touch()  # Only now may the daemon go on.
    output = process.stdout.read()

    assert output == b"early\nlate\n"
    assert mark.exists()


def test_other_descriptors_are_inherited(run, server):
    """A descriptor the caller hands down (make's job server) reaches the command."""
    reader, writer = os.pipe()
    code = f"import os; os.write({writer}, b'hello')"
    run("run", "--", *python(code), server=server, pass_fds=(writer,))
    os.close(writer)

    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b"hello"


def test_closed_descriptors_do_not_confuse_the_streams(run, server):
    """A wrapper started without standard output still runs its command and reports it."""
    wrapper = f"exec {PYTHON} -m opsbell run -- sh -c 'echo lost; exit 4' >&-"
    done = subprocess.run(
        ["sh", "-c", wrapper],
        env={**os.environ, **server.environ(), "PYTHONPATH": "client"},
        capture_output=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )

    assert (done.returncode, done.stdout) == (4, b"")


def test_without_settings_the_command_has_our_own_descriptors(run):
    """Without a server nothing stands between the command and its output."""
    code = "import os; print(os.readlink('/proc/self/fd/1') == os.environ['OUTPUT'])"
    reader, writer = os.pipe()
    link = str(Path(f"/proc/self/fd/{writer}").readlink())

    run("run", "--", *python(code), capture_output=False, stdout=writer, environ={"OUTPUT": link})
    os.close(writer)

    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b"True\n"
