"""Suggests the known word that was probably meant. Pure."""

import difflib
from collections.abc import Iterable

#: Comparing takes longer with the length of both words; typing mistakes are shorter.
_COMPARED_CHARACTERS = 100
#: More names are no help.
_MAX_SUGGESTIONS = 20


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like *word*; None if none is."""
    by_case = {one.casefold(): one for one in known}
    compared = word[:_COMPARED_CHARACTERS].casefold()
    found = difflib.get_close_matches(compared, list(by_case), n=1)
    return by_case[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], *, is_sentence: bool = False) -> str:
    """
    Return `; did you mean …?` to end a sentence with, or what is known where nothing is like.

    As the end of a sentence of its own it has a full stop, where it is no question.
    """
    words = sorted(set(known))
    found = closest(word, words)
    if found:
        return f"; did you mean `{found}`?"
    left = len(words) - _MAX_SUGGESTIONS
    more = f" and {left:,} more" if left > 0 else ""
    listed = f"{', '.join(words[:_MAX_SUGGESTIONS]) or 'none'}{more}"
    return f"; known: {listed}{'.' if is_sentence else ''}"
