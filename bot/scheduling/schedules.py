"""
Wall-time schedules: daily, weekly, monthly, or cron, in an IANA zone.

A schedule is due at a time on the wall. Clock changes are where such times are skipped or repeated:

* A wall time that the zone skips is due at the first moment after the gap.
* A wall time that comes twice is due the first time only.
* Several wall times that fall on the same moment, because of a gap, are due once.
* A cron whose minute or hour field begins with `*` (`*/15 * * * *`, `0 */2 * * *`) names no wall
  time but an interval. As in Debian's cron it follows real time: due whenever the clock shows a
  match, so in both passes of a repeated hour and never in a skipped one.

cron is read as crontab reads it: five fields, Sunday is 0 or 7, names of months and days, and
either the day of the month *or* the day of the week where both are restricted (a field that begins
with `*` is not). `@daily` and its kin, and the extensions `L`, `LW`, `5L` and `mon#1`, are known.

Everything here is pure. Instants go in aware, in any zone, and come out in UTC.
"""

import calendar
import collections
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_DAY: Final = "last"
#: What crontab's short names stand for.
CRON_NAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DAY = timedelta(days=1)
#: How far back the last occurrence is looked for, the nearest first.
_LOOK_BACK = tuple(timedelta(days=days) for days in (1 / 24, 2, 40, 400, 18_300))


class Frequency(StrEnum):
    """How often a schedule is due."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    CRON = "cron"


@dataclass(frozen=True)
class Schedule:
    """When something is due; made by `bot.scheduling.schedule_parser`, which checks it."""

    frequency: Frequency
    timezone: str
    at: time = time()
    days_of_week: tuple[str, ...] = ()  # weekly: of WEEKDAYS, in their order
    day_of_month: int | Literal["last"] = LAST_DAY  # monthly: 1-31; too large means the last day
    cron: str = ""  # five fields or a name, fit to be read

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone, to show an occurrence with its own offset."""
        return ZoneInfo(self.timezone)


def next_occurrence(schedule: Schedule, after: datetime) -> datetime:
    """Return the first due time later than *after*."""
    return next(_occurrences(schedule, after))


def next_occurrences(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """Return the first *count* due times later than *after*, the soonest first."""
    return list(itertools.islice(_occurrences(schedule, after), count))


def occurrences_between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the due times later than *after* and not later than *until*, the soonest first."""
    return itertools.takewhile(lambda due_at: due_at <= until, _occurrences(schedule, after))


def last_occurrence(schedule: Schedule, until: datetime) -> datetime | None:
    """Return the last due time not later than *until*; None if there was none for 50 years."""
    for span in _LOOK_BACK:
        newest = collections.deque(occurrences_between(schedule, until - span, until), maxlen=1)
        if newest:
            return newest[0]
    return None


def period(schedule: Schedule, due_at: datetime) -> timedelta:
    """Return how long after *due_at* the schedule is due again."""
    return next_occurrence(schedule, due_at) - due_at


def _occurrences(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    if schedule.frequency == Frequency.CRON and _follows_real_time(schedule.cron):
        return _by_real_time(schedule, after.astimezone(UTC))
    return _by_wall_time(schedule, after.astimezone(UTC))


def _by_wall_time(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    zone = schedule.zone
    last = after
    for wall in _wall_times(schedule, _wall(after, zone)):
        due_at = _first_moment(wall, zone)
        if due_at > last:
            yield due_at
            last = due_at


def _by_real_time(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    zone = schedule.zone
    at, walls = after, _wall_times(schedule, _wall(after, zone))
    while (wall := next(walls, None)) is not None:
        due_at = (wall - _offset(at, zone)).replace(tzinfo=UTC)
        change = _first_change(zone, at, due_at)
        if change is None:
            yield due_at
            at = due_at
        else:  # Read the clock anew from the moment that it was set, which may itself be due.
            at, walls = change, _wall_times(schedule, _wall(change, zone) - timedelta(seconds=1))


def _wall_times(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """Yield the naive times on the wall that are later than *after*; no clock is ever set."""
    if schedule.frequency == Frequency.CRON:
        # Without a zone: over clock changes of less than an hour CronSim leaves some times out.
        yield from CronSim(expand_cron(schedule.cron), after)
        return
    for days in itertools.count():
        day = after.date() + days * _DAY
        wall = datetime.combine(day, schedule.at)
        if wall > after and _is_day_of(schedule, day):
            yield wall


def _is_day_of(schedule: Schedule, day: date) -> bool:
    if schedule.frequency == Frequency.WEEKLY:
        return WEEKDAYS[day.weekday()] in schedule.days_of_week
    if schedule.frequency == Frequency.MONTHLY:
        last = calendar.monthrange(day.year, day.month)[1]
        wanted = schedule.day_of_month
        return day.day == (last if wanted == LAST_DAY else min(wanted, last))
    return True


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _first_moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when the clock first shows *wall*, or where it skips that, the first moment after."""
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return early
    # In a gap the two readings are on both sides of the change (PEP 495).
    return _bisect_change(zone, late, early)


def _first_change(zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """Return the first moment after *after*, up to *until*, that has another offset, or None."""
    offset = _offset(after, zone)
    while after < until:
        later = min(after + _DAY, until)
        if _offset(later, zone) != offset:
            return _bisect_change(zone, after, later)
        after = later
    return None


def _bisect_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the second of the one change of offset between two moments."""
    offset = _offset(before, zone)
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def expand_cron(cron: str) -> str:
    """Return the five fields that one of `CRON_NAMES` stands for; anything else as it is."""
    return CRON_NAMES.get(cron.lower(), cron)


def _follows_real_time(cron: str) -> bool:
    minute, hour, *_ = expand_cron(cron).split()
    return minute.startswith("*") or hour.startswith("*")
