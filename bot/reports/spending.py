"""What models have cost today, and whether more may be spent."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

from bot.clock import Clock
from bot.reports.analysts.base import Usage
from bot.reports.analysts.prices import assumed_cost

Spent = Callable[[], Awaitable[Decimal]]


class DailySpending:
    """
    Counts the cost of a UTC day in this process.

    *recorded* asks the history of all processes, which survives a restart; the larger sum counts.
    A model without a known price counts as the most expensive known one: a limit has to hold.
    """

    def __init__(
        self, clock: Clock, *, limit: Decimal | None = None, recorded: Spent | None = None
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._recorded = recorded
        self._day: date | None = None
        self._spent = Decimal(0)

    def add(self, usage: Usage) -> None:
        """Count what an answer cost."""
        self._turn()
        self._spent += assumed_cost(usage)

    async def exceeded(self) -> str | None:
        """Return a sentence that says that nothing more may be spent today; None if it may."""
        if self._limit is None:
            return None
        self._turn()
        spent = self._spent
        if self._recorded is not None:
            spent = max(spent, await self._recorded())
        if spent < self._limit:
            return None
        return f"The daily limit of ${self._limit:,.2f} for models is reached."

    def _turn(self) -> None:
        today = self._clock.now().date()
        if today != self._day:
            self._day, self._spent = today, Decimal(0)
