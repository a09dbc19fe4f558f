"""Takes runs that wait and works on a few of them at a time, each under a lease."""

import asyncio
import contextlib
import contextvars
import os
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database
from bot.ids import new_id
from bot.reports.models import Report, ReportRun
from bot.reports.runs.completion import Findings, RunFailure, complete_run, fail_run, skip_run
from bot.reports.runs.execution import Execution, Skipped, Waiting
from bot.reports.runs.run_leases import (
    MAX_RUN_TRIES,
    RUN_LEASE,
    RunClaim,
    claim_runs,
    give_back,
    is_any_ready,
    renew,
)

logger = structlog.get_logger(__name__)

_LOST = RunFailure(
    "lost",
    f"It was started {MAX_RUN_TRIES} times, and each time Opsbell stopped before it ended.",
)
_UNFORESEEN = "Something went wrong in Opsbell: its log says what, under the id of this run."


class RunWorkers:
    """This process's share of the runs; `wake` tells a workspace's lane of a committed message."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        execution: Execution,
        wake: Callable[[str], None],
        *,
        concurrent_runs: int,
        lease: timedelta = RUN_LEASE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._execution = execution
        self._wake = wake
        self._free = concurrent_runs
        self._lease = lease
        self._owner = f"{os.getpid()}-{new_id('w')}"
        self._running: dict[str, asyncio.Task[None]] = {}
        self._starting = asyncio.Lock()
        self._is_stopping = False

    @property
    def running(self) -> int:
        """How many runs this process works on."""
        return len(self._running)

    async def start_ready(self) -> int:
        """Begin as many waiting runs as there is room for, and return how many."""
        async with self._starting:
            room = self._free - len(self._running)
            if room <= 0 or self._is_stopping or not await self._is_anything_ready():
                return 0
            now, held = self._clock.now(), tuple(self._running)
            claims = await self._database.write(
                lambda session: claim_runs(
                    session, self._owner, now, room, lease=self._lease, held=held
                )
            )
            for claim in claims:
                # It outlives the request that began it, and must not carry its correlation id on.
                task = asyncio.create_task(
                    self._work(claim),
                    name=f"report run {claim.run_id}",
                    context=contextvars.Context(),
                )
                self._running[claim.run_id] = task
            return len(claims)

    async def drain(self) -> None:
        """Work until nothing waits any more; for the command line and tests."""
        while await self.start_ready() or self._running:
            await asyncio.gather(*self._running.values())

    async def stop(self) -> None:
        """Give back what is in hand: another process, or the next start, takes it at once."""
        self._is_stopping = True
        running = [*self._running.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _is_anything_ready(self) -> bool:
        """Look without a transaction that writes: mostly there is nothing."""
        now = self._clock.now()
        return await self._database.read(lambda session: is_any_ready(session, now))

    async def _work(self, claim: RunClaim) -> None:
        try:
            try:
                await self._run_held(claim)
            finally:
                self._running.pop(claim.run_id, None)
            await self.start_ready()
        except asyncio.CancelledError:
            now = self._clock.now()
            await asyncio.shield(
                self._database.begin_write(lambda session: give_back(session, claim, now))
            )
            raise
        except Exception:
            # Its lease expires and it is tried again: nothing is lost with this task.
            logger.exception("report_run_not_recorded", run=claim.run_id)

    async def _run_held(self, claim: RunClaim) -> None:
        report, run = await self._database.read(lambda session: _rows_of(session, claim))
        if report is None or run is None:
            await self._database.write(lambda session: _forget(session, claim))
            return
        if claim.tries > MAX_RUN_TRIES and not claim.is_again:
            await self._end(claim, _LOST)
            return
        renewal = asyncio.create_task(self._keep(claim), name=f"lease of {claim.run_id}")
        try:
            outcome = await self._outcome(claim, report, run)
        finally:
            renewal.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewal
        await self._end(claim, outcome)

    async def _outcome(
        self, claim: RunClaim, report: Report, run: ReportRun
    ) -> Findings | Skipped | Waiting | RunFailure:
        try:
            return await self._execution.work(report, run, is_again=claim.is_again)
        except RunFailure as failure:
            return failure
        except Exception:
            logger.exception("report_run_unforeseen", run=claim.run_id, report=report.id)
            return RunFailure("unforeseen", _UNFORESEEN)

    async def _keep(self, claim: RunClaim) -> None:
        """Renew the lease for as long as the run goes on."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            now = self._clock.now()
            await self._database.write(
                lambda session, now=now: renew(session, claim, now, self._lease)  # type: ignore[misc]
            )

    async def _end(
        self, claim: RunClaim, outcome: Findings | Skipped | Waiting | RunFailure
    ) -> None:
        now = self._clock.now()

        def work(session: Session) -> str | None:
            match outcome:
                case Findings():
                    return complete_run(session, claim, outcome, now)
                case Skipped(reason):
                    return skip_run(session, claim, reason, now)
                case Waiting(until):
                    give_back(session, claim, until)
                    return None
                case RunFailure():
                    return fail_run(session, claim, outcome, now)

        # Not half-way: whoever stops us waits for this one transaction.
        woken = await asyncio.shield(self._database.begin_write(work))
        if woken is not None:
            self._wake(woken)


def _rows_of(session: Session, claim: RunClaim) -> tuple[Report | None, ReportRun | None]:
    return session.get(Report, claim.report_id), session.get(ReportRun, claim.run_id)


def _forget(session: Session, claim: RunClaim) -> None:
    """Delete a run whose report was deleted meanwhile."""
    run = session.get(ReportRun, claim.run_id)
    if run is not None:
        session.delete(run)
