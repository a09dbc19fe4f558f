"""Removes interactive elements from blocks where nobody would receive the click. Pure."""

from typing import Any

Node = dict[str, Any]

#: Blocks that are nothing but controls.
_CONTROLS = frozenset({"context_actions", "input"})
#: Elements among controls that only show something.
_TEXT_BLOCKS = frozenset({"image"})


def without_controls(blocks: list[Node]) -> list[Node]:
    """
    Return the blocks without buttons, menus and fields.

    Buttons that are links stay: they work without us.
    """
    kept = [settled(block) for block in blocks if block.get("type") not in _CONTROLS]
    return [block for block in kept if not is_empty(block)]


def settled(block: Node) -> Node:
    kind = block.get("type")
    if kind == "actions":
        return {**block, "elements": [one for one in block["elements"] if _works(one)]}
    if kind in ("container", "carousel"):
        name = "child_blocks" if kind == "container" else "elements"
        return {**block, name: without_controls(block.get(name) or [])}
    if kind == "card" and "actions" in block:
        rest = [one for one in block["actions"] if _works(one)]
        bare = {key: value for key, value in block.items() if key != "actions"}
        return {**bare, "actions": rest} if rest else bare
    if kind == "section" and "accessory" in block and not _works(block["accessory"]):
        return {key: value for key, value in block.items() if key != "accessory"}
    return block


def _works(element: Node) -> bool:
    """Tell whether an element works without anybody receiving its clicks."""
    return element.get("type") in _TEXT_BLOCKS or bool(element.get("url"))


def is_empty(block: Node) -> bool:
    kind = block.get("type")
    if kind in ("actions", "carousel"):
        return not block.get("elements")
    if kind == "container":
        return not block.get("child_blocks")
    return kind == "card" and not block.keys() & {"hero_image", "title", "body", "actions"}
