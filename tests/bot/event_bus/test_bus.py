"""A direction that breaks waits longer each time, and says so in health."""

import pytest

from bot.event_bus.bus import failures_now


@pytest.mark.parametrize(
    ("before", "lasted", "failures"), [(0, 0.1, 1), (5, 0.1, 6), (5, 31, 6), (5, 33, 1)]
)
def test_after_a_long_connection_the_waits_begin_anew(before, lasted, failures):
    """A broker that restarts once a day is not met with the wait of its last bad minute."""
    assert failures_now(before, lasted) == failures
