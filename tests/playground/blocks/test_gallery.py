"""Everything Slack documents as valid is taken."""

from typing import Any

import pytest
from slack_playground.blocks import validate_blocks, validate_message, validate_view
from slack_playground.blocks.kinds.catalogue import BLOCKS as CATALOGUE
from slack_playground.blocks.kinds.charts import CHARTS
from slack_playground.blocks.kinds.data import ACTION_CELL, RAW_NUMBER, RAW_TEXT
from slack_playground.blocks.kinds.elements import ACCESSORIES, ACTIONS, CONTEXT_ACTIONS, INPUTS
from slack_playground.blocks.kinds.rich_text import INLINE, LIST, PREFORMATTED, QUOTE, SECTION
from slack_playground.blocks.schema import Kind

from tests.playground.blocks.element_gallery import ELEMENTS, element
from tests.playground.blocks.gallery import BLOCKS, around, block, surface_of
from tests.playground.blocks.parts import mrkdwn, plain

KINDS: list[Kind] = [
    *CATALOGUE.values(),
    *ACTIONS.values(),
    *INPUTS.values(),
    *CONTEXT_ACTIONS.values(),
    *INLINE.kinds.values(),
    *CHARTS.kinds.values(),
    *(LIST, QUOTE, PREFORMATTED, SECTION, RAW_TEXT, RAW_NUMBER, ACTION_CELL),
]


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_of_the_gallery_is_valid(name):
    """Each block with all its fields is accepted on its surface."""
    assert validate_blocks([block(name)], surface_of(name)) == []


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_of_the_gallery_is_valid(name):
    """Each element with all its fields is accepted in a block that may hold it."""
    holder, surface = around(name)
    assert validate_blocks([holder], surface) == []


@pytest.mark.parametrize("type_", ACCESSORIES)
def test_an_accessory_is_valid(type_):
    """Each element that may stand beside a section is accepted there."""
    section = {"type": "section", "text": plain("Choose"), "accessory": element(type_)}
    assert validate_blocks([section], "message") == []


@pytest.mark.parametrize("type_", INPUTS)
def test_an_input_is_valid(type_):
    """Each element that may stand in an input block is accepted there."""
    view = {
        "type": "modal",
        "title": plain("Retry"),
        "submit": plain("Retry"),
        "blocks": [{"type": "input", "label": plain("Choose"), "element": element(type_)}],
    }
    assert validate_view(view) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_the_gallery_shows_every_field(kind):
    """No field of the catalogue is without a valid specimen."""
    shown = _fields_shown()
    assert set(kind.shape.fields) - shown.get(kind.type, set()) == set()


def _fields_shown() -> dict[str, set[str]]:
    shown: dict[str, set[str]] = {}
    waiting: list[Any] = [*BLOCKS.values(), *ELEMENTS.values()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            shown.setdefault(value.get("type", ""), set()).update(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return shown


def test_a_modal_with_every_field_is_valid():
    """A modal may carry all the fields of a view."""
    view = {
        "type": "modal",
        "title": plain("Retry"),
        "submit": plain("Retry"),
        "close": plain("Close"),
        "private_metadata": "d-7F3K",
        "callback_id": "retry",
        "external_id": "retry-42",
        "clear_on_close": True,
        "notify_on_close": True,
        "blocks": [block(name) for name in ("alert", "header", "card", "input", "divider")],
    }
    assert validate_view(view) == []


def test_a_home_tab_is_valid():
    """A Home tab takes tables, charts and containers, and no title."""
    names = ("header", "container", "table", "data_table", "bar", "carousel", "video", "input")
    blocks = [block(name) for name in names]
    assert validate_view({"type": "home", "blocks": blocks, "private_metadata": ""}) == []


def test_a_message_with_everything_is_valid():
    """Text, blocks, attachments and metadata may come together."""
    message = {
        "channel": "C0OPS",
        "text": "Nightly import failed",
        "blocks": [block("section"), block("actions"), block("table")],
        "attachments": [
            {
                "color": "#D00",
                "fallback": "Two failed",
                "fields": [{"title": "Owner", "value": "Ada", "short": True}],
                "mrkdwn_in": ["text"],
                "text": "*Two* failed",
                "ts": 1_795_000_000,
            },
            {"blocks": [{"type": "section", "text": mrkdwn("More")}]},
        ],
        "metadata": {
            "event_type": "task_failed",
            "event_payload": {
                "id": "42",
                "attempt": 2,
                "final": True,
                "tags": ["import", 1],
                "owner": {"name": "Ada"},
                "steps": [{"name": "load"}],
            },
        },
    }
    assert validate_message(message) == []


def test_no_blocks_are_valid():
    """An empty list clears the blocks of a message and is no mistake."""
    assert validate_blocks([], "message") == []
    assert validate_message({"text": "Cleared", "blocks": []}) == []
