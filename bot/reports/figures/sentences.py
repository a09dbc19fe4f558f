"""Text with references as sentences and clauses of tokens. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.reports.figures.lexicon import word_list
from bot.reports.figures.values import Value

#: `s` of a genitive, doubled braces, a reference, a word with apostrophes, space, or anything else.
TOKEN = re.compile(
    r"(?P<genitive>(?<=\})['\u2019]s\b)|(?P<doubled>\{\{|\}\})|\{(?P<ref>[A-Za-z0-9_]{1,120})\}"
    r"|(?P<word>[A-Za-z]{1,6}\d{1,3}(?!\w)|[^\W\d_]+(?:['\u2019][^\W\d_]+)*)|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_SENTENCE_ENDS = frozenset(".!?\n")
_CLAUSE_MARKS = frozenset(",:;\u2013\u2014")
_CONJUNCTIONS = frozenset({"and", "but", "while", "whereas", "although", "though", "or", "yet"})


@dataclass(frozen=True)
class Token:
    """A word, a character, or a reference to a value."""

    text: str
    kind: str  # `word`, `other`, `doubled`, `space`, `genitive` or `ref`
    value: Value | None = None  # of a known reference

    @property
    def small(self) -> str:
        """The word in small letters, without a genitive's ending."""
        return re.sub(r"['\u2019]s$", "", self.text.lower())


Sentence = Sequence[Token]


def tokens_in(text: str, values: Mapping[str, Value]) -> list[Token]:
    """Return the tokens of a text, white space included."""
    found = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        content = match["ref"] if kind == "ref" else match[0]
        found.append(Token(content, kind, values.get(content) if kind == "ref" else None))
    return found


def sentences_of(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each sentence, without white space and the mark at its end."""
    sentence: list[Token] = []
    for token in tokens:
        is_end = (token.kind == "other" and token.text in _SENTENCE_ENDS) or "\n" in token.text
        if is_end and sentence:
            yield sentence
            sentence = []
        elif not is_end and token.kind not in ("space", "genitive"):
            sentence.append(token)
    if sentence:
        yield sentence


def clauses_of(sentence: Sentence) -> list[list[Token]]:
    """
    Return the parts of a sentence of which each says something of its own references.

    A part without a reference, or with nothing but small words, belongs to its neighbour.
    """
    joined: list[list[Token]] = []
    waiting: list[Token] = []
    for part in _parts_of(sentence):
        has_refs = any(token.kind == "ref" for token in part)
        is_thin = all(token.kind != "word" or token.small in word_list("thin") for token in part)
        if has_refs and is_thin and joined and not waiting:
            joined[-1] += part
        elif has_refs and not (is_thin and not joined):
            joined.append(waiting + part)
            waiting = []
        else:
            waiting = waiting + part
    if waiting and joined:
        joined[-1] += waiting
    elif waiting:
        joined.append(waiting)
    return joined


def _parts_of(sentence: Sentence) -> Iterator[list[Token]]:
    """Yield what stands between commas, dashes and conjunctions."""
    part: list[Token] = []
    for token in sentence:
        is_mark = token.kind == "other" and token.text in _CLAUSE_MARKS
        if is_mark or (token.kind == "word" and token.small in _CONJUNCTIONS):
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part
