"""
Make the rows of a `table` or `data_table` block acceptable to Slack.

A cell may be a plain string or number, so that a template can say
`"rows": {{ rows|json }}`. Rows are padded to the same width, and rows
beyond Slack's limits are returned as lines of text.
"""

from typing import Any

from bot.messages.rendering.text_field import plain_words
from bot.messages.rendering.truncation import CELL_CHARACTERS, CHILDREN, TEXT, units

Node = dict[str, Any]
DASH = "\N{EN DASH}"  # Slack refuses an empty cell.
_COLUMNS = 20
# Cells that a template may write out; of cells that data brings only the words are shown.
_TEMPLATE_CELLS = frozenset({"raw_text", "rich_text", "action_cell"})


def complete_rows(block: Node, kind: str) -> list[str]:
    """Complete the rows of `block` in place and return the lines that did not fit."""
    rows = [row for row in _listed(block.get("rows")) if isinstance(row, list) and row]
    width = min(_COLUMNS, max(map(len, rows), default=0))
    rows = [[_cell(cell, kind) for cell in _filled_row(row, width)] for row in rows]
    kept = _fitting(rows, kind)
    block["rows"] = rows[:kept]
    column = block.get("row_header_column_index")
    if isinstance(column, int) and column >= width:
        del block["row_header_column_index"]
    if kind == "data_table" and kept < 2:  # A header alone is no table.
        block["rows"] = []
    return ["\t".join(plain_words(_cell_words(cell)) for cell in row) for row in rows[kept:]]


def size_of(rows: Any) -> tuple[int, int]:
    """Return how many rows these are, and how wide the widest is."""
    each = [row for row in _listed(rows) if isinstance(row, list) and row]
    return len(each), max(map(len, each), default=0)


def _fitting(rows: list[list[Node]], kind: str) -> int:
    room = CELL_CHARACTERS[kind]
    limit = CHILDREN[kind, "rows"]
    for number, row in enumerate(rows[:limit]):
        room -= sum(_size(cell) for cell in row)
        if room < 0:
            return number
    return min(len(rows), limit)


def _filled_row(row: list[Any], width: int) -> list[Any]:
    return row[:width] + [None] * (width - len(row))


def _cell(cell: Any, kind: str) -> Node:
    if isinstance(cell, dict):
        type_ = cell.get("type")
        if type_ in _TEMPLATE_CELLS:
            return cell
        if isinstance(type_, str) and plain_words(type_) == "raw_number":
            return _cell_number(cell.get("value"), cell.get("text"), kind)
        return _cell_text(_cell_words(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _cell_number(cell, None, kind)
    return _cell_text(_cell_words(cell) if isinstance(cell, list) else cell)


def _cell_text(words: Any) -> Node:
    return {"type": "raw_text", "text": str(words) if words not in (None, "") else DASH}


def _cell_number(value: Any, text: Any, kind: str) -> Node:
    shown = str(value if text in (None, "") else text)
    if kind == "table" or isinstance(value, bool) or not isinstance(value, int | float):
        return _cell_text(shown)
    return {"type": "raw_number", "value": value, "text": shown}


def _size(cell: Node) -> int:
    if cell.get("type") in ("raw_text", "raw_number"):
        return min(units(plain_words(_cell_words(cell))), TEXT["raw_text", "text"]) or 1
    return sum(units(plain_words(text)) for text in _strings(cell))


def _strings(node: Any) -> list[str]:
    # Even an address or an id may end up as words, if it may not stand.
    if isinstance(node, str):
        return [node]
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for each in inner for text in _strings(each)]


def _cell_words(cell: Any) -> str:
    """All texts inside a cell, which may be rich text."""
    if isinstance(cell, dict):
        text = cell.get("text")
        own = text if isinstance(text, str) else ""
        return own + "".join(
            map(_cell_words, (v for v in cell.values() if isinstance(v, dict | list)))
        )
    return "".join(map(_cell_words, cell)) if isinstance(cell, list) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
