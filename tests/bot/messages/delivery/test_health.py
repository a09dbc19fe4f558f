"""How the lanes of some workspaces are."""

from bot.messages.delivery.health import LaneHealth, health_of_each


def test_a_lane_with_nothing_to_do_is_asleep():
    """It is not known among the lanes that work; those of others are not shown."""
    paused = LaneHealth("T0PLAYGRND", "paused", "invalid_auth")
    others = LaneHealth("T0OTHERWS1", "running", "")

    assert health_of_each(["T0BRANCH01", "T0PLAYGRND"], [others, paused]) == [
        LaneHealth("T0BRANCH01", "asleep", ""),
        paused,
    ]
