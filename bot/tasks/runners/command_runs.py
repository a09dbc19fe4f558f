"""The files of each program that a command runner has started: one folder per attempt."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.tasks.runners.runner import Attempt
from bot.tasks.runners.supervisor import write_whole


@dataclass(frozen=True)
class End:
    """How a program ended: its exit code (a signal's number below zero), its last lines."""

    code: int
    out: list[str]
    err: list[str]


class Run:
    """
    One started program. Its supervisor holds `lock` while it runs, its watcher holds `watch`.

    Both are operating-system locks: they end with their holder, however it ends, and cannot be
    confused with those of another process that got the same process id.
    """

    def __init__(self, folder: Path, attempt: Attempt) -> None:
        self.folder = folder
        self.attempt = attempt
        self._watch: int | None = None

    def watch(self) -> bool:
        """Become the watcher that reports the end; False if another process is."""
        self._watch = _take_lock(self.folder / "watch")
        return self._watch is not None

    def let_go(self) -> None:
        """Let somebody else report its end."""
        if self._watch is not None:
            os.close(self._watch)
            self._watch = None

    def hold(self) -> int:
        """Return the locked descriptor that the supervisor is given; the caller closes its own."""
        held = _take_lock(self.folder / "lock")
        if held is None:
            raise FileExistsError("it was started already")
        return held

    @property
    def is_running(self) -> bool:
        """Tell whether its supervisor is alive and has not recorded the end."""
        held = _take_lock(self.folder / "lock")
        if held is not None:
            os.close(held)
        return held is None and self.folder.exists()

    @property
    def was_started(self) -> bool:
        """Tell whether its supervisor ever started the program."""
        return (self.folder / "pid").exists()

    def end(self) -> End | None:
        """Return how it ended; None if that is not known."""
        try:
            return End(**json.loads((self.folder / "end").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def refusal(self) -> str | None:
        """Return why it could not be started; None if it could."""
        with contextlib.suppress(OSError):
            return (self.folder / "refusal").read_text(encoding="utf-8")
        return None

    def cancel(self) -> None:
        """Ask the supervisor to end the program; no effect if it is gone."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "pid").read_text())
            if self.is_running:
                os.kill(pid, signal.SIGTERM)

    def remove(self) -> None:
        """Forget it: its end was reported."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.let_go()


class Runs:
    """The folder of all runs: private, and one per database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, attempt: Attempt) -> Run:
        """Make the run of an attempt, watched by us; raise `OSError` where that is not possible."""
        self._prepare()
        run = Run(self._path(attempt), attempt)
        run.folder.mkdir(mode=0o700)
        run.watch()
        # Last, so that no other process watches it before we do.
        write_whole(f"{run.folder}/attempt", json.dumps(asdict(attempt)))
        return run

    def find(self, attempt: Attempt) -> Run | None:
        """Return the run of an attempt, watched by whomever."""
        return _read_run(self._path(attempt))

    def unwatched(self) -> Iterator[Run]:
        """Yield the runs without a watcher, which this process watches from now on."""
        if not self._folder.is_dir():
            return
        self._prepare()
        for folder in sorted(self._folder.iterdir()):
            run = _read_run(folder)
            if run is not None and run.watch():
                # Its watcher may have removed it just before.
                if run.folder.exists():
                    yield run
                else:
                    run.let_go()

    def _path(self, attempt: Attempt) -> Path:
        key = json.dumps([attempt.tenant, attempt.task_id, attempt.number])
        return self._folder / hashlib.sha256(key.encode()).hexdigest()[:32]

    def _prepare(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self._folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"{self._folder} belongs to somebody else")
        if stat.S_IMODE(found.st_mode) & 0o077:
            self._folder.chmod(0o700)


def _read_run(folder: Path) -> Run | None:
    """Return the run in *folder*; None if there is none or it is incomplete."""
    try:
        told = json.loads((folder / "attempt").read_text(encoding="utf-8"))
        return Run(folder, Attempt(**told))
    except (OSError, ValueError, TypeError):
        return None


def _take_lock(path: Path) -> int | None:
    """Return a descriptor that holds the lock of a file; None if it is held, or cannot be made."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
