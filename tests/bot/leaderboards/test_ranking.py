"""Ranks, movement and trends, decided without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config_sections.leaderboards import LeaderboardColumn
from bot.leaderboards.ranking import Measured, Trend, ranked, trend_of

HIGH = LeaderboardColumn(name="score")
LOW = LeaderboardColumn(name="score", better="low")


def ranks(column, **values):
    """Return subject and rank in the order of the board."""
    measured = [Measured(subject, {"score": value}) for subject, value in values.items()]
    return [(row.subject, row.rank) for row in ranked(measured, column)]


def test_ties_share_a_rank_and_the_next_is_skipped():
    """1, 2, 2, 4; among equals the names decide who is shown first."""
    assert ranks(HIGH, d=1.0, c=5.0, b=5.0, a=9.0) == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_less_may_be_better():
    """A column that is better low ranks the smallest first."""
    assert ranks(LOW, a=9.0, b=0.0, c=-1.0) == [("c", 1), ("b", 2), ("a", 3)]


@given(st.lists(st.integers(-5, 5), max_size=40))
def test_a_rank_is_one_more_than_those_who_are_better(values):
    """For any values: whoever is better has a smaller rank, and equals have the same."""
    measured = [Measured(f"s{n}", {"score": float(value)}) for n, value in enumerate(values)]

    for row in ranked(measured, HIGH):
        assert row.rank == 1 + sum(other > row.values["score"] for other in values)


@pytest.mark.parametrize(
    ("value", "earlier", "trend"),
    [
        (71.3, 70.1, Trend(1.2, 1.7)),
        (50.0, 100.0, Trend(-50.0, -50.0)),
        (0.0, 10.0, Trend(-10.0, -100.0)),
        (5.0, -10.0, Trend(15.0, 150.0)),
        (7.0, 7.0, Trend(0.0, 0.0)),
        (7.0, 0.0, None),
        (0.0, 0.0, None),
        (7.0, None, None),
        (1e15, 1e-300, None),
    ],
)
def test_a_trend_needs_something_to_compare_with(value, earlier, trend):
    """Nothing, and nothing but zero, is no comparison."""
    assert trend_of(value, earlier) == trend


def test_movement_is_told_against_last_week():
    """Who was third and is first has climbed two; who was not there is new."""
    rows = ranked(
        [
            Measured("a", {"score": 3.0}, previous_rank=3),
            Measured("b", {"score": 2.0}, previous_rank=1),
            Measured("c", {"score": 1.0}),
        ],
        HIGH,
    )

    assert [(row.climbed, row.is_new) for row in rows] == [(2, False), (-1, False), (0, True)]
