"""
All lanes of this process. A lane runs only while its workspace has work.

A wake-up starts a lane, or wakes the process that holds it. A sweep finds work that no wake-up
announced: work of a process that died, messages that became due, lost wake-ups.
"""

import asyncio
import contextvars
import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from bot.clock import Clock, SteadyClock
from bot.db import Database
from bot.errors import NoTransportError
from bot.ids import new_id
from bot.messages.delivery.attempt import Delivery
from bot.messages.delivery.concurrency import ConcurrencyLimits
from bot.messages.delivery.content import ClaimRenderer
from bot.messages.delivery.due_lanes import due_lanes
from bot.messages.delivery.health import LaneHealth, LaneState
from bot.messages.delivery.lane import Lane
from bot.messages.delivery.outcome import Outcome
from bot.messages.delivery.wakeup_routing import ANEW, WakeupRouter
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.templates.isolation import Isolation
from bot.messages.transports.base import Transport
from bot.messages.transports.factory import Opened, Transports
from bot.messages.workers.pool import Workers

logger = structlog.get_logger(__name__)

_STOP_SECONDS = 8.0
#: Maximum number of active lanes; the others wait for their turn.
_MAX_LANES = 1000
#: While others wait, an active lane gives its place to the next one after this long.
SLICE = timedelta(seconds=10)
#: A lane that cannot be opened is tried again after this long.
STUCK = timedelta(seconds=30)
#: What is due later than this is found by the sweep alone.
_MAX_TIMER = timedelta(hours=1)


@dataclass(frozen=True)
class _Stuck:
    """A lane that could not be opened, and when to try again."""

    reason: str
    until: datetime


