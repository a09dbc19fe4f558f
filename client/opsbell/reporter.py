"""The thread that tells one server everything, so that no job ever waits for it."""

from __future__ import annotations

import os
import threading
import time
from queue import Empty, SimpleQueue

from .api import Api
from .patience import Patience
from .replay import Replay
from .shield import Shield, note
from .spool import Spool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .api import Answer
    from .feed import Feed, Request
    from .settings import Target

REQUEST_SECONDS = 5.0
LONGEST_NAP_SECONDS = 60.0
MAX_FEEDS = 1000
# So many failures in a row, and ended tasks are safer on disk than in memory.
SET_ASIDE_FAILURES = 3
# How much longer an exit may take because an earlier run left news behind.
REPLAY_AT_END_SECONDS = 0.5


class Reporter:
    """
    Delivers the news of all tasks of one target, the most important first.

    The thread never imports anything: a job that forks in that moment would
    get a child in which the module's lock is held for ever.

    The thread starts with the first task and is a daemon. `begin_end` and
    `end` give it a last chance; what is left then goes into the spool.
    """

    def __init__(self, target: Target, spool_folder: str) -> None:
        self._target = target
        self._lock = threading.RLock()
        # Unlike Event and Condition, a SimpleQueue may be used from a signal handler.
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._feeds: list[Feed] = []
        self._thread: threading.Thread | None = None
        self._patience = Patience()
        self._deadline = float("inf")
        self._replay_until = float("inf")
        self._api = Api(target)
        self._spool = Spool(spool_folder, target.origin)
        self._replay = Replay(self._spool)

    def attach(self, feed: Feed) -> None:
        """Follow one more task until everything about it is told."""
        with self._lock:
            self._feeds.append(feed)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="opsbell-reporter", daemon=True
                )
                self._thread.start()
        self.ring()

    def ring(self) -> None:
        """Wake the thread: there is news."""
        if self._bell.empty():
            self._bell.put(None)

    def begin_end(self, deadline: float) -> None:
        """Let the thread finish by *deadline* (monotonic seconds)."""
        now = time.monotonic()
        for feed in self._feeds:
            feed.change(status="failed", error="the process ended before this task did")
        self._patience.hurry(now)
        self._replay_until = min(deadline, now + REPLAY_AT_END_SECONDS)
        self._deadline = deadline
        self._bell.put(None)

    def end(self) -> None:
        """Wait for the thread until the deadline, then spool what it could not deliver."""
        if self._thread is not None:
            try:
                self._thread.join(max(0.0, self._deadline - time.monotonic()))
            except KeyboardInterrupt:  # Whoever cannot wait need not: the spool remembers.
                note("interrupted while telling the end")
        with Shield("fill the spool"):
            self._set_aside([feed for feed in self._feeds if not feed.over])

    def _run(self) -> None:
        while not self._is_finished():
            busy = False
            with Shield("report"):
                busy = self._step()
            if not busy and not self._is_finished():
                self._nap()
        with Shield("put the spool back"):
            self._replay.stop()
        self._api.close()

    def _is_finished(self) -> bool:
        if self._deadline == float("inf"):
            return False
        now = time.monotonic()
        if self._patience.gave_up or now >= self._deadline:
            return True
        return not self._feeds and (now >= self._replay_until or not self._has_replay(now))

    def _step(self) -> bool:
        """Send one thing. True: look again right away. False: nothing is due."""
        now = time.monotonic()
        if now < self._patience.free_at:
            return False
        with self._lock:
            self._feeds = [feed for feed in self._feeds if not feed.over]
            requests = [feed.next_request(now) for feed in self._feeds]
        due = [request for request in requests if request is not None]
        if due:
            self._tell(min(due, key=lambda request: request.kind))
            return True
        return self._replay_next(now)

    def _tell(self, request: Request) -> None:
        answer = self._post(request.path, request.body)
        now = time.monotonic()
        if answer is None:
            if self._patience.failures >= SET_ASIDE_FAILURES:
                self._set_aside([feed for feed in self._feeds if feed.ended])
        elif answer.is_delivered:
            request.feed.delivered(request, now)
        else:
            note(f"{request.path}: {answer.status} {answer.text}")
            request.feed.refused(request, now, answer.status)

    def _replay_next(self, now: float) -> bool:
        if now >= self._replay_until or not self._has_replay(now):
            return False
        entry = self._replay.next_entry(now)
        if entry is None:
            return False
        answer = self._post(entry["path"], entry["body"], entry.get("key", ""))
        if answer is None:
            self._replay.stop()
        else:
            self._replay.crossed_off()
        return True

    def _has_replay(self, now: float) -> bool:
        if not self._target.replays or not self._patience.is_well:
            return False
        return self._replay.next_entry(now) is not None

    def _post(self, path: str, body: dict[str, Any], key: str = "") -> Answer | None:
        """Return the answer if it settles the request, or None: it has to be made again."""
        left = self._deadline - time.monotonic()
        # Once the end is near, it alone says how long the server may take.
        limit = REQUEST_SECONDS if left == float("inf") else left
        luck = os.urandom(1)[0] / 255
        try:
            answer = self._api.post(path, body, limit, key)
        except OSError as error:
            note(f"{self._target.origin} is away: {type(error).__name__}: {error}")
            self._patience.failed(time.monotonic(), absent=True, luck=luck)
            return None
        if answer.is_delivered or answer.is_refused:
            self._patience.succeeded()
            return answer
        note(f"{path}: {answer.status} {answer.text}")
        self._patience.failed(time.monotonic(), absent=False, wait=answer.retry_after, luck=luck)
        return None

    def _nap(self) -> None:
        now = time.monotonic()
        with self._lock:
            wake_at = min((feed.next_at() for feed in self._feeds), default=float("inf"))
        wake_at = min(max(wake_at, self._patience.free_at), self._deadline)
        # Never shorter than a moment: after an error in a step this is what keeps the loop calm.
        seconds = min(max(wake_at - now, 0.02), LONGEST_NAP_SECONDS)
        try:
            self._bell.get(timeout=seconds)
        except Empty:
            return

    def _set_aside(self, feeds: list[Feed]) -> None:
        """Move what ended tasks have to say to the disk, or drop the oldest of far too many."""
        entries = [
            {"path": request.path, "body": request.body}
            for feed in feeds
            for request in feed.unsent()
        ]
        saved = False
        with Shield("fill the spool"):
            if entries:
                self._spool.save(entries)
            saved = True
        gone = feeds if saved else feeds[: max(0, len(self._feeds) - MAX_FEEDS)]
        with self._lock:
            self._feeds = [feed for feed in self._feeds if feed not in gone]
