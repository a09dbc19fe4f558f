"""
One line of mrkdwn: code, references, links, emoji, and the marks * _ ~ around words.

Each character is looked at a constant number of times: a mark is open at most
once, and closing one gives up the marks that were opened inside it.
"""

import re

from slack_playground.drawing.emoji import SHORT_NAME
from slack_playground.drawing.html import checked_href, escape, link
from slack_playground.drawing.names import Names
from slack_playground.drawing.references import decode, draw_reference
from slack_playground.emoji import characters

_TOKEN = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|<(?P<reference>[^<>]+)>"
    r"|(?P<url>\bhttps?://(?:(?!&[lg]t;)[^\s<>|`\"])+)"
    rf"|{SHORT_NAME}"
    r"|(?P<mark>[*_~])"
)
_TAGS = {"*": "b", "_": "i", "~": "s"}
_AFTER_URL = ".,;:!?)]*_~'"


def draw_line(line: str, names: Names, verbatim: bool) -> str:
    """Return the HTML of a text without line breaks."""
    writing = _Writing()
    position = 0
    while found := _TOKEN.search(line, position):
        writing.add(escape(decode(line[position : found.start()])))
        position = found.end()
        if found["mark"]:
            writing.mark(found["mark"], _before(line, found.start()), line[position : position + 1])
        elif found["emoji"] and found["emoji"] not in characters():
            # Its second colon may be the first one of another name.
            position -= 1
            writing.add(escape(line[found.start() : position]))
        elif found["url"]:
            url = found["url"].rstrip(_AFTER_URL)
            position = found.start() + len(url)
            writing.add(_draw_url(url, verbatim))
        else:
            writing.add(_draw_token(found, names))
    writing.add(escape(decode(line[position:])))
    return "".join(writing.pieces)


def _before(line: str, position: int) -> str:
    return line[position - 1] if position else ""


def _draw_url(url: str, verbatim: bool) -> str:
    href = None if verbatim else checked_href(decode(url))
    return link(href, escape(href)) if href else escape(decode(url))


def _draw_token(found: re.Match[str], names: Names) -> str:
    if found["code"]:
        return f"<code>{escape(decode(found['code']))}</code>"
    if found["reference"]:
        return draw_reference(found["reference"], names)
    return characters()[found["emoji"]]


class _Writing:
    """The line as written so far, with the places of the marks that are still open."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._open: list[tuple[str, int]] = []

    def add(self, html: str) -> None:
        self.pieces.append(html)

    def mark(self, mark: str, before: str, after: str) -> None:
        """Close or open a mark, or write it as a character; it counts at the edge of words only."""
        opened = [each for each, _ in self._open]
        if mark in opened and before and not before.isspace() and not after.isalnum():
            depth = opened.index(mark)
            self.pieces[self._open[depth][1]] = f"<{_TAGS[mark]}>"
            del self._open[depth:]
            self.add(f"</{_TAGS[mark]}>")
        elif mark not in opened and _may_open(mark, before, after):
            self._open.append((mark, len(self.pieces)))
            self.add(mark)
        else:
            self.add(mark)


def _may_open(mark: str, before: str, after: str) -> bool:
    return not before.isalnum() and after not in ("", mark) and not after.isspace()
