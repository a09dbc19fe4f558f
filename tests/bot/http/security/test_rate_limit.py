"""The token bucket of each caller."""

from datetime import UTC, datetime, timedelta

from bot.http.security import rate_limit
from bot.http.security.rate_limit import RateLimit

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_a_burst_is_let_through_and_then_the_rate():
    """
    After the burst a caller waits for one token at a time.
    """
    limit = RateLimit(per_second=10, burst=2)

    assert [limit.take("ada", NOW) for _ in range(2)] == [0, 0]
    assert limit.take("ada", NOW) == 0.1
    assert limit.take("ada", NOW + timedelta(seconds=0.1)) == 0
    assert limit.take("ada", NOW + timedelta(seconds=0.1)) > 0


def test_callers_do_not_share_a_bucket():
    """
    Ben goes on while Ada waits.
    """
    limit = RateLimit(per_second=1, burst=1)
    limit.take("ada", NOW)

    assert limit.take("ada", NOW) > 0
    assert limit.take("ben", NOW) == 0


def test_a_pause_never_saves_up_more_than_the_burst():
    """
    A day of silence is worth no more than a full bucket.
    """
    limit = RateLimit(per_second=1, burst=2)
    limit.take("ada", NOW)
    later = NOW + timedelta(days=1)

    assert [limit.take("ada", later) == 0 for _ in range(3)] == [True, True, False]


def test_a_clock_that_jumps_back_gives_nothing_away():
    """
    Time that runs backwards neither fills a bucket nor empties it, and is not counted twice.
    """
    limit = RateLimit(per_second=1, burst=1)
    limit.take("ada", NOW)

    assert limit.take("ada", NOW - timedelta(hours=1)) > 0
    assert limit.take("ada", NOW) > 0


def test_what_is_left_at_last_is_for_ends():
    """
    Who keeps the reserve is refused at a tenth of the burst, and what was refused is not counted.
    """
    limit = RateLimit(per_second=1, burst=20)
    taken = [limit.take("ada", NOW) == 0 and limit.keep_reserve("ada") == 0 for _ in range(25)]

    assert taken == [True] * 18 + [False] * 7
    assert [limit.take("ada", NOW) for _ in range(3)] == [0, 0, 1]


def test_a_small_burst_has_no_reserve():
    """
    Somebody who may do one request may do it for anything.
    """
    limit = RateLimit(per_second=1, burst=1)
    limit.take("ada", NOW)

    assert limit.keep_reserve("ada") == 0


def test_quiet_callers_are_forgotten():
    """
    However many have called, those with a full bucket take no room.
    """
    limit = RateLimit(per_second=1, burst=1)
    for number in range(rate_limit.MAX_BUCKETS):
        limit.take(f"caller {number}", NOW)

    limit.take("ada", NOW + timedelta(seconds=2))

    assert list(limit._buckets) == ["ada"]
