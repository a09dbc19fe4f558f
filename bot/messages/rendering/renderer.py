"""
Template and context become a message that Slack cannot refuse.

This is the one place where untrusted text is escaped (P7) and the one that
knows Slack's limits: it counts, cuts, and hands back what had no room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from bot.errors import TemplateError
from bot.messages.rendering import warnings
from bot.messages.rendering.blocks import Walk
from bot.messages.rendering.compiled_message import CompiledMessage, compile_message
from bot.messages.rendering.logicless_template import (
    LogiclessTemplate,
    TooLargeError,
    compile_logicless,
)
from bot.messages.rendering.sandbox import render_stored, stored_environment
from bot.messages.rendering.template_language import own_environment, parse, reason
from bot.messages.rendering.text_field import Mrkdwn, plain
from bot.messages.rendering.truncation import (
    ALL_BLOCKS_CHARACTERS,
    BLOCKS,
    COUNTED_APART,
    PER_MESSAGE,
    TEXT_CHARACTERS,
    level,
)
from bot.messages.rendering.warnings import At

__all__ = ["Rendered", "Renderer", "TemplateError"]

# Below this, texts cut to share the room say nothing any more and whole blocks go instead.
_LEAST_SHARE = 80
_BLOCKS: At = (None, "blocks")

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
    `altered` says, a sentence each, what is not as the template has it.
    """

    text: str
    blocks: list[dict[str, Any]]
    overflow: str | None
    altered: list[str] = field(default_factory=list)


class Renderer:
    """Renders our own templates from `folder` and stored ones from their source."""

    def __init__(self, folder: Path) -> None:
        self._own = own_environment(folder)
        self._templates: dict[str, jinja2.Template] = {}
        self._stored = stored_environment()
        self._compiled = lru_cache(maxsize=256)(self._compile)
        self._logicless = lru_cache(maxsize=256)(self._compile_logicless)

    def render(self, template: str, context: Mapping[str, Any]) -> Rendered:
        """Render `templates/<template>.json`; raises TemplateError naming line and reason."""
        name = f"{template}.json"
        try:
            source = self._template(name).render(context)
            return _message(parse(source), context, trusted=True)
        except (jinja2.TemplateError, TemplateError, *_MISTAKES) as error:
            raise TemplateError(f"{name}: {reason(error, name)}") from error

    def render_source(self, source: str, context: Mapping[str, Any]) -> Rendered:
        """
        Render a stored template, whose author is not trusted; raises TemplateError.

        In a worker process only: what the template says may take any time and memory.
        """
        return self.message(self.parsed(source, context), context)

    def render_logicless(self, source: str, context: Mapping[str, Any]) -> Rendered | None:
        """
        Render a stored template that cannot run away; None: it is a worker's work, or none's.

        The result is that of `render_source`; raises TemplateError as that does.
        """
        template, compiled = self._logicless(source)
        if template is None:
            return None
        try:
            values = template.values(context)
        except (TooLargeError, jinja2.TemplateError, TemplateError, *_MISTAKES):
            return None
        found = compiled.filled(values) if compiled else None
        if found is None:
            return self.message(template.filled(values), context)
        text, blocks = found
        _number_blocks(blocks, context.get("revision"))
        return Rendered(text, blocks, None)

    def parsed(self, source: str, context: Mapping[str, Any]) -> Any:
        """Return the JSON that a stored template becomes, its data marked; raises TemplateError."""
        try:
            return parse(render_stored(self._compiled(source), context))
        except (jinja2.TemplateError, TemplateError, *_MISTAKES) as error:
            raise reason(error, "<template>") from error

    def message(self, parsed: Any, context: Mapping[str, Any]) -> Rendered:
        """Return the message of what `parsed` gave, which is changed; raises TemplateError."""
        try:
            return _message(parsed, context, trusted=False)
        except (TemplateError, *_MISTAKES) as error:
            raise reason(error, "<template>") from error

    def _template(self, name: str) -> jinja2.Template:
        template = self._templates.get(name)
        if template is None:
            template = self._templates[name] = quick(self._own.get_template(name))
        return template

    def _compile_logicless(
        self, source: str
    ) -> tuple[LogiclessTemplate | None, CompiledMessage | None]:
        template = compile_logicless(source, self._stored)
        if template is None:
            return None, None
        try:
            return template, compile_message(template)
        except (TemplateError, *_MISTAKES):  # Filling it will say what is wrong.
            return template, None

    def _compile(self, source: str) -> jinja2.Template:
        return quick(self._stored.from_string(source))


