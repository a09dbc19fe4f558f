"""
Processes of the bot without the second and a half in which each would import the same modules.

The nursery is one process that has imported the bot and done nothing else. Asked on its standard
input, it forks; the fork gets its own environment and runs `python -m bot`. A test ends it, or
kills it, like any process. Its exit code comes in a file: it is the nursery's child.
"""

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import IO, Any

import bot.cli

ROOT = Path(__file__).parents[2]
LOOK_SECONDS = 0.01


class Process:
    """One bot process, to be used like asyncio's."""

    def __init__(self, pid: int, ended: Path) -> None:
        self.pid = pid
        self._ended = ended

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return int(self._ended.read_text()) if self._ended.exists() else None

    def send_signal(self, number: int) -> None:
        """Send a signal; raise ProcessLookupError if the process is gone."""
        os.kill(self.pid, number)

    async def wait(self) -> int:
        """Wait for the end; return the exit code."""
        while self.returncode is None:  # noqa: ASYNC110 - what is waited for is a file
            await asyncio.sleep(LOOK_SECONDS)
        return self.returncode


class Nursery:
    """Starts bots."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.scenarios.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, environ: dict[str, str], folder: Path, *words: str) -> Process:
        """Start `python -m bot` with these words; it logs to `bot.log` in a folder."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        order = {"environ": environ, "folder": str(folder), "words": words}
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        pid = int(self._server.stdout.readline())
        return Process(pid, ended_at(folder, pid))

    def close(self) -> None:
        """End the nursery; whoever started a bot has ended it."""
        with self._server:
            pass


def ended_at(folder: Path, pid: int) -> Path:
    """Return the file in which the exit code will be."""
    return folder / f"ended-{pid}"


def main() -> None:
    """Fork for each line of standard input, and note who ended how, until there are no more."""
    folders: dict[int, Path] = {}
    orders, bell = sys.stdin, Bell()
    while True:
        ready, _, _ = select.select([orders, bell.ear], [], [])
        if bell.ear in ready:
            bell.hush()
            note_ends(folders)
        if orders in ready:
            line = orders.readline()
            if not line:
                return
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                bell.take_down()
                live(order)
            folders[pid] = Path(order["folder"])
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()


class Bell:
    """Rings when a child has ended."""

    def __init__(self) -> None:
        self.ear, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)
        signal.set_wakeup_fd(self._mouth)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def hush(self) -> None:
        os.read(self.ear, 1024)

    def take_down(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self.ear)
        os.close(self._mouth)


def note_ends(folders: dict[int, Path]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            pid, status = found
            file = ended_at(folders.pop(pid), pid)
            new = file.with_suffix(".new")
            new.write_text(str(os.waitstatus_to_exitcode(status)))
            new.rename(file)


def live(order: dict[str, Any]) -> None:
    """Be `python -m bot` with that environment, to the end of the process."""
    os.environ.clear()
    os.environ.update(order["environ"])
    with Path(order["folder"], "bot.log").open("ab") as log:
        say_into(log)
    for folder in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        import_file(Path(folder, "sitecustomize.py"))
    sys.argv = ["bot", *order["words"]]
    bot.cli.main()
    sys.exit(0)


def import_file(file: Path) -> None:
    """Run a file as Python itself does at the start of a process."""
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module_from_spec(spec))


def say_into(log: IO[bytes]) -> None:
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)


if __name__ == "__main__":
    main()
