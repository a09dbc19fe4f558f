"""A part of a sentence: its words, its values, and what it claims. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.reports.figures.lexicon import claim_made_by
from bot.reports.figures.sentences import Token
from bot.reports.figures.values import Value

#: Claims that something has moved, or has not.
DIRECTIONS = frozenset({"up", "down", "same"})
#: Before `at` these say that nothing moved.
_STAYED = frozenset({"stayed", "stays", "stay", "remained", "remains", "remain"})
#: What happens in each period of a length.
_REGULAR = {
    **{f"{length}ly": length for length in ("hour", "week", "month", "quarter", "year")},
    "daily": "day",
}


@dataclass(frozen=True)
class Clause:
    """
    A part of a sentence, with the words of each measure.

    -1 are those of the label, -2 those of the time, and -3 is the length of its periods.
    """

    tokens: Sequence[Token]
    column_words: Mapping[int, frozenset[str]]
    earlier: Sequence[Value] = ()  # names in the clauses before it
    earlier_figures: Sequence[Value] = ()
    carried: frozenset[str] = frozenset()  # claims that hold for the whole sentence
    moves: frozenset[str] = frozenset()  # directions that need no reference
    is_advice: bool = False

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
            claim = self._claim_at(place) if word not in own else None
            if claim:
                found.add(claim)
        if self._has_part_of_total:
            found.add("share")
        return frozenset(found) | self.carried

    def _claim_at(self, place: int) -> str | None:
        """Return the claim of a word, as its neighbours change it."""
        claim = claim_made_by(self.words[place])
        before, after = self.words[max(0, place - 1) : place], self.words[place + 1 : place + 2]
        if claim == "high" and after == ["recent"]:
            return None  # `most recent`
        if claim == "last" and after == ["run"]:
            return "previous"
        if self.words[place] in _STAYED and after == ["at"]:
            return "same"
        if claim == "up" and before in (["make"], ["makes"], ["made"], ["making"]):
            return "share"
        return claim

    @property
    def _has_part_of_total(self) -> bool:
        """Tell whether a share stands before `of the total` or `of total revenue`."""
        for place, token in enumerate(self.tokens):
            if token.value is not None and "share" in token.value.tags:
                after = [one.small for one in self.tokens[place + 1 : place + 4]]
                if after[:2] == ["of", "total"] or after == ["of", "the", "total"]:
                    return True
        return False

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
    """Return a word without the ending of a plural; that of `monthly` is `month`."""
    small = _REGULAR.get(word.lower(), word.lower())
    if len(small) > 4 and small.endswith("ies"):
        return f"{small[:-3]}y"
    return small[:-1] if len(small) > 3 and small.endswith("s") and small[-2] != "s" else small


def is_of_each_period(word: str) -> bool:
    """Tell whether a word in small letters means each period of a length: `monthly`."""
    return word in _REGULAR


def is_name(token: Token) -> bool:
    """Tell whether a token refers to the name of a row or of a period."""
    return token.value is not None and not token.value.is_figure
