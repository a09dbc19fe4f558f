"""Keeps the bus running: connects, works, and after an error connects again."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import OpsbellError
from bot.event_bus.brokers.broker import Broker, BrokerError
from bot.event_bus.lease import LeaseLostError, TopicLease
from bot.event_bus.rejection import LONGEST_DELAY_SECONDS, delay_before, reason_of
from bot.process.failure_log import is_database_unavailable
from bot.telemetry.bus_figures import RECEIVING, BusDirection, BusState

logger = structlog.get_logger(__name__)

_EXPECTED = (BrokerError, LeaseLostError)
_LOOK_FOR_LEASE_SECONDS = 2.0
#: A connection that cannot be closed in this time is abandoned.
_BROKER_CLOSE_SECONDS = 5.0
#: No try that only failed takes so long: this one was connected, and worked.
_STEADY_SECONDS = 4 * LONGEST_DELAY_SECONDS


class Direction:
    """One direction of the bus, on a connection of its own; the bot never waits for it."""

    def __init__(
        self,
        name: str,
        make_broker: Callable[[], Broker],
        lease: TopicLease,
        work: Callable[[Broker], Awaitable[None]],
        shown: BusDirection,
        measure: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """*shown* is kept true; *measure* is called every few seconds while *work* does not run."""
        self._name = name
        self._make_broker = make_broker
        self._lease = lease
        self._work = work
        self._shown = shown
        self._measure = measure
        self._is_stopping = False
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; a broker that is away is tried until it is there."""
        await self._lease.hold()  # Now: what happens from here on is published.
        self._running = asyncio.create_task(self._run(), name=f"bus {self._name}")

    async def stop(self) -> None:
        """End, and let another process begin; what is not acknowledged stays with the broker."""
        self._is_stopping = True
        while self._running is not None and not self._running.done():
            self._running.cancel()  # Again and again: some client swallows it.
            await asyncio.wait([self._running], timeout=1)
        try:
            await self._lease.release()
        except Exception as error:
            if not is_database_unavailable(error):
                raise

    async def _run(self) -> None:
        failures = 0
        while not self._is_stopping:
            began, delay = time.monotonic(), _LOOK_FOR_LEASE_SECONDS
            try:
                if self._measure is not None:
                    await self._measure()
                if await self._lease.hold():
                    await self._connect_and_work()
                failures = 0
                self._show(BusState.ELSEWHERE)
            except Exception as error:
                failures = failures_now(failures, time.monotonic() - began)
                delay = delay_before(failures)
                if not isinstance(error, _EXPECTED) and not is_database_unavailable(error):
                    logger.exception("bus_failed", direction=self._name)
                reason = reason_of(error, OpsbellError)
                self._show(BusState.BROKEN, reason)
                logger.warning("bus_broken", direction=self._name, reason=reason, seconds=delay)
            await asyncio.sleep(delay)

    async def _connect_and_work(self) -> None:
        broker = self._make_broker()
        try:
            await broker.open(receives=self._name == RECEIVING)
            logger.info("bus_connected", direction=self._name)
            self._show(BusState.CONNECTED)
            await self._work(broker)
        finally:
            if self._shown.state is BusState.CONNECTED:
                self._show(BusState.STARTING)
            await self._close(broker)

    def _show(self, state: BusState, reason: str | None = None) -> None:
        self._shown.state, self._shown.reason = state, reason

    async def _close(self, broker: Broker) -> None:
        try:
            async with asyncio.timeout(_BROKER_CLOSE_SECONDS):
                await broker.close()
        except TimeoutError:
            logger.warning("bus_not_closed", direction=self._name)


def failures_now(before: int, lasted_seconds: float) -> int:
    """Return how many tries have failed in a row, now that one has: after a long one, it alone."""
    return 1 if lasted_seconds > _STEADY_SECONDS else before + 1
