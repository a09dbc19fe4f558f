"""Switches boards on and off, and keeps those that are on in step with their channels' tasks."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from bot.boards.display import SHOWN_TASKS, task_board_context
from bot.boards.models import TaskBoard
from bot.clock import Clock
from bot.db import Database
from bot.errors import NotFoundError, UnavailableError
from bot.messages import outbox
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content, EditOutcome, Place
from bot.tasks.creation import Owner
from bot.tasks.models import Task
from bot.workspaces.models import Workspace

logger = structlog.get_logger(__name__)

BOARD = "boards/board"
#: Constants, not parameters, or no database would use the index `task_live`.
_IS_LIVE = text("task.status IN ('queued', 'running')")
#: Pins the message at (workspace, channel, ts); returns what Slack refused, or None.
Pin = Callable[[str, str, str], Awaitable[str | None]]


class Boards:
    """The use cases of boards. A board's message is edited only when what it shows has changed."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        wake: Callable[[str], None],
        *,
        pin: Pin | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake
        self._pin = pin

    async def begin(self, owner: Owner, channel: str, *, by: str) -> tuple[str | None, bool]:
        """
        Post the channel's board; return where it stands (None until Slack has it) and True.

        With a board already there, only say where it stands, and False.
        """

        def work(session: Session) -> tuple[str | None, bool]:
            known = session.get(TaskBoard, (owner.tenant, owner.workspace_id, channel))
            if known is not None:
                message = session.get(Message, known.message_id)
                return (message.ts if message else None), False
            now = self._clock.now()
            board = TaskBoard(
                tenant=owner.tenant,
                workspace_id=owner.workspace_id,
                channel=channel,
                message_id="",
                created_by=by,
                created_at=now,
            )
            self._post(session, board, self._context(session, board), now)
            return None, True

        # The row's key and the message are one transaction: of two at once one posts.
        result = await self._database.write_unique(work)
        self._wake(owner.workspace_id)
        return result

    async def end(self, owner: Owner, channel: str) -> None:
        """Switch the channel's board off; its message says so. Raises `NotFoundError`."""

        def work(session: Session) -> None:
            board = session.get(TaskBoard, (owner.tenant, owner.workspace_id, channel))
            if board is None:
                raise NotFoundError("This channel has no board: `/ops task board` posts one.")
            now = self._clock.now()
            message = session.get(Message, board.message_id)
            if message is not None and not outbox.withdraw(session, message.id, now=now):
                context = {**message.context, "is_on": False, "tasks": []}
                outbox.edit(session, message.id, context, now=now, rank=Rank.NORMAL, final=True)
            session.delete(board)

        await self._database.write(work)
        self._wake(owner.workspace_id)

    async def refresh(self) -> int:
        """Bring every board up to its channel's tasks; return how many changed."""
        keys = await self._database.read(self._stale)
        if keys:
            await self._database.write(lambda session: self._edit_all(session, keys))
        for workspace_id in {workspace_id for _, workspace_id, _ in keys}:
            self._wake(workspace_id)
        await self._pin_new()
        return len(keys)

    def _stale(self, session: Session) -> list[tuple[str, str, str]]:
        """Return the keys of boards that show something else than they should: a read only."""
        found = []
        for board in session.exec(select(TaskBoard)):
            message = session.get(Message, board.message_id)
            if message is None or message.context != self._context(session, board):
                found.append((board.tenant, board.workspace_id, board.channel))
        return found

    def _edit_all(self, session: Session, keys: list[tuple[str, str, str]]) -> None:
        now = self._clock.now()
        for key in sorted(keys):  # Always in this order: two processes do not lock crosswise.
            query = select(TaskBoard).where(
                TaskBoard.tenant == key[0],
                TaskBoard.workspace_id == key[1],
                TaskBoard.channel == key[2],
            )
            board = session.exec(query.with_for_update()).one_or_none()
            if board is not None:  # Else it was switched off meanwhile.
                self._edit(session, board, now)

    def _edit(self, session: Session, board: TaskBoard, now: datetime) -> None:
        context = self._context(session, board)
        message = outbox.find(session, board.message_id)
        if message is not None and message.context == context:
            return  # Another process was faster.
        # One that Slack no longer lets us edit, or that somebody deleted, is posted anew.
        is_lost = message is not None and message.is_uneditable
        rank = Rank.NORMAL if is_lost else Rank.PROGRESS
        edited = outbox.edit(session, board.message_id, context, now=now, rank=rank)
        if edited is EditOutcome.GONE:
            self._post(session, board, context, now)

    def _post(
        self, session: Session, board: TaskBoard, context: dict[str, Any], now: datetime
    ) -> None:
        place = Place(board.workspace_id, board.tenant, board.channel)
        board.message_id = outbox.put(session, place, Content(BOARD, context), now=now).id
        session.add(board)

    def _context(self, session: Session, board: TaskBoard) -> dict[str, Any]:
        is_live = (
            Task.tenant == board.tenant,
            _IS_LIVE,
            Task.workspace_id == board.workspace_id,
            Task.channel == board.channel,
        )
        counted = select(Task.status, func.count()).where(*is_live).group_by(Task.status)
        counts = {str(status): number for status, number in session.exec(counted)}
        query = (
            select(Task, Message.ts)
            .join(Message, col(Message.id) == col(Task.message_id), isouter=True)
            .where(*is_live)
            # Those that run come first, each kind of line in the order of its age.
            .order_by(col(Task.status).desc(), col(Task.created_at), col(Task.id))
            .limit(SHOWN_TASKS)
        )
        tasks = [(task, ts) for task, ts in session.exec(query)]
        workspace = session.get(Workspace, board.workspace_id)
        return task_board_context(tasks, counts, workspace.url or None if workspace else None)

    async def _pin_new(self) -> None:
        """Pin boards that Slack has got; a refusal is logged once, and left at that."""
        if self._pin is None:
            return

        def unpinned(session: Session) -> list[tuple[TaskBoard, str]]:
            query = (
                select(TaskBoard, Message.ts)
                .join(Message, col(Message.id) == col(TaskBoard.message_id))
                # Posted anew, the same message has another ts.
                .where(col(TaskBoard.pinned_ts).is_distinct_from(col(Message.ts)))
                .where(col(Message.is_posted))
            )
            return [(board, ts) for board, ts in session.exec(query) if ts]

        away: set[str] = set()
        for board, ts in await self._database.read(unpinned):
            if board.workspace_id in away:
                continue
            try:
                refused = await self._pin(board.workspace_id, board.channel, ts)
            except UnavailableError:
                away.add(board.workspace_id)  # The next look tries again.
                continue
            if refused:
                logger.warning("board_not_pinned", channel=board.channel, error=refused)
            await self._database.write(partial(self._note, pinned=board, ts=ts))

    def _note(self, session: Session, pinned: TaskBoard, ts: str) -> None:
        board = session.get(TaskBoard, (pinned.tenant, pinned.workspace_id, pinned.channel))
        if board is not None and board.message_id == pinned.message_id:
            board.pinned_ts = ts
            session.add(board)
