"""The schedule of a report: as it is sent, stored and read. Pure."""

import calendar
import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.errors import FieldProblem, InvalidError
from bot.scheduling.schedule_parser import parse_schedule
from bot.scheduling.schedules import LAST_DAY, Frequency, Schedule, next_occurrences

#: What is stored of a schedule, in the words of the API.
SCHEDULE_FIELDS = ("frequency", "time", "day_of_week", "day_of_month", "cron", "timezone")
_BY_WALL_TIME = ("frequency", "time", "day_of_week", "day_of_month")
PREVIEWED_RUNS = 5
_SHORTEST_MONTH = 28


def read_schedule(fields: Mapping[str, Any]) -> tuple[Schedule | None, list[FieldProblem]]:
    """Return the schedule of these fields; or None and each problem by its path."""
    given = {name: value for name, value in fields.items() if value is not None}
    unknown = [name for name in given if name not in (*SCHEDULE_FIELDS, "enabled")]
    problems = [FieldProblem(f"schedule.{name}", "unknown field") for name in unknown]
    try:
        wanted = {name: given.get(name) for name in SCHEDULE_FIELDS}
        schedule = parse_schedule(**{"timezone": None, **wanted})
    except InvalidError as error:
        problems += [FieldProblem(f"schedule.{one.field}", one.message) for one in error.problems]
        return None, problems
    return (None if problems else schedule), problems


def merge_schedule(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the schedule with changes; None removes a field.

    A cron and a wall time replace each other, and so do the days of two frequencies.
    """
    merged = {**stored, **changes}
    new = {name for name, value in changes.items() if value is not None}
    if "cron" in new:
        dropped = set(_BY_WALL_TIME) - new
    elif new & set(_BY_WALL_TIME):
        dropped = {"cron"} - new
        if changes.get("frequency") not in (None, Frequency.WEEKLY):
            dropped |= {"day_of_week"} - new
        if changes.get("frequency") not in (None, Frequency.MONTHLY):
            dropped |= {"day_of_month"} - new
    else:
        dropped = set()
    return {
        name: value for name, value in merged.items() if name not in dropped and value is not None
    }


def stored_schedule(schedule: Schedule) -> dict[str, Any]:
    """Return what is stored, and shown by the API, of a schedule."""
    if schedule.frequency == Frequency.CRON:
        return {"cron": schedule.cron, "timezone": schedule.timezone}
    stored: dict[str, Any] = {
        "frequency": schedule.frequency.value,
        "time": f"{schedule.at:%H:%M}",
        "timezone": schedule.timezone,
    }
    if schedule.frequency == Frequency.WEEKLY:
        stored["day_of_week"] = list(schedule.days_of_week)
    if schedule.frequency == Frequency.MONTHLY:
        stored["day_of_month"] = schedule.day_of_month
    return stored


def schedule_of(stored: Mapping[str, Any]) -> Schedule:
    """Return the schedule that `stored_schedule` wrote; raise `ValueError` if it is unusable."""
    schedule, problems = read_schedule(stored)
    if schedule is None:
        raise ValueError("; ".join(f"{one.field}: {one.message}" for one in problems))
    return schedule


def previewed_runs(schedule: Schedule, now: datetime) -> list[datetime]:
    """Return the next five due times, each with the zone's own offset."""
    found = next_occurrences(schedule, now, PREVIEWED_RUNS)
    return [due_at.astimezone(schedule.zone) for due_at in found]


def notes_on(schedule: Schedule, runs: Sequence[datetime]) -> list[str]:
    """Return what may surprise in these due times: short months and changes of the clock."""
    return [*_short_months(schedule, runs), *_clock_changes(schedule, runs)]


def _short_months(schedule: Schedule, runs: Sequence[datetime]) -> list[str]:
    wanted = schedule.day_of_month
    if schedule.frequency != Frequency.MONTHLY or wanted == LAST_DAY or wanted <= _SHORTEST_MONTH:
        return []
    short = [run for run in runs if run.day < wanted]
    notes = [
        f"{run:%B %Y} has no {_ordinal(wanted)}: it runs on the {_ordinal(run.day)}"
        for run in short
    ]
    return notes or [f"In months without a {_ordinal(wanted)} it runs on their last day"]


def _clock_changes(schedule: Schedule, runs: Sequence[datetime]) -> list[str]:
    notes = [
        f"The clock changes before {after:%a %d %b}: its time stays {after:%H:%M}, "
        f"from UTC{_offset_text(before)} to UTC{_offset_text(after)}"
        for before, after in itertools.pairwise(runs)
        if before.utcoffset() != after.utcoffset() and before.time() == after.time()
    ]
    if schedule.frequency == Frequency.CRON:
        return notes
    moved = [run for run in runs if run.time().replace(second=0) != schedule.at]
    return notes + [
        f"On {run:%a %d %b} the clock skips {schedule.at:%H:%M}: it runs at {run:%H:%M}"
        for run in moved
    ]


def _offset_text(moment: datetime) -> str:
    text = f"{moment:%z}"
    return f"{text[:3]}:{text[3:5]}"


def _ordinal(day: int) -> str:
    if day in (11, 12, 13):
        return f"{day}th"
    return f"{day}{({1: 'st', 2: 'nd', 3: 'rd'}).get(day % 10, 'th')}"


def frequency_in_words(schedule: Schedule) -> str:
    """Return what an analyst is told of how often it runs: `daily`, `weekly`, `cron 0 9 * * 1`."""
    if schedule.frequency == Frequency.CRON:
        return f"cron {schedule.cron}"
    if schedule.frequency == Frequency.WEEKLY:
        names = {name.lower()[:3]: name for name in calendar.day_name}
        return f"weekly on {', '.join(names[day] for day in schedule.days_of_week)}"
    return schedule.frequency.value