def quick(template: jinja2.Template) -> jinja2.Template:
    """Return the template with a plain dict of globals: each rendering copies them."""
    template.globals = dict(template.globals)
    return template


def _message(parsed: Any, context: Mapping[str, Any], *, trusted: bool) -> Rendered:
    words, sources = _faces(parsed)
    rest = _Rest()
    groups = _groups(sources, rest, trusted=trusted)
    _keep_within(groups, rest)
    blocks = [group.block for group in groups]
    _write(groups, rest)
    _number_blocks(blocks, context.get("revision"))
    text = _top_text(words, groups, rest)
    if not text and not blocks:
        why = f": {rest.altered[0]}" if rest.altered else ""
        raise TemplateError(f"renders neither text nor blocks{why}")
    overflow = "\n\n".join(filter(None, rest.overflow)) or None
    altered = warnings.told(rest.altered) if rest.altered else []
    return Rendered(text, blocks, overflow, altered)


class _Rest:
    """What does not stand in the message: words that had no room, and what is to be said of it."""

    __slots__ = ("altered", "overflow")

    def __init__(self) -> None:
        self.overflow: list[str] = []
        self.altered: list[str] = []


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


def _groups(sources: list[Any], rest: _Rest, *, trusted: bool) -> "list[_Group]":
    groups: list[_Group] = []
    seen: dict[str, int] = {}
    for number, source in enumerate(sources):
        walk = Walk(trusted=trusted)
        at = (_BLOCKS, number)
        block = walk.block(source, at)
        rest.altered += walk.altered
        if block is None:
            continue
        group = _Group(block, walk, at)
        if _has_room(block, seen):
            groups.append(group)
        else:
            rest.overflow.append(group.words())
            rest.altered.append(warnings.too_many_of(at, block["type"]))
    return groups


class _Group:
    """One block and the texts in it."""

    __slots__ = ("at", "block", "counted", "leaves", "spilled")

    def __init__(self, block: dict[str, Any], walk: Walk, at: At = None) -> None:
        self.at = at
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


def _keep_within(groups: list[_Group], rest: _Rest) -> None:
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
    rest.overflow.append("\n\n".join(group.words() for group in lost))
    rest.altered.append(warnings.no_room(lost[0].at, len(lost)))
    count = "1 more block" if len(lost) == 1 else f"{len(lost)} more blocks"
    note = {"type": "mrkdwn", "text": f"… {count} had no room here"}
    walk = Walk(trusted=True)
    block = walk.block({"type": "context", "elements": [note]})
    if block is not None:
        groups.append(_Group(block, walk))


def _write(groups: list[_Group], rest: _Rest) -> None:
    sizes = [leaf.share for group in groups for leaf in group.counted]
    share = level(sizes, ALL_BLOCKS_CHARACTERS)
    for group in groups:
        room = share if group.counted else ALL_BLOCKS_CHARACTERS
        for leaf in group.leaves:
            for address in leaf.refused:
                rest.altered.append(warnings.dead_link(leaf.at, leaf.key, address))
            if not leaf.write(room):
                rest.overflow.append(leaf.whole())
                most = min(room, leaf.share)
                rest.altered.append(warnings.was_cut(leaf.at, leaf.key, most, follows=True))
        rest.overflow += group.spilled


def _number_blocks(blocks: list[dict[str, Any]], revision: object) -> None:
    """Give each version of a message block_ids of its own, as Slack asks for edits."""
    if not isinstance(revision, int):
        return
    for number, block in enumerate(blocks):
        if "block_id" not in block:
            block["block_id"] = f"r{revision}-{number}"


def _top_text(words: str, groups: list[_Group], rest: _Rest) -> str:
    """The text of notifications and screen readers: the template's, else that of the blocks."""
    held: dict[str, Any] = {"text": ""}
    is_given = bool(plain(words).strip())
    if not is_given:
        leaves = [leaf for group in groups for leaf in group.leaves]
        words = "\n".join(leaf.as_mrkdwn() for leaf in leaves)
    leaf = Mrkdwn(held, "text", words, TEXT_CHARACTERS)
    is_whole = leaf.write(TEXT_CHARACTERS)
    if not is_whole and not groups:
        rest.overflow.append(leaf.whole())
    if is_given:
        rest.altered += [warnings.dead_link(None, "text", one) for one in leaf.refused]
    if is_given and not is_whole:
        cut = warnings.was_cut(None, "text", TEXT_CHARACTERS, follows=not groups)
        rest.altered.append(cut)
    return str(held["text"])
