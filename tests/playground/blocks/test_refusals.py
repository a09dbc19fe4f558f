"""What Slack refuses is refused, with its code, at its place."""

from typing import Any

import pytest
from slack_playground.blocks import validate_blocks, validate_message, validate_view
from slack_playground.blocks.kinds.catalogue import BLOCKS as CATALOGUE
from slack_playground.blocks.schema import Object

from tests.playground.blocks.gallery import BLOCKS, block, surface_of
from tests.playground.blocks.parts import plain
from tests.playground.blocks.refusals import REFUSALS
from tests.playground.blocks.specimens import buttons, typed


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.story)
def test_a_payload_is_refused(refusal):
    """The first thing wrong with the payload is found where it stands."""
    problems = validate_blocks([refusal.payload], refusal.surface)
    assert (f"/0{refusal.pointer}", refusal.code) in [
        (problem.pointer, problem.code) for problem in problems
    ]


@pytest.mark.parametrize("value", [None, "[]", 7, {}, {"blocks": []}, True])
def test_blocks_that_are_no_list_are_refused(value):
    """Blocks come as a list and nothing else."""
    (found,) = validate_blocks(value, "message")
    assert (
        found.pointer,
        found.code,
        found.message,
    ) == ("", "invalid_type", "must provide an array")


def _required() -> list[tuple[str, str]]:
    shapes: dict[str, Object] = {name: kind.shape for name, kind in CATALOGUE.items()}
    return [
        (name, field)
        for name in BLOCKS
        if name in shapes
        for field in shapes[name].required
        if field != "type"
    ]


@pytest.mark.parametrize(("name", "field"), _required())
def test_a_required_field_is_missed(name, field):
    """A block without a required field is refused and the field named."""
    value = block(name)
    del value[field]
    problems = validate_blocks([value], surface_of(name))
    assert ("/0", "missing_field", field) in [
        (problem.pointer, problem.code, problem.field) for problem in problems
    ]
    assert f"missing required field: {field}" in [problem.message for problem in problems]


@pytest.mark.parametrize("name", BLOCKS)
def test_an_unknown_field_is_refused(name):
    """No block takes a field that Slack does not know."""
    (found,) = validate_blocks([{**block(name), "colour": "red"}], surface_of(name))
    assert (found.pointer, found.message) == ("/0", "invalid additional property: colour")
    assert found.constraint == {"type": "additional_properties", "got": "colour"}


def test_a_type_out_of_place_is_called_unsupported():
    """A block on the wrong surface is reported as Slack words it, with what would do."""
    (found,) = validate_blocks([block("alert")], "message")
    assert found.message == "unsupported type: alert"
    assert found.constraint is not None
    assert "section" in found.constraint["expected"]


def test_block_ids_differ_also_inside_containers():
    """A block id stands once in a message, however deep."""
    container = block("container")
    (found,) = validate_blocks([container, {"type": "divider", "block_id": "inside"}], "message")
    assert found.pointer == "/1/block_id"


def test_a_markdown_block_ignores_its_id():
    """Slack ignores the block id of markdown, so it may stand twice."""
    assert validate_blocks([block("markdown"), block("markdown")], "message") == []


def test_action_ids_differ_in_their_block_only():
    """The same action id is wrong twice in one block and right in two."""
    one, other = buttons(1)[0], buttons(1)[0]
    (found,) = validate_blocks([{"type": "actions", "elements": [one, other]}], "message")
    assert found.pointer == "/0/elements/1/action_id"
    blocks = [{"type": "actions", "elements": [each]} for each in (one, other)]
    assert validate_blocks(blocks, "message") == []


def test_one_table_in_a_message():
    """The second table is an error of its own, in a container as well."""
    second = {**block("table"), "block_id": "second"}
    container = {"type": "container", "title": plain("x"), "child_blocks": [second]}
    (found,) = validate_blocks([block("table"), container], "message")
    assert (found.pointer, found.code) == ("/1/child_blocks/0", "only_one_table_allowed")


