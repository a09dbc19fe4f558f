"""What models have cost today, and whether more may be spent."""

from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, delete, update

from bot.clock import Clock
from bot.db import Database, insert_absent
from bot.reports.analysts.base import Usage
from bot.reports.analysts.prices import assumed_cost
from bot.reports.models import ModelSpending


class DailySpending:
    """
    Counts the cost of a UTC day: of reports, of questions, and of queries that models write.

    With a *database* it counts for all processes, and a restart forgets nothing.
    A model without a known price counts as the most expensive known one: a limit has to hold.
    """

    def __init__(
        self, clock: Clock, *, limit: Decimal | None = None, database: Database | None = None
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._database = database
        self._day: date | None = None
        self._spent = Decimal(0)

    async def add(self, usage: Usage) -> None:
        """Count what an answer cost."""
        cost = assumed_cost(usage)
        if self._limit is None or not cost:
            return
        today = self._clock.now().date()
        if self._database is not None:
            await self._database.write(lambda session: _add(session, today, cost))
        elif today == self._day:
            self._spent += cost
        else:
            self._day, self._spent = today, cost

    async def exceeded(self) -> str | None:
        """Return a sentence that says that nothing more may be spent today; None if it may."""
        if self._limit is None or await self._spent_on(self._clock.now().date()) < self._limit:
            return None
        return f"The daily limit of ${self._limit:,.2f} for models is reached."

    async def _spent_on(self, day: date) -> Decimal:
        if self._database is None:
            return self._spent if day == self._day else Decimal(0)
        row = await self._database.read(lambda session: session.get(ModelSpending, str(day)))
        return Decimal(row.nanos if row else 0).scaleb(-9)


def _add(session: Session, day: date, cost: Decimal) -> None:
    session.exec(delete(ModelSpending).where(col(ModelSpending.day) < str(day)))
    insert_absent(session, ModelSpending(day=str(day)))
    nanos = int(cost.scaleb(9).to_integral_value())
    total = col(ModelSpending.nanos) + nanos
    session.exec(
        update(ModelSpending).where(col(ModelSpending.day) == str(day)).values(nanos=total)
    )
