"""
Renders a template and its context into a message that Slack cannot refuse.

This is the one place that escapes untrusted text (P7) and that knows Slack's
limits: it counts, truncates, and returns what did not fit.
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
from bot.messages.rendering.jinja_environment import own_environment, parse_message, reason
from bot.messages.rendering.precompiled.message import CompiledMessage, compile_message
from bot.messages.rendering.precompiled.template import (
    LogiclessTemplate,
    TooLargeError,
    compile_logicless,
)
from bot.messages.rendering.sandbox import render_stored, stored_environment
from bot.messages.rendering.text_field import Mrkdwn, plain_words
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

# Below this, truncated texts say nothing any more and whole blocks are removed instead.
_LEAST_SHARE = 80
_BLOCKS: At = (None, "blocks")

# What an expression of a template can raise on data of an unforeseen shape.
_MISTAKES = (
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    AssertionError,  # of Jinja's filter `truncate`, about its numbers
    RecursionError,
    SyntaxError,  # Python's own word on more than twenty loops within one another
)


@dataclass(frozen=True)
class Rendered:
    """
    A message in the form that Slack accepts.

    `text` is complete, escaped and at most 3,900 characters; `overflow` is the complete text of
    everything that was truncated in text or blocks, as plain text (None if nothing was). `warnings`
    lists what differs from the template, a sentence each.
    """

    text: str
    blocks: list[dict[str, Any]]
    overflow: str | None
    warnings: list[str] = field(default_factory=list)


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
            return _message(parse_message(source), context, trusted=True)
        except (jinja2.TemplateError, TemplateError, *_MISTAKES) as error:
            raise TemplateError(f"{name}: {reason(error, name)}") from error

    def render_source(self, source: str, context: Mapping[str, Any]) -> Rendered:
        """
        Render a stored template, whose author is not trusted; raises TemplateError.

        Only in a worker process: the template may use any amount of time and memory.
        """
        return self.message(self.parsed(source, context), context)

    def render_logicless(self, source: str, context: Mapping[str, Any]) -> Rendered | None:
        """
        Render a stored template without logic; None if it needs a worker.

        The result is the same as that of `render_source`; raises TemplateError as well.
        """
        template, compiled = self._logicless(source)
        if template is None:
            return None
        try:
            values = template.values(context)
            found = compiled.filled(values) if compiled else None
            parsed = template.filled(values) if found is None else None
        except (TooLargeError, jinja2.TemplateError, TemplateError, *_MISTAKES):
            return None
        if found is None:
            return self.message(parsed, context)
        text, blocks = found
        _number_blocks(blocks, context.get("revision"))
        return Rendered(text, blocks, None)

    def parsed(self, source: str, context: Mapping[str, Any]) -> Any:
        """Return the JSON that a stored template becomes, its data marked; raises TemplateError."""
        try:
            return parse_message(render_stored(self._compiled(source), context))
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
            template = self._templates[name] = _quick(self._own.get_template(name))
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
        return _quick(self._stored.from_string(source))


def _quick(template: jinja2.Template) -> jinja2.Template:
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
        why = f": {rest.warnings[0]}" if rest.warnings else ""
        raise TemplateError(f"renders neither text nor blocks{why}")
    overflow = "\n\n".join(filter(None, rest.overflow)) or None
    altered = warnings.summarized(rest.warnings) if rest.warnings else []
    return Rendered(text, blocks, overflow, altered)


class _Rest:
    """What is missing from the message: text that did not fit, and warnings."""

    __slots__ = ("overflow", "warnings")

    def __init__(self) -> None:
        self.overflow: list[str] = []
        self.warnings: list[str] = []


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


def _groups(sources: list[Any], rest: _Rest, *, trusted: bool) -> "list[_BlockGroup]":
    groups: list[_BlockGroup] = []
    seen: dict[str, int] = {}
    for number, source in enumerate(sources):
        walk = Walk(trusted=trusted)
        at = (_BLOCKS, number)
        block = walk.block(source, at)
        rest.warnings += walk.warnings
        if block is None:
            continue
        group = _BlockGroup(block, walk, at)
        if _has_room(block, seen):
            groups.append(group)
        else:
            rest.overflow.append(group.words())
            rest.warnings.append(warnings.too_many_of(at, block["type"]))
    return groups


class _BlockGroup:
    """One block and the texts in it."""

    __slots__ = ("at", "block", "counted", "spilled", "text_fields")

    def __init__(self, block: dict[str, Any], walk: Walk, at: At = None) -> None:
        self.at = at
        self.block, self.text_fields, self.spilled = block, walk.text_fields, walk.spilled
        self.counted = [] if block["type"] in COUNTED_APART else walk.text_fields

    def words(self) -> str:
        """All its words, also those that had no room in it."""
        return "\n".join([*(text_field.whole() for text_field in self.text_fields), *self.spilled])


def _has_room(block: dict[str, Any], seen: dict[str, int]) -> bool:
    kind = block["type"]
    if kind not in PER_MESSAGE:
        return True
    seen[kind] = seen.get(kind, 0) + 1
    return seen[kind] <= PER_MESSAGE[kind]


def _keep_within(groups: list[_BlockGroup], rest: _Rest) -> None:
    """Drop blocks from the end until the rest fits, and say in their place how many."""
    sizes = [text_field.share for group in groups for text_field in group.counted]
    lost: list[_BlockGroup] = []
    while len(groups) > (BLOCKS - 1 if lost else BLOCKS) or (
        sum(sizes) > ALL_BLOCKS_CHARACTERS and level(sizes, ALL_BLOCKS_CHARACTERS) < _LEAST_SHARE
    ):
        group = groups.pop()
        lost.insert(0, group)
        del sizes[len(sizes) - len(group.counted) :]
    if not lost:
        return
    rest.overflow.append("\n\n".join(group.words() for group in lost))
    rest.warnings.append(warnings.dropped_blocks(lost[0].at, len(lost)))
    count = "1 more block" if len(lost) == 1 else f"{len(lost)} more blocks"
    note = {"type": "mrkdwn", "text": f"… {count} had no room here"}
    walk = Walk(trusted=True)
    block = walk.block({"type": "context", "elements": [note]})
    if block is not None:
        groups.append(_BlockGroup(block, walk))


def _write(groups: list[_BlockGroup], rest: _Rest) -> None:
    sizes = [text_field.share for group in groups for text_field in group.counted]
    share = level(sizes, ALL_BLOCKS_CHARACTERS)
    for group in groups:
        room = share if group.counted else ALL_BLOCKS_CHARACTERS
        for text_field in group.text_fields:
            for address in text_field.refused:
                rest.warnings.append(warnings.dead_link(text_field.at, text_field.key, address))
            if not text_field.write(room):
                rest.overflow.append(text_field.whole())
                limit = min(room, text_field.share)
                rest.warnings.append(
                    warnings.was_truncated(text_field.at, text_field.key, limit, follows=True)
                )
        rest.overflow += group.spilled


def _number_blocks(blocks: list[dict[str, Any]], revision: object) -> None:
    """Give each version of a message block_ids of its own, as Slack asks for edits."""
    if not isinstance(revision, int):
        return
    for number, block in enumerate(blocks):
        if "block_id" not in block:
            block["block_id"] = f"r{revision}-{number}"


def _top_text(words: str, groups: list[_BlockGroup], rest: _Rest) -> str:
    """The text of notifications and screen readers: the template's, else that of the blocks."""
    held: dict[str, Any] = {"text": ""}
    is_given = bool(plain_words(words).strip())
    if not is_given:
        text_fields = [text_field for group in groups for text_field in group.text_fields]
        words = "\n".join(text_field.as_mrkdwn() for text_field in text_fields)
    text_field = Mrkdwn(held, "text", words, TEXT_CHARACTERS)
    is_whole = text_field.write(TEXT_CHARACTERS)
    if not is_whole and not groups:
        rest.overflow.append(text_field.whole())
    if is_given:
        rest.warnings += [warnings.dead_link(None, "text", one) for one in text_field.refused]
    if is_given and not is_whole:
        truncate = warnings.was_truncated(None, "text", TEXT_CHARACTERS, follows=not groups)
        rest.warnings.append(truncate)
    return str(held["text"])
