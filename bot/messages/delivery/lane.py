"""
The single writer of one workspace: choose messages, claim them, call Slack, record the answers.

A lane works in turns. Each turn is one transaction that records Slack's answers since the last
turn and claims the next messages. The calls run between turns, many at a time, at most one per
message.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database
from bot.messages.delivery import claims, given_up_rows, selection
from bot.messages.delivery.attempt import Claim, Delivery, Outcome
from bot.messages.delivery.call_pool import WorkerPool
from bot.messages.delivery.concurrency import ConcurrencyLimits
from bot.messages.delivery.health import LaneState
from bot.messages.delivery.leases import RENEWED, Hold, hold_lease, release_lease
from bot.messages.delivery.persisted_rate_limits import RecentCalls
from bot.messages.delivery.selection import Look
from bot.messages.error_codes import Verdict
from bot.messages.models import Rank
from bot.messages.policy import is_recognised
from bot.messages.rate_limits.outage_backoff import OutageBackoff
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.templates.store import TemplateSources
from bot.messages.transports.base import Transport
from bot.process.failure_log import FailureLogger

logger = structlog.get_logger(__name__)

#: A lane that has something to wait for looks this often, and keeps its lease by that.
_MAX_SLEEP = timedelta(seconds=6)
_TRY_AGAIN = timedelta(seconds=1)  # after a turn that failed


@dataclass(frozen=True)
class _Turn:
    """What one turn found: the claims to call Slack for, and when to look again at the latest."""

    at: datetime
    claims: Sequence[Claim]
    held: bool
    is_new: bool = False  # this lane has only now become the workspace's writer
    has_work: bool = True  # something is being sent, or waits to be
    next_due_at: datetime | None = None


class Lane:
    """The only place that calls Slack's writing methods for one workspace."""

    def __init__(
        self,
        workspace_id: str,
        *,
        owner: str,
        database: Database,
        transport: Transport,
        delivery: Delivery,
        pacing: Pacing,
        clock: Clock,
        concurrency: ConcurrencyLimits,
        delivery_ended: Callable[[Outcome, datetime], None] = lambda _outcome, _now: None,
    ) -> None:
        self.workspace_id = workspace_id
        self.state = LaneState.STARTING
        self.paused_because = ""
        self._failure_logger = FailureLogger("lane_turn_failed", workspace_id=workspace_id)
        self.began_at = clock.now()
        self.next_due_at: datetime | None = None
        #: Something was committed that no turn has looked for yet.
        self.is_woken = False
        self._owner = owner
        self._database = database
        self._transport = transport
        self._pacing = pacing
        self._clock = clock
        self._concurrency = concurrency
        self._delivery_ended = delivery_ended
        self._recent = RecentCalls(workspace_id)
        self._quiet_since: datetime | None = None
        self._held_since = self._held_until = clock.now()
        self._woken = asyncio.Event()
        self.is_leaving = False  # it was asked to end
        self._workers = WorkerPool(
            delivery, transport.at_a_time, concurrency, self._may_call, self._woken.set
        )
        self._sources = TemplateSources()
        self._outcomes: list[Outcome] = []  # not recorded yet
        self._uncalled: list[Claim] = []  # claimed, possibly committed, and not called yet
        self._backoff = OutageBackoff(clock.now())

    def wake(self) -> None:
        """Tell the lane that work was committed for it."""
        self.is_woken = True
        self._woken.set()

    def stop(self) -> None:
        """Ask the lane to claim nothing more and to end once Slack's last answer is recorded."""
        self.is_leaving = True
        self._woken.set()

    @property
    def is_quiet(self) -> bool:
        """Tell whether the last turn found no work and nothing to wait for."""
        return self._quiet_since is not None

    def budgets_used(self) -> dict[str, float]:
        """Return for each of Slack's methods the share of a minute's calls that was used."""
        return self._pacing.used(self._clock.now())

    async def run(self) -> None:
        """
        Serve until stopped, until there was nothing to do for a while, or another process holds it.

        One failing turn is logged and does not end the lane.
        """
        try:
            while not self._is_done():
                try:
                    wait = await self._turn()
                except Exception:
                    self._failure_logger.exception()
                    wait = _TRY_AGAIN
                if not self._is_done():
                    await self._sleep(wait)
            if self.state is not LaneState.ELSEWHERE:
                await self._database.write(self._release)
        finally:
            self._workers.cancel()  # Some are left if this task was cancelled.

    def _is_done(self) -> bool:
        if not self._workers.is_over or self._outcomes or self._uncalled:
            return False
        return self.is_leaving or self.state is LaneState.ELSEWHERE or self._has_rested()

    def _has_rested(self) -> bool:
        if self._quiet_since is None or self.is_woken:
            return False
        return self._clock.now() >= self._quiet_since + self._concurrency.rest_after()

    def _release(self, session: Session) -> None:
        release_lease(session, self.workspace_id, self._owner, self._clock.now())

    async def _turn(self) -> timedelta:
        """Record, claim and start calls; return how long there is nothing to do."""
        self._woken.clear()
        self.is_woken = False
        # Here and not as they come: the budgets belong to the turn, which runs in a thread.
        answered = self._workers.take_outcomes()
        self._outcomes += answered
        now = self._clock.now()
        for outcome in answered:
            self._learn(outcome)
            self._delivery_ended(outcome, now)
        if self.is_leaving or self.state is not LaneState.RUNNING:
            self._uncalled += self._workers.take_back()
        async with self._concurrency.turn():
            turn = await self._database.write(self._transact)
        self._outcomes, self._uncalled = [], []
        if not turn.held:
            self.state = LaneState.ELSEWHERE
            return _MAX_SLEEP  # Calls that are under way may still end.
        self._held_until = turn.at + RENEWED
        if turn.is_new:
            self._held_since = turn.at
            self.state = LaneState.RUNNING
        self._workers.begin(turn.claims)
        if self.state is LaneState.PAUSED and not self.is_leaving:
            self._quiet_since = None
            return min(await self._probe(), _MAX_SLEEP)
        return self._until(turn)

    def _transact(self, session: Session) -> _Turn:
        now = self._clock.now()
        hold = hold_lease(session, self.workspace_id, self._owner, now)
        if hold is Hold.ELSEWHERE:
            return _Turn(now, claims=(), held=False)
        # A commit alone changes the state. Who slept too long may find that others came and went.
        is_new = hold is Hold.TAKEN or self.state in (LaneState.STARTING, LaneState.ELSEWHERE)
        if is_new:
            self._take_over(session, now)
        claims.unclaim(session, self._uncalled)
        self._recent.take_back(self._uncalled, self._pacing)
        claims.record(session, self._outcomes, now)
        self._recent.learn(session, self._outcomes, self._pacing, now)
        there = selection.look(session, self.workspace_id, now)
        claimed: list[Claim] = []
        if (is_new or self.state is LaneState.RUNNING) and not self.is_leaving:
            claimed = self._claim(session, there, now)
            self._uncalled += claimed
        # Something may wait for a budget, a `Retry-After`, or its parent.
        is_busy = bool(claimed) or not self._workers.is_over
        has_work = is_busy or there.are_posts or there.are_edits
        return _Turn(now, claimed, True, is_new, has_work, there.next_due_at)

    def _take_over(self, session: Session, now: datetime) -> None:
        freed = claims.take_over(session, self.workspace_id, now)
        self._recent.take_over(session, self._pacing, now)
        logger.info("lane_taken", workspace_id=self.workspace_id, freed=freed)

    def _claim(self, session: Session, there: Look, now: datetime) -> list[Claim]:
        """Claim what the budgets allow, in the order of delivery."""
        claimed: list[Claim] = []
        off = given_up_rows.suspend(session, self.workspace_id, now) if there.is_off else []
        if there.are_posts:
            claimed = self._claim_posts(session, now, {*off, *self._pacing.closed_channels(now)})
        limit = min(self._workers.room - len(claimed), self._pacing.edits_left(now))
        if there.are_edits and limit > 0:
            rows = selection.ready_edits(session, self.workspace_id, limit)
            may_go = [
                row
                for row in rows
                if self._pacing.take_edit(now, is_progress=row.rank == Rank.PROGRESS)
            ]
            claimed += claims.claim(session, may_go, now, self._sources)
        if claimed and not self._pacing.unlimited:
            self._recent.add(session, claimed, now)
        return claimed

    def _claim_posts(self, session: Session, now: datetime, closed: set[str]) -> list[Claim]:
        claimed: list[Claim] = []
        while True:
            limit = min(self._workers.room - len(claimed), self._pacing.posts_left(now))
            if limit <= 0:
                return claimed
            rows = selection.ready_posts(session, self.workspace_id, limit, closed)
            may_go = [
                row
                for row in rows
                if self._pacing.take_post(row.channel, now, looks_up=row.answer_lost)
            ]
            claimed += claims.claim(session, may_go, now, self._sources)
            if len(may_go) == len(rows):
                return claimed
            # Their channels have had their share: what waits behind them may go.
            chosen = {row.id for row in may_go}
            closed |= {row.channel for row in rows if row.id not in chosen}

    def _may_call(self, claim: Claim) -> bool:
        """
        Tell whether the claim is still ours: after a sleep another process may have taken over.
        """
        return self._held_since <= claim.claimed_at and self._clock.now() < self._held_until

    def _learn(self, outcome: Outcome) -> None:
        """Take from an answer what it says about the workspace, not about the message."""
        answer = outcome.answer
        self._recent.answered(outcome.claim, self._pacing, self._clock.now())
        if outcome.verdict not in (Verdict.PACED, Verdict.OUTAGE):
            self._pacing.thaw(outcome.claim.channel, is_edit=outcome.claim.is_edit)
        if outcome.verdict is Verdict.DELIVERED:
            self._backoff.forget()
        elif outcome.verdict is Verdict.PACED:
            if not answer.is_own_wait:
                self._slow_down(outcome)
        elif outcome.verdict in (Verdict.OUTAGE, Verdict.LOCKED_OUT):
            self._pause_because(outcome.error or str(outcome.verdict))
        if not is_recognised(answer):
            known_as = outcome.claim.correlation
            logger.warning("slack_error_unrecognised", error=answer.error, correlation_id=known_as)

    def _slow_down(self, outcome: Outcome) -> None:
        """Block what Slack has just rate-limited, and nothing else."""
        now = self._clock.now()
        seconds = outcome.answer.retry_after if outcome.answer.retry_after is not None else 1.0
        until = now + timedelta(seconds=seconds)
        claim = outcome.claim
        if claim.answer_lost:  # It was the history that Slack refused; nothing was posted.
            self._pacing.lookups.freeze.begin(until)
        else:
            self._pacing.freeze(claim.channel, until, now=now, is_edit=claim.is_edit)
        logger.warning("slack_paced", workspace_id=self.workspace_id, seconds=seconds)

    def _pause_because(self, reason: str) -> None:
        if self.state is LaneState.RUNNING:
            self.state = LaneState.PAUSED
            self.paused_because = reason
            self._backoff.prolong(self._clock.now())
            logger.error("lane_paused", workspace_id=self.workspace_id, reason=reason)

    async def _probe(self) -> timedelta:
        """While paused, probe Slack at growing intervals; return when to continue."""
        if not self._backoff.left(self._clock.now()):
            answer = await self._transport.probe()
            if answer.ok:
                self.state = LaneState.RUNNING
                self.paused_because = ""
                logger.info("lane_resumed", workspace_id=self.workspace_id)
                return timedelta(0)
            self._backoff.prolong(self._clock.now())
        return self._backoff.left(self._clock.now())

    def _until(self, turn: _Turn) -> timedelta:
        """Return how long to wait, and note since when there is nothing to wait for."""
        now = self._clock.now()
        self.next_due_at = turn.next_due_at
        soon = now + _MAX_SLEEP
        if turn.next_due_at is not None:
            soon = min(soon, turn.next_due_at)
        if turn.has_work or soon < now + self._concurrency.rest_after():
            self._quiet_since = None
            return max(min(soon, self._pacing.next_opening(now)) - now, timedelta(0))
        self._quiet_since = self._quiet_since or now
        return max(self._quiet_since + self._concurrency.rest_after() - now, timedelta(0))

    async def _sleep(self, longest: timedelta) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(longest.total_seconds()):
                await self._woken.wait()
