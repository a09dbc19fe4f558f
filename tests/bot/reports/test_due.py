"""When reports are due: across every change of the clock, after a downtime, and spread."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.reports.drafting.schedule_fields import notes_on, previewed_runs, schedule_of
from bot.reports.models import Trigger
from bot.reports.runs.due import plan_due, spread_of
from bot.scheduling.schedules import next_occurrence, occurrences_between

#: One of each kind: both hemispheres, half-hour offsets, half-hour changes, changes at midnight,
#: zones that change by decree, and none.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/Havana",
    "Pacific/Chatham",
    "UTC",
)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def daily(zone, time="09:00", **more):
    """Return a schedule at this time of the wall."""
    return schedule_of({"frequency": "daily", "time": time, "timezone": zone, **more})


def transitions(zone):
    """Return the hours of 2026 to 2028 after which the zone has another offset."""
    at, found, info = FIRST, [], ZoneInfo(zone)
    while at < LAST:
        if at.astimezone(info).utcoffset() != (at + HOUR).astimezone(info).utcoffset():
            found.append(at + HOUR)
        at += HOUR
    return found


def run_through(schedule, begin, end):
    """Return the due times that a bot runs which looks every ten minutes, with what it missed."""
    due_at, ran, missed = next_occurrence(schedule, begin), list[datetime](), list[datetime]()
    now = begin
    while now < end:
        now += timedelta(minutes=10)
        if due_at <= now:
            plan = plan_due(schedule, due_at, now)
            ran += [plan.run_at] if plan.run_at else []
            missed += plan.missed
            assert plan.next_at > now
            due_at = plan.next_at
    return ran, missed


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clock_is_run_through(zone):
    """Daily, weekly and monthly, at times that are skipped and repeated: each due time once."""
    times = ("00:00", "00:30", "01:30", "02:15", "02:30", "09:00")
    for change in transitions(zone):
        local = (change - timedelta(days=2)).astimezone(ZoneInfo(zone))
        weekday = f"{change.astimezone(ZoneInfo(zone)):%a}".lower()
        begin = local.replace(hour=12, minute=0).astimezone(UTC)
        end = begin + timedelta(days=4)
        for time in times:
            weekly = {"frequency": "weekly", "day_of_week": weekday}
            monthly = {"frequency": "monthly", "day_of_month": change.day}
            for more in ({}, weekly, monthly):
                schedule = daily(zone, time, **more)
                ran, missed = run_through(schedule, begin, end)
                assert ran == list(occurrences_between(schedule, begin, end))
                assert missed == []
                days = [one.astimezone(ZoneInfo(zone)).date() for one in ran]
                assert len(set(days)) == len(days) == (4 if not more else len(days))


def test_a_downtime_loses_no_due_time():
    """Run, caught up, or recorded: every due time of three weeks is there once."""
    schedule = daily("Europe/Berlin")
    due_at = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
    now = datetime(2026, 4, 10, 9, 30, tzinfo=UTC)
    plan = plan_due(schedule, due_at, now)

    assert (plan.run_at, plan.trigger) == (datetime(2026, 4, 10, 7, 0, tzinfo=UTC), "catch_up")
    told = [*plan.missed, plan.run_at]
    assert told == [due_at, *occurrences_between(schedule, due_at, now)][-len(told) :]
    assert (len(plan.missed), plan.missed_since) == (20, due_at)


def test_a_year_of_minutes_is_told_in_a_moment():
    """The last minute is run; the row of the oldest told one says since when."""
    schedule = schedule_of({"cron": "* * * * *", "timezone": "UTC"})
    due_at = datetime(2026, 1, 1, tzinfo=UTC)
    now = datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC)
    plan = plan_due(schedule, due_at, now)

    assert plan.run_at == now.replace(second=0)
    assert (plan.trigger, len(plan.missed), plan.missed_since) == (Trigger.SCHEDULE, 20, due_at)
    assert plan.missed[-1] == plan.run_at - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("late", "run", "trigger"),
    [
        (timedelta(0), True, "schedule"),
        (timedelta(minutes=2), True, "schedule"),
        (timedelta(minutes=3), True, "catch_up"),
        (timedelta(hours=24), True, "catch_up"),
        (timedelta(hours=24, seconds=1), False, None),
    ],
)
def test_what_is_late_is_caught_up_for_a_day(late, run, trigger):
    """A weekly report that is older is missed."""
    schedule = daily("UTC", frequency="weekly", day_of_week="mon")
    due_at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    plan = plan_due(schedule, due_at, due_at + late)

    assert (plan.run_at is not None, plan.missed) == (run, () if run else (due_at,))
    if run:
        assert plan.trigger == trigger


def test_spread_is_even_and_always_the_same():
    """A thousand reports of nine o'clock begin all over the fifteen seconds."""
    seconds = [spread_of(f"r_{number}", 15).total_seconds() for number in range(1_000)]
    assert all(0 <= one < 15 for one in seconds)
    counts = [sum(n <= one < n + 3 for one in seconds) for n in range(0, 15, 3)]
    assert min(counts) > 150
    assert spread_of("r_1", 15) == spread_of("r_1", 15)
    assert spread_of("r_1", 0) == timedelta(0)


def test_a_preview_says_what_surprises():
    """Short months, and the clock that changes."""
    monthly = daily("UTC", frequency="monthly", day_of_month=31)
    runs = previewed_runs(monthly, datetime(2026, 11, 1, tzinfo=UTC))
    assert [one.day for one in runs] == [30, 31, 31, 28, 31]
    assert notes_on(monthly, runs) == [
        "November 2026 has no 31st: it runs on the 30th",
        "February 2027 has no 31st: it runs on the 28th",
    ]
    nine = daily("Europe/Berlin")
    runs = previewed_runs(nine, datetime(2027, 3, 26, tzinfo=UTC))
    assert [one.isoformat()[10:] for one in runs[1:3]] == ["T09:00:00+01:00", "T09:00:00+02:00"]
    assert notes_on(nine, runs) == [
        "The clock changes before Sun 28 Mar: its time stays 09:00, from UTC+01:00 to UTC+02:00"
    ]
    early = daily("Europe/Berlin", "02:30")
    runs = previewed_runs(early, datetime(2027, 3, 26, tzinfo=UTC))
    assert notes_on(early, runs)[-1] == ("On Sun 28 Mar the clock skips 02:30: it runs at 03:00")
