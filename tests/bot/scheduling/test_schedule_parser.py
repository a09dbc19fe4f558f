"""What people write for a schedule: read as it is meant, or refused with the field and the fix."""

import contextlib
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FieldProblem, InvalidError
from bot.scheduling.schedule_parser import parse_schedule, parse_schedule_line
from bot.scheduling.schedules import Frequency, Schedule

DAILY = {"frequency": "daily", "time": "09:00", "timezone": "Europe/Berlin"}
WEEKLY = {**DAILY, "frequency": "weekly"}
MONTHLY = {**DAILY, "frequency": "monthly"}
CRON = {"cron": "0 9 * * *", "timezone": "UTC"}
ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (DAILY, Schedule(Frequency.DAILY, ZONE, at=time(9))),
        ({**DAILY, "time": "7:05"}, Schedule(Frequency.DAILY, ZONE, at=time(7, 5))),
        (
            {**WEEKLY, "day_of_week": "mon"},
            Schedule(Frequency.WEEKLY, ZONE, at=time(9), days_of_week=("mon",)),
        ),
        (
            {**WEEKLY, "day_of_week": ["Sunday", "THU", "sun"]},
            Schedule(Frequency.WEEKLY, ZONE, at=time(9), days_of_week=("thu", "sun")),
        ),
        (
            {**MONTHLY, "day_of_month": 31},
            Schedule(Frequency.MONTHLY, ZONE, at=time(9), day_of_month=31),
        ),
        (
            {**MONTHLY, "day_of_month": "last"},
            Schedule(Frequency.MONTHLY, ZONE, at=time(9), day_of_month="last"),
        ),
        (CRON, Schedule(Frequency.CRON, "UTC", cron="0 9 * * *")),
        ({**CRON, "frequency": "cron"}, Schedule(Frequency.CRON, "UTC", cron="0 9 * * *")),
        (
            {"cron": " 0  9 * * MON-fri ", "timezone": "utc"},
            Schedule(Frequency.CRON, "UTC", cron="0 9 * * MON-fri"),
        ),
    ],
)
def test_a_request_becomes_a_schedule(fields, expected):
    """Fields of a request are read, also in other spellings."""
    assert parse_schedule(**fields) == expected


