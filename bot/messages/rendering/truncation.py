"""
Slack's text limits, and how to shorten a text to fit.

The figures are those of https://docs.slack.dev/reference/block-kit and of the
pages of each block. Lengths are counted in UTF-16 units, the strictest meaning
that any of Slack's clients and servers gives to "characters".
"""

import unicodedata
from collections.abc import Callable, Sequence

TEXT_CHARACTERS = 3_900  # chat.update refuses more than 4,000, chat.postMessage does not
BLOCKS = 50
# Slack answers msg_blocks_too_long at about 13,200: https://github.com/slackapi/bolt-js/issues/2509
ALL_BLOCKS_CHARACTERS = 11_900
ID_CHARACTERS = 255
ELLIPSIS = "…"

# How many children a list of an object may have: (type of the object, field) -> most.
CHILDREN = {
    ("section", "fields"): 10,
    ("context", "elements"): 10,
    ("actions", "elements"): 25,
    ("context_actions", "elements"): 5,
    ("plan", "tasks"): 50,
    ("carousel", "elements"): 10,
    ("container", "child_blocks"): 10,
    ("card", "actions"): 3,
    ("table", "rows"): 100,  # with its header
    ("data_table", "rows"): 201,
    ("table", "column_settings"): 20,
    ("overflow", "options"): 5,
    ("checkboxes", "options"): 10,
    ("radio_buttons", "options"): 10,
    ("static_select", "options"): 100,
    ("multi_static_select", "options"): 100,
    ("chart", "segments"): 12,
    ("chart", "series"): 12,
    ("axis_config", "categories"): 20,
}

# Block types with a maximum number per message.
PER_MESSAGE = {"data_visualization": 2, "table": 1, "data_table": 1}
# Slack takes 10,000 in a table, but they count among the characters of all blocks as well.
CELL_CHARACTERS = {"table": 8_000, "data_table": 20_000}
# Blocks whose texts Slack counts apart from those of all blocks.
COUNTED_APART = frozenset({"data_table", "data_visualization"})

# The longest text of a field: (type or role of the object, field) -> characters.
TEXT = {
    ("section", "text"): 3_000,
    ("section", "fields"): 2_000,
    ("context", "elements"): 3_000,
    ("header", "text"): 150,
    ("button", "text"): 75,
    ("button", "accessibility_label"): 75,
    ("confirm", "title"): 100,
    ("confirm", "text"): 300,
    ("confirm", "confirm"): 30,
    ("confirm", "deny"): 30,
    ("option", "text"): 75,
    ("option", "description"): 75,
    ("group", "label"): 75,
    ("card", "title"): 150,
    ("card", "subtitle"): 150,
    ("card", "body"): 200,
    ("card", "subtext"): 200,
    ("container", "title"): 150,
    ("container", "subtitle"): 150,
    ("image", "alt_text"): 2_000,
    ("image", "title"): 2_000,
    ("video", "title"): 199,
    ("video", "alt_text"): 2_000,
    ("video", "description"): 200,
    ("video", "author_name"): 49,
    ("video", "provider_name"): 49,
    ("plan", "title"): 256,
    ("task_card", "title"): 256,
    ("data_visualization", "title"): 50,
    ("axis_config", "categories"): 20,
    ("data_table", "caption"): 255,
    ("text", "text"): 4_000,  # rich text; Slack names no figure but advises this one for messages
    ("raw_text", "text"): 500,
    ("raw_number", "text"): 100,
    ("markdown", "text"): ALL_BLOCKS_CHARACTERS,
}
DEFAULT_TEXT_CHARACTERS = 3_000
PLACEHOLDER_CHARACTERS = 150

# Fields that identify or carry something for a program: never shortened, only refused.
OPAQUE = {
    "action_id": ID_CHARACTERS,
    "block_id": ID_CHARACTERS,
    "callback_id": ID_CHARACTERS,
    "value": 2_000,
}
OPTION_VALUE_CHARACTERS = 150

_MODIFIERS = range(0x1F3FB, 0x1F400)
_REGIONAL = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_MAX_STEPS_BACK = 40  # A longer pile of combining marks is vandalism, not a letter.


def units(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def truncate(text: str, limit: int, escape: Callable[[str], str] = str) -> str:
    """
    Shorten `text` so that its escaped form has at most `most` units, "…" included.

    It never splits what a reader sees as one character. Returns "" if not even one character and
    the ellipsis fit.
    """
    if units(escape(text)) <= limit:
        return text
    low, high = 0, min(len(text), max(0, limit - 1))
    while low < high:  # The escaped length only grows with the text.
        middle = (low + high + 1) // 2
        if units(escape(text[:middle])) < limit:
            low = middle
        else:
            high = middle - 1
    kept = text[: _boundary(text, low)].rstrip()
    return kept + ELLIPSIS if kept else ""


def level(sizes: Sequence[int], room: int) -> int:
    """
    Return the largest size such that all fit into `room` if every larger one is truncated to it.
    """
    left = room
    for count, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size * count > left:
            return max(0, left // count)
        left -= size
    return max(sizes, default=0)


def _boundary(text: str, end: int) -> int:
    """The last place at or before `end` that is between two visible characters."""
    for place in range(end, max(0, end - _MAX_STEPS_BACK), -1):
        if not _joined(text, place):
            return place
    return end if end > _MAX_STEPS_BACK else 0


def _joined(text: str, place: int) -> bool:
    """Whether the characters before and after `place` belong together."""
    if place in (0, len(text)):
        return False
    before, after = text[place - 1], text[place]
    code = ord(after)
    if before == "\u200d" or after == "\u200d" or code in _MODIFIERS or code in _TAGS:
        return True
    if code in _REGIONAL:
        return _odd_flags(text, place)
    return unicodedata.category(after) in ("Mn", "Me", "Mc")


def _odd_flags(text: str, place: int) -> bool:
    """Whether an odd number of flag letters ends at `place`, so that a flag would be halved."""
    start = place
    while start and ord(text[start - 1]) in _REGIONAL:
        start -= 1
    return (place - start) % 2 == 1
