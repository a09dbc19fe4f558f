"""
Markdown blocks as HTML.

Slack draws all headings in one size and images as links.
Source: https://docs.slack.dev/reference/block-kit/blocks/markdown-block
"""

from collections.abc import Iterator, Mapping
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from slack_playground.drawing.emoji import with_emoji
from slack_playground.drawing.html import LINK_ATTRIBUTES, checked_href, chip
from slack_playground.drawing.names import Names

_HEADING = "h2"
_BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
_ALIGNMENTS = ("left", "center", "right")


def draw_markdown(
    text: str, *, headings: Mapping[str, str] | None = None, names: Names | None = None
) -> str:
    """
    Return standard Markdown as safe HTML; HTML inside it is shown as text.

    All headings have one size, as in a message, unless `headings` says what each becomes.
    With `names`, `![](@U…)` and `![](#C…)` are mentions, as in a canvas.
    """
    parser = _parser()
    tokens = parser.parse(text)
    for position, token in enumerate(tokens):
        _clean(token)
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADING if headings is None else headings.get(token.tag, token.tag)
        if token.type == "inline" and token.children:
            if position > 1 and tokens[position - 2].type == "list_item_open":
                _draw_box(token.children[0])
            token.children = list(_clean_inline(token.children, names))
    return str(parser.renderer.render(tokens, parser.options, {}))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "xhtmlOut": False})
    return parser.enable(["table", "strikethrough"])


def _clean(token: Token) -> None:
    """Keep no attribute that comes from the text, and nothing that becomes one."""
    start, style = token.attrs.get("start"), str(token.attrs.get("style"))
    token.info = ""
    token.attrs = {}
    if isinstance(start, int):
        token.attrs["start"] = start
    if (alignment := style.removeprefix("text-align:")) in _ALIGNMENTS:
        token.attrs["class"] = f"align-{alignment}"


def _draw_box(first: Token) -> None:
    """Show the box of a task list, which Markdown proper does not know."""
    if first.type == "text" and (box := _BOXES.get(first.content[:4])):
        first.content = box + first.content[4:]


def _clean_inline(children: list[Token], names: Names | None) -> Iterator[Token]:
    """Links keep their checked address only; an image becomes a link to it."""
    inside_link = False
    for token in children:
        href = str(token.attrs.get("href") or token.attrs.get("src") or "")
        _clean(token)
        if token.type == "link_open":
            inside_link = True
            yield _link_open(href)
        elif token.type == "image" and names is not None and href[:1] in ("@", "#"):
            yield Token("html_inline", "", 0, content=_mention(href, names))
        elif token.type == "image":
            words = Token("text", "", 0, content=token.content or href)
            yield from (words,) if inside_link else _linked(words, href)
        else:
            inside_link = inside_link and token.type != "link_close"
            if token.type == "text":
                token.content = with_emoji(token.content)
            yield token


def _mention(reference: str, names: Names) -> str:
    sign, thing = reference[0], reference[1:]
    known = names.users if sign == "@" else names.channels
    return chip(f"{sign}{known.get(thing, thing)}")


def _linked(words: Token, href: str) -> tuple[Token, Token, Token]:
    return _link_open(href), words, Token("link_close", "a", -1)


def _link_open(href: str) -> Token:
    """A link that leads somewhere only if a page may go there."""
    token = Token("link_open", "a", 1)
    if checked := checked_href(href):
        token.attrs = {"href": checked, **LINK_ATTRIBUTES}
    return token
