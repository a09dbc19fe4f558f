"""Hands wanted tasks to their runners, once each, after they were committed."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlmodel import Session, col, or_, select

from bot.clock import Clock
from bot.db import Database
from bot.tasks import queries
from bot.tasks.creation import Owner
from bot.tasks.intake import Intake
from bot.tasks.models import ENDS, Status, Task
from bot.tasks.runners.runner import Attempt, Launch, Runner, RunnerError
from bot.tasks.updates import Report
from bot.tokens import CALLBACK_DAYS, Tokens

logger = structlog.get_logger(__name__)

#: A runner is told where the message stands; it is not made to wait for Slack longer than this.
WAIT_FOR_MESSAGE = timedelta(seconds=10)
#: A launch that was begun and never finished belonged to a process that died.
ABANDONED_AFTER = timedelta(seconds=90)
#: No runner may take longer to be handed a task, or a second process would begin anew.
LONGEST_HANDOVER_SECONDS = 75.0
MAX_CLAIMED = 50
LOOK_AGAIN_SECONDS = 0.2
LONGEST_SLEEP_SECONDS = 5.0
STOP_SECONDS = 5.0
FOLLOW_AGAIN_SECONDS = 5.0


#: A task to be handed over, what its runner is sent, and why it cannot be.
Wanted = tuple[Task, Launch, str | None]


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
        self._running: set[asyncio.Task[None]] = set()
        self._followers: list[asyncio.Task[None]] = []

    def wake(self, _workspace_id: str) -> None:
        """Tell the launcher that something was committed."""
        self._woken.set()

    async def run(self, intake: Intake) -> None:
        """Serve until stopped; one failing step is logged and does not end the loop."""
        for name, runner in self._runners.items():
            self._followers.append(asyncio.create_task(follow(name, runner), name=f"follow {name}"))
        while not self._stopping:
            self._woken.clear()
            try:
                more = await self._launch_next(intake)
            except Exception:
                logger.exception("launch_step_failed")
                more = True
            with contextlib.suppress(TimeoutError):
                wait = LOOK_AGAIN_SECONDS if more else LONGEST_SLEEP_SECONDS
                await asyncio.wait_for(self._woken.wait(), wait)

    async def stop(self) -> None:
        """Claim nothing more and let what is being handed over arrive."""
        self._stopping = True
        self._woken.set()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=STOP_SECONDS)
            for handover in late:  # The next process finds it begun, and begins anew.
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
        """Tell whether the task's runner is there and for its tenant, so that it can be retried."""
        return task.runner in self._runners and self._may_run(task)

    async def _launch_next(self, intake: Intake) -> bool:
        """Hand over what is wanted; return True if more is wanted but must wait for Slack."""
        claimed, waiting = await self._database.write(self._claim)
        for task, launch, refusal in claimed:
            self._spawn(self._launch(intake, task, launch, refusal), f"launch {task.id}")
        return waiting

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        running = asyncio.create_task(work, name=name)
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    def _claim(self, session: Session) -> tuple[list[Wanted], bool]:
        now = self._clock.now()
        query = (
            select(Task)
            .where(
                col(Task.launch_wanted_at).is_not(None),
                or_(col(Task.launched_at).is_(None), col(Task.launched_at) < now - ABANDONED_AFTER),
            )
            .order_by(col(Task.launch_wanted_at))
            .limit(MAX_CLAIMED)
            .with_for_update(skip_locked=True)
        )
        found = session.exec(query).all()
        claimed: list[Wanted] = []
        waiting = len(found) == MAX_CLAIMED
        for task in found:
            if is_settled(task):
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
                async with asyncio.timeout(LONGEST_HANDOVER_SECONDS):
                    await self._runners[task.runner or ""].start(launch)
            except RunnerError as error:
                refusal = str(error)
            except TimeoutError:
                refusal = f"The runner did not take it within {LONGEST_HANDOVER_SECONDS:.0f} s."
        logger.info("task_launched", task_id=task.id, attempt=launch.attempt, refusal=refusal)
        if refusal:  # First, so that a crash in between leaves nobody waiting.
            report = Report(
                status=Status.FAILED, task_id=task.id, attempt=launch.attempt, error=refusal
            )
            await intake.report(Owner(task.tenant, task.workspace_id), report)
        is_wanted = await self._database.write(lambda session: settle(session, launch))
        if not refusal and not is_wanted:
            await cancel(self._runners[task.runner or ""], task)


async def follow(name: str, runner: Runner) -> None:
    """Let a runner report for as long as the bot runs, whatever fails on the way."""
    while True:
        try:
            await runner.follow()
        except Exception:
            logger.exception("runner_follow_failed", runner=name)
        else:
            return
        await asyncio.sleep(FOLLOW_AGAIN_SECONDS)


async def cancel(runner: Runner, task: Task) -> None:
    try:
        await runner.cancel(Attempt(task.tenant, task.id, task.attempt, task.workspace_id))
    except RunnerError as error:
        logger.warning("cancel_refused", task_id=task.id, reason=str(error))


def is_settled(task: Task) -> bool:
    """Tell whether the task has ended, or was begun by a launch that nobody noted as arrived."""
    begun = task.launched_at is not None and task.status != Status.QUEUED
    return begun or task.status in ENDS


def settle(session: Session, launch: Launch) -> bool:
    """
    Note that this attempt was handed over; a newer attempt's wish stays.

    Returns False if it was cancelled while it was handed over.
    """
    task = session.get(Task, (launch.task_id, launch.tenant), with_for_update=True)
    if task is None or task.attempt != launch.attempt:
        return False
    task.launch_wanted_at = None
    return task.status != Status.CANCELLED
