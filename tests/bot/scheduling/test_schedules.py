"""Wall-time schedules over every clock change, against an oracle that scans minute by minute."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from bot.scheduling.schedule_parser import parse_schedule, parse_schedule_line
from bot.scheduling.schedules import (
    Frequency,
    Schedule,
    last_occurrence,
    next_occurrence,
    next_occurrences,
    occurrences_between,
    period,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2029, 1, 1, tzinfo=UTC)
ZERO, MINUTE = timedelta(0), timedelta(minutes=1)
Change = tuple[datetime, timedelta, timedelta]


def changes_of(zone: ZoneInfo) -> Iterator[Change]:
    """Yield each change of a zone's clock: the moment, the offset before, the offset after."""
    week = timedelta(days=7)
    for number in range((END - START) // week):
        at, end = START + number * week, START + (number + 1) * week
        before, after = (moment.astimezone(zone).utcoffset() or ZERO for moment in (at, end))
        if before != after:
            for step in (timedelta(days=1), timedelta(hours=1), MINUTE):
                while (at + step).astimezone(zone).utcoffset() == before:
                    at += step
            yield at + MINUTE, before, after


def zones_with_different_changes() -> dict[str, list[datetime]]:
    """Return one zone for each set of clock changes, with their moments, and one that has none."""
    found: dict[tuple[Change, ...], str] = {(): "UTC"}
    for name in sorted(available_timezones()):
        found.setdefault(tuple(changes_of(ZoneInfo(name))), name)
    return {name: [at for at, *_ in changes] for changes, name in found.items()}


CHANGES = zones_with_different_changes()
ALL_CHANGES = [(name, at) for name, moments in CHANGES.items() for at in moments]
#: Those with a change of each size: an hour, half an hour, two hours, at midnight, at 02:45.
TIMES = [time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(2, 50), time(23, 59)]


def day_meant(due: datetime, at: time) -> date:
    """Return the day whose time *at* is due: in Greenland the hour before midnight is skipped."""
    return due.date() - timedelta(days=due.time() == time(0) and at.hour == 23)


def moments_shown(zone: ZoneInfo, wall: datetime) -> list[datetime]:
    """Return when the clock of *zone* shows *wall*: once, twice or never."""
    naive = wall.replace(tzinfo=UTC)
    scanned = (naive + minutes * MINUTE for minutes in range(-14 * 60, 14 * 60 + 1, 15))
    return [at for at in scanned if at.astimezone(zone).replace(tzinfo=None) == wall]


def due_by_contract(zone: ZoneInfo, wall: datetime, moments: list[datetime]) -> datetime:
    """Return the first moment that shows *wall*, or the end of the gap that skips it."""
    shown = moments_shown(zone, wall)
    if shown:
        return shown[0]
    return min(moments, key=lambda at: abs(at - wall.replace(tzinfo=UTC)))


def test_the_clock_changes_of_the_years_are_of_every_kind():
    """The sample holds forward and backward changes, of an hour, half an hour and two."""
    sizes = {after - before for name in CHANGES for _, before, after in changes_of(ZoneInfo(name))}

    assert {timedelta(minutes=m) for m in (-120, -60, -30, 30, 60, 120)} <= sizes
    assert len(CHANGES) > 20


@pytest.mark.parametrize("name", CHANGES)
def test_a_daily_schedule_is_due_once_a_day_over_every_clock_change(name):
    """Each day has one due time: as the clock shows it first, or at the end of the gap."""
    zone = ZoneInfo(name)
    for at in TIMES:
        schedule = Schedule(Frequency.DAILY, name, at=at)
        due = list(occurrences_between(schedule, START, END))

        days = [day_meant(moment.astimezone(zone), at) for moment in due]
        assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
        assert (END - START).days - len(days) in (0, 1)
        for day in {moment.astimezone(zone).date() for moment in CHANGES[name]}:
            if day in days:
                wall = datetime.combine(day, at)
                assert due[days.index(day)] == due_by_contract(zone, wall, CHANGES[name])


@pytest.mark.parametrize("name", CHANGES)
def test_weekly_and_monthly_schedules_are_due_once_each_time(name):
    """Each Sunday, and each last day of a month, has one due time over every clock change."""
    zone = ZoneInfo(name)
    for at in TIMES:
        sundays = Schedule(Frequency.WEEKLY, name, at=at, days_of_week=("sun",))
        due = [moment.astimezone(zone) for moment in occurrences_between(sundays, START, END)]
        assert {moment.weekday() for moment in due} == {6}
        assert {b.date() - a.date() for a, b in itertools.pairwise(due)} == {timedelta(days=7)}

        ends = Schedule(Frequency.MONTHLY, name, at=at, day_of_month=31)
        due = [moment.astimezone(zone) for moment in occurrences_between(ends, START, END)]
        months = [(moment.year, moment.month) for moment in due]
        assert months == sorted(set(months))
        assert len(months) in (36, 37)
        assert {(moment + timedelta(days=1)).day for moment in due} == {1}


CRONS = ["*/15 * * * *", "0 * * * *", "0 */2 * * *", "* 2 * * *", "30 */3 * * *", "*/5 0-3 * * *"]


@pytest.mark.parametrize("cron", [*CRONS, "*/10 * {day} {month} *"])
def test_a_cron_with_a_star_in_minute_or_hour_follows_real_time(cron):
    """It is due at each real minute whose wall time matches, whatever the clock did before."""
    for name, moment in ALL_CHANGES:
        zone = ZoneInfo(name)
        local = moment.astimezone(zone)
        line = cron.format(day=local.day, month=local.month)
        start, end = moment - timedelta(hours=7), moment + timedelta(hours=7)

        fits = CronSim(line, START)
        expected = []
        for minutes in range(1, 14 * 60 + 1):
            shown = (start + minutes * MINUTE).astimezone(zone)
            on_the_day = fits.match_dom(shown.date()) and shown.month in fits.months
            if on_the_day and shown.minute in fits.minutes and shown.hour in fits.hours:
                expected.append(start + minutes * MINUTE)

        found = list(occurrences_between(parse_schedule_line(line, name), start, end))
        assert found == expected, (name, moment)


def test_a_cron_of_wall_times_is_due_once_over_every_clock_change():
    """Skipped times are due once when the gap ends, repeated ones the first time."""
    schedule = parse_schedule_line("0,30 2 * * *", "Europe/Berlin")

    spring = occurrences_between(schedule, utc(2026, 3, 28, 12), utc(2026, 3, 30, 12))
    autumn = occurrences_between(schedule, utc(2026, 10, 24, 12), utc(2026, 10, 26, 12))

    assert list(spring) == [utc(2026, 3, 29, 1), utc(2026, 3, 30, 0), utc(2026, 3, 30, 0, 30)]
    assert list(autumn) == [
        *(utc(2026, 10, 25, 0), utc(2026, 10, 25, 0, 30)),
        *(utc(2026, 10, 26, 1), utc(2026, 10, 26, 1, 30)),
    ]


def test_an_interval_runs_through_the_repeated_hour_and_skips_the_gap():
    """An hourly cron stays hourly: 02:00 twice in autumn, none for the missing hour in spring."""
    schedule = parse_schedule_line("0 * * * *", "Europe/Berlin")

    spring = occurrences_between(schedule, utc(2026, 3, 29, 0), utc(2026, 3, 29, 2))
    autumn = occurrences_between(schedule, utc(2026, 10, 24, 23), utc(2026, 10, 25, 2))

    assert list(spring) == [utc(2026, 3, 29, 1), utc(2026, 3, 29, 2)]
    assert list(autumn) == [utc(2026, 10, 25, hour) for hour in (0, 1, 2)]


SCHEDULES = [
    lambda name: Schedule(Frequency.DAILY, name, at=time(2, 30)),
    lambda name: Schedule(Frequency.DAILY, name, at=time(0, 15)),
    lambda name: parse_schedule_line("*/20 * * * *", name),
    lambda name: parse_schedule_line("15,45 1-3 * * *", name),
]


@given(
    where=st.sampled_from(ALL_CHANGES),
    make=st.sampled_from(SCHEDULES),
    seconds=st.floats(-10_000, 10_000),
)
def test_asking_from_any_moment_finds_the_same_due_times(where, make, seconds):
    """Also inside a repeated hour, the next and the last due time are those of the list."""
    name, change = where
    schedule = make(name)
    asked = change + timedelta(seconds=seconds)
    due = list(
        occurrences_between(schedule, change - timedelta(days=3), change + timedelta(days=5))
    )

    later = [moment for moment in due if moment > asked]
    assert next_occurrence(schedule, asked) == later[0]
    assert next_occurrences(schedule, asked, 3) == later[:3]
    assert last_occurrence(schedule, asked) == due[-len(later) - 1]
    assert due == sorted(set(due))


def test_a_day_that_the_month_lacks_is_its_last_day():
    """Day 31 and day 30 are the 29th in February of a leap year, and `last` is always the last."""
    february = utc(2028, 2, 10, 0)
    for day in (30, 31, "last"):
        schedule = Schedule(Frequency.MONTHLY, "UTC", at=time(9), day_of_month=day)
        assert next_occurrence(schedule, february) == utc(2028, 2, 29, 9)

    assert next_occurrences(
        Schedule(Frequency.MONTHLY, "UTC", at=time(9), day_of_month=29), utc(2027, 1, 30, 0), 2
    ) == [utc(2027, 2, 28, 9), utc(2027, 3, 29, 9)]


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("0 9 * * 0", date(2026, 11, 28), date(2026, 11, 29)),
        ("0 9 * * 7", date(2026, 11, 28), date(2026, 11, 29)),
        ("0 9 * * SUN", date(2026, 11, 28), date(2026, 11, 29)),
        ("0 9 13 * fri", date(2026, 11, 8), date(2026, 11, 13)),
        ("0 9 13 * fri", date(2026, 11, 13), date(2026, 11, 20)),  # either day, when both are named
        ("0 9 */31 * mon", date(2026, 11, 1), date(2027, 2, 1)),  # both, when one begins with `*`
        ("0 9 29 2 *", date(2026, 11, 28), date(2028, 2, 29)),
        ("0 9 L * *", date(2027, 2, 1), date(2027, 2, 28)),
        ("0 9 * * mon#1", date(2026, 11, 28), date(2026, 12, 7)),
        ("0 9 * jan-mar/2 mon-fri", date(2027, 1, 29), date(2027, 3, 1)),
    ],
)
def test_a_cron_is_read_as_crontab_reads_it(cron, after, expected):
    """Sunday is 0, 7 or a name; both kinds of day, when restricted, are alternatives."""
    schedule = parse_schedule_line(cron, "UTC")

    found = next_occurrence(schedule, datetime.combine(after, time(12), UTC))
    assert found == datetime.combine(expected, time(9), UTC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("@hourly", (2026, 11, 28, 13)),
        ("@daily", (2026, 11, 29)),
        ("@Midnight", (2026, 11, 29)),
        ("@weekly", (2026, 11, 29)),
        ("@monthly", (2026, 12, 1)),
        ("@yearly", (2027, 1, 1)),
        ("@annually", (2027, 1, 1)),
    ],
)
def test_names_stand_for_crons(name, expected):
    """The names that crontab knows are read in any spelling."""
    found = next_occurrence(parse_schedule_line(name, "UTC"), utc(2026, 11, 28, 12))

    assert found == utc(*expected)


def test_a_period_is_the_time_to_the_next_due_time():
    """A daily schedule's period is 23 hours over the spring change and 25 over the autumn's."""
    daily = parse_schedule(frequency="daily", time="09:00", timezone="Europe/Berlin")

    assert period(daily, utc(2026, 3, 28, 8)) == timedelta(hours=23)
    assert period(daily, utc(2026, 10, 24, 7)) == timedelta(hours=25)


def test_there_may_be_no_last_occurrence():
    """A schedule that was never due within fifty years has none; a rare one is found."""
    rare = parse_schedule_line("0 0 29 2 mon#5", "UTC")

    assert last_occurrence(rare, utc(2026, 11, 28, 0)) is not None
    leap = parse_schedule_line("0 0 29 2 *", "UTC")
    assert last_occurrence(leap, utc(2026, 11, 28, 0)) == utc(2024, 2, 29, 0)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
