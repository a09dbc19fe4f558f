"""The words of a question, and which of them are understood. Pure."""

import re
from dataclasses import dataclass, field

#: `last week's`
POSSESSIVE = re.compile("['\u2019]s(?!\\w)")
#: A quoted text, a word, or a sign that compares or lists.
QUESTION_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[\w%&./-]+|<>|!=|=|,")
#: Stands where the period of a question stood.
PERIOD_WORD = "\ue000"
#: Words that change nothing of what is asked.
FILLER_WORDS = frozenset(
    """
    a all amount and are by can could did do figures for from get give had has have how i in is it
    list made make many me much my need number of on our over per please report see show tell that
    the their there they to total us value values want was we were what whats with you
    """.split()  # noqa: SIM905
)


class NotUnderstoodError(ValueError):
    """The message says what is missing."""

    metric: str | None = None


@dataclass
class Reading:
    """The words of a question, and which of them are understood."""

    words: list[str]  # as they were written
    taken: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.low = [word.lower() for word in self.words]
        self.taken = [word == PERIOD_WORD for word in self.words]
        self.year = ""  # as it was written, if nothing else names the period
        self.dimensions: dict[int, str] = {}  # by where they stand

    def take(self, start: int, count: int = 1) -> None:
        """Mark words as understood."""
        self.taken[start : start + count] = [True] * count

    def take_words(self, *words: str) -> None:
        """Mark these words as understood, wherever they stand."""
        for index, word in enumerate(self.low):
            if word in words:
                self.take(index)

    def find(self, phrase: str, *, is_exact: bool = False) -> list[int]:
        """Return where a phrase stands in words not understood yet; else its singular or plural."""
        parts = phrase.split()
        free = [
            start
            for start in range(len(self.low) - len(parts) + 1)
            if not any(self.taken[start : start + len(parts)])
        ]
        exact = [one for one in free if self.low[one : one + len(parts)] == parts]
        if exact or is_exact:
            return exact
        return [one for one in free if all(map(_same, self.low[one : one + len(parts)], parts))]

    def is_filler(self, index: int) -> bool:
        """
        Tell whether a word changes nothing of what is asked.

        `US`, `IT` and `IN` in capital letters are countries, and so is `us` in `in us`.
        """
        word, low = self.words[index], self.low[index]
        if low not in FILLER_WORDS:
            return low == ","
        is_shouted = all(one.upper() == one for one in self.words)
        if len(word) > 1 and word.isupper() and not is_shouted:
            return False
        return not (low == "us" and self.before(index) in ("in", "from", "of", "the", "for"))

    def before(self, index: int) -> str:
        """Return the word before one, in small letters; nothing before the first."""
        return self.low[index - 1] if index > 0 else ""


def _same(word: str, known: str) -> bool:
    """Tell whether a word is a known one, in singular or plural."""
    return word == known or known in _singulars(word) or word in _singulars(known)


def _singulars(word: str) -> set[str]:
    forms = set()
    if len(word) > 3 and word.endswith("s"):
        forms.add(word[:-1])
        if word.endswith("ies"):
            forms.add(f"{word[:-3]}y")
        if word.endswith("es"):
            forms.add(word[:-2])
    return forms
