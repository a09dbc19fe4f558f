"""P12: a Slack that fails everything for ten virtual minutes is neither flooded nor forgotten."""

import asyncio

import pytest

from benchmarks import outage
from benchmarks.virtual_time import VirtualLoop

MINUTES = 10.0
LIVE = 5
#: Slack's own tiers would allow 50 edits and 300 posts a minute.
EDITS_A_MINUTE = 50
PAUSED = 60  # a call or a probe every 30 s at last, some more at the beginning
#: way → the calls, the messages given up and the notices that ten minutes may make at most.
BOUNDS = {
    "answers 503": (PAUSED, 0, 0),
    "unreachable": (PAUSED, 0, 0),
    "no answers": (PAUSED, 0, 0),
    "token revoked": (PAUSED, 0, 0),
    "429 to all": (EDITS_A_MINUTE * MINUTES, 0, 0),
    # Each message is tried four times at most, each time with a probe.
    "writes fail, probes do not": (300 * MINUTES / 2, 320, outage.CHANNELS),
    # Three letters and a channel is off; what comes later is put aside. Its notice is refused too.
    "refuses all channels": (100, 4 * outage.CHANNELS, outage.CHANNELS),
}


def test_every_way_to_fail_has_its_bounds():
    """A way that is added to the measurement gets bounds as well."""
    assert set(outage.WAYS) == set(BOUNDS)


@pytest.mark.long
@pytest.mark.parametrize("way", BOUNDS)
def test_calls_and_notices_are_bounded(way):
    """However Slack fails: few calls, few notices, and everything else is delivered afterwards."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        found = runner.run(outage.run(outage.WAYS[way], LIVE, MINUTES))

    calls, given_up, notices = BOUNDS[way]
    assert found["calls"] <= calls
    assert found["given_up"] <= given_up
    assert found["notices"] <= notices
    assert found["clear_after_s"] < 300
