"""Takes requests from the broker, one after the other, and acknowledges what is committed."""

import asyncio

import structlog

from bot.clock import Clock, SteadyClock
from bot.errors import UserError
from bot.event_bus.brokers.broker import Arrived, Broker
from bot.event_bus.lease import TopicLease
from bot.event_bus.oversize import publish_letter
from bot.event_bus.rejection import (
    FailureVerdict,
    delay_before,
    judge,
    reason_of,
    rejected,
)
from bot.event_bus.requests import BusRequests
from bot.process.failure_log import is_database_unavailable
from bot.telemetry.bus_figures import RECEIVING, BusFigures

logger = structlog.get_logger(__name__)

_ARRIVAL_WAIT_SECONDS = 1.0


class Receiver:
    """
    Receives while it holds the lease of the topic.

    A request that cannot be done now is held and tried again, and those behind it wait: what one
    says of a task is worth something only after what was said before.
    """

    def __init__(
        self,
        requests: BusRequests,
        lease: TopicLease,
        dead_letters: str,
        figures: BusFigures,
        clock: Clock,
    ) -> None:
        self._requests = requests
        self._lease = lease
        self._dead_letters = dead_letters
        self._figures = figures
        self._clock = SteadyClock(clock)

    async def work(self, broker: Broker) -> None:
        """Receive until the lease is lost; raise `BrokerError` if the broker is away."""
        while await self._lease.hold():
            arrived = await broker.next(_ARRIVAL_WAIT_SECONDS)
            if arrived is not None:
                await self._take(arrived, broker)

    async def _take(self, arrived: Arrived, broker: Broker) -> None:
        self._figures.redelivered += arrived.is_redelivered
        error = await self._try(arrived)
        if error is None:
            self._figures.arrived["done"] += 1
        else:
            await self._reject(arrived, error, broker)
            self._figures.arrived["rejected"] += 1
        self._figures.passed(RECEIVING)
        await arrived.ack()

    async def _try(self, arrived: Arrived) -> Exception | None:
        """Carry the request out; return the error of one that has to be given up."""
        tries, began = 0, self._clock.now()
        while True:
            failure: Exception
            try:
                await self._requests.carry_out(arrived.body, arrived.headers)
            except UserError as error:
                failure = error
            except Exception as error:
                if not is_database_unavailable(error):
                    logger.exception("bus_request_failed", tries=tries)
                failure = error
            else:
                return None
            tries += 1
            if judge(failure, tries, self._clock.now() - began) is FailureVerdict.REJECT:
                return failure
            self._figures.arrived["retried"] += 1
            logger.warning("bus_request_held", tries=tries, reason=reason_of(failure, UserError))
            await arrived.keep()
            await asyncio.sleep(delay_before(tries))
            await self._require_lease()

    async def _require_lease(self) -> None:
        """Raise `LeaseLostError` if another process has the topic; unknown without a database."""
        try:
            await self._lease.require()
        except Exception as error:
            if not is_database_unavailable(error):
                raise

    async def _reject(self, arrived: Arrived, error: Exception, broker: Broker) -> None:
        letter = rejected(arrived.body, arrived.headers, error)
        reason = reason_of(error, UserError)
        logger.warning("bus_request_rejected", letter=letter.id, reason=reason)
        await publish_letter(broker, self._dead_letters, letter)
