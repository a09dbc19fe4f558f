"""What advice may say: it names what to look at, and claims nothing that is not so. Pure."""

from collections.abc import Iterator, Sequence

from bot.reports.figures.checking.clauses import stem
from bot.reports.figures.lexicon import claim_made_by, word_list
from bot.reports.figures.sentences import Sentence, Token

_VOWELS = frozenset("aeiouy")


def is_advice(words: Sequence[str], *, has_values: bool) -> bool:
    """Tell whether a sentence says what to do, or what the rows do not say."""
    if not words:
        return False
    if words[0] in word_list("advice") or (not has_values and _does_not_say(words)):
        return True
    return (
        words[0] in word_list("advice_subjects")
        and words[1:2] != []
        and (words[1] in word_list("advice_modals"))
    )


def _does_not_say(words: Sequence[str]) -> bool:
    """Tell whether a sentence begins like `The rows do not say why`."""
    said = words[1:] if words[0] in ("the", "these", "this") else words
    return (
        len(said) > 3
        and said[0] in word_list("unanswering_subjects")
        and said[1] in ("do", "does")
        and said[2] == "not"
        and said[3] in word_list("unanswering_verbs")
    )


def is_advised(word: str) -> bool:
    """Tell whether advice may hold a word in small letters: a listed one, or a form of it."""
    listed = word_list("advised", "advice", "plain", "unanswering_verbs")
    return any(form in listed for form in _base_forms(word))


def _base_forms(word: str) -> Iterator[str]:
    """Yield what a word may be a form of: `carts`, `stocked`, `planning`, `closely`."""
    yield word
    for ending in ("s", "es", "ed", "d", "ing", "ly"):
        base = word.removesuffix(ending)
        if base == word or len(base) < 3 or not _VOWELS & set(base):
            continue
        yield base
        if ending in ("ing", "ed"):
            yield f"{base}e"
            if base[-1] == base[-2]:
                yield base[:-1]
        if base.endswith("i"):
            yield f"{base[:-1]}y"


def is_not_of_rows(words: Sequence[str], place: int) -> bool:
    """Tell whether a word is the `not` of `The rows do not say`."""
    return words[place] == "not" and _does_not_say(words)


def tells_that(words: Sequence[str]) -> bool:
    """Tell whether advice claims something: `Consider that …`, not `Verify that …`."""
    claims = "that" in words[1:3] and "that" not in words[:1]
    return claims and not word_list("proving") & set(words[:2])


def without_goals(sentence: Sentence, columns: frozenset[str]) -> list[Token]:
    """Return advice without the words that claim nothing in it: `ways to increase revenue`."""
    words = [token for token in sentence if token.kind == "word"]
    smalls = [token.small for token in words]
    idle = {
        id(token)
        for place, token in enumerate(words)
        if claim_made_by(token.small) and _is_goal(smalls, place, columns)
    }
    return [token for token in sentence if id(token) not in idle]


def _is_goal(words: Sequence[str], place: int, columns: frozenset[str]) -> bool:
    word, before = words[place], words[max(0, place - 2) : place]
    after = words[place + 1] if place + 1 < len(words) else ""
    if word in ("more", "less"):
        return stem(after) not in columns and after not in word_list("measured")
    if word == "down":
        return words[0] in ("break", "drill")
    if word == "behind":
        return bool(set(before) & word_list("before_behind"))
    is_begun = before[:-1] in (["start"], ["starts"], ["started"], ["continue"], ["continues"])
    return before[-1:] == ["to"] and word in word_list("goals") and not is_begun


def is_wish(words: Sequence[str], place: int) -> bool:
    """Tell whether a word that judges does not in advice: `Continue to …`, `ways to improve`."""
    word, before = words[place], words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if place == 0:
        return word in word_list("advice")
    if word == "best":
        return after in ("practice", "practices")
    return before == "to" and word in ("improve", "recover")
