"""What one task has to tell and has not told yet. No I/O, and the time is passed in."""

from __future__ import annotations

import os
import threading
from collections import deque

from .output.sequences import without_sequences
from .values.masking import LineMasker
from .values.plain import plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .settings import Target

UPDATE_SECONDS = 1.0
LINES_SECONDS = 1.0
MAX_LINES = 1000
LINES_PER_REQUEST = 100
NOWHERE = (400, 404, 405, 410, 501)
# What stands for itself in an address; of an id everything else is percent-encoded.
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
FINAL = ("completed", "failed", "cancelled")
# The order in which the tasks of one process are heard: ends first, heartbeats last.
END, CREATE, UPDATE, LINES, HEARTBEAT = range(5)


class Request:
    """One call to make: its kind, where it goes and what it carries."""

    __slots__ = ("body", "feed", "kind", "path")

    def __init__(self, kind: int, path: str, body: dict[str, Any], feed: Feed) -> None:
        self.kind = kind
        self.path = path
        self.body = body
        self.feed = feed


class Feed:
    """
    The news of one task, of which only the newest state is kept.

    Written by the job's threads, read by the reporter's. What is asked for
    stays until `delivered` or `refused` says otherwise, so a request may be
    made twice; `seq` and the task's id let the server see that.
    """

    def __init__(
        self,
        target: Target,
        head: dict[str, Any],
        create: dict[str, Any] | None,
        heartbeat_seconds: float,
        first_seq: int | None = None,
    ) -> None:
        # Reentrant, because a signal handler of the job may report while its main thread does.
        self._lock = threading.RLock()
        self._head = head
        self._create = create
        self._update_path = target.update_path
        self._tasks_path = target.prefix + "/api/tasks"
        self._task_path = f"{self._tasks_path}/{in_address(head['taskId'])}"
        self._heartbeat_seconds = heartbeat_seconds
        self._state: dict[str, Any] = {"status": "running"}
        # The task may have been opened before: with a number of its own the start is told anyway.
        self._seq = first_seq if first_seq is not None else 0 if create else 1
        self._sent_seq = 0
        self._lines: deque[dict[str, Any]] = deque(maxlen=MAX_LINES)
        self._batch: list[dict[str, Any]] = []
        self._masker = LineMasker()
        self._next_at = dict.fromkeys((UPDATE, LINES, HEARTBEAT), 0.0)
        self._muted = False
        self._is_released = False
        self._deaf_to_lines = False
        self._beats_by_update = False
        self._pid = os.getpid()

    def change(self, **state: Any) -> None:
        """Replace parts of the state; ignored after the end and in a forked child."""
        if self._is_inherited():
            return
        with self._lock:
            if self.ended:
                return
            self._state.update(state)
            self._seq += 1

    def release(self, **state: Any) -> None:
        """Say a last word that is no end: the task goes on without this feed."""
        with self._lock:
            if not self.ended:
                self.change(**state)
                self._is_released = True

    def count(self, numbers: dict[str, Any]) -> None:
        """Add to the task's statistics or replace them, name by name."""
        if self._is_inherited():
            return
        with self._lock:
            self.change(stats={**self._state.get("stats", {}), **numbers})

    def say(self, line: dict[str, Any]) -> None:
        """Queue a log line; of too many the oldest are dropped."""
        if self._is_inherited():
            return
        with self._lock:
            if not self._deaf_to_lines:
                self._lines.append(line)

    @property
    def ended(self) -> bool:
        """Whether the task has reached a final state or was released, told or not."""
        return self._is_released or self._state["status"] in FINAL

    @property
    def over(self) -> bool:
        """Whether nothing will ever have to be said about the task again."""
        with self._lock:
            told = self._create is None and self._sent_seq == self._seq
            return self._muted or (self.ended and told and not self._lines and not self._batch)

    def next_request(self, now: float) -> Request | None:
        """Return what is due at *now*, the same again until it is answered."""
        with self._lock:
            if self._muted:
                return None
            if self._create is not None:
                return Request(CREATE, self._tasks_path, self._create, self)
            if self._seq > self._sent_seq and (self.ended or now >= self._next_at[UPDATE]):
                return Request(END if self.ended else UPDATE, self._update_path, self._news(), self)
            if self._lines_are_due(now):
                return Request(LINES, self._task_path + "/logs", {"lines": self._batch}, self)
            if not self.ended and now >= self._next_at[HEARTBEAT]:
                return self._heartbeat()
            return None

    def next_at(self) -> float:
        """Return when `next_request` may have something to say next."""
        with self._lock:
            times = [] if self.ended else [self._next_at[HEARTBEAT]]
            if self._seq > self._sent_seq:
                times.append(self._next_at[UPDATE])
            if self._lines or self._batch:
                times.append(self._next_at[LINES])
            return min(times, default=float("inf"))

    def delivered(self, request: Request, now: float) -> None:
        """Cross off what the server has taken."""
        with self._lock:
            if request.kind == CREATE:
                self._create = None
            elif request.kind in (END, UPDATE):
                self._sent_seq = self._seq if self._is_released else request.body["seq"]
                self._next_at[UPDATE] = now + UPDATE_SECONDS
            elif request.kind == LINES:
                self._batch = []
                self._next_at[LINES] = now + LINES_SECONDS
            if request.kind != LINES:
                self._next_at[HEARTBEAT] = now + self._heartbeat_seconds

    def refused(self, request: Request, now: float, status: int = 404) -> None:
        """
        Cross off what the server will never take.

        A task it will not open is not mentioned again. Where the task's address
        leads nowhere no more lines are sent, and its state, sent again, is the
        sign of life: it names the task by id.
        """
        with self._lock:
            if request.kind == CREATE:
                self._muted = True
            if request.kind == LINES and status in NOWHERE:
                self._deaf_to_lines = True
                self._lines.clear()
            if request.kind == HEARTBEAT:
                self._beats_by_update = True
        self.delivered(request, now)

    def unsent(self) -> list[Request]:
        """Return what a later run has to deliver. Lines are left out: they may not arrive twice."""
        with self._lock:
            requests: list[Request] = []
            if self._muted or not self.ended:
                return requests
            if self._create is not None:
                requests.append(Request(CREATE, self._tasks_path, self._create, self))
            if self._seq > self._sent_seq:
                requests.append(Request(END, self._update_path, self._news(), self))
            return requests

    def _is_inherited(self) -> bool:
        """Whether this is a forked child, where the parent's thread may hold the lock for ever."""
        return os.getpid() != self._pid

    def _news(self) -> dict[str, Any]:
        return {**self._head, "seq": self._seq, **self._state}

    def _heartbeat(self) -> Request:
        if not self._beats_by_update:
            return Request(HEARTBEAT, self._task_path + "/heartbeat", {}, self)
        self._seq += 1
        return Request(UPDATE, self._update_path, self._news(), self)

    def _lines_are_due(self, now: float) -> bool:
        if not self._batch and self._lines and (self.ended or now >= self._next_at[LINES]):
            size = min(LINES_PER_REQUEST, len(self._lines))
            self._batch = [self._masked(self._lines.popleft()) for _ in range(size)]
        return bool(self._batch)

    def _masked(self, line: dict[str, Any]) -> dict[str, Any]:
        return {**line, "text": plain_text(self._masker.mask(without_sequences(line["text"])))}


def in_address(task_id: str) -> str:
    """Return *task_id* as one segment of an address."""
    if task_id in (".", ".."):
        return task_id.replace(".", "%2E")
    data = task_id.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in data)
