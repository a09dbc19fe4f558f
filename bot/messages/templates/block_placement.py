"""
Checks whether Slack would accept rendered blocks: which objects may stand where. Pure.

The renderer checks sizes. Source: https://docs.slack.dev/reference/block-kit
"""

from collections.abc import Iterator
from typing import Any

TEXTS = frozenset({"plain_text", "mrkdwn"})
_PLAIN_TEXT = frozenset({"plain_text"})
_SELECTS = frozenset(
    f"{how}{what}_select"
    for how in ("", "multi_")
    for what in ("static", "external", "users", "conversations", "channels")
)
_CONTROL_TYPES = _SELECTS | {
    *("button", "overflow", "datepicker", "timepicker", "datetimepicker"),
    *("checkboxes", "radio_buttons", "workflow_button"),
}
_RICH = frozenset(
    {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
)
BLOCK_TYPES = frozenset(
    {"actions", "card", "carousel", "container", "context", "context_actions", "data_table"}
    | {"data_visualization", "divider", "header", "image", "markdown", "plan", "rich_text"}
    | {"section", "table", "task_card", "video"}
)
_CHILD_TYPES = frozenset({"actions", "context", "divider", "header", "image", "section", "table"})
#: (kind of object, its field) → the kinds that may stand there.
PLACES: dict[tuple[str, str], frozenset[str]] = {
    ("section", "text"): TEXTS,
    ("section", "fields"): TEXTS,
    ("section", "accessory"): _CONTROL_TYPES | {"image"},
    ("header", "text"): _PLAIN_TEXT,
    ("button", "text"): _PLAIN_TEXT,
    ("image", "title"): _PLAIN_TEXT,
    ("context", "elements"): TEXTS | {"image"},
    ("actions", "elements"): _CONTROL_TYPES,
    ("context_actions", "elements"): frozenset({"feedback_buttons", "icon_button"}),
    ("carousel", "elements"): frozenset({"card"}),
    ("container", "child_blocks"): _CHILD_TYPES,
    ("rich_text", "elements"): _RICH,
    ("rich_text_list", "elements"): frozenset({"rich_text_section"}),
}
STYLES = frozenset({"primary", "danger"})


def invalid_places(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each object that Slack would refuse in its place."""
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        yield from _misplaced(block, BLOCK_TYPES, f"/blocks/{number}")
        own = block.get("block_id") if isinstance(block, dict) else None
        if not isinstance(own, str):
            continue
        if own in seen:
            yield f"/blocks/{number}/block_id: another block is called `{own}` too"
        seen.add(own)


def _misplaced(node: Any, allowed: frozenset[str], pointer: str) -> Iterator[str]:
    kind = node.get("type") if isinstance(node, dict) else None
    if kind not in allowed:
        yield f"{pointer}: `{kind}` cannot stand here; what can: {', '.join(sorted(allowed))}"
        return
    if kind == "button" and node.get("style", "primary") not in STYLES:
        yield f"{pointer}/style: is primary or danger, or left out"
    for name, value in node.items():
        inner = PLACES.get((kind, name))
        if inner is None:
            continue
        for where, item in _items_of(value, f"{pointer}/{name}"):
            yield from _misplaced(item, inner, where)


def _items_of(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, list):
        yield pointer, value
        return
    for number, item in enumerate(value):
        yield f"{pointer}/{number}", item
