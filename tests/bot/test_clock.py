"""A clock for what waits and expires."""

from datetime import UTC, datetime, timedelta

from bot.clock import SteadyClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class HandClock:
    """A clock that is set by hand."""

    at = NOON

    def now(self):
        return self.at


def test_a_steady_clock_goes_on_when_the_other_is_set_back():
    """It never goes back, and afterwards every second still takes a second."""
    hand = HandClock()
    steady = SteadyClock(hand)
    assert steady.now() == NOON

    hand.at -= timedelta(hours=1)
    assert steady.now() == NOON
    hand.at += timedelta(seconds=5)
    assert steady.now() == NOON + timedelta(seconds=5)
    hand.at += timedelta(days=1)
    assert steady.now() == NOON + timedelta(days=1, seconds=5)
