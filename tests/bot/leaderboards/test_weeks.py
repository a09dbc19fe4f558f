"""ISO weeks at the edges of years, and where a zone sets its clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import InvalidError
from bot.leaderboards.weeks import Week

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2025, 12, 29), "2026-W01"),
        (date(2026, 1, 1), "2026-W01"),
        (date(2026, 1, 5), "2026-W02"),
        (date(2026, 12, 27), "2026-W52"),
        (date(2026, 12, 28), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2028, 1, 2), "2027-W52"),
        (date(2028, 1, 3), "2028-W01"),
        (date(2028, 12, 31), "2028-W52"),
        (date(2029, 1, 1), "2029-W01"),
    ],
)
def test_a_day_belongs_to_the_year_of_its_weeks_thursday(day, week):
    """The edges of 2026 to 2028; 2026 has 53 weeks."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=NEW_YORK)

    assert str(Week.of(noon, NEW_YORK)) == week


def test_every_week_of_three_years_follows_the_one_before():
    """Weeks are contiguous: each ends where the next begins, whatever clocks are set meanwhile."""
    week, seen = Week(2026, 1), []
    while week < Week(2029, 1):
        seen.append(str(week))
        assert week.end(NEW_YORK) == week.following.start(NEW_YORK)
        assert week.following.previous == week
        assert Week.of(week.start(NEW_YORK), NEW_YORK) == week
        assert Week.of(week.end(NEW_YORK) - timedelta(microseconds=1), NEW_YORK) == week
        assert Week.parse(str(week)) == week
        week = week.following

    assert len(seen) == 53 + 52 + 52
    assert seen[52:54] == ["2026-W53", "2027-W01"]


@pytest.mark.parametrize(
    ("week", "hours"), [("2026-W10", 167), ("2026-W44", 169), ("2026-W45", 168)]
)
def test_a_week_is_as_long_as_the_zone_makes_it(week, hours):
    """New York sets its clocks on Sunday 8 March and on Sunday 1 November 2026."""
    found = Week.parse(week)

    assert found.end(NEW_YORK) - found.start(NEW_YORK) == timedelta(hours=hours)


def test_the_zone_decides_where_a_week_begins():
    """The first hours of a Monday in UTC are Sunday in New York."""
    moment = datetime(2026, 11, 23, 3, tzinfo=UTC)

    assert str(Week.of(moment, ZoneInfo("UTC"))) == "2026-W48"
    assert str(Week.of(moment, NEW_YORK)) == "2026-W47"


@pytest.mark.parametrize("text", ["2027-W53", "2028-W53", "2026-W54", "2026-W00"])
def test_a_week_that_does_not_exist_is_refused(text):
    """The answer names the weeks that the year has."""
    with pytest.raises(
        InvalidError, match=r"There is no such week: 20\d\d has the weeks W01 to"
    ) as e:
        Week.parse(text)

    assert e.value.problems[0].field == "week"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026W47", "2026-47", "2026-W7", "1999-W01", "9999-W52", "W47-2026", "²"]
)
def test_what_is_no_week_is_refused(text):
    """The answer shows how a week is written."""
    with pytest.raises(InvalidError, match="such as 2026-W47"):
        Week.parse(text)
