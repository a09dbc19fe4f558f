"""How a soak judges what stands in Slack; the soak itself takes longer than a suite may."""

from benchmarks.soak import judged
from bot.messages.transports.base import REPEAT


def test_what_is_missing_double_or_late_is_counted():
    """A copy that says that it may be one is no double; a task that never ended is not judged."""
    shown = {
        "soak_000001": ["soak_000001 Completed"],
        "soak_000002": ["soak_000002 Completed", "soak_000002 Running"],
        "soak_000003": ["soak_000003 Completed", f"soak_000003 Completed {REPEAT}"],
        "soak_000004": ["soak_000004 Running"],
        "soak_000006": ["soak_000006 Running"],
    }

    assert judged(shown, [f"soak_00000{number}" for number in range(1, 6)]) == {
        "tasks": 5,
        "missing": 1,
        "doubled": 1,
        "marked_as_possible_repeats": 1,
        "not_completed": 1,
    }
