"""
A question in words as a plan, without a model: `revenue by country last week`.

It answers only what it understands to the last word. A word that names nothing it knows may change
the meaning of all the others (`revenue without returns`), so it is named and the question refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.metrics.periods import UnclearPeriodError, find_periods
from bot.metrics.plan import Comparison, Filter, Grain, MetricPlan, Period
from bot.report_config import MetricSettings
from bot.suggestions import closest, did_you_mean

MAX_PLANNED_CHARACTERS = 500
_MAX_LIMIT = 1_000
_FILTER_HINT = " (a filter is written `country is Germany`; whatever else there is, in SQL)"
_PUNCTUATION = " \t\r\n?!.:;"
_POSSESSIVE = re.compile("['\u2019]s(?!\\w)")
_QUESTION_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[\w%&./-]+|<>|!=|=|,")
_FILLERS = frozenset(
    """
    a all and are by can could did do for from get give had has have how i in is it list me much
    many my number of on our over per please report see show tell that the their there they to total
    us was we were what whats with you figures development value values amount
    """.split()  # noqa: SIM905
)
_GRAINS = frozenset(Grain)
_GRAIN_WORDS = {
    **{f"{name}ly": Grain(name) for name in ("week", "month", "quarter", "year")},
    "daily": Grain.DAY,
}
_HIGH_WORDS = frozenset({"top", "highest", "largest", "biggest", "most", "greatest"})
_LOW_WORDS = frozenset({"bottom", "lowest", "smallest", "least", "fewest"})
_GOOD, _BAD = frozenset({"best"}), frozenset({"worst"})
_RANKINGS = _HIGH_WORDS | _LOW_WORDS | _GOOD | _BAD
_BEFORE_DIMENSION = frozenset({"by", "per", "each", "and", ",", "every", "which"})
_NEEDS_MORE = frozenset({"by", "per", "each", "every"})
_EQUALS = frozenset({"=", "is", "was", "are", "equals"})
_NOT_EQUALS = frozenset({"<>", "!=", "not", "except", "without"})


@dataclass(frozen=True)
class PlannedWords:
    """A plan, or in words what is missing for one."""

    plan: MetricPlan | None
    missing: str = ""


class _NotUnderstoodError(ValueError):
    """The message says what is missing."""


@dataclass
class _Reading:
    """The words of a question, and which of them are understood."""

    words: list[str]  # as they were written
    taken: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.low = [word.lower() for word in self.words]
        self.taken = [False] * len(self.words)

    def take(self, start: int, count: int = 1) -> None:
        self.taken[start : start + count] = [True] * count

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

    def before(self, index: int) -> str:
        return self.low[index - 1] if index > 0 else ""


def plan_words(question: str, metrics: Mapping[str, MetricSettings], today: date) -> PlannedWords:
    """Return the plan that a question names, or what is missing. *today* is the report's zone's."""
    try:
        return PlannedWords(_plan(question, metrics, today))
    except (_NotUnderstoodError, UnclearPeriodError) as error:
        return PlannedWords(None, str(error))


def _plan(question: str, metrics: Mapping[str, MetricSettings], today: date) -> MetricPlan:
    if not metrics:
        raise _NotUnderstoodError(
            "No metrics are defined for this source: write SQL, or define [metrics.<name>]."
        )
    if len(question) > MAX_PLANNED_CHARACTERS:
        raise _NotUnderstoodError(f"Ask in at most {MAX_PLANNED_CHARACTERS} characters.")
    rest, period = _without_period(question, today)
    rest = _POSSESSIVE.sub("", rest)
    if strange := _QUESTION_WORD.sub("", rest).strip(_PUNCTUATION):
        raise _NotUnderstoodError(f"`{strange[0]}` is not understood: ask in words, or in SQL.")
    reading = _Reading(_QUESTION_WORD.findall(rest))
    limit, ranking = _take_ranking(reading)
    name = _take_metric(reading, metrics)
    metric = metrics[name]
    filters = _take_filters(reading, metric.dimensions)
    grain = _take_grain(reading)
    dimensions, is_which = _take_dimensions(reading, metric.dimensions)
    _require_all_understood(reading, metrics, metric)
    if limit is None and ranking and is_which:
        limit = 1
    if ranking and not dimensions:
        raise _NotUnderstoodError(
            f"`{ranking}` of what? Name a dimension of {name}: {_named_list(metric.dimensions)}."
        )
    if (period or grain) and metric.time is None:
        raise _NotUnderstoodError(f"The metric {name} has no time column: ask without a period.")
    if limit is not None and grain is not None:
        raise _NotUnderstoodError(
            f"A ranking cannot be divided by {grain}: ask without one of them."
        )
    return MetricPlan(
        metric=name,
        period=period,
        dimensions=dimensions,
        grain=grain,
        filters=filters,
        limit=limit,
        is_descending=_is_descending(ranking, metric),
    )


def _without_period(question: str, today: date) -> tuple[str, Period | None]:
    """Return the question without the words of its period, and the period."""
    found = list(find_periods(question.lower(), today)) if _is_same_length(question) else []
    if len(found) > 1:
        both = " and ".join(f"`{one.period.words}`" for one in found[:2])
        raise _NotUnderstoodError(f"There are two periods, {both}: ask for one.")
    if not found:
        return question, None
    only = found[0]
    return f"{question[: only.start]} {question[only.end :]}", only.period


def _is_same_length(question: str) -> bool:
    return len(question.lower()) == len(question)  # Some letters have two small ones.


def _take_ranking(reading: _Reading) -> tuple[int | None, str]:
    """Return how many are asked for, and the word that ranks them."""
    for index, word in enumerate(reading.low):
        if word not in _RANKINGS:
            continue
        reading.take(index)
        for beside in (index + 1, index - 1):
            if 0 <= beside < len(reading.low) and reading.low[beside].isdecimal():
                count = int(reading.low[beside])
                if not 1 <= count <= _MAX_LIMIT:
                    raise _NotUnderstoodError(f"Ask for 1 to {_MAX_LIMIT:,} of them.")
                reading.take(beside)
                return count, word
        return None, word
    return None, ""


def _is_descending(ranking: str, metric: MetricSettings) -> bool:
    if ranking in _GOOD | _BAD:
        return (metric.better == "high") == (ranking in _GOOD)
    return ranking not in _LOW_WORDS


def _take_metric(reading: _Reading, metrics: Mapping[str, MetricSettings]) -> str:
    """Return the one metric that is named; a longer phrase is meant before a shorter one."""
    phrases = sorted(
        (
            (phrase, name)
            for name, metric in metrics.items()
            for phrase in {name.replace("_", " "), name, *metric.synonyms}
        ),
        key=lambda pair: (-len(pair[0].split()), -len(pair[0]), pair),
    )
    named: list[str] = []
    for is_exact in (True, False):  # `failures by task` does not name the metric `tasks`.
        for phrase, name in [] if named else phrases:
            for start in reading.find(phrase, is_exact=is_exact):
                reading.take(start, len(phrase.split()))
                named.append(name)
    if not named:
        words = [word for word in reading.low if word not in _FILLERS]
        near = next((found for word in words if (found := closest(word, metrics))), None)
        hint = f"did you mean `{near}`?" if near else f"known: {_named_list(metrics)}"
        raise _NotUnderstoodError(f"The question names no metric; {hint}")
    if len(set(named)) > 1:
        raise _NotUnderstoodError(
            f"The question names {_named_list(set(named))}: ask for one of them."
        )
    return named[0]


def _take_grain(reading: _Reading) -> Grain | None:
    grains: list[Grain] = []
    for index, word in enumerate(reading.low):
        if reading.taken[index]:
            continue
        plain = word.removesuffix("s")
        if word in _GRAIN_WORDS:
            grains.append(_GRAIN_WORDS[word])
            reading.take(index)
        elif plain in _GRAINS and reading.before(index) in _BEFORE_DIMENSION:
            grains.append(Grain(plain))
            reading.take(index - 1, 2)
    if len(set(grains)) > 1:
        raise _NotUnderstoodError(f"Divide by {grains[0]} or by {grains[1]}, not by both.")
    return grains[0] if grains else None


def _take_filters(reading: _Reading, dimensions: Iterable[str]) -> tuple[Filter, ...]:
    """Return `country is Germany`, `where country = "United States"`, `country not DE or FR`."""
    found: list[Filter] = []
    for name in _longest_first(dimensions):
        phrase = name.replace("_", " ").lower()
        size = len(phrase.split())
        for form, length in ((phrase, size), (name.lower(), 1)):
            for start in reading.find(form):
                after = start + length
                is_equal, after = _take_comparison(reading, after)
                if is_equal is None:
                    continue
                values, end = _named_values(reading, after)
                if not values:
                    raise _NotUnderstoodError(f"`{name}` is compared with nothing: name a value.")
                if reading.before(start) == "where":
                    reading.take(start - 1)
                reading.take(start, end - start)
                found.append(_filter(name, is_equal, values))
    return tuple(found)


def _filter(name: str, is_equal: bool, values: tuple[str, ...]) -> Filter:
    if len(values) == 1:
        return Filter(name, Comparison.EQUALS if is_equal else Comparison.NOT_EQUALS, values)
    if not is_equal:
        raise _NotUnderstoodError(f"Exclude one value of `{name}` at a time.")
    return Filter(name, Comparison.IN, values)


def _take_comparison(reading: _Reading, index: int) -> tuple[bool | None, int]:
    """Return whether values are wanted (None: nothing is compared), and what follows."""
    words = reading.low
    is_equal: bool | None = None
    if index < len(words) and words[index] in _EQUALS:
        is_equal, index = True, index + 1
    if index < len(words) and words[index] in _NOT_EQUALS:
        is_equal, index = False, index + 1
    return is_equal, index


def _named_values(reading: _Reading, index: int) -> tuple[tuple[str, ...], int]:
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


def _goes_on(reading: _Reading, index: int) -> bool:
    word = reading.words[index]
    return not reading.taken[index] and word[0].isupper() and word.lower() not in _FILLERS


def _take_dimensions(reading: _Reading, dimensions: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Return the dimensions that are named, in their order, and whether one is asked for."""
    found: list[tuple[int, str]] = []
    is_which = False
    for name in _longest_first(dimensions):
        for phrase in {name.replace("_", " ").lower(), name.lower()}:
            for start in reading.find(phrase):
                if reading.before(start) == "which":
                    is_which = True
                    reading.take(start - 1)
                elif reading.before(start) in ("each", "every"):
                    reading.take(start - 1)
                reading.take(start, len(phrase.split()))
                found.append((start, name))
    names = [name for _, name in sorted(found)]
    return tuple(dict.fromkeys(names)), is_which


def _require_all_understood(
    reading: _Reading, metrics: Mapping[str, MetricSettings], metric: MetricSettings
) -> None:
    _require_no_loose_end(reading, metric)
    left = [
        word
        for word, low, is_taken in zip(reading.words, reading.low, reading.taken, strict=True)
        if not is_taken and low not in _FILLERS and low != ","
    ]
    if left:
        word = left[0].strip("\"'")
        known = [*metric.dimensions, *metrics]
        raise _NotUnderstoodError(
            f"`{word}` names nothing that is known{did_you_mean(word, known)}"
            f"{_FILTER_HINT if metric.dimensions else ''}"
        )


def _require_no_loose_end(reading: _Reading, metric: MetricSettings) -> None:
    """Refuse `revenue by last week`: something was to be named there."""
    for index, word in enumerate(reading.low):
        if word in _NEEDS_MORE and not reading.taken[index]:
            rest = range(index + 1, len(reading.low))
            following = next((one for one in rest if reading.low[one] not in _FILLERS), None)
            if following is None:
                raise _NotUnderstoodError(
                    f"`{word}` what? Name a dimension: {_named_list(metric.dimensions)}."
                )


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


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


def _named_list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
