import json

import pytest

from bot.messages.rendering.filters import (
    as_json,
    bar,
    clock,
    date,
    duration,
    finalize,
    first_line,
    number,
    place,
    shorten,
    user,
)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, ""),
        (0, "under 1 s"),
        (0.4, "under 1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3_600, "1 h"),
        (3_725, "1 h 2 min"),
        (86_400, "1 d"),
        (180_000, "2 d 2 h"),
        (-1, ""),
        (float("inf"), ""),
        (float("nan"), ""),
        ("7", ""),
        (True, ""),
    ],
)
def test_a_duration_is_said_in_two_units(seconds, expected):
    """People compare the two largest units; what is no duration says nothing."""
    assert expected == duration(seconds)


@pytest.mark.parametrize(
    ("percent", "filled"), [(0, 0), (1, 1), (42, 4), (99, 9), (99.9, 9), (100, 10), (250, 10)]
)
def test_a_bar_is_full_only_at_the_end(percent, filled):
    """Ten cells; started shows, and not yet finished shows too."""
    assert "▓" * filled + "░" * (10 - filled) == bar(percent)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(12_450, "12,450"), (12_450.0, "12,450"), (0.25, "0.25"), ("x", "x"), (None, "")],
)
def test_numbers_are_grouped(value, expected):
    """Large counts are readable; everything else is left alone."""
    assert expected == number(value)


def test_a_date_that_is_none_is_printed_as_it_is():
    """A client that sends words for a time gets its words."""
    assert [date("soon"), date(None), date(99999999999999)] == ["soon", "", "99999999999999"]


def test_a_clock_time_is_utc():
    """Log lines stand in preformatted text, where Slack has no dates."""
    assert [clock(1_790_000_000), clock(None), clock("noon")] == ["14:13:20", "", "noon"]


def test_shortening_says_where_the_rest_is():
    """The ending is added only when something was cut."""
    assert [
        shorten("abcd", 4, " see thread"),
        shorten("abcdef", 3, " see thread"),
    ] == ["abcd", "ab… see thread"]


def test_the_first_line_is_the_first_that_says_something():
    """Tracebacks and banners often begin with an empty line."""
    assert [first_line("\n  boom \nat 2"), first_line(None)] == ["boom", ""]


def test_a_user_is_only_who_slack_named():
    """Anything but an id stays text and is escaped like all text."""
    assert [
        user("U0ADA"),
        user("U0ADA> <!here"),
        user("u0ada"),
    ] == ["<@U0ADA>", "U0ADA> <!here", "u0ada"]
    assert finalize(user("U0ADA")) == "<@U0ADA>"
    assert finalize(user("<!here>")) == "\ufdd0<!here>\ufdd1"


def test_embedded_json_marks_every_string():
    """Numbers and structure are JSON; strings are still data."""
    read = json.loads(as_json({"a": ["x", 1, None, True], "b": {"c": ""}}))

    assert read == {"a": ["\ufdd0x\ufdd1", 1, None, True], "b": {"c": ""}}


def test_floats_of_any_size_stay_numbers():
    """A point of a chart that were text would be drawn as zero."""
    assert json.loads(as_json([1.5e27, -1e300])) == [1.5e27, -1e300]


def test_deep_or_endless_data_is_printed_within_bounds():
    """A list inside itself and an integer no computer prints are shortened."""
    endless: list[object] = []
    endless.append(endless)

    assert len(as_json(endless)) < 100
    assert finalize(10**10_000) == "about 2^33220"


def test_a_place_is_named_as_people_know_it():
    """A channel or a person by id becomes its name in Slack; anything else stays text."""
    assert [*map(place, ["C0OPS00002", "U0ADA00001", "oncall-mail"])] == [
        "<#C0OPS00002>",
        "<@U0ADA00001>",
        "oncall-mail",
    ]
    assert finalize(place("C0OPS00002")) == "<#C0OPS00002>"
    assert place("C0OPS> <!here") == "C0OPS> <!here"
