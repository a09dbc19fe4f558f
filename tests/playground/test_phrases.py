"""Times as people say them."""

from datetime import datetime, timedelta, timezone

import pytest
from slack_playground.timing.phrases import UnclearTimeError, read_time

# A Tuesday.
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("said", "expected", "repeats"),
    [
        ("60", "2026-11-24 15:31", False),
        ("86400", "2026-11-25 15:30", False),
        ("1795000000", "2026-11-18 12:06", False),
        ("in 5 minutes", "2026-11-24 15:35", False),
        ("In an hour", "2026-11-24 16:30", False),
        ("in 2 weeks", "2026-12-08 15:30", False),
        ("tomorrow", "2026-11-25 09:00", False),
        ("tomorrow at 3:30pm", "2026-11-25 15:30", False),
        ("at 3:30pm", "2026-11-25 15:30", False),
        ("at 16:00", "2026-11-24 16:00", False),
        ("12am", "2026-11-25 00:00", False),
        ("on Tuesday", "2026-12-01 09:00", False),
        ("friday at 8am", "2026-11-27 08:00", False),
        ("next week", "2026-11-30 09:00", False),
        ("every Thursday", "2026-11-26 09:00", True),
        ("every day at 7", "2026-11-25 07:00", True),
    ],
)
def test_a_time_is_read(said: str, expected: str, repeats: bool) -> None:
    """In the zone of who says it."""
    when, is_repeated = read_time(said, NOW)
    assert (f"{when:%Y-%m-%d %H:%M}", is_repeated) == (expected, repeats)


@pytest.mark.parametrize("said", ["", "soon", "at 25:00", "13pm", "tomorrow at noonish", "9" * 12])
def test_an_unclear_time_is_none(said: str) -> None:
    """What names no time is refused."""
    with pytest.raises(UnclearTimeError):
        read_time(said, NOW)
