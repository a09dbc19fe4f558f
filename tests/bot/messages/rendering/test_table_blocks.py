import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_playground.blocks import validate_message

from bot.messages.rendering.renderer import Renderer

CELL = st.one_of(st.none(), st.text(st.characters(), max_size=30), st.integers(), st.booleans())
ROWS = st.lists(st.lists(CELL | st.lists(CELL) | st.dictionaries(CELL, CELL), max_size=25))


@pytest.fixture(scope="module")
def renderer(tmp_path_factory):
    return Renderer(tmp_path_factory.mktemp("templates"))


def table(kind: str = "data_table") -> str:
    return f'[{{"type": "{kind}", "caption": "Ranking", "rows": {{{{ rows|json }}}}}}]'.replace(
        '"caption": "Ranking", ', "" if kind == "table" else '"caption": "Ranking", '
    )


def test_cells_may_be_plain_values(renderer):
    """Rows of strings and numbers become cells; short rows are filled up with dashes."""
    rows = [["Name", "Done"], ["Ada", 42], ["Ben"]]

    block = renderer.render_source(table(), {"rows": rows}).blocks[0]

    assert block["rows"] == [
        [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Done"}],
        [{"type": "raw_text", "text": "Ada"}, {"type": "raw_number", "value": 42, "text": "42"}],
        [{"type": "raw_text", "text": "Ben"}, {"type": "raw_text", "text": "\N{EN DASH}"}],
    ]


@pytest.mark.parametrize(("kind", "kept"), [("table", 100), ("data_table", 201)])
def test_rows_beyond_the_limit_overflow_as_lines(renderer, kind, kept):
    """What has no row in Slack is handed back, a line per row."""
    rows = [["Name", "n"], *([f"row {n}", n] for n in range(300))]

    message = renderer.render_source(table(kind), {"rows": rows})

    assert kept == len(message.blocks[0]["rows"])
    assert message.overflow is not None
    assert f"row {kept - 1}\t{kept - 1}" == message.overflow.splitlines()[0]
    assert validate_message({"blocks": message.blocks}) == []


def test_wide_cells_cost_rows_not_the_message(renderer):
    """The characters of all cells are limited too, and whole rows go for it."""
    rows = [["h"], *(["x" * 400] for _ in range(100))]

    message = renderer.render_source(table("table"), {"rows": rows})

    assert len(message.blocks[0]["rows"]) == 20
    assert validate_message({"blocks": message.blocks}) == []


def test_a_header_alone_is_no_table(renderer):
    """A data table without rows is left out."""
    source = table().replace("[", '[{"type": "divider"},', 1)

    assert [
        block["type"] for block in renderer.render_source(source, {"rows": [["h"]]}).blocks
    ] == ["divider"]


def test_only_the_first_table_stands(renderer):
    """Slack takes one table a message; the words of the next one overflow."""
    two = json.loads(table("table").replace("{{ rows|json }}", '[["a"]]')) * 2

    message = renderer.render_source(json.dumps(two), {})

    assert len(message.blocks) == 1
    assert message.overflow == "a"


@pytest.mark.parametrize("kind", ["table", "data_table"])
@settings(deadline=None, max_examples=50)
@given(rows=ROWS)
def test_any_rows_make_a_table_slack_takes(renderer, kind, rows):
    """Ragged, empty, nested or hostile rows never break the message."""
    source = table(kind).replace("[", '[{"type": "divider"},', 1)

    message = renderer.render_source(source, {"rows": rows})

    assert validate_message({"text": message.text, "blocks": message.blocks}) == []
