"""Where a board's figures come from when nobody sends them: measured anew for each week."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.config_file import ConfigFile
from bot.db import Database
from bot.tasks.models import Task, TaskStatus

SubjectValues = Mapping[str, float | None]


@dataclass(frozen=True)
class MeasuredWeek:
    """What is measured: a tenant's week, from *start* up to, but without, *end*."""

    tenant: str
    start: datetime
    end: datetime
    now: datetime


class Feed(Protocol):
    """
    Measures a week.

    `is_of_now`: it can only say how things stand at present, so past weeks stay as they were.
    Raises `UnavailableError` if what it asks does not answer, or not with figures.
    """

    @property
    def is_of_now(self) -> bool:
        """Tell whether it can measure the current week alone."""
        ...

    async def __call__(self, week: MeasuredWeek) -> Mapping[str, SubjectValues]:
        """Return the values by subject."""
        ...


class TasksFeed:
    """Counts the failures of each subject, and the money that they put at risk."""

    is_of_now = False

    def __init__(self, database: Database, config: ConfigFile) -> None:
        self._database = database
        self._config = config

    async def __call__(self, week: MeasuredWeek) -> Mapping[str, SubjectValues]:
        """Return `failures` and `revenue_at_risk`; a failure that was mended since is none."""
        return await self._database.read(lambda session: self._measure(session, week))

    def _measure(self, session: Session, week: MeasuredWeek) -> Mapping[str, SubjectValues]:
        query = (
            select(col(Task.subject), col(Task.task), func.count())
            .where(
                col(Task.tenant) == week.tenant,
                col(Task.status) == TaskStatus.FAILED,
                col(Task.ended_at) >= week.start,
                col(Task.ended_at) < week.end,
                col(Task.subject).is_not(None),
            )
            .group_by(col(Task.subject), col(Task.task))
        )
        failures: Counter[str] = Counter()
        money: dict[str, Decimal] = defaultdict(Decimal)
        for subject, kind, count in session.execute(query):
            failures[subject] += count
            money[subject] += Decimal(str(self._config.kind(kind).money_per_failure or 0)) * count
        return {
            subject: {"failures": float(count), "revenue_at_risk": float(money[subject])}
            for subject, count in failures.items()
        }
