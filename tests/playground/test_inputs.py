from typing import Any

import pytest
from slack_playground.app.manifest import Manifest
from slack_playground.seed import ADA, make_state
from slack_playground.views.filling import Person, refused_inputs
from slack_playground.views.inputs import merged, starting_values


def input_block(kind: str, **element: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": "b",
        "label": {"type": "plain_text", "text": "L"},
        "element": {"type": kind, "action_id": "a", **element},
    }


PERSON = Person(make_state(Manifest()), ADA)
OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}


@pytest.mark.parametrize(
    ("kind", "element", "expected"),
    [
        ("plain_text_input", {}, {"value": None}),
        ("plain_text_input", {"initial_value": "x"}, {"value": "x"}),
        ("static_select", {"initial_option": OPTION}, {"selected_option": OPTION}),
        ("checkboxes", {}, {"selected_options": []}),
        ("multi_users_select", {"initial_users": ["U1"]}, {"selected_users": ["U1"]}),
        ("datepicker", {"initial_date": "2026-11-22"}, {"selected_date": "2026-11-22"}),
        ("datetimepicker", {"initial_date_time": 5}, {"selected_date_time": 5}),
        ("conversations_select", {}, {"selected_conversation": None}),
    ],
)
def test_a_fresh_view_has_its_initial_values(
    kind: str, element: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Every element's value stands under its own name from the start."""
    values = starting_values([input_block(kind, **element)])
    assert values == {"b": {"a": {"type": kind, **expected}}}


def test_a_value_of_another_kind_is_not_kept() -> None:
    """The same ids on another element start anew."""
    kept = {"b": {"a": {"type": "plain_text_input", "value": "x"}}}
    values = starting_values([input_block("datepicker")], kept)
    assert values["b"]["a"] == {"type": "datepicker", "selected_date": None}


def test_strange_ids_are_left_out() -> None:
    """Only what stands in the view can be filled in."""
    values = starting_values([input_block("plain_text_input")])
    filled = {"b": {"a": {"value": "x"}, "z": {"value": "y"}}, "q": {"a": {"value": "y"}}}
    assert merged(values, filled) == {"b": {"a": {"type": "plain_text_input", "value": "x"}}}


@pytest.mark.parametrize(
    ("kind", "element", "value", "is_refused"),
    [
        ("plain_text_input", {}, "", True),
        ("plain_text_input", {}, "x", False),
        ("plain_text_input", {"min_length": 2}, "x", True),
        ("plain_text_input", {"max_length": 2}, "xyz", True),
        ("number_input", {"is_decimal_allowed": False}, "1.5", True),
        ("number_input", {"is_decimal_allowed": True}, "1.5", False),
        ("number_input", {"is_decimal_allowed": False, "max_value": "3"}, "4", True),
        ("number_input", {"is_decimal_allowed": False, "min_value": "3"}, "2", True),
        ("number_input", {"is_decimal_allowed": False}, "many", True),
        ("plain_text_input", {"min_length": 2, "max_length": 3}, "xyz", False),
        ("plain_text_input", {"min_length": 2, "max_length": 3}, "xy", False),
        ("plain_text_input", {}, "x" * 3000, False),
        ("plain_text_input", {}, "x" * 3001, True),
        ("number_input", {"is_decimal_allowed": True, "min_value": "-1.5"}, "-1.5", False),
        ("number_input", {"is_decimal_allowed": True, "min_value": "-1.5"}, "-1.6", True),
        ("number_input", {"is_decimal_allowed": True, "max_value": "3"}, "3.0", False),
        ("number_input", {"is_decimal_allowed": True, "max_value": "3"}, "3.01", True),
        ("number_input", {"is_decimal_allowed": False}, "3.0", False),
        ("number_input", {"is_decimal_allowed": True}, "NaN", True),
        ("number_input", {"is_decimal_allowed": True}, "1,5", True),
        ("number_input", {"is_decimal_allowed": True}, "\u0663", True),
    ],
)
def test_inputs_are_checked_as_slacks_client_does(
    kind: str, element: dict[str, Any], value: str, is_refused: bool
) -> None:
    """What the client refuses does not reach the app."""
    values = {"b": {"a": {"type": kind, "value": value}}}
    assert bool(refused_inputs([input_block(kind, **element)], values, PERSON)) is is_refused


def test_an_optional_input_may_be_empty() -> None:
    """But what is in it must be right."""
    block = {**input_block("number_input", is_decimal_allowed=False), "optional": True}
    assert refused_inputs([block], {"b": {"a": {"value": None}}}, PERSON) == {}
    assert refused_inputs([block], {"b": {"a": {"value": "x"}}}, PERSON) != {}


OTHER = {"text": {"type": "plain_text", "text": "Two"}, "value": "2"}


@pytest.mark.parametrize(
    ("kind", "field", "chosen", "element"),
    [
        ("multi_static_select", "selected_options", [OPTION, OTHER], {"options": [OPTION, OTHER]}),
        ("multi_external_select", "selected_options", [OPTION, OTHER], {}),
        ("multi_users_select", "selected_users", [ADA, "U0BEN00002"], {}),
        ("multi_channels_select", "selected_channels", ["C0GENERAL1", "C0OPS00002"], {}),
        ("multi_conversations_select", "selected_conversations", ["C0OPS00002", "C0BOARD005"], {}),
    ],
)
def test_a_menu_takes_so_many(
    kind: str, field: str, chosen: list[Any], element: dict[str, Any]
) -> None:
    """At most `max_selected_items`, whatever is chosen."""
    values = {"b": {"a": {"type": kind, field: chosen}}}
    for most, is_refused in ((2, False), (1, True)):
        block = input_block(kind, max_selected_items=most, **element)
        assert bool(refused_inputs([block], values, PERSON)) is is_refused


@pytest.mark.parametrize(
    "option",
    [
        {"value": "1"},
        {"text": "One", "value": "1"},
        {"text": {"type": "mrkdwn", "text": "One"}, "value": "1"},
        {**OPTION, "value": "x" * 151},
    ],
)
def test_a_loaded_option_is_one(option: dict[str, Any]) -> None:
    """What no app could have offered nobody chooses."""
    block = input_block("external_select")
    values = {"b": {"a": {"type": "external_select", "selected_option": option}}}
    assert refused_inputs([block], values, PERSON) != {}
