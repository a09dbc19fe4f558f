"""What the environment says, and what is done where it says nonsense."""

import pytest
from opsbell.settings import EXIT_SECONDS, LONGEST_SECONDS, exit_seconds, heartbeat_seconds


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("-1", 0.0),
        ("nan", 0.0),
        ("inf", LONGEST_SECONDS),
        ("", EXIT_SECONDS),
        ("soon", EXIT_SECONDS),
    ],
)
def test_an_exit_waits_for_a_number_of_seconds(said, seconds):
    """What is no number is as good as nothing; no number makes the exit fail or last for ever."""
    assert seconds == exit_seconds({"OPSBELL_EXIT_SECONDS": said})


def test_heartbeats_leave_the_server_time():
    """Ten a second are the most, whatever is asked for."""
    assert heartbeat_seconds({"OPSBELL_HEARTBEAT_SECONDS": "0"}) == 0.1
