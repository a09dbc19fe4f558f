"""
Replaces blocks that Slack refused with their text. Pure.

Slack names what it refuses by JSON pointers (`[json-pointer:/blocks/2/image_url]`). The refusals of
a revision are kept as rounds of such pointers; each round refers to the result of the previous one.
Three rounds have names of their own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bot.messages.policy import SlackResponse
from bot.messages.rendering.escaping import escape_mrkdwn
from bot.messages.rendering.plain_text import plain_text, text_of
from bot.messages.rendering.renderer import Rendered

Node = dict[str, Any]

AGAIN = ["again"]  # nothing: the same once more
BARE = ["bare"]  # the text goes without our controls, too
LATER = ["later"]  # nothing: only the text is shown, and this is the last attempt with blocks
NAMED_ROUNDS = (AGAIN, BARE, LATER)

_SECTION_CHARACTERS = 3_000
_POINTER = re.compile(r"\[json-pointer:(/blocks/\d+[^\]\s]*)\]")
_NOT_FETCHED = "downloading image failed"
_UNREADABLE = re.compile(r"[|<>\s]")
#: Blocks that hold elements of which each can give way alone.
_ROWS = frozenset({"actions", "context"})


def pointers_of(answer: SlackResponse) -> list[str]:
    """Return the places of the blocks that Slack's refusal names."""
    errors = answer.detail.get("errors")
    found = (
        (_POINTER.findall(one) for one in errors if isinstance(one, str))
        if isinstance(errors, list)
        else ()
    )
    return list(dict.fromkeys(pointer for each in found for pointer in each))


def hosts_not_fetched(answer: SlackResponse, blocks: Sequence[Node]) -> set[str]:
    """Return the hosts of the images that Slack says it could not fetch."""
    errors = answer.detail.get("errors")
    if not isinstance(errors, list):
        return set()
    failed = [one for one in errors if isinstance(one, str) and _NOT_FETCHED in one]
    named = pointers_of(SlackResponse(detail={"errors": failed}))
    found = (_node_at(blocks, pointer) for pointer in named)
    return {host for node in found for host in _hosts_of(node)}


def _node_at(blocks: Sequence[Node], pointer: str) -> Any:
    """Return the object that a pointer refers to or into; {} if there is none."""
    node: Any = list(blocks)
    for step in pointer.split("/")[2:]:
        inner = _refused_child(node, step)
        if not isinstance(inner, dict | list):
            break
        node = inner
    return node if isinstance(node, dict) else {}


def _refused_child(node: Any, step: str) -> Any:
    if isinstance(node, list):
        return node[int(step)] if step.isdigit() and int(step) < len(node) else None
    return node.get(step) if isinstance(node, dict) else None


def _hosts_of(node: Any) -> set[str]:
    """Return the hosts of the images in an object."""
    if isinstance(node, list):
        return {host for one in node for host in _hosts_of(one)}
    if not isinstance(node, dict):
        return set()
    own = {_host_of(node["image_url"])} if isinstance(node.get("image_url"), str) else set()
    return {host for host in own if host} | _hosts_of([*node.values()])


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def without_refused(rendered: Rendered, rounds: Iterable[Sequence[str]] | None) -> Rendered:
    """Return the message as it is after each round has left out what it names."""
    for pointers in rounds or ():
        if pointers in NAMED_ROUNDS:
            continue
        rendered = _give_way(rendered, pointers)
    return rendered


def without_hosts(rendered: Rendered, hosts: Iterable[str]) -> Rendered:
    """Return the message without images that Slack could not fetch a moment ago."""
    known = set(hosts)
    pointers = [
        f"/blocks/{number}/{name}"
        for number, block in enumerate(rendered.blocks)
        for name, node in _image_parts(block)
        if known & _hosts_of(node)
    ]
    return _give_way(rendered, pointers) if pointers else rendered


def _image_parts(block: Node) -> Iterable[tuple[str, Any]]:
    """Yield the parts of a block that can give way alone, each with its pointer in the block."""
    if block.get("type") in _ROWS:
        for number, one in enumerate(block.get("elements") or []):
            yield f"elements/{number}", one
    elif block.get("type") == "section":
        yield "accessory", block.get("accessory")
    else:
        yield "", block


