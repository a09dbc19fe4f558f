"""Hands queued tasks to their runners, once each, after they are committed."""

import asyncio
import contextlib
import contextvars
import time
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlmodel import Session, col, or_, select

from bot.clock import Clock
from bot.db import Database
from bot.process.failure_log import FailureLogger
from bot.tasks import queries
from bot.tasks.creation import Owner
from bot.tasks.intake import Intake
from bot.tasks.models import ENDS, Task, TaskStatus
from bot.tasks.runners.runner import Attempt, Launch, Runner, RunnerError
from bot.tasks.updates import StatusReport
from bot.tokens import CALLBACK_DAYS, Tokens

logger = structlog.get_logger(__name__)

#: Maximum wait for Slack, so that the runner can be given the message's timestamp.
WAIT_FOR_MESSAGE = timedelta(seconds=10)
#: A launch that is unfinished after this long belonged to a process that died.
ABANDONED_AFTER = timedelta(seconds=90)
#: Maximum time for handing over a task; after it a second process would start over.
_MAX_HANDOVER_SECONDS = 75.0
_MAX_CLAIMED = 50
_TRY_AGAIN_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 0.2
_MAX_SLEEP_SECONDS = 5.0
_HANDOVER_STOP_SECONDS = 5.0
_FOLLOW_AGAIN_SECONDS = 2.0
_MAX_FOLLOW_PAUSE_SECONDS = 60.0


#: A task to be handed over, what its runner is sent, and why it cannot be.
_Wanted = tuple[Task, Launch, str | None]


class Launcher:
    """One loop: claim a wanted task, hand it over, say so if it was refused."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        runners: Mapping[str, Runner],
        *,
        base_url: Callable[[], str],
        tokens: Tokens | None,
        may_run: Callable[[Task], bool] = lambda _: True,
    ) -> None:
        self._database = database
        self._clock = clock
        self._runners = runners
        self._base_url = base_url
        self._tokens = tokens
        self._may_run = may_run
        self._woken = asyncio.Event()
        self._stopping = False
        self._failure_logger = FailureLogger("launch_step_failed")
        self._running: set[asyncio.Task[None]] = set()
        self._followers: list[asyncio.Task[None]] = []

    def wake(self, _workspace_id: str) -> None:
        """Tell the launcher that work was committed."""
        self._woken.set()

    async def run(self, intake: Intake) -> None:
        """Serve until stopped; one failing step is logged and does not end the loop."""
        for name, runner in self._runners.items():
            self._followers.append(asyncio.create_task(follow(name, runner), name=f"follow {name}"))
        while not self._stopping:
            self._woken.clear()
            try:
                more = await self._launch_next(intake)
                wait = _LOOK_AGAIN_SECONDS if more else _MAX_SLEEP_SECONDS
            except Exception:
                self._failure_logger.exception()
                wait = _TRY_AGAIN_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wait)

    async def stop(self) -> None:
        """Claim nothing more and let what is being handed over arrive."""
        self._stopping = True
        self._woken.set()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_HANDOVER_STOP_SECONDS)
            for handover in late:  # The next process finds it unfinished and starts over.
                handover.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for follower in self._followers:
            follower.cancel()
        await asyncio.gather(*self._followers, return_exceptions=True)
        for runner in self._runners.values():
            await runner.stop()

    def cancel(self, task: Task) -> None:
        """Ask the task's runner, in the background, to stop it; the task is cancelled anyway."""
        runner = self._runners.get(task.runner or "")
        if runner is not None:
            self._spawn(cancel(runner, task), f"cancel {task.id}")

    def knows(self, task: Task) -> bool:
        """Tell whether the task's runner exists for its tenant, so that it can be retried."""
        return task.runner in self._runners and self._may_run(task)

    async def _launch_next(self, intake: Intake) -> bool:
        """Launch queued attempts; return True if some must wait until Slack has their message."""
        claimed, waiting = await self._database.write(self._claim)
        for task, launch, refusal in claimed:
            self._spawn(self._launch(intake, task, launch, refusal), f"launch {task.id}")
        return waiting

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        # It outlives the request that began it, and must not carry its correlation id on.
        running = asyncio.create_task(work, name=name, context=contextvars.Context())
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    def _claim(self, session: Session) -> tuple[list[_Wanted], bool]:
        now = self._clock.now()
        query = (
            select(Task)
            .where(
                col(Task.launch_wanted_at).is_not(None),
                or_(col(Task.launched_at).is_(None), col(Task.launched_at) < now - ABANDONED_AFTER),
            )
            .order_by(col(Task.launch_wanted_at))
            .limit(_MAX_CLAIMED)
            .with_for_update(skip_locked=True)
        )
        found = session.exec(query).all()
        claimed: list[_Wanted] = []
        waiting = len(found) == _MAX_CLAIMED
        for task in found:
            if _is_handed_over(task):
                task.launch_wanted_at = None
                continue
            ts = queries.message_ts(session, task)
            patient = task.launch_wanted_at and now - task.launch_wanted_at < WAIT_FOR_MESSAGE
            if ts is None and task.message_id and patient:
                waiting = True
                continue
            refusal = self._refusal(task)
            task.launched_at = now
            claimed.append((task, self._describe(task, ts), refusal))
        return claimed, waiting

    def _refusal(self, task: Task) -> str | None:
        """Say why the task cannot be handed over; None if it can."""
        runner = self._runners.get(task.runner or "")
        if runner is None or not self._may_run(task):
            return f"There is no runner called {task.runner} any more."
        if task.launched_at is not None and not runner.repeatable:
            return "The bot was stopped while it started this; look whether it ran, then retry."
        return None

    def _describe(self, task: Task, ts: str | None) -> Launch:
        token = self._tokens and self._tokens.mint(
            subject=f"task:{task.id}",
            tenant=task.tenant,
            scopes=frozenset({"tasks:write"}),
            days=CALLBACK_DAYS,
            task_id=task.id,
        )
        return Launch(
            task_id=task.id,
            tenant=task.tenant,
            workspace_id=task.workspace_id,
            task=task.task,
            subject=task.subject,
            attempt=task.attempt,
            payload=task.payload,
            channel=task.channel,
            ts=ts,
            callback_url=f"{self._base_url()}/api/slack/update",
            callback_token=token or None,
        )

    async def _launch(
        self, intake: Intake, task: Task, launch: Launch, refusal: str | None
    ) -> None:
        if refusal is None:
            try:
                async with asyncio.timeout(_MAX_HANDOVER_SECONDS):
                    await self._runners[task.runner or ""].start(launch)
            except RunnerError as error:
                refusal = str(error)
            except TimeoutError:
                refusal = f"The runner did not take it within {_MAX_HANDOVER_SECONDS:.0f} s."
        logger.info("task_launched", task_id=task.id, attempt=launch.attempt, refusal=refusal)
        if refusal:  # First, so that a crash in between leaves no caller waiting.
            report = StatusReport(
                status=TaskStatus.FAILED, task_id=task.id, attempt=launch.attempt, error=refusal
            )
            await intake.report(Owner(task.tenant, task.workspace_id), report)
        is_wanted = await self._database.write(lambda session: _record_handover(session, launch))
        if not refusal and not is_wanted:
            await cancel(self._runners[task.runner or ""], task)


