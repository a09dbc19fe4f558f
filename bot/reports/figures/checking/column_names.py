"""Which words may be said because a column is called so, though they look like numbers. Pure."""

from collections.abc import Collection, Iterator, Sequence

from bot.reports.figures.checking.clauses import stem
from bot.reports.figures.checking.numerals import numeral_problem
from bot.reports.figures.columns import words_of
from bot.reports.figures.lexicon import word_list
from bot.sources.result import ResultTable


def stems_of(text: str) -> frozenset[str]:
    """Return the stems of the words that may be said: numbers in names may not."""
    return frozenset(
        stem(word)
        for word in words_of(text)
        if is_column_name(word) or (word.isalpha() and not numeral_problem(word))
    )


def stems_of_column(name: str) -> frozenset[str]:
    """Return the stems by which a column is named: of `first_orders` both, `orders` is another."""
    return frozenset(map(stem, words_of(name))) if _is_partly_number(name) else stems_of(name)


def partly_numbers(table: ResultTable) -> Iterator[tuple[str, ...]]:
    """Yield the words of columns that hold a number or a date in words, and another word."""
    for column in table.columns:
        if _is_partly_number(column.name):
            yield tuple(words_of(column.name))


def _is_partly_number(name: str) -> bool:
    words = words_of(name)
    numerals = [word for word in words if word.isalpha() and numeral_problem(word)]
    return 0 < len(numerals) < len(words)


def places_of_full_names(
    words: Sequence[str], names: Collection[tuple[str, ...]]
) -> frozenset[int]:
    """Return the places of words that together are the whole name of such a column."""
    return frozenset(
        place + offset
        for name in names
        for place in range(len(words) - len(name) + 1)
        if tuple(words[place : place + len(name)]) == name
        for offset in range(len(name))
    )


def is_column_name(word: str) -> bool:
    """Tell whether a word that looks like a number may be the name of a column: `gross`, `p95`."""
    return _is_coded(word) or word in word_list("column_names")


def _is_coded(word: str) -> bool:
    """Tell whether a word is a name like `p95`: a column may be called so."""
    return not word.isalpha() and word[0].isalpha()
