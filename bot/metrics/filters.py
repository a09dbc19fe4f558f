"""Filters in the words of a question: `where country is Germany`, `in Germany`. Pure."""

import re
from collections.abc import Iterable, Mapping

from bot.metrics.plan import DimensionFilter, FilterOperator
from bot.metrics.question_words import (
    FILLER_WORDS,
    POSSESSIVE,
    QUESTION_WORD,
    NotUnderstoodError,
    Reading,
)

#: Dimension -> values that it is known to have.
KnownValues = Mapping[str, Iterable[str]]


_EQUALS = frozenset({"=", "is", "was", "are", "equals"})


_NOT_EQUALS = frozenset({"<>", "!=", "not", "except", "without"})


def take_filters(reading: Reading, dimensions: Iterable[str]) -> tuple[DimensionFilter, ...]:
    """Return `country is Germany`, `where country = "United States"`, `country not DE or FR`."""
    found: list[DimensionFilter] = []
    for name in longest_first(dimensions):
        phrase = name.replace("_", " ").lower()
        size = len(phrase.split())
        for form, length in ((phrase, size), (name.lower(), 1)):
            for start in reading.find(form):
                after = start + length
                is_equal, after = _take_comparison(reading, after)
                if is_equal is None:
                    continue
                values, end = _named_values(reading, after)
                if not values:
                    raise NotUnderstoodError(f"`{name}` is compared with nothing: name a value.")
                if reading.before(start) == "where":
                    reading.take(start - 1)
                reading.take(start, end - start)
                found.append(_filter(name, is_equal, values))
    return tuple(found)


def _filter(name: str, is_equal: bool, values: tuple[str, ...]) -> DimensionFilter:
    if len(values) == 1:
        return DimensionFilter(
            name, FilterOperator.EQUALS if is_equal else FilterOperator.NOT_EQUALS, values
        )
    if not is_equal:
        raise NotUnderstoodError(f"Exclude one value of `{name}` at a time.")
    return DimensionFilter(name, FilterOperator.IN, values)


def _take_comparison(reading: Reading, index: int) -> tuple[bool | None, int]:
    """Return whether values are wanted (None: nothing is compared), and what follows."""
    words = reading.low
    is_equal: bool | None = None
    if index < len(words) and words[index] in _EQUALS:
        is_equal, index = True, index + 1
    if index < len(words) and words[index] in _NOT_EQUALS:
        is_equal, index = False, index + 1
    return is_equal, index


def _named_values(reading: Reading, index: int) -> tuple[tuple[str, ...], int]:
    """Return the values that begin here: quoted, one word, or several in capital letters."""
    values: list[str] = []
    while index < len(reading.words) and not reading.taken[index]:
        word = reading.words[index]
        if word[0] in "\"'":
            values.append(word[1:-1])
            index += 1
        elif word.isalnum() or re.fullmatch(r"[\w%&./-]+", word):
            parts = [word]
            index += 1
            while index < len(reading.words) and _goes_on(reading, index):
                parts.append(reading.words[index])
                index += 1
            values.append(" ".join(parts))
        else:
            break
        if index + 1 < len(reading.words) and reading.low[index] in ("or", ","):
            index += 1
            continue
        break
    return tuple(values), index


def _goes_on(reading: Reading, index: int) -> bool:
    word = reading.words[index]
    return not reading.taken[index] and word[0].isupper() and word.lower() not in FILLER_WORDS


def take_values(reading: Reading, values: KnownValues) -> tuple[DimensionFilter, ...]:
    """Return filters for values that stand in the question without their dimension."""
    phrases: dict[str, list[tuple[str, str]]] = {}
    for dimension, known in values.items():
        for value in known:
            words = QUESTION_WORD.findall(POSSESSIVE.sub("", value.lower()))
            if words and not FILLER_WORDS.issuperset(words):
                phrases.setdefault(" ".join(words), []).append((dimension, value))
    found: dict[str, list[str]] = {}
    for phrase in sorted(phrases, key=lambda one: (-len(one), one)):
        places = reading.find(phrase, is_exact=True)
        dimensions = sorted({dimension for dimension, _ in phrases[phrase]})
        if places and len(dimensions) > 1:
            either = " or ".join(f"`{one} is {phrase}`" for one in dimensions)
            raise NotUnderstoodError(f"`{phrase}` is not clear: write {either}.")
        for place in places:
            reading.take(place, len(phrase.split()))
            found.setdefault(dimensions[0], []).append(phrases[phrase][0][1])
    return tuple(_filter(name, True, tuple(one)) for name, one in found.items())


def longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))
