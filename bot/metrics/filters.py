"""Filters in the words of a question: `where country is Germany`, `in Germany`. Pure."""

import re
from collections.abc import Iterable, Mapping

from bot.metrics.plan import DimensionFilter, FilterOperator
from bot.metrics.question_words import (
    PERIOD_WORD,
    POSSESSIVE,
    QUESTION_WORD,
    NotUnderstoodError,
    Reading,
)

#: Dimension -> values that it is known to have.
KnownValues = Mapping[str, Iterable[str]]


_EQUALS = frozenset({"=", "is", "was", "are", "equals"})


#: May stand before a value.
_SMALL = frozenset({"in", "from", "the", "of", "for"})


#: What people write of cells without a value.
_NO_VALUES = frozenset({"null", "none", "empty", "missing", "blank", "unknown"})


_NOT_EQUALS = frozenset({"<>", "!=", "not", "except", "without"})


#: Before a value these leave it out.
_EXCLUDING = frozenset({"not", "except", "without", "excluding", "outside"})


def take_filters(reading: Reading, dimensions: Iterable[str]) -> tuple[DimensionFilter, ...]:
    """Return `country is Germany`, `where country = "United States"`, `country not DE or FR`."""
    found: list[DimensionFilter] = []
    for name in longest_first(dimensions):
        phrase = name.replace("_", " ").lower()
        size = len(phrase.split())
        for form, length in ((phrase, size), (name.lower(), 1)):
            for start in reading.find(form):
                after = start + length
                is_equal, end = _take_comparison(reading, after)
                if is_equal is None:
                    continue
                values, end = _named_values(reading, _without_small_words(reading, end))
                if not values and end < len(reading.low) and reading.taken[end]:
                    continue  # `Which country is worst`
                if not values:
                    raise NotUnderstoodError(f"`{name}` is compared with nothing: name a value.")
                if reading.before(start) == "where":
                    reading.take(start - 1)
                # `By country except Germany` is divided by it as well.
                begin = after if reading.before(start) in ("by", "per") else start
                reading.take(begin, end - begin)
                _require_clear_end(reading, end, values)
                found.append(_filter(name, is_equal, values))
    return tuple(found)


def _require_clear_end(reading: Reading, end: int, values: tuple[str, ...]) -> None:
    """Refuse `product is Windows 2000` without quotes, and what is no value at all."""
    if reading.year and reading.low[end : end + 1] == [PERIOD_WORD]:
        raise NotUnderstoodError(
            f"`{values[-1]} {reading.year}` is not clear: write `in {reading.year}`, or put the "
            "value in quotes."
        )
    if _NO_VALUES & {value.lower() for value in values}:
        raise NotUnderstoodError(f"`{values[0]}` is no value: ask for rows without one in SQL.")


def _without_small_words(reading: Reading, index: int) -> int:
    """Return where a value begins: `not in Germany`, `except for Germany`."""
    while (
        index < len(reading.low) - 1 and reading.low[index] in _SMALL and reading.is_filler(index)
    ):
        index += 1
    return index


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
    return not reading.taken[index] and word[0].isupper() and not reading.is_filler(index)


def take_values(reading: Reading, values: KnownValues) -> tuple[DimensionFilter, ...]:
    """Return filters for values that stand in the question without their dimension."""
    phrases: dict[str, list[tuple[str, str]]] = {}
    for dimension, known in values.items():
        for value in known:
            words = QUESTION_WORD.findall(POSSESSIVE.sub("", value.lower()))
            if words:
                phrases.setdefault(" ".join(words), []).append((dimension, value))
    found: list[tuple[int, str, str]] = []
    for phrase in sorted(phrases, key=lambda one: (-len(one), one)):
        places = [
            one for one in reading.find(phrase, is_exact=True) if _is_meant(reading, one, phrase)
        ]
        dimensions = sorted({dimension for dimension, _ in phrases[phrase]})
        if places and len(dimensions) > 1:
            either = " or ".join(f"`{one} is {phrase}`" for one in dimensions)
            raise NotUnderstoodError(f"`{phrase}` is not clear: write {either}.")
        for place in places:
            reading.take(place, len(phrase.split()))
            found.append((place, dimensions[0], phrases[phrase][0][1]))
    return _as_filters(reading, found)


def _is_meant(reading: Reading, place: int, phrase: str) -> bool:
    """Tell whether a word is the value of that name, and not the small word that it also is."""
    return not all(reading.is_filler(place + one) for one in range(len(phrase.split())))


def _as_filters(
    reading: Reading, found: Iterable[tuple[int, str, str]]
) -> tuple[DimensionFilter, ...]:
    """Return one filter for the values that are wanted of a dimension, one for each that is not."""
    wanted: dict[str, list[str]] = {}
    unwanted: list[DimensionFilter] = []
    excluded: set[str] = set()
    for place, dimension, value in sorted(found):
        before = _word_before(reading, place)
        if before is not None and reading.low[before] in _EXCLUDING:
            reading.take(before)
            excluded.add(dimension)
        elif before is not None and reading.low[before] in ("and", "or", ","):
            if dimension in excluded and reading.low[before] != "or" and before < place - 1:
                _require_no_turn(reading, before, place, value)
            reading.take(before)  # `excluding Germany and France`
        elif before is not None and reading.low[before] == "to":
            raise NotUnderstoodError(f"`to {value}` is not clear: join values with `or`.")
        else:
            excluded.discard(dimension)
        if dimension in excluded:
            unwanted.append(_filter(dimension, False, (value,)))
        else:
            wanted.setdefault(dimension, []).append(value)
    kept = [_filter(name, True, tuple(one)) for name, one in wanted.items()]
    return (*kept, *unwanted)


def _require_no_turn(reading: Reading, before: int, place: int, value: str) -> None:
    """Refuse `excluding Germany, in France`: it may leave France out, or ask for it alone."""
    if {"in", "from"} & set(reading.low[before + 1 : place]):
        raise NotUnderstoodError(
            f"`{value}` is not clear after what is left out: join what is left out with `or`, or "
            "ask for the values that you want."
        )


def _word_before(reading: Reading, place: int) -> int | None:
    """Return where the word before a value stands, without `in`, `from` and `the`."""
    before = place - 1
    while before >= 0 and reading.low[before] in _SMALL:
        before -= 1
    return before if before >= 0 else None


def longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))
