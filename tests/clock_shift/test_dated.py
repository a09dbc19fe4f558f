"""Which tests are run with the clock ahead: found by themselves, so that no list grows old."""

import pytest

from tests.clock_shift.dated import carries_a_date


def test_a_module_with_a_date_is_marked(request):
    """This one names 2026-11-20T10:00:00Z."""
    assert request.node.get_closest_marker("dated") is not None


@pytest.mark.parametrize(
    "line",
    [
        "NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)",
        'AT = "2026-11-20T10:00:00Z"',
        'TS = "1795338210.000100"',
        "clock = HandClock()",
        "from tests.bot.http.calling import token_for",
    ],
)
def test_dates_are_found(tmp_path, line):
    """In the file itself, and in what it imports from other tests."""
    file = tmp_path / "test_something.py"
    file.write_text(f"{line}\n", encoding="utf-8")

    assert carries_a_date(file)


@pytest.mark.parametrize(
    "line", ["NOW = datetime.now(UTC)", 'DAY = "2026-11-20"', "from tests.patience import until"]
)
def test_what_is_no_moment_is_not_taken_for_one(tmp_path, line):
    """The present runs ahead with the clock, and a bare day is compared with no clock."""
    file = tmp_path / "test_something.py"
    file.write_text(f"{line}\n", encoding="utf-8")

    assert not carries_a_date(file)
