"""
What Slack writes in angle brackets: links, mentions, dates.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from slack_playground.drawing.html import checked_href, chip, escape, link
from slack_playground.drawing.names import Names

_ENTITY = re.compile(r"&(amp|lt|gt);")
_PLAIN = {"amp": "&", "lt": "<", "gt": ">"}

# Eleven digits reach the year 5138, safely inside what datetime can express.
_DATE = re.compile(r"date\^(?P<ts>\d{1,11})\^(?P<format>[^^]+)(\^(?P<link>[^^]+))?", re.ASCII)


def decode(text: str) -> str:
    """Undo the three escapes of mrkdwn, each once."""
    return _ENTITY.sub(lambda found: _PLAIN[found[1]], text)


def draw_reference(inside: str, names: Names) -> str:
    """Return the HTML of what stands between < and >; what means nothing stays text."""
    target, bar, label = inside.partition("|")
    drawn = None
    if target.startswith("@"):
        drawn = _mention("@", names.users, target[1:], decode(label))
    elif target.startswith("#"):
        drawn = _mention("#", names.channels, target[1:], decode(label))
    elif target.startswith("!"):
        drawn = _draw_special(target[1:], decode(label), names)
    elif href := checked_href(decode(target)):
        drawn = link(href, escape(decode(label) if bar and label else href))
    return drawn if drawn is not None else escape(f"<{decode(inside)}>")


def _mention(sign: str, known: Mapping[str, str], id_: str, label: str) -> str | None:
    if not id_.isascii() or not id_.isalnum():
        return None
    name = known.get(id_)
    words = name or label.removeprefix(sign) or id_
    return chip(f"{sign}{words}")


def _draw_special(target: str, label: str, names: Names) -> str | None:
    if target in ("here", "channel", "everyone"):
        return chip(f"@{target}")
    if target.startswith("subteam^"):
        return _mention("@", names.usergroups, target.removeprefix("subteam^"), label)
    if found := _DATE.fullmatch(target):
        return _draw_date(found, label)
    return escape(label) if label else None


def _draw_date(found: re.Match[str], fallback: str) -> str:
    """The page writes the date in its reader's zone; until then the fallback stands there."""
    moment = datetime.fromtimestamp(int(found["ts"]), UTC)
    drawn = (
        f'<time datetime="{moment.isoformat()}" data-format="{escape(decode(found["format"]))}">'
        f"{escape(fallback or moment.isoformat())}</time>"
    )
    href = checked_href(decode(found["link"])) if found["link"] else None
    return link(href, drawn) if href else drawn