async def follow(name: str, runner: Runner) -> None:
    """Let a runner report for as long as the bot runs, whatever fails on the way."""
    wait = _FOLLOW_AGAIN_SECONDS
    while True:
        began = time.monotonic()
        try:
            await runner.follow()
        except Exception:
            logger.exception("runner_follow_failed", runner=name)
        else:
            return
        # A queue that stays away is asked once a minute, one that broke off at once.
        is_new = time.monotonic() - began > _MAX_FOLLOW_PAUSE_SECONDS
        wait = _FOLLOW_AGAIN_SECONDS if is_new else min(2 * wait, _MAX_FOLLOW_PAUSE_SECONDS)
        await asyncio.sleep(wait)


async def cancel(runner: Runner, task: Task) -> None:
    try:
        await runner.cancel(Attempt(task.tenant, task.id, task.attempt, task.workspace_id))
    except RunnerError as error:
        logger.warning("cancel_refused", task_id=task.id, reason=str(error))


def _is_handed_over(task: Task) -> bool:
    """Tell whether the task has ended, or was started by a launch that was never recorded."""
    begun = task.launched_at is not None and task.status != TaskStatus.QUEUED
    return begun or task.status in ENDS


def _record_handover(session: Session, launch: Launch) -> bool:
    """
    Note that this attempt was handed over; a newer attempt's wish stays.

    Returns False if it was cancelled while it was handed over.
    """
    task = session.get(Task, (launch.task_id, launch.tenant), with_for_update=True)
    if task is None or task.attempt != launch.attempt:
        return False
    task.launch_wanted_at = None
    return task.status != TaskStatus.CANCELLED
