"""Runs the calls to Slack of one lane, a limited number at a time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

import structlog

from bot.messages.delivery.attempt import Claim, Delivery, Outcome
from bot.messages.delivery.concurrency import ConcurrencyLimits

logger = structlog.get_logger(__name__)


#: If the process dies, all of them must be looked up in Slack's history, which is slow.
MAX_PREFETCH = 5


class WorkerPool:
    """Calls Slack for claims, in order, and keeps the outcomes until they are collected."""

    def __init__(
        self,
        delivery: Delivery,
        at_a_time: int,
        concurrency: ConcurrencyLimits,
        may_call: Callable[[Claim], bool],
        answered: Callable[[], None],
    ) -> None:
        """*answered* is called whenever there is an outcome to take."""
        self._delivery = delivery
        self._at_a_time = at_a_time
        self._concurrency = concurrency
        self._may_call = may_call
        self._answered = answered
        self._waiting: deque[Claim] = deque()
        self._outcomes: list[Outcome] = []
        self._answered_lately = 0
        self._callers: set[asyncio.Task[None]] = set()

    @property
    def room(self) -> int:
        """How many more claims may be begun."""
        # So that no connection waits while the database is asked for more: as many wait for their
        # turn as are called, and more when so many were answered while it was asked the last time.
        prefetch = min(max(self._limit, 2 * self._answered_lately), MAX_PREFETCH * self._limit)
        return self._limit + prefetch - len(self._callers) - len(self._waiting)

    @property
    def _limit(self) -> int:
        return min(self._at_a_time, self._concurrency.calls_each())

    @property
    def is_over(self) -> bool:
        """Tell whether no call is in progress and no outcome is left to collect."""
        return not (self._callers or self._waiting or self._outcomes)

    def begin(self, claims: Iterable[Claim]) -> None:
        """Call Slack for these, after those that were begun before."""
        self._waiting.extend(claims)
        for _ in range(min(len(self._waiting), self._limit - len(self._callers))):
            caller = asyncio.create_task(self._call(), name="deliver")
            self._callers.add(caller)
            caller.add_done_callback(self._callers.discard)

    def take_outcomes(self) -> list[Outcome]:
        """Return what has been answered since the last time."""
        outcomes, self._outcomes = self._outcomes, []
        self._answered_lately = len(outcomes)
        return outcomes

    def take_back(self) -> list[Claim]:
        """Return the claims for which Slack has not been called; it will not be."""
        claims = [*self._waiting]
        self._waiting.clear()
        return claims

    def cancel(self) -> None:
        """Cancel all calls in progress; nobody collects their outcomes."""
        for caller in self._callers:
            caller.cancel()

    async def _call(self) -> None:
        while self._waiting:
            claim = self._waiting.popleft()
            try:
                async with self._concurrency.call():
                    outcome = await self._delivery.deliver(claim, partial(self._may_call, claim))
            except Exception as error:
                # The claim is released like any other failure, or the message would wait for ever.
                logger.exception(
                    "delivery_failed", message_id=claim.id, correlation_id=claim.correlation
                )
                outcome = self._delivery.broken(claim, error)
            self._outcomes.append(outcome)
            self._answered()
