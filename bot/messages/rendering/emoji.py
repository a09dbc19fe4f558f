"""
Keep data from becoming emoji: Slack replaces `:name:` wherever it stands. Pure.

A shortcode of the template's own words goes on working; data never makes one, not together with
the words around it either.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from bot.messages.rendering.escaping import LOOK_ALIKE_COLON, SHORTCODE_NAME, has_shortcode
from bot.messages.rendering.parts import Part

_SHORTCODE = re.compile(f":(?=({SHORTCODE_NAME}):)")
_OWN = re.compile(f"(:{SHORTCODE_NAME}:)")


def has_own_shortcode(parts: Sequence[Part]) -> bool:
    """Tell whether the template itself asks for an emoji, be it one that data names."""
    text = "".join([part.text for part in parts])
    return any(is_own for _, _, is_own in _found(text, parts))


def without_shortcodes_of_data(
    parts: Sequence[Part], *, data: str = LOOK_ALIKE_COLON, own: str = LOOK_ALIKE_COLON
) -> list[Part]:
    """
    Return the parts with one colon exchanged in each shortcode that data would make.

    A colon of data becomes *data*; where both are the template's (`{{ h }}:{{ m }}:{{ s }}`) the
    first one becomes *own*.
    """
    text = "".join([part.text for part in parts])
    if not has_shortcode(text):
        return list(parts)
    wrong = {place for place, _, is_own in _found(text, parts) if not is_own}
    if not wrong:
        return list(parts)
    done: list[Part] = []
    start = 0
    for part in parts:
        colon = data if part.is_data else own
        letters = [
            colon if place in wrong else letter
            for place, letter in enumerate(part.text, start=start)
        ]
        done.append(part._replace(text="".join(letters)))
        start += len(part.text)
    return done


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
            between_words = text[:first][-1:].isalnum() or text[last + 1 : last + 2].isalnum()
            found.append((first, last, not (inside and between_words)))
    return found
