"""
Finds tasks in trouble: failed, stuck, overdue, lost and missed ones, by indexes.

Each query reads a range of time, so that a check costs the same however many tasks there are.
Constants of partial indexes are written into the SQL, because SQLite does not match parameters.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, literal_column
from sqlmodel import Session, col, select

from bot.alerts.analysis.expected_duration import (
    MARGIN,
    MAX_RUNS,
    ExpectedDuration,
    expect_duration,
)
from bot.alerts.analysis.fingerprint import fingerprint
from bot.alerts.incident_lifecycle import TroubleGroup, TroubleType
from bot.alerts.models import AlertTrouble
from bot.sql import fast_json
from bot.sql.statements import GivenTexts, Statement
from bot.tasks.models import LIVE, Task, TaskStatus
from bot.tasks.updates import BEATING_LEASE, SILENT_LEASE

#: What one check takes in of each type; the next takes more.
_MAX_FOUND = 2_000
#: Of so many running tasks is looked whether they take longer than usual.
_MAX_RUNNING = 10_000
_KEYS_AT_ONCE = 500
OVERDUE = "overdue"
#: What begins the keys of troubles that other systems report.
EXTERNAL = "external "
#: What begins the keys of troubles in tables of other systems; the table's name follows.
TABLE = "table "
#: A run that starts this much before its time, by another clock, is that run.
_EARLY_START_TOLERANCE = timedelta(minutes=1)


_GIVEN_KINDS = GivenTexts("kinds").table_valued("value", name="given")
#: One seek for each kind: to group all its tasks would read them all.
_LATEST_RUNS = Statement(
    select(
        _GIVEN_KINDS.c.value.label("kind"),
        select(col(Task.created_at))
        .where(col(Task.tenant) == bindparam("of_tenant"))
        .where(col(Task.task) == _GIVEN_KINDS.c.value)
        .order_by(col(Task.created_at).desc())
        .limit(literal_column("1"))
        .scalar_subquery()
        .label("at"),
    )
)


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong. `key` names it for good; `label` says it to people."""

    group: TroubleGroup
    key: str
    label: str
    began_at: datetime
    task: Task | None = None
    expected: ExpectedDuration | None = None
    note: str | None = None  # what it is, where there is no task to say so
    is_critical: bool = False  # whatever is said of its kind
    facts: dict[str, Any] | None = None  # a task of another system, as alerts show it
    silent_since: datetime | None = None  # of one that is a trouble because it is silent
    changed_at: datetime | None = None  # of one that is looked at for a while only
    run: tuple[str, int] | None = None  # id and attempt of its task, where that is not at hand

    @property
    def id(self) -> tuple[TroubleType, str]:
        """Return what tells it from every other one of its tenant."""
        return self.group.type, self.key

    @property
    def is_failed_task(self) -> bool:
        """Tell whether it is the failure of a task of ours."""
        return self.group.type == TroubleType.FAILED and self.task is not None

    @property
    def task_id(self) -> str | None:
        """Return the id of the task that it is about, if it is about one."""
        return self.task.id if self.task is not None else self.run and self.run[0]


def find_failed(session: Session, tenant: str, since: datetime, now: datetime) -> list[Trouble]:
    """Return the tasks that failed within the window, the latest first."""
    query = select(Task).where(
        Task.tenant == tenant,
        Task.status == TaskStatus.FAILED,
        col(Task.updated_at) >= since,
        col(Task.updated_at) <= now,
    )
    found = session.exec(query.order_by(col(Task.updated_at).desc()).limit(_MAX_FOUND))
    return [_failed_trouble(task) for task in found]


def _failed_trouble(task: Task) -> Trouble:
    """Return the trouble of a task that failed."""
    known = fingerprint(task.error)
    group = TroubleGroup(TroubleType.FAILED, task.task, known.key)
    began_at = task.ended_at or task.updated_at
    key = _trouble_key(task)
    return Trouble(group, key, known.label, began_at, task, changed_at=task.updated_at)


def find_lost(session: Session, tenant: str, since: datetime) -> list[Trouble]:
    """Return the tasks that were said to be lost within the window."""
    query = select(Task).where(
        Task.tenant == tenant, Task.status == TaskStatus.LOST, col(Task.updated_at) >= since
    )
    found = session.exec(query.order_by(col(Task.updated_at).desc()).limit(_MAX_FOUND))
    return [_lost_trouble(task) for task in found]


