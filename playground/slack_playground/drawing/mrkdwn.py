"""
Slack's mrkdwn as HTML: paragraphs first, then what stands inside a line.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from itertools import groupby

from slack_playground.drawing.html import escape
from slack_playground.drawing.inline import draw_line
from slack_playground.drawing.names import Names
from slack_playground.drawing.references import decode

_FENCE = "```"
_QUOTE = re.compile(r"(&gt;|>) ?")


def draw_mrkdwn(text: str, names: Names, *, verbatim: bool = False) -> str:
    """
    Return mrkdwn as safe HTML.

    `verbatim` leaves bare URLs alone, as the field of a text object does.
    """
    parts = text.replace("\r\n", "\n").split(_FENCE)
    # Fences pair up from the start; the last one alone is three backticks.
    if len(parts) % 2 == 0:
        parts[-2:] = [_FENCE.join(parts[-2:])]
    drawn = []
    for position, part in enumerate(parts):
        if position % 2:
            drawn.append(f"<pre>{escape(decode(part.strip(chr(10))))}</pre>")
        else:
            drawn.append(_draw_prose(_without_seams(part, position, len(parts)), names, verbatim))
    return "".join(drawn)


def _without_seams(part: str, position: int, count: int) -> str:
    """Drop the line breaks beside a block of code: the block breaks the line already."""
    if position > 0:
        part = part.removeprefix("\n")
    if position < count - 1:
        part = part.removesuffix("\n")
    return part


def _draw_prose(text: str, names: Names, verbatim: bool) -> str:
    if not text:
        return ""
    drawn = []
    lines = text.split("\n")
    # Slack's triple mark quotes everything that follows.
    for position, line in enumerate(lines):
        if line.startswith((">>>", "&gt;&gt;&gt;")):
            rest = [line.removeprefix(">>>").removeprefix("&gt;&gt;&gt;"), *lines[position + 1 :]]
            lines[position:] = [f">{each}" for each in rest]
            break
    for quoted, group in groupby(lines, key=lambda line: bool(_QUOTE.match(line))):
        inner = "<br>".join(
            draw_line(_QUOTE.sub("", line, count=1) if quoted else line, names, verbatim)
            for line in group
        )
        drawn.append((quoted, inner))
    return _join(drawn)


def _join(drawn: list[tuple[bool, str]]) -> str:
    return "".join(
        f"<blockquote>{inner}</blockquote>" if quoted else inner for quoted, inner in drawn
    )
