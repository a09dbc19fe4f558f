"""
Template and context become a message that Slack cannot refuse.

This is the one place where untrusted text is escaped (P7) and the one that
knows Slack's limits: it counts, cuts, and hands back what had no room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from bot.errors import TemplateError
from bot.messages.blocks import Walk
from bot.messages.language import own_environment, parse, reason
from bot.messages.leaf import Mrkdwn, plain
from bot.messages.limits import (
    ALL_BLOCKS_CHARACTERS,
    BLOCKS,
    COUNTED_APART,
    PER_MESSAGE,
    TEXT_CHARACTERS,
    level,
)
from bot.messages.sandbox import render_stored, stored_environment

__all__ = ["Rendered", "Renderer", "TemplateError"]

# Below this, texts cut to share the room say nothing any more and whole blocks go instead.
_LEAST_SHARE = 80

# What an expression of a template can raise on data of an unforeseen shape.
_MISTAKES = (
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    SyntaxError,  # Python's own word on more than twenty loops within one another
)


@dataclass(frozen=True)
class Rendered:
    """
    A message as Slack takes it.

    `text` is complete, escaped and at most 3,900 characters; `overflow` is what was
    cut from text or blocks, each of it whole, as plain text (None: nothing was).
    """

    text: str
    blocks: list[dict[str, Any]]
    overflow: str | None


class Renderer:
    """Renders our own templates from `folder` and stored ones from their source."""

    def __init__(self, folder: Path) -> None:
        self._own = own_environment(folder)
        self._templates: dict[str, jinja2.Template] = {}
        self._stored = stored_environment()
        self._compiled = lru_cache(maxsize=256)(self._compile)

    def render(self, template: str, context: Mapping[str, Any]) -> Rendered:
        """Render `templates/<template>.json`; raises TemplateError naming line and reason."""
        name = f"{template}.json"
        try:
            source = self._template(name).render(context)
            return _message(parse(source), context, trusted=True)
        except (jinja2.TemplateError, TemplateError, *_MISTAKES) as error:
            raise TemplateError(f"{name}: {reason(error, name)}") from error

    def render_source(self, source: str, context: Mapping[str, Any]) -> Rendered:
        """Render a stored template, whose author is not trusted; raises TemplateError."""
        try:
            text = render_stored(self._compiled(source), context)
            return _message(parse(text), context, trusted=False)
        except (jinja2.TemplateError, TemplateError, *_MISTAKES) as error:
            raise reason(error, "<template>") from error

    def _template(self, name: str) -> jinja2.Template:
        template = self._templates.get(name)
        if template is None:
            template = self._templates[name] = quick(self._own.get_template(name))
        return template

    def _compile(self, source: str) -> jinja2.Template:
        return quick(self._stored.from_string(source))


def quick(template: jinja2.Template) -> jinja2.Template:
    """Return the template with a plain dict of globals: each rendering copies them."""
    template.globals = dict(template.globals)
    return template


def _message(parsed: Any, context: Mapping[str, Any], *, trusted: bool) -> Rendered:
    words, sources = _faces(parsed)
    overflow: list[str] = []
    groups = _groups(sources, overflow, trusted=trusted)
    _keep_within(groups, overflow)
    blocks = [group.block for group in groups]
    _write(groups, overflow)
    _number_blocks(blocks, context.get("revision"))
    text = _top_text(words, groups, overflow)
    if not text and not blocks:
        raise TemplateError("renders neither text nor blocks")
    return Rendered(text, blocks, "\n\n".join(filter(None, overflow)) or None)


def _faces(parsed: Any) -> tuple[str, list[Any]]:
    """The top-level text and the blocks of what Block Kit Builder exports in either form."""
    if isinstance(parsed, list):
        return "", parsed
    if not isinstance(parsed, dict):
        raise TemplateError("a template is an object with text and blocks")
    unknown = parsed.keys() - {"text", "blocks"}
    if unknown:
        raise TemplateError(
            f"a template has text and blocks only, not {', '.join(sorted(unknown))}"
        )
    text, blocks = parsed.get("text") or "", parsed.get("blocks") or []
    if not isinstance(text, str) or not isinstance(blocks, list):
        raise TemplateError("text is a string and blocks is a list")
    return text, blocks


def _groups(sources: list[Any], overflow: list[str], *, trusted: bool) -> "list[_Group]":
    groups: list[_Group] = []
    seen: dict[str, int] = {}
    for source in sources:
        walk = Walk(trusted=trusted)
        block = walk.block(source)
        if block is None:
            continue
        group = _Group(block, walk)
        if _has_room(block, seen):
            groups.append(group)
        else:
            overflow.append(group.words())
    return groups


class _Group:
    """One block and the texts in it."""

    __slots__ = ("block", "counted", "leaves", "spilled")

    def __init__(self, block: dict[str, Any], walk: Walk) -> None:
        self.block, self.leaves, self.spilled = block, walk.leaves, walk.spilled
        self.counted = [] if block["type"] in COUNTED_APART else walk.leaves

    def words(self) -> str:
        """All its words, also those that had no room in it."""
        return "\n".join([*(leaf.whole() for leaf in self.leaves), *self.spilled])


def _has_room(block: dict[str, Any], seen: dict[str, int]) -> bool:
    kind = block["type"]
    if kind not in PER_MESSAGE:
        return True
    seen[kind] = seen.get(kind, 0) + 1
    return seen[kind] <= PER_MESSAGE[kind]


def _keep_within(groups: list[_Group], overflow: list[str]) -> None:
    """Drop blocks from the end until the rest fits, and say in their place how many."""
    sizes = [leaf.share for group in groups for leaf in group.counted]
    lost: list[_Group] = []
    while len(groups) > (BLOCKS - 1 if lost else BLOCKS) or (
        sum(sizes) > ALL_BLOCKS_CHARACTERS and level(sizes, ALL_BLOCKS_CHARACTERS) < _LEAST_SHARE
    ):
        group = groups.pop()
        lost.insert(0, group)
        del sizes[len(sizes) - len(group.counted) :]
    if not lost:
        return
    overflow.append("\n\n".join(group.words() for group in lost))
    count = "1 more block" if len(lost) == 1 else f"{len(lost)} more blocks"
    note = {"type": "mrkdwn", "text": f"… {count} had no room here"}
    walk = Walk(trusted=True)
    block = walk.block({"type": "context", "elements": [note]})
    if block is not None:
        groups.append(_Group(block, walk))


def _write(groups: list[_Group], overflow: list[str]) -> None:
    sizes = [leaf.share for group in groups for leaf in group.counted]
    share = level(sizes, ALL_BLOCKS_CHARACTERS)
    for group in groups:
        room = share if group.counted else ALL_BLOCKS_CHARACTERS
        overflow += [leaf.whole() for leaf in group.leaves if not leaf.write(room)]
        overflow += group.spilled


def _number_blocks(blocks: list[dict[str, Any]], revision: object) -> None:
    """Give each version of a message block_ids of its own, as Slack asks for edits."""
    if not isinstance(revision, int):
        return
    for number, block in enumerate(blocks):
        if "block_id" not in block:
            block["block_id"] = f"r{revision}-{number}"


def _top_text(words: str, groups: list[_Group], overflow: list[str]) -> str:
    """The text of notifications and screen readers: the template's, else that of the blocks."""
    held: dict[str, Any] = {"text": ""}
    if not plain(words).strip():
        leaves = [leaf for group in groups for leaf in group.leaves]
        words = "\n".join(leaf.as_mrkdwn() for leaf in leaves)
    leaf = Mrkdwn(held, "text", words, TEXT_CHARACTERS)
    if not leaf.write(TEXT_CHARACTERS) and not groups:
        overflow.append(leaf.whole())
    return str(held["text"])
