"""The table that parsing, help and the manifest share."""

from listeners.commands import HANDLERS
from listeners.commands.grammar import AREAS, SHORT_CUTS, find_area, usage_hint, usage_lines


def test_every_verb_has_a_handler_and_no_handler_is_left_over() -> None:
    """Adding an area takes an entry in the table and its handlers, and forgetting one shows."""
    assert {(area.name, verb.name) for area in AREAS for verb in area.verbs} == set(HANDLERS)


def test_optional_arguments_follow_required_ones() -> None:
    """Otherwise nobody could tell which one a word is for."""
    for area in AREAS:
        for verb in area.verbs:
            required = [one.required for one in verb.arguments]
            assert required == sorted(required, reverse=True)


def test_every_short_cut_is_for_an_area() -> None:
    """A short cut without its area would answer with an error to everything."""
    assert all(find_area(name) for name in SHORT_CUTS.values())


def test_usage_lines_list_what_can_be_said() -> None:
    """Documentation is checked against these lines."""
    assert "/ops task run <kind> [subject] [key=value…]" in usage_lines()
    assert usage_lines(find_area("health")) == ["/ops health"]


def test_hints_name_areas_and_verbs() -> None:
    """The manifest shows them while somebody types."""
    hint = (
        "help | task run|list|show|retry|cancel|board"
        " | alert list|acknowledge|snooze|resolve|mute|unmute | maintenance"
        " | subscribe | unsubscribe | subscriptions"
        " | delivery show|replay|dead | leaderboard"
        " | report new|list|next|show|run|pause|resume|delete | why | health"
    )
    assert hint == usage_hint("/ops")
    assert usage_hint("/leaderboard") == "[name] [post]"
    hint = (
        "run <kind> [subject] | list [failed|running|stuck] | show|retry|cancel <id> | board [off]"
    )
    assert hint == usage_hint("/task")
