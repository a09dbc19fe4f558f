"""Due times of boards: taken by one process, at the next time that the schedule says."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.leaderboards.publication import due_of, take_due
from tests.bot.leaderboards.room import START, board

#: 09:00 in New York.
MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)
WEEK = timedelta(weeks=1)


@pytest.fixture
def dealers():
    return board(schedule="mon 09:00")


async def test_a_due_time_is_taken_once(database, dealers):
    """Of two processes that saw it, one takes it; it is due again a week later."""
    assert await due_of(database, "dealers", dealers, START) is None
    assert await due_of(database, "dealers", dealers, MONDAY - timedelta(seconds=1)) is None
    seen = await due_of(database, "dealers", dealers, MONDAY)
    assert seen is not None

    assert [database.transact(lambda session: take_due(session, seen)) for _ in range(2)] == [
        True,
        False,
    ]
    assert await due_of(database, "dealers", dealers, MONDAY + timedelta(hours=1)) is None
    again = await due_of(database, "dealers", dealers, MONDAY + WEEK)
    assert again is not None
    assert (again.due_at, again.next_at) == (MONDAY + WEEK, MONDAY + 2 * WEEK)


async def test_weeks_that_passed_are_one_due_time(database, dealers):
    """The newest is due, and that earlier ones were missed is known."""
    await due_of(database, "dealers", dealers, START)
    late = await due_of(database, "dealers", dealers, MONDAY + 2 * WEEK + timedelta(days=3))
    assert late is not None

    assert (late.latest_at, late.next_at, late.missed) == (
        MONDAY + 2 * WEEK,
        MONDAY + 3 * WEEK,
        True,
    )


async def test_a_new_schedule_begins_anew(database, dealers):
    """Whoever moves a board to Tuesdays gets no post for the Monday before."""
    await due_of(database, "dealers", dealers, START)
    moved = board(schedule="tue 09:00")

    assert await due_of(database, "dealers", moved, MONDAY) is None
    due = await due_of(database, "dealers", moved, MONDAY + timedelta(days=1))
    assert due is not None
    assert due.due_at == MONDAY + timedelta(days=1)


async def test_a_board_without_a_schedule_is_never_due(database):
    """It is posted by hand."""
    assert await due_of(database, "dealers", board(), MONDAY) is None