@pytest.mark.parametrize(
    ("fields", "field", "fix"),
    [
        ({**DAILY, "time": "25:00"}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "time": "24:00"}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "time": "09:60"}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "time": "-1:00"}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "time": "9"}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "time": "\u0660\u0669:\u0660\u0660"}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "time": 900}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "time": None}, "time", "from 00:00 to 23:59"),
        ({**DAILY, "timezone": "Europe/Berln"}, "timezone", "did you mean Europe/Berlin?"),
        ({**DAILY, "timezone": "Mars"}, "timezone", "there is no such time zone"),
        ({**DAILY, "timezone": ""}, "timezone", "such as Europe/Berlin or UTC"),
        ({**DAILY, "timezone": "../UTC"}, "timezone", "there is no such time zone"),
        ({**DAILY, "timezone": "/etc/passwd"}, "timezone", "there is no such time zone"),
        ({**DAILY, "timezone": "America"}, "timezone", "there is no such time zone"),
        ({**DAILY, "timezone": "right/UTC"}, "timezone", "there is no such time zone"),
        ({**DAILY, "timezone": None}, "timezone", "is missing"),
        ({**DAILY, "frequency": "hourly"}, "frequency", "daily, weekly, monthly, or a cron"),
        ({**DAILY, "frequency": None}, "frequency", "daily, weekly, monthly, or a cron"),
        ({**DAILY, "frequency": ["daily"]}, "frequency", "daily, weekly, monthly, or a cron"),
        ({**DAILY, "day_of_week": "mon"}, "day_of_week", "make the frequency weekly"),
        ({**DAILY, "day_of_month": 1}, "day_of_month", "make the frequency monthly"),
        (WEEKLY, "day_of_week", "mon, tue, wed, thu, fri, sat, sun"),
        ({**WEEKLY, "day_of_week": []}, "day_of_week", "mon, tue, wed, thu, fri, sat, sun"),
        ({**WEEKLY, "day_of_week": "moon"}, "day_of_week", "mon, tue, wed, thu, fri, sat, sun"),
        ({**WEEKLY, "day_of_week": 1}, "day_of_week", "mon, tue, wed, thu, fri, sat, sun"),
        ({**WEEKLY, "day_of_week": [1]}, "day_of_week", "mon, tue, wed, thu, fri, sat, sun"),
        (MONTHLY, "day_of_month", "from 1 to 31, or last"),
        ({**MONTHLY, "day_of_month": 0}, "day_of_month", "from 1 to 31, or last"),
        ({**MONTHLY, "day_of_month": 32}, "day_of_month", "from 1 to 31, or last"),
        ({**MONTHLY, "day_of_month": True}, "day_of_month", "from 1 to 31, or last"),
        ({**MONTHLY, "day_of_month": 1.5}, "day_of_month", "from 1 to 31, or last"),
        ({**CRON, "time": "09:00"}, "time", "a cron stands alone"),
        ({**CRON, "frequency": "daily"}, "frequency", "a cron stands alone"),
        ({**CRON, "cron": "* * * *"}, "cron", "write five fields, not 4"),
        ({**CRON, "cron": "0 0 9 * * *"}, "cron", "write five fields, not 6"),
        ({**CRON, "cron": ""}, "cron", "write five fields, not 0"),
        ({**CRON, "cron": "60 * * * *"}, "cron", "`60` is no minute: write 0-59"),
        ({**CRON, "cron": "*/0 * * * *"}, "cron", "`*/0` is no minute"),
        ({**CRON, "cron": "0 24 * * *"}, "cron", "`24` is no hour: write 0-23"),
        ({**CRON, "cron": "0 0 32 * *"}, "cron", "`32` is no day of month: write 1-31"),
        ({**CRON, "cron": "0 0 0 * *"}, "cron", "`0` is no day of month: write 1-31"),
        ({**CRON, "cron": "0 0 * foo *"}, "cron", "`foo` is no month: write 1-12 or jan-dec"),
        ({**CRON, "cron": "0 0 * * 8"}, "cron", "`8` is no day of week: write 0-7 or sun-sat"),
        ({**CRON, "cron": "0 0 * * fri-mon"}, "cron", "`fri-mon` is no day of week"),
        ({**CRON, "cron": "0 0 30 2 *"}, "cron", "there is no such day in any year"),
        ({**CRON, "cron": "0 0 31 4,6 *"}, "cron", "there is no such day in any year"),
        ({**CRON, "cron": "0 0 */20 * 1L"}, "cron", "there is no such day in any year"),
        ({**CRON, "cron": "@reboot"}, "cron", "or one of @yearly"),
        ({**CRON, "cron": "1" * 5000}, "cron", "write five fields"),
        ({**CRON, "cron": "0 9 * * \u017fun"}, "cron", "write five fields"),
        ({**CRON, "cron": 5}, "cron", "write five fields"),
    ],
)
def test_a_wrong_field_is_named_with_its_fix(fields, field, fix):
    """Exactly the wrong field is named, and the message says what to write."""
    with pytest.raises(InvalidError) as caught:
        parse_schedule(**fields)

    (problem,) = caught.value.problems
    assert problem.field == field
    assert fix in problem.message
    assert fix in str(caught.value)


def test_all_wrong_fields_are_reported_together():
    """Three mistakes are three problems."""
    with pytest.raises(InvalidError) as caught:
        parse_schedule(frequency="monthly", time="25:00", day_of_month=0, timezone="Nowhere")

    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["timezone", "time", "day_of_month"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mon 09:00", Schedule(Frequency.WEEKLY, ZONE, at=time(9), days_of_week=("mon",))),
        (
            "Fri,tue 9:30",
            Schedule(Frequency.WEEKLY, ZONE, at=time(9, 30), days_of_week=("tue", "fri")),
        ),
        ("daily 23:59", Schedule(Frequency.DAILY, ZONE, at=time(23, 59))),
        ("0 9 * * mon", Schedule(Frequency.CRON, ZONE, cron="0 9 * * mon")),
        ("@weekly", Schedule(Frequency.CRON, ZONE, cron="@weekly")),
    ],
)
def test_a_line_becomes_a_schedule(line, expected):
    """A day and a time, or a cron."""
    assert parse_schedule_line(line, ZONE) == expected


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("mon 25:00", FieldProblem("when", "write a time from 00:00 to 23:59, such as 09:00")),
        ("mon", FieldProblem("when", "write a time from 00:00 to 23:59, such as 09:00")),
        (
            "noday 09:00",
            FieldProblem("when", "write one or a list of mon, tue, wed, thu, fri, sat, sun"),
        ),
    ],
)
def test_a_wrong_line_is_refused_under_its_own_name(line, problem):
    """The problem names the setting that holds the line."""
    with pytest.raises(InvalidError) as caught:
        parse_schedule_line(line, ZONE, field="when")

    assert caught.value.problems == (problem,)


@given(st.text(max_size=60) | st.from_regex(r"([0-9*,/L#W-]{1,6} ){4}[0-9*,/L#W-]{1,6}"))
def test_any_text_is_read_or_refused(line):
    """Whatever stands in the line, nothing but `InvalidError` comes of it."""
    with contextlib.suppress(InvalidError):
        assert parse_schedule_line(line, "UTC").frequency in Frequency
