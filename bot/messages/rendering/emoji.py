"""
Keep data from becoming emoji: Slack replaces `:name:` everywhere except in code. Pure.

Shortcodes in the template's own text keep working. Data never forms one, not even together with
the text around it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from bot.messages.rendering.escaping import LOOK_ALIKE_COLON, SHORTCODE_NAME, Part, has_shortcode

_SHORTCODE = re.compile(f":(?=({SHORTCODE_NAME}):)")
_OWN = re.compile(f"(:{SHORTCODE_NAME}:)")
_CODE_SPAN = re.compile(r"```[\s\S]+?```|(?<![^\W_])`(?=[^`\s])[^`\n]*?(?<=[^`\s])`(?![^\W_])")


def has_own_shortcode(parts: Sequence[Part]) -> bool:
    """Tell whether the template itself contains an emoji, even one that data names."""
    text = "".join([part.text for part in parts])
    return any(is_own for _, _, is_own in _found(text, parts))


def count_shortcodes(text: str) -> int:
    """Return how many shortcodes there are in *text*, those that share a colon too."""
    return sum(1 for _ in _SHORTCODE.finditer(text)) if ":" in text else 0


def without_shortcodes_of_data(
    parts: Sequence[Part],
    *,
    data: str = LOOK_ALIKE_COLON,
    own: str = LOOK_ALIKE_COLON,
    code: str = "",
) -> list[Part]:
    """
    Return the parts with one colon exchanged in each shortcode that data would make.

    A colon of data becomes *data*; where both are the template's (`{{ h }}:{{ m }}:{{ s }}`) the
    first one becomes *own*. With *code*, all colons of data between the template's backticks
    become that instead.
    """
    text = "".join([part.text for part in parts])
    if not has_shortcode(text):
        return list(parts)
    spans = _code_spans(parts) if code and "`" in text else []
    wrong = {place for place, _, is_own in _found(text, parts) if not is_own}
    kept = {at for start, end in spans for at in range(start, end)}
    done: list[Part] = []
    start = 0
    for part in parts:
        colon = data if part.is_data else own
        letters = list(part.text)
        for at, letter in enumerate(letters):
            if letter != ":":
                continue
            if start + at in kept:
                letters[at] = code if part.is_data else ":"
            elif start + at in wrong:
                letters[at] = colon
        done.append(part._replace(text="".join(letters)))
        start += len(part.text)
    return done


def _code_spans(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Return the code spans of the template; backticks in data make none."""
    text = "".join([part.text.replace("`", "'") if part.is_data else part.text for part in parts])
    return [found.span() for found in _CODE_SPAN.finditer(text)]


def own_shortcodes_apart(part: Part) -> list[Part]:
    """Return a part of the template's words with its shortcodes apart from what is between."""
    pieces = _OWN.split(part.text)
    return [Part(piece, not number % 2) for number, piece in enumerate(pieces) if piece]


def _found(text: str, parts: Sequence[Part]) -> list[tuple[int, int, bool]]:
    """Return for each shortcode the colon to exchange, the other, and if the template wants it."""
    ends = list(accumulate(len(part.text) for part in parts))
    found = []
    for match in _SHORTCODE.finditer(text):
        first, last = match.start(), match.end(1)
        at_first = bisect_right(ends, first)
        at_last = bisect_right(ends, last)
        if parts[at_first].is_data:
            found.append((first, last, False))
        elif parts[at_last].is_data:
            found.append((last, first, False))
        else:
            inside = any(part.is_data and part.text for part in parts[at_first : at_last + 1])
            around = text[max(0, first - 1) : first] + text[last + 1 : last + 2]
            between_words = any(letter.isalnum() for letter in around)
            found.append((first, last, not (inside and between_words)))
    return found
