"""The period of a question, taken out of its words, so that no other word is read with it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.metrics.periods import (
    FoundPeriod,
    compared_periods,
    find_periods,
    period_before,
)
from bot.metrics.plan import Grain, Period
from bot.metrics.question_words import (
    PERIOD_WORD,
    POSSESSIVE,
    QUESTION_WORD,
    NotUnderstoodError,
    Reading,
)

_QUOTED_VALUE = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")
_END_MARKS = " \t\r\n?!.:;"
#: `this week vs last`, `compared to the previous one`
_COMPARED = r"(?:vs\.?|versus|against|compared (?:to|with))"
_COMPARED_BEFORE = re.compile(
    rf"{_COMPARED} (?:the )?(?:last|previous|prior)"
    r"(?: (?:one|period|day|week|month|quarter|year))?(?!\w)"
    r"|(?:vs\.?|versus) the (?P<unit>day|week|month|quarter|year) before(?!\w)"
)
_COMPARED_BETWEEN = re.compile(rf"\W*(?:and|{_COMPARED}|with|to)?\W*(?:that of |the )?$")
#: Before a period these say that it begins or ends there, or that the number is none of a year.
_CHANGE_IT = frozenset(
    """
    from by until till before after to per each every than over with above below under about around
    except without excluding not is next beyond past upto =
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class AskedPeriod:
    """The period of a question, and by what two compared ones are divided."""

    period: Period | None = None
    grain: Grain | None = None
    text: str = ""  # as the question names it


def read_question(question: str, today: date) -> tuple[Reading, AskedPeriod]:
    """Return the words of a question, with one in the place of its period, and the period."""
    low = question.lower()
    if len(low) != len(question):  # Some letters have two small ones.
        return _reading_of([question]), AskedPeriod()
    masked = _QUOTED_VALUE.sub(lambda match: '"' + "_" * (len(match[0]) - 2) + '"', low)
    found = sorted(find_periods(masked, today), key=lambda one: one.start)
    asked, ends = _asked_period(masked, found)
    pieces, start = [], 0
    for begin, end in ends:
        pieces.append(question[start:begin])
        start = end
    reading = _reading_of([*pieces, question[start:]])
    asked = replace(asked, text=found[0].text if found else "")
    reading.year = asked.text if len(found) == 1 and asked.text.isdecimal() else ""
    _require_whole(reading, found)
    return reading, asked


def _asked_period(
    question: str, found: Sequence[FoundPeriod]
) -> tuple[AskedPeriod, list[tuple[int, int]]]:
    """Return the period, and where its words stand."""
    if len(found) > 2:
        raise NotUnderstoodError(f"There are {len(found)} periods: ask for one.")
    if len(found) == 2:
        return _compared_pair(question, *found)
    if not found:
        return AskedPeriod(), []
    (only,) = found
    before = _COMPARED_BEFORE.search(question, only.end)
    earlier = period_before(only.period) if before else None
    if before is None or earlier is None:
        return AskedPeriod(only.period), [(only.start, only.end)]
    both = compared_periods(only.period, earlier)
    named = before["unit"] or before[0].split()[-1]
    if both is None or (named in set(Grain) and named != both[1]):
        return AskedPeriod(only.period), [(only.start, only.end)]
    return AskedPeriod(*both), [(only.start, only.end), before.span()]


def _compared_pair(
    question: str, one: FoundPeriod, other: FoundPeriod
) -> tuple[AskedPeriod, list[tuple[int, int]]]:
    """Return two periods that follow each other as one, divided by their length."""
    both = compared_periods(one.period, other.period)
    if both is None or not _COMPARED_BETWEEN.match(question[one.end : other.start]):
        words = " and ".join(f"`{found.period.words}`" for found in (one, other))
        raise NotUnderstoodError(f"There are two periods, {words}: ask for one.")
    return AskedPeriod(*both), [(one.start, other.end)]


def _reading_of(pieces: Sequence[str]) -> Reading:
    words: list[str] = []
    for number, piece in enumerate(pieces):
        words += [PERIOD_WORD] if number else []
        plain = POSSESSIVE.sub("", piece)
        if strange := QUESTION_WORD.sub("", plain).strip(_END_MARKS):
            raise NotUnderstoodError(f"`{strange[0]}` is not understood: ask in words, or in SQL.")
        words += [word.rstrip(".") or "," for word in QUESTION_WORD.findall(plain)]
    return Reading(words)


def _require_whole(reading: Reading, found: Sequence[FoundPeriod]) -> None:
    """Refuse `from March`, `by Friday`, `over 2000`: it would be another period, or none."""
    for place, word in enumerate(reading.low):
        before = reading.before(place)
        if word == PERIOD_WORD and before in _CHANGE_IT:
            text = found[0].text
            raise NotUnderstoodError(
                f"`{before} {text}` is not clear: name both ends of the period, or write `since`."
            )
