"""
A canvas's document: Markdown in, sections that can be found and changed, Markdown out.

Which Markdown a canvas takes: https://docs.slack.dev/surfaces/canvases. A list inside a quote, a
quote inside a quote and a table of more than 300 cells are refused by Slack, which its pages do
not say; developers have reported it.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from slack_playground.state import Sections

MOST_CHARACTERS = 1_048_576
MOST_CELLS = 300
_HEADERS = ("h1", "h2", "h3")
_IN_QUOTES = {
    "blockquote_open": "BlockQuote",
    "bullet_list_open": "BulletList",
    "ordered_list_open": "OrderedList",
}


class UnfitMarkdownError(Exception):
    """What a canvas does not take; the words are Slack's `detail`."""


def read_sections(markdown: str) -> list[tuple[str, str]]:
    """Return kind and Markdown of each section; raise UnfitMarkdownError."""
    if len(markdown) > MOST_CHARACTERS:
        raise UnfitMarkdownError(f"Markdown is longer than {MOST_CHARACTERS} characters")
    tokens = _parser().parse(markdown)
    _refuse_unfit(tokens)
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")  # The parser's lines.
    found = []
    for token in _outermost(tokens):
        start, end = token.map or (0, 0)
        kind = token.tag or "p"
        found.append((kind, "\n".join(lines[start:end]).rstrip()))
    return found


def written(sections: Sections) -> str:
    """Return the whole document; the items of a list stand line under line."""
    parts: list[str] = []
    for before, section in zip((None, *sections), sections, strict=False):
        if before is not None:
            parts.append("\n" if before.kind == section.kind == "li" else "\n\n")
        parts.append(section.markdown)
    return "".join(parts)


def found_sections(sections: Sections, kinds: list[str], text: str | None) -> list[str]:
    """Return the ids of the sections of one of these kinds (any for none) that hold `text`."""
    wanted = set(_HEADERS) if "any_header" in kinds else set(kinds)
    return [
        section.id
        for section in sections
        if (not wanted or section.kind in wanted) and (text is None or text in section.markdown)
    ]


def changed(sections: Sections, operation: str, section_id: str | None, new: Sections) -> Sections:
    """Return the sections after one operation; raise LookupError if there is no such section."""
    if operation == "insert_at_start":
        return (*new, *sections)
    if operation == "insert_at_end":
        return (*sections, *new)
    if operation == "replace" and section_id is None:
        return new
    place = next((at for at, one in enumerate(sections) if one.id == section_id), None)
    if place is None:
        raise LookupError(section_id)
    if operation == "replace" and new:
        # What is put in its place goes by its id.
        new = (replace(new[0], id=sections[place].id), *new[1:])
    start = place + 1 if operation == "insert_after" else place
    end = place + 1 if operation in ("replace", "delete") else start
    return (*sections[:start], *new, *sections[end:])


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _outermost(tokens: list[Token]) -> Iterator[Token]:
    """Yield what opens a section: the outermost blocks, and of outermost lists their items."""
    for token in tokens:
        is_list = token.type in ("bullet_list_open", "ordered_list_open")
        is_item = token.type == "list_item_open" and token.level == 1
        if token.nesting >= 0 and (is_item or (token.level == 0 and not is_list)):
            yield token


def _refuse_unfit(tokens: list[Token]) -> None:
    quotes = cells = 0
    for token in tokens:
        kind = _IN_QUOTES.get(token.type)
        if kind is not None and quotes:
            number = (token.map or [0])[0] + 1
            words = f"Unsupported block type ({kind}) within block quote (line {number})"
            raise UnfitMarkdownError(words)
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        cells = 0 if token.type == "table_open" else cells + (token.type in ("th_open", "td_open"))
        if cells > MOST_CELLS:
            raise UnfitMarkdownError(f"A table has more than {MOST_CELLS} cells")