def _give_way(rendered: Rendered, pointers: Sequence[str]) -> Rendered:
    """Return the message with the words of these blocks in their place, and say which."""
    of_block: dict[int, list[str]] = {}
    for pointer in pointers:
        index, _, inside = pointer.removeprefix("/blocks/").partition("/")
        if index.isdigit():
            of_block.setdefault(int(index), []).append(inside)
    blocks: list[Node] = []
    altered = list(rendered.warnings)
    for number, block in enumerate(rendered.blocks):
        if number not in of_block:
            blocks.append(block)
            continue
        blocks += _in_place_of(block, of_block[number])
        altered += [
            f"/blocks/{number}{'/' + inside if inside else ''} is shown as words, for Slack "
            "refused it: correct it in the template or the payload."
            for inside in of_block[number]
        ]
    return replace(rendered, blocks=blocks, warnings=altered)


def _in_place_of(block: Node, insides: Sequence[str]) -> list[Node]:
    """Return the replacement of a block of which Slack refused these parts."""
    kind = block.get("type")
    steps = [inside.split("/") for inside in insides]
    if kind in _ROWS and all(step[0] == "elements" and len(step) > 1 for step in steps):
        gone = {int(step[1]) for step in steps if step[1].isdigit()}
        return [
            *_row_without(block, gone),
            *_said(block["elements"][one] for one in sorted(gone) if one < len(block["elements"])),
        ]
    if kind == "section" and all(step[0] == "accessory" for step in steps):
        bare = {key: value for key, value in block.items() if key != "accessory"}
        return [bare, *_said([block.get("accessory") or {}])]
    return _said([block])


def _row_without(row: Node, gone: set[int]) -> list[Node]:
    kept = [one for number, one in enumerate(row["elements"]) if number not in gone]
    return [{**row, "elements": kept}] if kept else []


def _said(nodes: Iterable[Node]) -> list[Node]:
    """Return a section with the words of these objects, links for images and buttons."""
    lines = [words for node in nodes if (words := _block_words(node))]
    return [_section("\n".join(lines))] if lines else []


def _block_words(node: Node) -> str:
    """Return an object as mrkdwn; a control that is no link says nothing without itself."""
    kind = node.get("type")
    if kind == "image":
        label = str(node.get("alt_text") or _label_of(node.get("title")) or "image")
        return _linked(str(node.get("image_url") or ""), label)
    if kind == "button":
        return _linked(str(node["url"]), _label_of(node.get("text"))) if node.get("url") else ""
    if kind == "mrkdwn":
        return str(node.get("text") or "")
    return escape_mrkdwn(text_of([node]))


def _label_of(text: Any) -> str:
    if not isinstance(text, dict):
        return ""
    words = str(text.get("text") or "")
    return plain_text(words) if text.get("type") == "mrkdwn" else words


def _linked(address: str, label: str) -> str:
    words = escape_mrkdwn(" ".join(label.split()))
    if not address.startswith(("https://", "http://")) or _UNREADABLE.search(address):
        return words
    return f"<{address.replace('&', '&amp;')}|{words}>" if words else f"<{address}>"


def _section(words: str) -> Node:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _within(words)}}


def _within(words: str) -> str:
    """Return mrkdwn that fits a section, without splitting a link or entity."""
    if len(words) <= _SECTION_CHARACTERS:
        return words
    kept = words[:_SECTION_CHARACTERS]
    kept = kept[: kept.rfind("<")] if kept.rfind("<") > kept.rfind(">") else kept
    return kept[: kept.rfind("&")] if kept.rfind("&") > kept.rfind(";") else kept


def controls_alone(rendered: Rendered, *, is_edit: bool) -> list[Node]:
    """
    Return our own controls under the text, for a message whose other blocks are removed.

    Nothing for a message without controls. An edit keeps rich text where there was some, because
    Slack does not replace it with anything else.
    """
    rows = [block for block in rendered.blocks if block.get("type") == "actions"]
    if not rows:
        return []
    if is_edit and any(block.get("type") == "rich_text" for block in rendered.blocks):
        words = {"type": "text", "text": plain_text(rendered.text)[:_SECTION_CHARACTERS]}
        line = {"type": "rich_text_section", "elements": [words]}
        return [{"type": "rich_text", "elements": [line]}, *rows]
    return [_section(rendered.text), *rows]
