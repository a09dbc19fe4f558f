"""A transaction on tasks, and the lanes and launcher to wake after it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.db import Database
from bot.tasks.creation import Owner

T = TypeVar("T")


class Waker(Protocol):
    """Is notified when work was committed."""

    def wake(self, workspace_id: str) -> None:
        """Look again."""
        ...


class Transactions:
    """Commits, then wakes the workspace's lane and the launcher."""

    def __init__(self, database: Database, *, lanes: Waker, launcher: Waker) -> None:
        self._database = database
        self._lanes = lanes
        self._launcher = launcher

    @property
    def is_single_writer(self) -> bool:
        """Tell whether writing transactions run one after the other anyway."""
        return self._database.is_sqlite

    async def write(self, owner: Owner, work: Callable[[Session], T]) -> T:
        """Run *work* and commit; once more from the start if another one created the same thing."""
        try:
            result = await self._database.write(work)
        except IntegrityError:
            result = await self._database.write(work)
        self.wake(owner.workspace_id)
        return result

    async def write_all(self, work: Callable[[Session], T]) -> T:
        """Run *work*, which concerns any workspace, and commit; the caller wakes."""
        return await self._database.write(work)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run *work* on a snapshot."""
        return await self._database.read(work)

    def wake(self, workspace_id: str) -> None:
        """Tell lane and launcher to look again."""
        self._lanes.wake(workspace_id)
        self._launcher.wake(workspace_id)