def test_two_charts_in_a_message():
    """The third chart is refused."""
    charts = [block(name) for name in ("bar", "line", "area")]
    assert validate_blocks(charts[:2], "message") == []
    assert [problem.pointer for problem in validate_blocks(charts, "message")] == ["/2"]


def test_one_element_has_the_focus():
    """The second element that wants the focus is refused."""
    inputs = [typed("plain_text_input", focus_on_load=True) for _ in range(2)]
    (found,) = validate_blocks(inputs, "modal")
    assert found.pointer == "/1/element/focus_on_load"


def _modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Retry"), "blocks": [], **more}


def test_a_modal_with_an_input_needs_submit():
    """An input without a submit button is reported as Slack words it."""
    (found,) = validate_view(_modal(blocks=[block("input")]))
    assert found.pointer == "/blocks/0"
    assert found.message == "must define `submit` to use an `input` block in modals"
    assert validate_view(_modal(blocks=[block("input")], submit=plain("Go"))) == []


@pytest.mark.parametrize(
    ("view", "pointer", "code"),
    [
        (None, "", "invalid_type"),
        ([], "", "invalid_type"),
        ({}, "", "missing_field"),
        ({"type": "dialog"}, "/type", "failed_constraint"),
        ({"type": "modal", "blocks": []}, "", "missing_field"),
        (_modal(title="Retry"), "/title", "invalid_type"),
        (_modal(blocks={}), "/blocks", "invalid_type"),
        (_modal(submit_disabled=True), "", "failed_constraint"),
        (_modal(notify_on_close="yes"), "/notify_on_close", "invalid_type"),
        (_modal(private_metadata={"id": 1}), "/private_metadata", "invalid_type"),
        (_modal(blocks=[{"type": "table"}]), "/blocks/0/type", "failed_constraint"),
        ({"type": "home", "blocks": [], "title": plain("x")}, "", "failed_constraint"),
        ({"type": "home"}, "", "missing_field"),
    ],
)
def test_a_view_is_refused(view, pointer, code):
    """A view that is wrong is refused where it is wrong."""
    assert (pointer, code) in [(found.pointer, found.code) for found in validate_view(view)]


@pytest.mark.parametrize(
    ("message", "pointer", "code"),
    [
        (None, "", "invalid_type"),
        ("hello", "", "invalid_type"),
        ({}, "", "no_text"),
        ({"text": ""}, "", "no_text"),
        ({"text": 7}, "/text", "invalid_type"),
        ({"text": "x", "markdown_text": "x"}, "/markdown_text", "markdown_text_conflict"),
        ({"text": "x", "blocks": {}}, "/blocks", "invalid_type"),
        ({"blocks": [{"type": "section"}]}, "/blocks/0", "failed_constraint"),
        ({"text": "x", "attachments": "none"}, "/attachments", "invalid_type"),
        ({"attachments": [{"color": 7}]}, "/attachments/0/color", "invalid_type"),
        ({"attachments": [{"blocks": [7]}]}, "/attachments/0/blocks/0", "invalid_type"),
        ({"text": "x", "metadata": []}, "/metadata", "invalid_metadata_format"),
        ({"text": "x", "metadata": {}}, "/metadata", "invalid_metadata_format"),
    ],
)
def test_a_message_is_refused(message, pointer, code):
    """A message that is wrong is refused where it is wrong."""
    assert (pointer, code) in [(found.pointer, found.code) for found in validate_message(message)]


@pytest.mark.parametrize("value", [None, [[1]], {"deep": {"er": 1}}, [{"deep": [1]}]])
def test_metadata_is_flat(value):
    """The payload of metadata goes one level deep and holds no null."""
    metadata = {"event_type": "task", "event_payload": {"a/b": value}}
    (found,) = validate_message({"text": "x", "metadata": metadata})
    assert found.pointer == "/metadata/event_payload/a~1b"
