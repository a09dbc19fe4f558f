"""Whether yesterday is all there: judged by the same weekdays before, at the same hour."""

import sqlite3
from datetime import date, datetime, timedelta

import pytest

from bot.sources.completeness import DayCount, judge_completeness, read_counts
from bot.sources.completeness_sql import counting_sql
from bot.sources.time_columns import TimeColumn, TimeKind

DAY = date(2026, 11, 27)
NINE = datetime.fromisoformat("2026-11-28 09:00")


def weeks(*rows, then=None):
    """Return the counts of the weekdays before, the latest first."""
    return [
        DayCount(DAY - timedelta(weeks=ago), count, None if then is None else then(count))
        for ago, count in enumerate(rows, start=1)
    ]


@pytest.mark.parametrize(
    ("rows", "history", "is_whole", "words"),
    [
        (61, weeks(100, 98, 102, 100), False, "61 % loaded at 09:00 (usually 98 to 102 %)"),
        (0, weeks(100, 100, 100), False, "0 % loaded at 09:00 (usually 100 %)"),
        (94, weeks(100, 98, 102, 100), True, "94 % loaded at 09:00 (usually 98 to 102 %)"),
        (150, weeks(100, 98, 102, 100), True, "150 % loaded at 09:00 (usually 98 to 102 %)"),
        # At nine there is usually half of it: half is whole.
        (50, weeks(100, 100, 100, then=lambda rows: rows // 2), True, "usually 50 %"),
        (30, weeks(100, 100, 100, then=lambda rows: rows // 2), False, "30 % loaded at 09:00"),
    ],
)
def test_a_day_is_judged_by_what_is_usual(rows, history, is_whole, words):
    """A day is whole if it has nearly the least that was there before at this hour."""
    judged = judge_completeness([DayCount(DAY, rows), *history], DAY, NINE)

    assert judged is not None
    assert judged.is_whole is is_whole
    assert words in judged.words
    assert judged.words.startswith("2026-11-27 is ")


def test_without_history_nothing_is_said():
    """Two weeks are too few to call anything usual, and so are weeks without rows."""
    assert judge_completeness(weeks(100, 100), DAY, NINE) is None
    assert judge_completeness(weeks(100, 100, 0, 0), DAY, NINE) is None


def test_the_query_counts_the_same_weekdays():
    """Rows of the day and of each weekday before are counted, and those that were there by now."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE sales (sold_at, loaded_at)")
    for ago in range(5):
        day = DAY - timedelta(weeks=ago)
        for loaded in ("08:00:00", "08:59:59", "09:00:00"):
            row = (f"{day} 23:59:59", f"{day + timedelta(days=1)} {loaded}")
            connection.execute("INSERT INTO sales VALUES (?, ?)", row)
    sold, loaded_at = (TimeColumn(name, "sqlite") for name in ("sold_at", "loaded_at"))
    sql = counting_sql("sales", sold, DAY, loaded=loaded_at, at=NINE.replace(second=30))

    counts = read_counts(connection.execute(sql).fetchall(), DAY)

    connection.close()
    assert sorted(counts, key=lambda one: one.day)[-5:] == [
        DayCount(DAY - timedelta(weeks=ago), 3, 2) for ago in (4, 3, 2, 1, 0)
    ]
    assert [one.rows for one in counts].count(0) == 4


def test_days_of_a_zone_are_instants():
    """Where the column has a zone, a day begins at its midnight in the report's zone."""
    column = TimeColumn("sold_at", "postgres", "Europe/Berlin", TimeKind.INSTANT)

    sql = counting_sql("sales", column, DAY)

    assert "CAST('2026-11-27 00:00:00+01:00' AS TIMESTAMPTZ)" in sql
    assert "CAST('2026-10-23 00:00:00+02:00' AS TIMESTAMPTZ)" in sql
