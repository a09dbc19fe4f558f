"""Suggests the known word that was probably meant. Pure."""

import difflib
from collections.abc import Iterable

#: Comparing takes longer with the length of both words; typing mistakes are shorter.
_COMPARED_CHARACTERS = 100


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like *word*; None if none is."""
    return next(
        iter(difflib.get_close_matches(word[:_COMPARED_CHARACTERS], list(known), n=1)), None
    )


def did_you_mean(word: str, known: Iterable[str], *, is_sentence: bool = False) -> str:
    """
    Return `; did you mean …?` to end a sentence with, or what is known where nothing is like.

    As the end of a sentence of its own it has a full stop, where it is no question.
    """
    words = list(known)
    found = closest(word, words)
    if found:
        return f"; did you mean `{found}`?"
    return f"; known: {', '.join(sorted(words)) or 'none'}{'.' if is_sentence else ''}"
