"""Recognises numbers and dates in words, which no narrative may hold outside of its references."""

import re
import unicodedata

from bot.reports.figures.lexicon import word_list

_NUMBERS = ("units", "ordinals", "parts", "quantities", "german", "romance")
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
#: Words that are Roman numerals, too.
_NO_ROMAN = frozenset({"i", "mix"})
_COMPOSED = re.compile(
    r"\w*(?:teen|ty|hundred|thousand|illion)(?:one|two|three|four|five|six|seven|eight|nine|fold)"
    r"|\w+fold|\w+illion|\w{3,}(?:zig|hundert|tausend|fach|prozent)"
)


def numeral_problem(word: str) -> str | None:
    """Return what kind of figure a word is: `a number`, `a date`; None if it is none."""
    small = word.lower()
    if any(_is_numeric(character) for character in word):
        return "a number"
    if small in word_list(*_NUMBERS) or _COMPOSED.fullmatch(small):
        return "a number"
    if small not in _NO_ROMAN and _ROMAN.fullmatch(small):
        return "a Roman numeral"
    # `may` is a verb, `May` is a month wherever it stands.
    return "a date" if small in word_list("dates") or word in ("May", "MAY") else None


def is_span(word: str) -> bool:
    """Tell whether a word is a length of time: `week`, `monthly`."""
    return word in word_list("spans")


def _is_numeric(character: str) -> bool:
    return unicodedata.category(character)[0] == "N" or (
        unicodedata.numeric(character, None) is not None
    )