def _lost_trouble(task: Task) -> Trouble:
    """Return the trouble of a lost task; it began when its lease ran out, told when it may be."""
    group = TroubleGroup(TroubleType.LOST, task.task, "")
    lease = BEATING_LEASE if task.beats else SILENT_LEASE
    began_at = min(task.heard_at + lease, task.updated_at) if task.heard_at else task.updated_at
    key = f"{_trouble_key(task)} {int(task.updated_at.timestamp())}"
    return Trouble(group, key, "stopped reporting", began_at, task, changed_at=task.updated_at)


def find_silent(session: Session, tenant: str, now: datetime, least: timedelta) -> list[Trouble]:
    """
    Return the live tasks that were silent for *least* or longer.

    Whether one was silent for too long is for the caller to say, by its kind.
    """
    before = now - least
    queued = select(Task).where(
        Task.tenant == tenant, Task.status == TaskStatus.QUEUED, col(Task.updated_at) <= before
    )
    running = select(Task).where(
        Task.tenant == tenant, _has_status(TaskStatus.RUNNING), col(Task.heard_at) <= before
    )
    found = [
        *session.exec(queued.order_by(col(Task.updated_at).desc()).limit(_MAX_FOUND)),
        *session.exec(running.order_by(col(Task.heard_at).desc()).limit(_MAX_FOUND)),
    ]
    return [_silent_trouble(task) for task in found]


def _silent_trouble(task: Task) -> Trouble:
    """Return the trouble of a live task that is silent, as from its last sign."""
    heard_at = _last_sign(task)
    group = TroubleGroup(TroubleType.STUCK, task.task, str(task.status))
    label = "still waiting to start" if task.status == TaskStatus.QUEUED else "silent while running"
    key = f"{_trouble_key(task)} {task.status} {int(heard_at.timestamp())}"
    return Trouble(group, key, label, heard_at, task, silent_since=heard_at)


def _last_sign(task: Task) -> datetime:
    """Return when a live task last reported."""
    return max(task.heard_at or task.updated_at, task.updated_at)


def find_overdue(
    session: Session, tenant: str, now: datetime, expected_of: Callable[[str], ExpectedDuration]
) -> list[Trouble]:
    """Return the running tasks that take longer than their kind's own history allows."""
    columns = (col(Task.id), col(Task.task), col(Task.started_at))
    query = select(*columns).where(Task.tenant == tenant, _has_status(TaskStatus.RUNNING))
    query = query.where(col(Task.heard_at).is_not(None), col(Task.started_at) < now - MARGIN)
    late = {}
    for task_id, kind, started_at in session.exec(query.limit(_MAX_RUNNING)):
        expected = expected_of(kind)
        if started_at is not None and expected.is_exceeded_by(now - started_at):
            late[task_id] = expected
    found = session.exec(select(Task).where(Task.tenant == tenant, col(Task.id).in_(late)))
    return [_overdue_trouble(task, late[task.id]) for task in found]


def _overdue_trouble(task: Task, expected: ExpectedDuration) -> Trouble:
    """Return the trouble of a running task that takes longer than usual."""
    group = TroubleGroup(TroubleType.STUCK, task.task, OVERDUE)
    began_at = (task.started_at or task.updated_at) + (expected.limit or timedelta(0))
    return Trouble(
        group, f"{_trouble_key(task)} {OVERDUE}", "longer than usual", began_at, task, expected
    )


def expected_duration(session: Session, tenant: str, kind: str) -> ExpectedDuration:
    """Return what the latest completed runs of a kind say about the next."""
    query = (
        select(Task.started_at, Task.ended_at)
        .where(Task.tenant == tenant, Task.task == kind, _has_status(TaskStatus.COMPLETED))
        .order_by(col(Task.ended_at).desc())
        .limit(MAX_RUNS)
    )
    runs = [end - start for start, end in session.exec(query) if start and end]
    return expect_duration(runs[::-1])


def due_at(key: str) -> datetime:
    """Return when the missed run of a key was due."""
    return datetime.fromisoformat(key.rpartition(" ")[2])


def missed_kind(key: str) -> str:
    """Return the kind of the missed run of a key."""
    return key.rpartition(" ")[0]


