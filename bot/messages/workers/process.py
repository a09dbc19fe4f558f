"""
One worker process: runs one job at a time, within limits that the kernel enforces.

A worker gets no secrets, no writable files and no socket except ours. It is started as a new
program and never forked from the bot, because the bot's threads would not survive a fork.
"""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bot
from bot.errors import WorkerStoppedError

#: What runs templates and schemas.
TEMPLATE_PROGRAM = "bot.messages.templates.worker_program"
#: The exit code of a worker that found no memory left.
OUT_OF_MEMORY = 78
LENGTH_PREFIX = struct.Struct("!I")
_MAX_REPLY_BYTES = 32 * 1024 * 1024

_ROOT = str(Path(bot.__file__).parent.parent)
_PIECE_BYTES = 256 * 1024
#: What a program needs to start; everything else in our environment is none of its business.
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")
_MEMORY_SIGNALS = (signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV)


@dataclass(frozen=True)
class Limits:
    """
    What one job may take. The kernel keeps `memory_mb` and `cpu_seconds`, the bot `wall_seconds`.

    The wall time is only for a worker that waits instead of working: on a busy machine a good
    template takes its time.
    """

    memory_mb: int = 512
    cpu_seconds: int = 4
    wall_seconds: float = 30.0
    program: str = TEMPLATE_PROGRAM  # the module that a worker runs


class WorkerProcess:
    """A running worker; `ask` raises `WorkerStoppedError` when it is no more."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-m", limits.program, str(limits.memory_mb)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # Ctrl+C in our terminal is not meant for it.
            )

    def ask(self, job: Mapping[str, Any], wall_seconds: float | None = None) -> Any:
        """
        Return the worker's reply to one job; raise `WorkerStoppedError` and stop otherwise.

        *wall_seconds* replaces that of the limits for this job.
        """
        request = json.dumps({**job, "cpu_seconds": self._limits.cpu_seconds}).encode()
        allowed = wall_seconds or self._limits.wall_seconds
        until = time.monotonic() + allowed
        try:
            self._socket.settimeout(allowed)
            self._socket.sendall(LENGTH_PREFIX.pack(len(request)) + request)
            (length,) = LENGTH_PREFIX.unpack(self._read(LENGTH_PREFIX.size, until))
            return json.loads(self._read(length, until))
        except TimeoutError:
            self.close()
            raise WorkerStoppedError(f"took longer than {allowed:g} s", "time") from None
        except (OSError, EOFError):
            raise self._stopped() from None

    def kill(self) -> None:
        """End it from another thread; a caller that waits for it gets `WorkerStoppedError`."""
        self._process.kill()

    def close(self) -> None:
        """Kill it and wait for its end."""
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _read(self, length: int, until: float) -> bytes:
        if length > _MAX_REPLY_BYTES:
            raise EOFError
        pieces = bytearray()
        while len(pieces) < length:
            self._socket.settimeout(max(until - time.monotonic(), 0.001))
            piece = self._socket.recv(min(length - len(pieces), _PIECE_BYTES))
            if not piece:
                raise EOFError
            pieces += piece
        return bytes(pieces)

    def _stopped(self) -> WorkerStoppedError:
        """Return the error that says which limit ended it; it is at its end, or is killed."""
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            code = 0
        self.close()
        if code == -signal.SIGXCPU:
            took = f"took more than {self._limits.cpu_seconds} s of processor time"
            return WorkerStoppedError(took, "time")
        if code == OUT_OF_MEMORY or -code in _MEMORY_SIGNALS:
            took = f"took more than {self._limits.memory_mb} MB of memory"
            return WorkerStoppedError(took, "memory")
        return WorkerStoppedError(f"broke its worker (exit code {code})")


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"}