class Lanes:
    """
    Runs the lanes that have work, at most *most_lanes* at a time.

    *wake_elsewhere* notifies the other processes of a key, in a transaction; None if there are
    none.
    """

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        clock: Clock,
        *,
        isolation: Isolation | None = None,
        transports: Transports | None = None,
        wake_elsewhere: Callable[[Session, str], None] | None = None,
        max_lanes: int = _MAX_LANES,
        delivery_ended: Callable[[Outcome, datetime], None] = lambda _outcome, _now: None,
    ) -> None:
        self._database = database
        self._content = ClaimRenderer(renderer, isolation or Isolation(Workers()))
        self._clock = SteadyClock(clock)
        self._transports = transports or Transports()
        self._max_lanes = max_lanes
        self._delivery_ended = delivery_ended
        self._owner = new_id("p")
        self._router = WakeupRouter(database, self._clock, self._owner, wake_elsewhere)
        self._concurrency = (
            ConcurrencyLimits(turns=1) if database.is_sqlite else ConcurrencyLimits()
        )
        self._given: dict[str, Opened] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}  # active lanes, by when they began
        self._lanes: dict[str, Lane] = {}  # those of them that are open
        self._queue: dict[str, None] = {}  # those that wait for a place, the longest first
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._stuck: dict[str, _Stuck] = {}
        self._is_stopping = False

    def open(self, key: str, transport: Transport, pacing: Pacing | None = None) -> None:
        """Start a lane over a transport that the caller has made, and will close."""
        if key in self._given:
            raise ValueError(f"the lane of {key} is open already")
        self._is_stopping = False
        self._given[key] = Opened(transport, pacing or Pacing())
        self._stuck.pop(key, None)
        self._want(key)

    def wake(self, key: str) -> None:
        """Notify a lane, here or in another process, that work was committed for it."""
        if not self._is_stopping and not self._nudge(key):
            self._router.wake(key, self._want)

    def hear(self, word: str) -> None:
        """Take a wake-up of another process; it goes no further."""
        key = word.removeprefix(ANEW)
        if key == word:
            self._nudge(key)
        else:
            self._begin_anew(key)

    def reopen(self, key: str) -> None:
        """Restart a lane, in whichever process it is: its token was changed or removed."""
        self._begin_anew(key)
        self._router.reopen(key)
        self.wake(key)

    async def sweep(self) -> None:
        """Start lanes that have work and no holder; rotate lanes if there are too many."""
        now = self._clock.now()
        queued = set(self._queue)
        due = await self._database.read(partial(due_lanes, owner=self._owner, now=now))
        if self._is_stopping:
            return
        for key in queued.difference(due):  # By now another process has it.
            self._queue.pop(key, None)
        over = [key for key, stuck in self._stuck.items() if stuck.until <= now]
        for key in set(over).difference(due):
            del self._stuck[key]
        random.shuffle(due)  # Processes that look at the same time begin at different ends.
        for key in due:
            lane = self._lanes.get(key)
            if lane is not None and lane.is_quiet:
                lane.wake()
            elif key not in self._tasks:
                self._want(key)
        self._make_room()

    def health(self) -> list[LaneHealth]:
        """Return how the lanes are that have something to do here."""
        stuck = [LaneHealth(key, "stuck", one.reason) for key, one in self._stuck.items()]
        queued = [LaneHealth(key, "queued", "") for key in self._queue]
        active = [
            LaneHealth(key, str(lane.state), lane.paused_because)
            for key, lane in self._lanes.items()
        ]
        return [*active, *queued, *stuck]

    def budgets_used(self) -> dict[str, float]:
        """Return for each of Slack's methods the largest share that a workspace here has used."""
        used: dict[str, float] = {}
        for lane in self._lanes.values():
            for method, share in lane.budgets_used().items():
                used[method] = max(used.get(method, 0.0), share)
        return used

    async def stop(self) -> None:
        """Claim nothing more, record the last answers, release the leases; within 8 seconds."""
        self._is_stopping = True
        for timer in self._timers.values():
            timer.cancel()
        for key, task in self._tasks.items():
            lane = self._lanes.get(key)
            if lane is None:
                task.cancel()
            else:
                lane.stop()
        await self._router.stop()
        if self._tasks:
            waited = list(self._tasks.values())
            _, late = await asyncio.wait(waited, timeout=_STOP_SECONDS)
            for task in late:
                # What it was sending stays claimed; the next owner looks before it posts again.
                logger.warning("lane_stopped_late", task=task.get_name())
                task.cancel()
            await asyncio.gather(*waited, return_exceptions=True)
        for kept in (self._timers, self._queue, self._given, self._stuck):
            kept.clear()

    def _nudge(self, key: str) -> bool:
        """Wake a lane that is here already, or is about to be; False if it is not."""
        lane = self._lanes.get(key)
        if lane is not None:
            lane.wake()
        return key in self._tasks or key in self._queue

    def _begin_anew(self, key: str) -> None:
        self._stuck.pop(key, None)
        lane = self._lanes.get(key)
        if lane is not None:
            lane.stop()

    def _want(self, key: str) -> None:
        """Start a lane, or let it wait for a place."""
        if self._is_stopping or key in self._tasks or key in self._queue:
            return
        stuck = self._stuck.get(key)
        if stuck is None or stuck.until <= self._clock.now():
            self._queue[key] = None
            self._fill()

    def _fill(self) -> None:
        while self._queue and len(self._tasks) < self._max_lanes:
            key = next(iter(self._queue))
            del self._queue[key]
            timer = self._timers.pop(key, None)
            if timer is not None:
                timer.cancel()
            # It outlives the request that began it, and must not carry its correlation id on.
            task = asyncio.create_task(
                self._serve(key), name=f"lane {key}", context=contextvars.Context()
            )
            self._tasks[key] = task
            task.add_done_callback(partial(self._end, key))
        self._make_room()

    def _make_room(self) -> None:
        """For each lane that waits let one go: a quiet one, or one that has served its time."""
        self._concurrency.is_crowded = bool(self._queue)
        if not self._queue:
            return
        wanted = len(self._queue) - sum(lane.is_leaving for lane in self._lanes.values())
        now = self._clock.now()
        for lane in self._lanes.values():
            if wanted <= 0:
                return
            if not lane.is_leaving and (lane.is_quiet or now - lane.began_at > SLICE):
                lane.stop()
                wanted -= 1

    async def _serve(self, key: str) -> None:
        """Run one lane from its beginning to its end."""
        try:
            opened = self._given.get(key) or await self._transports.open(key)
        except NoTransportError as error:
            self._stuck[key] = _Stuck(str(error), self._clock.now() + STUCK)
            logger.warning("lane_stuck", workspace_id=key, reason=str(error))
            return
        self._stuck.pop(key, None)
        now, chance = self._clock.now, random.SystemRandom()
        lane = Lane(
            key,
            owner=self._owner,
            database=self._database,
            transport=opened.transport,
            delivery=Delivery(opened.transport, self._content, now, chance),
            pacing=deepcopy(opened.pacing),
            clock=self._clock,
            concurrency=self._concurrency,
            delivery_ended=self._delivery_ended,
        )
        self._lanes[key] = lane
        self._concurrency.lanes = len(self._lanes)
        try:
            await lane.run()
        finally:
            opened.close()

    def _end(self, key: str, task: asyncio.Task[None]) -> None:
        """Take note of a lane's end and see to what comes after it."""
        lane = self._lanes.pop(key, None)
        del self._tasks[key]
        self._concurrency.lanes = len(self._lanes)
        if self._is_stopping:
            return
        # The lease of one that failed stays ours, so that the sweep finds what it has left.
        failure = "cancelled" if task.cancelled() else task.exception()
        if failure:
            logger.error("lane_failed", workspace_id=key, reason=repr(failure))
        elif lane is not None:
            self._follow(key, lane)
        self._fill()

    def _follow(self, key: str, lane: Lane) -> None:
        if lane.state is LaneState.ELSEWHERE:
            if self._router.are_others:
                self.wake(key)  # Pass the wake-up on to the process that holds the lane.
        elif lane.is_woken or not lane.is_quiet:
            self._want(key)
        elif lane.next_due_at is not None:
            self._remind(key, lane.next_due_at - self._clock.now())

    def _remind(self, key: str, wait: timedelta) -> None:
        if wait < _MAX_TIMER:
            seconds = max(wait.total_seconds(), 0.0)
            self._timers[key] = asyncio.get_running_loop().call_later(seconds, self._ring, key)

    def _ring(self, key: str) -> None:
        self._timers.pop(key, None)
        self.wake(key)
