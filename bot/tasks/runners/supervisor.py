"""
Supervises one program on behalf of the bot; a separate process that uses only the standard library.

`python -I -S supervisor.py FOLDER GRACE_SECONDS CWD ARGV…`, with the locked file of the run as
descriptor 3. It holds the lock until it has recorded how the program ended, whatever happens to the
bot. It writes `started`, or why the start failed, to its standard output, keeps the last part of
the program's output, and on SIGTERM ends the program with all its children.
"""

import contextlib
import fcntl
import os
import select
import signal
import sys
import time

LOCK = 3
STARTED = "started"
TAIL_LINES = 40
_TAIL_BYTES = 65_536
_CHUNK_BYTES = 65_536
_CHILD_POLL_SECONDS = 0.05


class _Tail:
    """The end of one output."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._is_cut = False

    def add(self, chunk: bytes) -> None:
        """Remember *chunk*, and forget what is too long ago."""
        self._kept += chunk
        if len(self._kept) > 4 * _TAIL_BYTES:
            del self._kept[:-_TAIL_BYTES]
            self._is_cut = True

    def lines(self) -> list[str]:
        """Return the last lines; half a line at the beginning only if there is no other."""
        is_cut = self._is_cut or len(self._kept) > _TAIL_BYTES
        lines = bytes(self._kept[-_TAIL_BYTES:]).decode(errors="replace").splitlines()
        return (lines[1:] if is_cut and len(lines) > 1 else lines)[-TAIL_LINES:]


class _Supervisor:
    """One program, its outputs, and whether it is to end."""

    def __init__(self, grace_seconds: float) -> None:
        self._grace_seconds = grace_seconds
        self._tails: dict[int, _Tail] = {}
        self._poll = select.poll()
        self._pid = 0
        self._code: int | None = None
        self._is_cancelled = False
        self._kill_at: float | None = None
        self._listen()

    def start(self, argv: list[str]) -> None:
        """Start the program in its own process group; raise `OSError` if it does not exist."""
        pipes = os.pipe(), os.pipe()
        ends = [(os.POSIX_SPAWN_DUP2, pipe[1], number) for number, pipe in enumerate(pipes, 1)]
        self._pid = os.posix_spawnp(
            argv[0],
            argv,
            os.environ,
            file_actions=ends,
            setpgroup=0,
            setsigdef=[signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM],
        )
        for reading, writing in pipes:
            os.close(writing)
            os.set_blocking(reading, False)
            self._poll.register(reading, select.POLLIN)
            self._tails[reading] = _Tail()

    def wait(self) -> tuple[int, list[str], list[str]]:
        """Return the exit code of the program, and the last lines of its two outputs."""
        tails = list(self._tails.values())
        while not self._is_over():
            self._read(self._patience())
        for output in list(self._tails):
            while self._read_from(output):
                pass
        assert self._code is not None  # noqa: S101
        return self._code, tails[0].lines(), tails[1].lines()

    def drain(self) -> None:
        """Go on reading for children that outlive the program: a broken pipe would end them."""
        while self._tails:
            self._read(None)

    def _listen(self) -> None:
        """Be woken by signals; SIGTERM asks to end the program, the others are not for us."""
        waking, wake = os.pipe()
        os.set_blocking(waking, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._cancel)
        self._poll.register(waking, select.POLLIN)

    def _cancel(self, *_: object) -> None:
        self._is_cancelled = True

    def _is_over(self) -> bool:
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        if self._is_cancelled and self._kill_at is None:
            self._kill_at = time.monotonic() + self._grace_seconds
            self._send(signal.SIGTERM)
        if self._kill_at is None:
            return self._code is not None
        is_too_late = time.monotonic() >= self._kill_at
        if is_too_late:
            self._send(signal.SIGKILL)
        # Its children, too, when it has ended itself.
        return self._code is not None and (is_too_late or not self._send(0))

    def _patience(self) -> float | None:
        return None if self._kill_at is None else _CHILD_POLL_SECONDS

    def _read(self, seconds: float | None) -> None:
        for ready, _ in self._poll.poll(None if seconds is None else seconds * 1000):
            self._read_from(ready)

    def _read_from(self, ready: int) -> bool:
        """Read available output; return False if there is none for now."""
        try:
            chunk = os.read(ready, _CHUNK_BYTES)
        except BlockingIOError:
            return False
        if ready in self._tails and chunk:
            self._tails[ready].add(chunk)
        elif ready in self._tails:
            self._poll.unregister(ready)
            del self._tails[ready]
        return bool(chunk)

    def _send(self, number: int) -> bool:
        """Send a signal to the program's process group; False if it is empty."""
        try:
            os.killpg(self._pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def write_whole(path: str, text: str) -> None:
    """Write a file that is there as a whole or not at all."""
    part = f"{path}.part"
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    view = memoryview(text.encode())
    while view:
        view = view[os.write(file, view) :]
    os.close(file)
    os.rename(part, path)  # noqa: PTH104 - pathlib takes longer to load than all the rest


def answer(text: str) -> None:
    """Answer the bot, and let go of it."""
    with contextlib.suppress(OSError):  # It has ended meanwhile.
        os.write(1, text.encode(errors="replace"))
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


def _supervise(folder: str, grace_seconds: str, cwd: str, *argv: str) -> None:
    """Run the program to its end and write that down."""
    os.set_inheritable(LOCK, False)
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    supervisor = _Supervisor(float(grace_seconds))
    write_whole(f"{folder}/pid", str(os.getpid()))  # Only now can it be sent a signal.
    try:
        if cwd:
            os.chdir(cwd)
        supervisor.start(list(argv))
    except OSError as error:
        # To disk first: if the bot is gone, the next one reads it there.
        write_whole(f"{folder}/refusal", str(error))
        answer(str(error))
        return
    answer(STARTED)
    code, printed, complained = supervisor.wait()

    import json  # Not before it is needed: it takes as long to load as all the rest.

    write_whole(f"{folder}/end", json.dumps({"code": code, "out": printed, "err": complained}))
    fcntl.flock(LOCK, fcntl.LOCK_UN)
    os.close(LOCK)
    supervisor.drain()


if __name__ == "__main__":
    _supervise(*sys.argv[1:])
