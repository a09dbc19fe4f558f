"""
The queue of reports on their way into the database.

Reports that arrive together share transactions, and reports of one task share one edit of its
message. Final states go first. Each caller continues once its report is committed.
"""

import asyncio
import contextvars
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.errors import UserError
from bot.tasks.models import Task
from bot.tasks.transactions import Transactions
from bot.tracing.spans import span

T = TypeVar("T")

#: SQLite has one writer, so tasks share its transactions: this many, for others want to write too.
_TASKS_TOGETHER = 50
#: In PostgreSQL a transaction of several tasks could deadlock with a lane's; many run side by side.
_SIDE_BY_SIDE = 4
#: Retries after somebody else has inserted the same key.
_MAX_RETRIES = 20


class LateEdits:
    """Tasks whose progress is to be shown once everything said in a transaction is known."""

    def __init__(self) -> None:
        self._tasks: dict[tuple[str, str], Task] = {}

    def want(self, task: Task) -> None:
        """Show the task at the end of the transaction."""
        self._tasks[(task.tenant, task.id)] = task

    def drop(self, task: Task) -> None:
        """Forget the task: it has been shown."""
        self._tasks.pop((task.tenant, task.id), None)

    def __contains__(self, task: Task) -> bool:
        return (task.tenant, task.id) in self._tasks

    def __iter__(self) -> Iterator[Task]:
        return iter(self._tasks.values())


_Work = Callable[[Session, LateEdits], T]


@dataclass(frozen=True)
class _Entry:
    workspace_id: str
    work: _Work[Any]
    told: asyncio.Future[Any]


class ReportQueue:
    """Runs the work of many callers in few transactions, in order for each key."""

    def __init__(
        self, transactions: Transactions, show: Callable[[Session, Iterable[Task]], None]
    ) -> None:
        self._transactions = transactions
        self._show = show
        self._waiting: dict[Hashable, list[_Entry]] = {}
        self._ends: dict[Hashable, None] = {}
        self._busy: set[Hashable] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def submit(
        self, workspace_id: str, key: Hashable, work: _Work[T], *, is_end: bool = False
    ) -> T:
        """
        Return what *work* returned, committed; raise what it raised.

        *key* names the task. A `UserError` must be raised before anything is changed.
        """
        told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(_Entry(workspace_id, work, told))
        if is_end:
            self._ends[key] = None
        limit = 1 if self._transactions.is_single_writer else _SIDE_BY_SIDE
        if len(self._serving) < limit:
            # In an empty context, because it serves several callers.
            serving = asyncio.create_task(self._serve(), context=contextvars.Context())
            self._serving.add(serving)
        with span("commit"):
            return cast("T", await told)

    async def _serve(self) -> None:
        try:
            while keys := self._next_keys():
                entries = [entry for key in keys for entry in self._waiting.pop(key)]
                self._busy.update(keys)
                await self._write(entries)
                self._busy.difference_update(keys)
        finally:
            self._serving.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    def _next_keys(self) -> list[Hashable]:
        limit = _TASKS_TOGETHER if self._transactions.is_single_writer else 1
        found: dict[Hashable, None] = {}
        for key in (*self._ends, *self._waiting):
            if len(found) == limit:
                break
            if key not in self._busy:
                found[key] = None
        for key in found:
            self._ends.pop(key, None)
        return [*found]

    async def _write(self, entries: Sequence[_Entry], rivals: int = 0) -> None:
        """
        Run a transaction and answer its callers; after a failure run each caller's part alone.
        """
        writing = asyncio.ensure_future(
            self._transactions.write_all(lambda session: self._work(session, entries))
        )
        await asyncio.wait([writing])
        error = writing.exception()
        if error is None:
            for workspace_id in {entry.workspace_id for entry in entries}:
                self._transactions.wake(workspace_id)
            for entry, result in zip(entries, writing.result(), strict=True):
                _tell(entry, result)
        elif len(entries) > 1:
            for entry in entries:
                await self._write([entry])
        elif isinstance(error, IntegrityError) and rivals < _MAX_RETRIES:
            await self._write(entries, rivals + 1)
        else:
            _tell(entries[0], error)

    def _work(self, session: Session, entries: Sequence[_Entry]) -> list[Any]:
        late = LateEdits()
        results = [_outcome(entry, session, late) for entry in entries]
        self._show(session, late)
        return results


def _outcome(entry: _Entry, session: Session, late: LateEdits) -> Any:
    """Return the result or the refusal of the work; the rest of its transaction continues."""
    try:
        return entry.work(session, late)
    except UserError as error:
        return error


def _tell(entry: _Entry, result: Any) -> None:
    if entry.told.done():  # A caller that hung up is not told.
        return
    if isinstance(result, BaseException):
        entry.told.set_exception(result)
    else:
        entry.told.set_result(result)