def started_after(due: datetime) -> datetime:
    """Return from when on a run may be the one that is due: another clock may be ahead."""
    return due - _EARLY_START_TOLERANCE


def has_run_since(latest_run: datetime | None, due: datetime) -> bool:
    """Tell whether a kind whose newest task was announced then has run since it was due."""
    return latest_run is not None and latest_run >= started_after(due)


def latest_runs(session: Session, tenant: str, kinds: Iterable[str]) -> dict[str, datetime]:
    """Return when the newest task of each kind was announced, of those that have one."""
    given = fast_json.text(sorted(set(kinds)))
    rows = _LATEST_RUNS.rows(session, of_tenant=tenant, kinds=given) if given != "[]" else []
    return {row.kind: row.at for row in rows if row.at is not None}


def failures_in_row(session: Session, tenant: str, kind: str, wanted: int) -> int:
    """Return how many of the latest ended runs of a kind failed in a row, at most *wanted*."""
    query = (
        select(Task.status)
        .where(Task.tenant == tenant, Task.task == kind)
        .where(col(Task.status).in_([TaskStatus.FAILED, TaskStatus.COMPLETED]))
        .order_by(col(Task.created_at).desc())
        .limit(wanted)
    )
    count = 0
    for status in session.exec(query):
        if status != TaskStatus.FAILED:
            break
        count += 1
    return count


def without_known(session: Session, tenant: str, troubles: Sequence[Trouble]) -> list[Trouble]:
    """Return the troubles that no alert has held yet."""
    known: set[tuple[str, str]] = set()
    for start in range(0, len(troubles), _KEYS_AT_ONCE):
        keys = [trouble.key for trouble in troubles[start : start + _KEYS_AT_ONCE]]
        query = select(AlertTrouble.type, AlertTrouble.key).where(
            AlertTrouble.tenant == tenant, col(AlertTrouble.key).in_(keys)
        )
        known.update((kind, key) for kind, key in session.exec(query))
    return [one for one in troubles if (one.group.type, one.key) not in known]


class WatchedTrouble(NamedTuple):
    """What `is_over` needs of a trouble that no alert holds; many times cheaper than a row."""

    tenant: str
    type: TroubleType
    key: str
    attempt: int | None
    began_at: datetime


def is_over(
    held: AlertTrouble | WatchedTrouble, task: Task | None, runs: Mapping[str, datetime]
) -> bool:
    """
    Tell whether a trouble is over; *runs* has the `latest_runs` of the kind of a missed one.

    A failure is over when the task has completed, was cancelled, or failed anew, which is a trouble
    of its own; not while it runs again. Whatever is stuck has moved on when it was heard of.
    """
    if held.key.startswith((EXTERNAL, TABLE)):
        return False  # Whoever reported it says when it is over, or its table does.
    if held.type == TroubleType.MISSED:
        return has_run_since(runs.get(missed_kind(held.key)), due_at(held.key))
    if task is None:
        return True
    if held.type == TroubleType.STUCK:
        if held.key.endswith(f" {OVERDUE}"):
            return task.status != TaskStatus.RUNNING or task.attempt != held.attempt
        return held.key != _silent_trouble(task).key
    if held.type == TroubleType.LOST:
        return task.status != TaskStatus.LOST or held.key != _lost_trouble(task).key
    if task.attempt == held.attempt:
        return task.status != TaskStatus.FAILED
    return task.status not in LIVE


def completed_since(
    session: Session, tenant: str, kinds: Iterable[str], since: datetime
) -> dict[tuple[str, str], datetime]:
    """Return when the latest run of each kind and subject began that completed since then."""
    query = (
        select(Task.task, Task.subject, func.max(Task.created_at))
        .where(Task.tenant == tenant, _has_status(TaskStatus.COMPLETED))
        .where(col(Task.task).in_(list(kinds)), col(Task.ended_at) >= since)
        .where(col(Task.subject).is_not(None))
        .group_by(col(Task.task), col(Task.subject))
    )
    rows: Iterable[Any] = session.exec(query)
    return {(kind, subject): began_at for kind, subject, began_at in rows}


def _has_status(status: TaskStatus) -> ColumnElement[bool]:
    return col(Task.status) == literal_column(f"'{status}'")


def _trouble_key(task: Task) -> str:
    return f"{task.id}#{task.attempt}"
