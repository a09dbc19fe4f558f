"""When people are left in peace, and when they are told what happened meanwhile."""

from datetime import UTC, datetime, time

import pytest

from bot.scheduling.quiet_hours import QuietHours, parse_quiet_hours

BERLIN = parse_quiet_hours("22:00-07:00", "Europe/Berlin")


def utc(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "digest"),
    [
        (utc(28, 20, 59), None),
        (utc(28, 21, 0), utc(29, 6)),
        (utc(28, 23, 30), utc(29, 6)),
        (utc(29, 5, 59), utc(29, 6)),
        (utc(29, 6, 0), None),
        (utc(29, 12, 0), None),
        (utc(24, 21, 30, month=10), utc(25, 6, month=10)),  # the night of the autumn change
        (utc(24, 19, 59, month=10), None),
    ],
)
def test_the_night_ends_with_the_digest(now, digest):
    """Quiet hours are wall time, over midnight and over clock changes."""
    assert BERLIN.digest_due_at(now) == digest


def test_a_digest_may_come_later_than_the_end():
    """What happened at night waits until half past nine, what happens at eight does not."""
    hours = parse_quiet_hours("22:00-07:00", "UTC", "09:30")

    assert hours.digest_due_at(utc(28, 23)) == utc(29, 9, 30)
    assert hours.digest_due_at(utc(29, 8)) is None


def test_quiet_hours_may_lie_within_a_day():
    """A lunch break is quiet as well."""
    hours = parse_quiet_hours(" 12:00 - 13:30 ", "UTC")

    assert hours == QuietHours(time(12), time(13, 30), time(13, 30), "UTC")
    assert hours.digest_due_at(utc(28, 11, 59)) is None
    assert hours.digest_due_at(utc(28, 12)) == utc(28, 13, 30)
    assert hours.digest_due_at(utc(28, 13, 30)) is None


@pytest.mark.parametrize(
    ("text", "timezone", "digest_at", "fix"),
    [
        ("22:00", "UTC", None, "write two times, such as 22:00-07:00"),
        ("22:00-25:00", "UTC", None, "from 00:00 to 23:59"),
        ("22-7", "UTC", None, "from 00:00 to 23:59"),
        ("22:00-07:00-08:00", "UTC", None, "from 00:00 to 23:59"),
        ("07:00-07:00", "UTC", None, "the two times are the same"),
        ("22:00-07:00", "Europe/Berln", None, "did you mean Europe/Berlin?"),
        ("22:00-07:00", "UTC", "later", "from 00:00 to 23:59"),
    ],
)
def test_wrong_quiet_hours_are_refused_with_the_fix(text, timezone, digest_at, fix):
    """The message says what to write."""
    with pytest.raises(ValueError, match=fix.replace("?", r"\?")):
        parse_quiet_hours(text, timezone, digest_at)
