"""`opsbell run` on a terminal: the command sees one too, and draws as it would alone."""

import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator

import pytest

from tests.patience import PATIENCE_SECONDS

from .server import wait_for

SEES = "import sys; print([stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)])"


class Terminal:
    """A pseudo-terminal with a person's end and a program's end."""

    def __init__(self) -> None:
        self.person, self.program = os.openpty()
        self.resize(40, 100)

    def resize(self, rows: int, columns: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.program, termios.TIOCSWINSZ, size)

    def read_until(self, text: bytes) -> bytes:
        os.set_blocking(self.person, False)
        seen = b""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in seen:
            assert time.monotonic() < deadline, seen
            try:
                seen += os.read(self.person, 65536)
            except BlockingIOError:
                time.sleep(0.01)
        return seen


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    os.close(terminal.person)
    os.close(terminal.program)


@pytest.fixture
def launch(environ) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `opsbell …` in the foreground of a terminal."""
    started = []

    def launch_opsbell(terminal, *words, server, **streams):
        claim = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        command = ["-m", "opsbell", *words]
        become = f"os.execv(sys.executable, [sys.executable, *{command!r}])"
        ends = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.program)
        process = subprocess.Popen(
            [sys.executable, "-c", claim + become],
            env={**environ, **server.environ()},
            start_new_session=True,
            **{**ends, **streams},
        )
        started.append(process)
        return process

    yield launch_opsbell
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_the_command_sees_a_terminal_where_we_have_one(launch, terminal, server):
    """Input, output and error are terminals for the command if they are for us."""
    process = launch(terminal, "run", "--", sys.executable, "-c", SEES, server=server)

    assert b"[True, True, True]" in terminal.read_until(b"]")
    assert process.wait(PATIENCE_SECONDS) == 0


def test_only_the_output_that_is_a_terminal_becomes_one(launch, terminal, server):
    """With its output piped and its error on the terminal the command sees just that."""
    process = launch(
        terminal, "run", "--", sys.executable, "-c", SEES, server=server, stdout=subprocess.PIPE
    )

    assert process.stdout.readline() == b"[True, False, True]\n"
    assert process.wait(PATIENCE_SECONDS) == 0


def test_a_progress_bar_is_drawn_and_read(launch, terminal, server):
    """A bar redrawn with carriage returns reaches the terminal unchanged, and the message."""
    script = "for i in 10 20 30; do printf ' %d%%|##   | \\r' $i; sleep 0.5; done; sleep 1"
    process = launch(terminal, "run", "--", "sh", "-c", script, server=server)

    wait_for(lambda: 30 in [body.get("progress") for body in server.updates])
    assert terminal.read_until(b"30%|##   | \r") == b" 10%|##   | \r 20%|##   | \r 30%|##   | \r"
    assert process.wait(PATIENCE_SECONDS) == 0


def test_line_ends_are_the_terminals_own(launch, terminal, server):
    """No carriage return is added on the way: the person's terminal adds one, as always."""
    process = launch(terminal, "run", "--", "printf", "a\\nb\\nEND", server=server)

    assert terminal.read_until(b"END") == b"a\r\nb\r\nEND"
    assert process.wait(PATIENCE_SECONDS) == 0


def test_ctrl_c_reaches_the_command_once(launch, terminal, server):
    """The terminal interrupts the command itself; the wrapper does not do it again."""
    script = (
        "import signal, sys, time; got = []\n"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
        "print('ready', flush=True)\n"
        "while not got: time.sleep(0.01)\n"
        "time.sleep(0.3); sys.exit(10 + len(got))"
    )
    process = launch(terminal, "run", "--", sys.executable, "-c", script, server=server)
    terminal.read_until(b"ready")

    os.write(terminal.person, b"\x03")

    assert process.wait(PATIENCE_SECONDS) == 11
    assert server.the_end()["status"] == "cancelled"


def test_the_window_size_follows(launch, terminal, server):
    """The command's terminal has the size of ours, also after it changed."""
    script = (
        "import os, signal, time; show = lambda *_: print(*os.get_terminal_size(1), flush=True)\n"
        "signal.signal(signal.SIGWINCH, show); show()\n"
        "while True: time.sleep(0.05)"
    )
    launch(terminal, "run", "--", sys.executable, "-c", script, server=server)
    terminal.read_until(b"100 40")

    terminal.resize(50, 120)

    terminal.read_until(b"120 50")


def test_what_is_typed_reaches_the_command(launch, terminal, server):
    """The command's input is the terminal itself, not a copy of it."""
    script = "read line; echo got $line"
    process = launch(terminal, "run", "--", "sh", "-c", script, server=server)

    os.write(terminal.person, b"hello\n")

    terminal.read_until(b"got hello")
    assert process.wait(PATIENCE_SECONDS) == 0
