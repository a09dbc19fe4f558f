"""The measures of how fast the playground starts and draws do measure."""

import pytest

from tests.playground.opening import measure_drawing, measure_start

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_start_is_measured():
    """Until a process of its own has answered."""
    start = await measure_start()
    assert start.seconds > 0
    assert start.processor_seconds > 0


async def test_a_drawing_is_measured():
    """Every message is in one of the stretches that the page draws, at whatever speed."""
    drawn = await measure_drawing(510)
    assert sum(one["count"] for one in drawn) >= 510
    assert all(one["milliseconds"] >= 0 for one in drawn)
