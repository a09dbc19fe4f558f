"""News that could not be delivered, kept on disk for the next run of the client."""

# pathlib takes 10 ms to import, a fifth of what may be added to a job.

from __future__ import annotations

import json
import os
import re
import stat
import time
import zlib

from .shield import Shield, note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAME = re.compile(r"\d{20}-\d+-[0-9a-f]{8}-[0-9a-f]{8}\.(?:part|jsonl(?:\.\d+\.\d+)?)")
# Where an entry goes: no space or line end, which would become part of the request's head.
ADDRESS = re.compile(r"/[!-~]{0,2000}")
KEY = re.compile(r"[!-~]{0,100}")
MAX_BYTES = 5_000_000
MAX_FILES = 500
MAX_AGE_SECONDS = 7 * 86400
# Longer than any claim is worked on, so an older one belongs to a process that died.
CLAIM_SECONDS = 600


class Claim:
    """A spooled file that this process alone delivers."""

    def __init__(self, spool: Spool, path: str, entries: list[dict[str, Any]]) -> None:
        self._spool = spool
        self._path = path
        self.entries = entries

    def release(self) -> None:
        """Put back the entries that are left and let go of the file."""
        if self.entries:
            self._spool.save(self.entries, born=_born(os.path.basename(self._path)))
        # Last on purpose: dying in between delivers twice, which the server sees, never nothing.
        os.unlink(self._path)


class Spool:
    """
    A folder with one file per process that had to leave something behind.

    Files appear and are claimed by renaming, so any number of processes may
    use the folder at once. *origin* keeps the news of different servers apart.
    """

    def __init__(self, folder: str, origin: str) -> None:
        self._folder = folder
        self._mark = f"{zlib.crc32(origin.encode()):08x}"

    def save(self, entries: list[dict[str, Any]], born: int | None = None) -> None:
        """
        Write and sync a file of JSON lines; raises OSError where that is not possible.

        *born* (nanoseconds) is when the news were new, so that what is put back still grows old.
        """
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        data = "".join(json.dumps(entry) + "\n" for entry in entries).encode("ascii")
        self._make_room(len(data))
        born = time.time_ns() if born is None else born
        name = f"{born:020d}-{os.getpid()}-{os.urandom(4).hex()}-{self._mark}"
        part = os.path.join(self._folder, name + ".part")
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
            os.fsync(file)
        finally:
            os.close(file)
        os.rename(part, part[: -len("part")] + "jsonl")

    def claim(self) -> Claim | None:
        """
        Take the oldest file of this origin for this process, or return None.

        Only one process at a time has a file: a task's end must not overtake its start.
        """
        now = time.time()
        passed_over: set[str] = set()
        while True:
            for name in self._of_origin():
                if name in passed_over:
                    continue
                if _is_held(name, now):
                    return None
                base = name.partition(".jsonl")[0]
                found = os.path.join(self._folder, name)
                path = os.path.join(self._folder, f"{base}.jsonl.{int(now)}.{os.getpid()}")
                try:
                    # Of two processes that picked the same file only one finds it still there.
                    os.rename(found, path)
                except OSError:
                    passed_over.add(name)
                    break  # Look again: the other one may have it, and then nothing newer may go.
                try:
                    return Claim(self, path, _read(path))
                except OSError as error:  # It stays for who can read it, and holds nobody up.
                    note(f"spool: cannot read {name}: {type(error).__name__}")
                    os.rename(path, found)
            else:
                return None

    def is_held(self) -> bool:
        """Whether another process delivers news for this origin at the moment."""
        now = time.time()
        return any(_is_held(name, now) for name in self._of_origin())

    def _of_origin(self) -> list[str]:
        """Return the finished files of this origin, the oldest first."""
        ending = "-" + self._mark + ".jsonl"
        return [name for name in self._names() if ending in name]

    def _names(self) -> list[str]:
        while True:
            try:
                found = sorted(name for name in os.listdir(self._folder) if NAME.fullmatch(name))
            except OSError:
                return []
            try:
                return [name for name in found if self._is_ours(name)]
            except FileNotFoundError:
                continue  # Claimed or delivered since: what is left out here would be overtaken.

    def _is_ours(self, name: str) -> bool:
        """Whether a file is one of this user's spools; in a shared folder there may be others."""
        try:
            status = os.lstat(os.path.join(self._folder, name))
        except FileNotFoundError:
            raise
        except OSError:
            return False
        is_mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
        return is_mine and stat.S_ISREG(status.st_mode)

    def _make_room(self, needed: int) -> None:
        """Drop the oldest files of a full spool, and those too old to be news."""
        oldest_kept = time.time_ns() - MAX_AGE_SECONDS * 10**9
        names = self._names()
        sizes = {name: _size(os.path.join(self._folder, name)) for name in names}
        total, count = sum(sizes.values()), len(names)
        for name in names:
            fits = total + needed <= MAX_BYTES and count < MAX_FILES
            if fits and _born(name) >= oldest_kept:
                break
            with Shield("make room in the spool"):  # Another process may have taken it.
                os.unlink(os.path.join(self._folder, name))
            total, count = total - sizes[name], count - 1


def _is_held(name: str, now: float) -> bool:
    """Whether a file is claimed by a process that may still be at work on it."""
    claimed = name.partition(".jsonl")[2]
    if not claimed:
        return False
    _, since, pid = claimed.split(".")
    return now - int(since) <= CLAIM_SECONDS and not _is_gone(int(pid))


def _is_gone(pid: int) -> bool:
    """Whether there is no such process; one of another host only delivers twice what it claimed."""
    if not hasattr(os, "geteuid"):  # On Windows this signal would end the process.
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # Another user's, or no process can have this number.
        return False
    return False


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _born(name: str) -> int:
    """Return when a file's news were new, in nanoseconds, from its name."""
    return int(name.partition("-")[0])


def _read(path: str) -> list[dict[str, Any]]:
    entries = []
    with open(path, "rb") as file:
        for line in file.read(2 * MAX_BYTES).splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if _is_entry(entry):
                entries.append(entry)
    return entries


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("body"), dict):
        return False
    path, key = entry.get("path"), entry.get("key", "")
    if not isinstance(path, str) or not isinstance(key, str):
        return False
    return ADDRESS.fullmatch(path) is not None and KEY.fullmatch(key) is not None
