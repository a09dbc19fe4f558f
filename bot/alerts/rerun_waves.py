"""
Decides how to rerun the failed tasks of an alert, without input or output.

One task is the canary. When it has completed, the rest follow in waves, each twice as large as the
previous one up to a limit; a wave starts when all of the previous one have completed. The first new
failure stops the rerun, because the cause is not fixed; tasks not started yet are left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.tasks.models import LIVE, TaskStatus

MAX_WAVE = 20


class RerunState(StrEnum):
    """How far it is."""

    CANARY = "canary"
    WAVES = "waves"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Rerun:
    """
    Tasks that wait for their turn, and those that run.

    Each is an id with the attempt that failed; the attempt that is wanted is the one after it.
    """

    waiting: tuple[tuple[str, int], ...]
    running: tuple[tuple[str, int], ...] = ()
    state: RerunState = RerunState.CANARY
    wave: int = 1
    succeeded: int = 0
    failed: int = 0

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will be started."""
        return self.state in (RerunState.DONE, RerunState.STOPPED)


@dataclass(frozen=True)
class SeenRun:
    """How a task is now."""

    attempt: int
    status: TaskStatus


def begin(tasks: tuple[tuple[str, int], ...]) -> Rerun:
    """Return a rerun whose canary is to be started: the first of *tasks*."""
    return Rerun(waiting=tasks[1:], running=tasks[:1])


def advance(rerun: Rerun, seen: Mapping[str, SeenRun]) -> Rerun:
    """
    Return the next state of a rerun, given its running tasks as *seen*.

    A task that is gone, or that somebody has rerun meanwhile, counts by its present state.
    """
    if rerun.is_over:
        return rerun
    live, succeeded, failed = [], 0, 0
    for task_id, attempt in rerun.running:
        now = seen.get(task_id)
        if now is not None and (now.attempt <= attempt or now.status in LIVE):
            live.append((task_id, attempt))  # Also when it has not been started yet.
        elif now is not None and now.status == TaskStatus.COMPLETED:
            succeeded += 1
        else:
            failed += 1
    after = replace(
        rerun,
        running=tuple(live),
        succeeded=rerun.succeeded + succeeded,
        failed=rerun.failed + failed,
    )
    if after.failed:
        return replace(after, state=RerunState.STOPPED)
    if live:
        return after
    if not after.waiting:
        return replace(after, state=RerunState.DONE)
    wave = min(2 * rerun.wave, MAX_WAVE)
    return replace(
        after,
        state=RerunState.WAVES,
        wave=wave,
        running=after.waiting[:wave],
        waiting=after.waiting[wave:],
    )
