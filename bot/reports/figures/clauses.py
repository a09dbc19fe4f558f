"""A part of a sentence: its words, its values, and what it claims. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.reports.figures.lexicon import claim_made_by
from bot.reports.figures.sentences import Token
from bot.reports.figures.values import Value

#: Claims that something has moved, or has not.
DIRECTIONS = frozenset({"up", "down", "same"})


@dataclass(frozen=True)
class Clause:
    """A part of a sentence, with the words of each measure and those of the labels."""

    tokens: Sequence[Token]
    column_words: Mapping[int, frozenset[str]]
    earlier: Sequence[Value] = ()  # names in the clauses before it
    earlier_figures: Sequence[Value] = ()
    carried: frozenset[str] = frozenset()  # claims that hold for the whole sentence

    @cached_property
    def values(self) -> list[Value]:
        return [token.value for token in self.tokens if token.value is not None]

    @cached_property
    def figures(self) -> list[Value]:
        return [value for value in self.values if value.is_figure]

    @cached_property
    def names(self) -> list[Value]:
        return [value for value in self.values if not value.is_figure]

    @cached_property
    def words(self) -> list[str]:
        return [token.small for token in self.tokens if token.kind == "word"]

    @cached_property
    def claims(self) -> frozenset[str]:
        """What its words claim; the names of columns claim nothing."""
        own = self._claim_free
        found = set()
        for place, word in enumerate(self.words):
            claim = claim_made_by(word) if word not in own else None
            if claim == "high" and self.words[place + 1 : place + 2] == ["recent"]:
                claim = None  # `most recent`
            if claim == "last" and self.words[place + 1 : place + 2] == ["run"]:
                claim = "previous"
            if claim:
                found.add(claim)
        return frozenset(found) | self.carried

    @cached_property
    def mentioned(self) -> frozenset[int]:
        """The measures whose names stand in it; -1 is the label's."""
        return mentioned_columns(self.words, self.column_words)

    @property
    def _claim_free(self) -> frozenset[str]:
        return frozenset(
            word
            for word in self.words
            if any(stem(word) in words for words in self.column_words.values())
        )


def mentioned_columns(
    words: Sequence[str], column_words: Mapping[int, frozenset[str]]
) -> frozenset[int]:
    """Return the columns that are named; of `revenue` and `net revenue` only the longer one."""
    said = {stem(word) for word in words}
    found = {column: names for column, names in column_words.items() if names and names <= said}
    return frozenset(
        column
        for column, names in found.items()
        if not any(names < others for others in found.values())
    )


def stem(word: str) -> str:
    """Return a word without the ending of a plural."""
    small = word.lower()
    if len(small) > 4 and small.endswith("ies"):
        return f"{small[:-3]}y"
    return small[:-1] if len(small) > 3 and small.endswith("s") and small[-2] != "s" else small


def is_name(token: Token) -> bool:
    """Tell whether a token refers to the name of a row or of a period."""
    return token.value is not None and not token.value.is_figure
