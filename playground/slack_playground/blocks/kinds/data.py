"""
Blocks of figures: table and data table.

Sources: https://docs.slack.dev/reference/block-kit/blocks/table-block
https://docs.slack.dev/reference/block-kit/blocks/data-table-block
"""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_playground.blocks import problem
from slack_playground.blocks.kinds.elements import BUTTON
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import (
    Choice,
    Flag,
    ListOf,
    Nullable,
    Number,
    Object,
    Text,
    block,
    index,
    kind,
    one_of,
)

RAW_TEXT = kind("raw_text", {"text": Text()}, {})
RAW_NUMBER = kind("raw_number", {"value": Number(), "text": Text()}, {})
ACTION_CELL = kind(
    "action_cell", {"element": one_of(BUTTON), "fallback": one_of(RAW_TEXT, RAW_NUMBER)}, {}
)

_COLUMN = Object(
    optional={"align": Choice(("left", "center", "right")), "is_wrapped": Flag()},
)
# The cells together are limited by a rule over all blocks: see block_rules.py.
TABLE = block(
    "table",
    "MH",
    {
        "rows": ListOf(
            ListOf(one_of(RAW_TEXT, RAW_NUMBER, RICH_TEXT), least=1, most=20), least=1, most=100
        )
    },
    {"column_settings": ListOf(Nullable(_COLUMN), most=20)},
)


def _rows_are_equal(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    rows = _rows(value)
    width = len(rows[0]) if rows else 0
    for position, row in enumerate(rows):
        if len(row) != width:
            yield problem.failed(
                f"{at}/rows/{position}",
                "all rows must have the same number of cells",
                "min_items" if len(row) < width else "max_items",
                expected=width,
                got=len(row),
            )


def _header_is_plain(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    for row in _rows(value)[:1]:
        for position, cell in enumerate(row):
            type_ = cell.get("type") if isinstance(cell, dict) else None
            if type_ in ("rich_text", "action_cell"):
                yield problem.unsupported_type(
                    f"{at}/rows/0/{position}", type_, {"raw_text": None, "raw_number": None}
                )


def _row_header_exists(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    column = value.get("row_header_column_index")
    for row in _rows(value)[:1]:
        if isinstance(column, int) and column >= len(row):
            yield problem.failed(
                f"{at}/row_header_column_index",
                f"must be less than {len(row)}",
                "maximum",
                expected=len(row) - 1,
                got=column,
            )


def _rows(value: Mapping[str, Any]) -> list[list[Any]]:
    """The rows; what is no list counts as an empty one to keep positions."""
    rows = value.get("rows")
    if not isinstance(rows, list):
        return []
    return [row if isinstance(row, list) else [] for row in rows]


DATA_TABLE = block(
    "data_table",
    "MH",
    {
        "caption": Text(),
        # A header and one to two hundred rows.
        "rows": ListOf(
            ListOf(one_of(RAW_TEXT, RAW_NUMBER, RICH_TEXT, ACTION_CELL), least=1, most=20),
            least=2,
            most=201,
        ),
    },
    {
        "page_size": Number(1, 100, whole=True),
        "row_header_column_index": Number(0, 19, whole=True),
    },
    _rows_are_equal,
    _header_is_plain,
    _row_header_exists,
)

DATA = index((TABLE, DATA_TABLE))
