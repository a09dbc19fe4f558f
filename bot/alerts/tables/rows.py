"""
Tasks in the table of another system, as checks see them. Pure.

`[alerts.tables.<name>]` names a source and a query. A row is a task; its columns are `id`,
`status` and `updated_at` (or `created_at`), and, where there are any, `task`, `subject`, `error`
and `log_url`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

from bot.alerts.analysis.fingerprint import fingerprint
from bot.alerts.incident_lifecycle import TroubleGroup, TroubleType
from bot.alerts.tables.runs import TableRuns
from bot.alerts.trouble_queries import TABLE, Trouble
from bot.config_file import TaskTable
from bot.errors import InvalidError
from bot.messages.rendering.escaping import is_safe_url
from bot.sources.result import Cell, ResultTable
from bot.tasks.event_mapping import STATUSES
from bot.tasks.models import LIVE, TaskStatus
from bot.tasks.stored_text import storable

_ID_CHARACTERS = 200
_ROW_ERROR_CHARACTERS = 1_000
_ENDS = frozenset({TaskStatus.FAILED, TaskStatus.COMPLETED})
#: Larger numbers are milliseconds: as seconds they would be in the year 5138.
_EPOCH_MILLISECONDS_FROM = 100_000_000_000


@dataclass(frozen=True)
class TableTask:
    """A row; `status` is None for one that is in no trouble and did not complete either."""

    id: str
    task: str
    status: TaskStatus | None
    said_status: str
    updated_at: datetime
    created_at: datetime
    subject: str | None = None
    error: str | None = None
    log_url: str | None = None


@dataclass(frozen=True)
class ReadTable:
    """What a query of a table has returned."""

    name: str
    tasks: Sequence[TableTask]
    read_at: datetime

    @property
    def prefix(self) -> str:
        """Return what begins the keys of its troubles."""
        return f"{TABLE}{self.name} "

    @property
    def runs(self) -> TableRuns:
        """Return the latest run of each kind."""
        created: dict[str, datetime] = {}
        for task in self.tasks:
            created[task.task] = max(task.created_at, created.get(task.task, task.created_at))
        return TableRuns(created, self.read_at)


def read_table(name: str, settings: TaskTable, result: ResultTable) -> ReadTable:
    """
    Return the rows as tasks; raise `InvalidError` for a missing column or an unreadable time.

    A row without an id or a time is none.
    """
    columns = [column.name.lower() for column in result.columns]
    for needed in (("id",), ("status",), ("updated_at", "created_at")):
        if not set(needed) & set(columns):
            raise InvalidError(f"The query returns no column `{'` or `'.join(needed)}`.")
    statuses = {word.lower(): status for word, status in settings.statuses.items()}
    rows = (dict(zip(columns, row, strict=True)) for row in result.rows)
    tasks = [task for row in rows if (task := _task_of(name, row, statuses))]
    return ReadTable(name, tasks, result.fetched_at)


def _task_of(name: str, row: Mapping[str, Cell], statuses: Mapping[str, str]) -> TableTask | None:
    times = {one: _row_time(one, row.get(one)) for one in ("created_at", "updated_at")}
    updated_at = times["updated_at"] or times["created_at"]
    task_id = _row_text(row.get("id"), _ID_CHARACTERS)
    if task_id is None or updated_at is None:
        return None
    said = _row_text(row.get("status"), _ID_CHARACTERS) or ""
    meant = statuses.get(said.lower()) or STATUSES.get(said.lower())
    log_url = _row_text(row.get("log_url"), 2_000)
    return TableTask(
        id=task_id,
        task=_row_text(row.get("task"), _ID_CHARACTERS) or name,
        status=TaskStatus(meant) if meant else None,
        said_status=said,
        updated_at=updated_at,
        created_at=times["created_at"] or updated_at,
        subject=_row_text(row.get("subject"), _ID_CHARACTERS),
        error=_row_text(row.get("error"), _ROW_ERROR_CHARACTERS),
        log_url=log_url if log_url and is_safe_url(log_url) else None,
    )


def _row_text(cell: Cell, limit: int) -> str | None:
    if cell is None:
        return None
    return storable(str(cell)).strip()[:limit] or None


def _row_time(name: str, cell: Cell) -> datetime | None:
    """Return a time: what has no zone is UTC; numbers are seconds or milliseconds since 1970."""
    try:
        if isinstance(cell, datetime):
            at = cell
        elif isinstance(cell, date):
            at = datetime.combine(cell, time())
        elif isinstance(cell, str):
            at = datetime.fromisoformat(cell.strip())
        elif cell is None or isinstance(cell, bool | time):
            return None
        else:
            seconds = float(cell)
            seconds = seconds / 1_000 if seconds >= _EPOCH_MILLISECONDS_FROM else seconds
            at = datetime.fromtimestamp(seconds, UTC)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidError(f"The column `{name}` holds {str(cell)[:60]!r}, no time.") from None


def find_in_table(table: ReadTable, now: datetime, least: timedelta) -> list[Trouble]:
    """
    Return all of a table's tasks that may be in trouble: failed, or silent for *least* or longer.

    A failure is over when a later run of the same kind and subject has completed.
    """
    completed = _latest_completions(table.tasks)
    found = []
    for task in table.tasks:
        if task.status == TaskStatus.FAILED:
            rerun_at = completed.get((task.task, task.subject)) if task.subject else None
            if rerun_at is None or rerun_at <= task.created_at:
                found.append(_failed_row(table, task))
        elif task.status in LIVE and task.updated_at + least <= now:
            found.append(_silent_row(table, task))
    return found


def rows_failed_in_row(tables: Sequence[ReadTable], kind: str) -> int:
    """Return how many of the latest ended rows of a kind failed in a row."""
    rows = [row for one in tables for row in one.tasks if row.task == kind and row.status in _ENDS]
    rows.sort(key=lambda row: (row.created_at, row.updated_at), reverse=True)
    return sum(1 for _ in takewhile(lambda row: row.status == TaskStatus.FAILED, rows))


def _latest_completions(tasks: Iterable[TableTask]) -> dict[tuple[str, str | None], datetime]:
    latest: dict[tuple[str, str | None], datetime] = {}
    for task in tasks:
        if task.status == TaskStatus.COMPLETED:
            place = (task.task, task.subject)
            latest[place] = max(task.created_at, latest.get(place, task.created_at))
    return latest


def _failed_row(table: ReadTable, task: TableTask) -> Trouble:
    known = fingerprint(task.error)
    group = TroubleGroup(TroubleType.FAILED, task.task, known.key)
    key = f"{table.prefix}{task.id} {int(task.updated_at.timestamp())}"
    return Trouble(group, key, known.label, task.updated_at, facts=_facts_of(task))


def _silent_row(table: ReadTable, task: TableTask) -> Trouble:
    group = TroubleGroup(TroubleType.STUCK, task.task, str(task.status))
    label = "still waiting to start" if task.status == TaskStatus.QUEUED else "silent while running"
    at = task.updated_at
    key = f"{table.prefix}{task.id} {task.status} {int(at.timestamp())}"
    return Trouble(group, key, label, at, facts=_facts_of(task), silent_since=at)


def _facts_of(task: TableTask) -> dict[str, Any]:
    """Return what an alert shows of a row, as `Task` would have it; times in epoch seconds."""
    return {
        "task_id": task.id,
        "task": task.task,
        "subject": task.subject,
        "status": task.said_status,
        "created_at": int(task.created_at.timestamp()),
        "heard_at": int(task.updated_at.timestamp()),
        "error": task.error,
        "log_url": task.log_url,
    }


def keys_over(tables: Sequence[ReadTable], held: Iterable[str], now: datetime) -> set[str]:
    """
    Return which of the keys *held* are of these tables and in trouble no more.

    What an explicit check with a shorter timeout has found is not over before the row changes.
    """
    prefixes = tuple(table.prefix for table in tables)
    still = {trouble.key for table in tables for trouble in find_in_table(table, now, timedelta(0))}
    return {key for key in held if key.startswith(prefixes) and key not in still}
