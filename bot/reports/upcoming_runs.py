"""The due times that lie ahead, the soonest first."""

import heapq
import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.reports.drafting.schedule_fields import schedule_of
from bot.reports.models import Report
from bot.scheduling.schedules import occurrences_between

MAX_NEXT_RUNS = 500


def soonest(reports: Sequence[Report], until: datetime) -> Sequence[tuple[Report, datetime]]:
    """Return the due times up to *until*, at most 500."""
    merged = heapq.merge(*(_due_times(one, until) for one in reports), key=lambda pair: pair[1])
    return list(itertools.islice(merged, MAX_NEXT_RUNS))


def _due_times(report: Report, until: datetime) -> Iterator[tuple[Report, datetime]]:
    if report.due_at is None:
        return
    yield report, report.due_at
    for due_at in occurrences_between(schedule_of(report.schedule), report.due_at, until):
        yield report, due_at
