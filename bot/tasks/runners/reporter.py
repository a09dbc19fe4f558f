"""Reports to tasks what runners learn about their work."""

from collections.abc import Callable
from typing import Any

from bot.tasks.creation import Owner
from bot.tasks.intake import Intake
from bot.tasks.models import TaskStatus
from bot.tasks.runners.runner import Attempt
from bot.tasks.updates import StatusReport


class Reporter:
    """Reports for runners; it is built before the intake, and used only after."""

    def __init__(self, intake: Callable[[], Intake]) -> None:
        self._intake = intake

    async def tell(
        self,
        attempt: Attempt,
        status: TaskStatus,
        *,
        error: str | None = None,
        progress: int | None = None,
        note: str | None = None,
        stats: dict[str, Any] | None = None,
    ) -> None:
        """Report the state of an attempt; raise `NotFoundError` if there is no such task."""
        report = StatusReport(
            status=status,
            task_id=attempt.task_id,
            attempt=attempt.number,
            error=error,
            progress=progress,
            progress_note=note,
            stats=stats,
        )
        await self._intake().report(owner_of(attempt), report)

    async def live(self, runner: str) -> list[Attempt]:
        """Return the attempts of a runner that have not ended."""
        return [
            Attempt(task.tenant, task.id, task.attempt, task.workspace_id)
            for task in await self._intake().live_of(runner)
        ]

    async def beat(self, attempt: Attempt) -> bool:
        """Renew the lease of an attempt; return False if somebody has cancelled it."""
        status = await self._intake().keep_alive(owner_of(attempt), attempt.task_id, attempt.number)
        return status != TaskStatus.CANCELLED


def owner_of(attempt: Attempt) -> Owner:
    """Return for whom an attempt runs."""
    return Owner(attempt.tenant, attempt.workspace_id)
