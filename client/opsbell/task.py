"""A task as the job sees it."""

from __future__ import annotations

import math
import os
import time

from .settings import environment_name, heartbeat_seconds, host_name, read_target, take_assignment
from .shield import Shield
from .values.number import as_float
from .values.plain import MAX_CHARS, counts, described, plain, plain_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .feed import Feed
    from .reporter import Reporter
    from .settings import Assignment, Target

LEVELS = ("debug", "info", "warning", "error", "critical")


class Task:
    """
    One run of a piece of work, shown as one live message.

    Every method returns at once and never raises. Without settings they do
    nothing; after the end and in a forked child they do nothing either.
    """

    def __init__(self, task_id: str = "", feed: Feed | None = None) -> None:
        self.id = task_id
        self._feed = feed
        self._reporter: Reporter | None = None

    @property
    def is_live(self) -> bool:
        """Whether anybody is told."""
        return self._feed is not None

    def progress(self, done: float, of: float = 100) -> None:
        """
        Show how far the work is: `progress(37)` percent, or `progress(5, of=8)`.

        Numbers of numpy, Decimal and Fraction are numbers, too.
        """
        with Shield("show progress"):
            # Rounded first: 100 * 0.29 is 28.999999999999996.
            percent = math.floor(round(100 * (as_float(done) / as_float(of)), 9))
            self._change(progress=max(0, min(100, percent)))

    def log(self, text: object, level: str = "info") -> None:
        """Put a line into the task's thread; the server shows those of its level and above."""
        with Shield("log a line"):
            if self._feed is None or self._reporter is None:
                return
            at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
            level = level.lower() if level.lower() in LEVELS else "info"
            # Secrets are masked when the line is sent: a flood costs the job nothing.
            line = described(text)[: 4 * MAX_CHARS]
            self._feed.say({"level": level, "text": line, "at": at})
            self._reporter.ring()

    def stats(self, **numbers: Any) -> None:
        """Add counts for the summary: `stats(success=100, failed=5)`."""
        with Shield("take statistics"):
            if self._feed is not None and self._reporter is not None:
                self._feed.count(plain(numbers))
                self._reporter.ring()

    def _start(self, reporter: Reporter) -> None:
        self._reporter = reporter
        if self._feed is not None:
            reporter.attach(self._feed)

    def _finish(self, status: str, error: str | None = None, result: object = None) -> None:
        with Shield("tell the end"):
            numbers = counts(result)
            if self._feed is not None:
                # Also without numbers: the server sums up the end of whatever has statistics.
                self._feed.count(numbers)
            self._change(status=status, **({"error": error} if error else {}))

    def _release(self, **state: Any) -> None:
        """Say a last word that is no end, for example that another attempt follows."""
        if self._feed is not None and self._reporter is not None:
            self._feed.release(**state)
            self._reporter.ring()

    def _change(self, **state: Any) -> None:
        if self._feed is not None and self._reporter is not None:
            self._feed.change(**state)
            self._reporter.ring()


def start_task(
    name: object,
    *,
    subject: object = None,
    channel: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    log_url: str | None = None,
    assignment: Assignment | None = None,
    task_id: str | None = None,
    attempt: int = 1,
) -> Task:
    """
    Open a task, or go on with *assignment*, else with the one this process was started for.

    With *task_id* it is the task of that id, which may have run before: a
    higher *attempt* starts over, the same one goes on, and 0 is the newest.

    Never raises; the returned task is a silent one if there is nobody to tell.
    """
    with Shield("open a task"):
        if task_id is not None and assignment is None:
            return _resumed(task_id, attempt, name, subject, channel, metadata)
        return _opened(name, subject, channel, metadata, log_url, assignment)
    return Task()


def _opened(
    name: object,
    subject: object,
    channel: str | None,
    metadata: Mapping[str, Any] | None,
    log_url: str | None,
    assignment: Assignment | None,
) -> Task:
    assignment = assignment or take_assignment()
    target = assignment.target if assignment else read_target()
    if target is None:
        return Task()
    if assignment is None:
        task_id = "t_" + os.urandom(16).hex()
        head, create = _announced(task_id, 1, name, subject, channel, metadata)
        if log_url:
            create["logUrl"] = log_url
        return _told(target, head, create)
    head = {
        "task": plain_name(name),
        "taskId": assignment.task_id,
        "attempt": assignment.attempt,
    }
    if subject is not None:
        head["subject"] = plain_name(subject)
    return _told(target, head, None)


def _resumed(
    task_id: str,
    attempt: int,
    name: object,
    subject: object,
    channel: str | None,
    metadata: Mapping[str, Any] | None,
) -> Task:
    target = read_target()
    if target is None:
        return Task()
    head, create = _announced(task_id, attempt, name, subject, channel, metadata)
    # Numbers that go on growing from one run to the next, wherever it is.
    return _told(target, head, create, first_seq=time.time_ns() // 1_000_000)


def _announced(
    task_id: str,
    attempt: int,
    name: object,
    subject: object,
    channel: str | None,
    metadata: Mapping[str, Any] | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what every report begins with, and what opens the task."""
    head: dict[str, Any] = {"task": plain_name(name), "taskId": task_id}
    if attempt:
        head["attempt"] = attempt
    head["subject"] = plain_name(host_name() if subject is None else subject)
    create = {key: head[key] for key in ("taskId", "task", "subject")}
    create.update(status="running", metadata=plain(dict(metadata or {})))
    for key, value in (("channel", channel), ("environment", environment_name())):
        if value:
            create[key] = plain_name(value)
    return head, create


def _told(
    target: Target,
    head: dict[str, Any],
    create: dict[str, Any] | None,
    first_seq: int | None = None,
) -> Task:
    from .desk import reporter_for
    from .feed import Feed

    feed = Feed(target, head, create, heartbeat_seconds(), first_seq)
    task = Task(head["taskId"], feed)
    task._start(reporter_for(target))
    return task
