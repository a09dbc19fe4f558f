"""A line of the log has the correlation id of the message that it is about, and no other."""

import pytest
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.testing import capture_logs

from bot.messages.policy import SlackResponse
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.messages.world import HandClock, World


@pytest.fixture
async def world(database, tmp_path):
    """A world in which time stands still."""
    made = World(database, tmp_path, HandClock())
    yield made
    for lanes in made.processes:
        await lanes.stop()


@ONE_DATABASE
async def test_a_lane_does_not_carry_on_the_id_of_the_request_that_woke_it(world):
    """It serves all requests of its workspace, and names each message by its own."""
    world.refusals.append(SlackResponse(False, error="new_in_2027"))
    world.put("T1", "of Ben", correlation_id="ben-2", ts="17.000001")
    lanes = world.start()
    with capture_logs([merge_contextvars]) as logs:
        with bound_contextvars(correlation_id="ada-1"):
            lanes.wake("T1")
        await world.until(lambda: any(one["event"].startswith("slack_error") for one in logs))

    found = {one["event"]: one.get("correlation_id") for one in logs}
    assert found == {"lane_taken": None, "slack_error_unrecognised": "ben-2"}
