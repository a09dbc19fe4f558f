"""
A question in words as a plan, without a model: `revenue by country last week`.

It answers only what it understands to the last word. A word that names nothing it knows may change
the meaning of all the others (`revenue without returns`), so it is named and the question refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.metrics.filters import KnownValues, longest_first, take_filters, take_values
from bot.metrics.periods import UnclearPeriodError, find_periods
from bot.metrics.plan import Grain, MetricPlan, Period
from bot.metrics.question_words import (
    FILLER_WORDS,
    POSSESSIVE,
    QUESTION_WORD,
    NotUnderstoodError,
    Reading,
)
from bot.report_config import MetricSettings
from bot.suggestions import closest, did_you_mean

MAX_PLANNED_CHARACTERS = 500
_MAX_LIMIT = 1_000
_FILTER_HINT = " (a filter is written `country is Germany`; whatever else there is, in SQL)"
_PUNCTUATION = " \t\r\n?!.:;"
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


@dataclass(frozen=True)
class PlannedWords:
    """A plan, or in words what is missing for one."""

    plan: MetricPlan | None
    missing: str = ""
    metric: str | None = None  # where only a word is unknown, which may be a value of a dimension


def plan_words(
    question: str,
    metrics: Mapping[str, MetricSettings],
    today: date,
    values: KnownValues | None = None,
) -> PlannedWords:
    """
    Return the plan that a question names, or what is missing.

    *today* is the report's zone's. *values* are known values of the metric's dimensions, so that
    `in Germany` is a filter.
    """
    try:
        return PlannedWords(_plan(question, metrics, today, values or {}))
    except NotUnderstoodError as error:
        return PlannedWords(None, str(error), error.metric)
    except UnclearPeriodError as error:
        return PlannedWords(None, str(error))


def _plan(
    question: str, metrics: Mapping[str, MetricSettings], today: date, values: KnownValues
) -> MetricPlan:
    if not metrics:
        raise NotUnderstoodError(
            "No metrics are defined for this source: write SQL, or define [metrics.<name>]."
        )
    if len(question) > MAX_PLANNED_CHARACTERS:
        raise NotUnderstoodError(f"Ask in at most {MAX_PLANNED_CHARACTERS} characters.")
    rest, period = _without_period(question, today)
    rest = POSSESSIVE.sub("", rest)
    if strange := QUESTION_WORD.sub("", rest).strip(_PUNCTUATION):
        raise NotUnderstoodError(f"`{strange[0]}` is not understood: ask in words, or in SQL.")
    reading = Reading(QUESTION_WORD.findall(rest))
    limit, ranking = _take_ranking(reading)
    name = _take_metric(reading, metrics)
    metric = metrics[name]
    filters = take_filters(reading, metric.dimensions)
    grain = _take_grain(reading)
    dimensions, is_which = _take_dimensions(reading, metric.dimensions)
    filters += take_values(reading, values)
    _require_all_understood(reading, metrics, name)
    if limit is None and ranking and is_which:
        limit = 1
    if ranking and not dimensions:
        raise NotUnderstoodError(
            f"`{ranking}` of what? Name a dimension of {name}: {_named_list(metric.dimensions)}."
        )
    if (period or grain) and metric.time is None:
        raise NotUnderstoodError(f"The metric {name} has no time column: ask without a period.")
    if limit is not None and grain is not None:
        raise NotUnderstoodError(
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
        raise NotUnderstoodError(f"There are two periods, {both}: ask for one.")
    if not found:
        return question, None
    only = found[0]
    return f"{question[: only.start]} {question[only.end :]}", only.period


def _is_same_length(question: str) -> bool:
    return len(question.lower()) == len(question)  # Some letters have two small ones.


def _take_ranking(reading: Reading) -> tuple[int | None, str]:
    """Return how many are asked for, and the word that ranks them."""
    for index, word in enumerate(reading.low):
        if word not in _RANKINGS:
            continue
        reading.take(index)
        for beside in (index + 1, index - 1):
            if 0 <= beside < len(reading.low) and reading.low[beside].isdecimal():
                count = int(reading.low[beside])
                if not 1 <= count <= _MAX_LIMIT:
                    raise NotUnderstoodError(f"Ask for 1 to {_MAX_LIMIT:,} of them.")
                reading.take(beside)
                return count, word
        return None, word
    return None, ""


def _is_descending(ranking: str, metric: MetricSettings) -> bool:
    if ranking in _GOOD | _BAD:
        return (metric.better == "high") == (ranking in _GOOD)
    return ranking not in _LOW_WORDS


def _take_metric(reading: Reading, metrics: Mapping[str, MetricSettings]) -> str:
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
        words = [word for word in reading.low if word not in FILLER_WORDS]
        near = next((found for word in words if (found := closest(word, metrics))), None)
        hint = f"did you mean `{near}`?" if near else f"known: {_named_list(metrics)}"
        raise NotUnderstoodError(f"The question names no metric; {hint}")
    if len(set(named)) > 1:
        raise NotUnderstoodError(
            f"The question names {_named_list(set(named))}: ask for one of them."
        )
    return named[0]


def _take_grain(reading: Reading) -> Grain | None:
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
        raise NotUnderstoodError(f"Divide by {grains[0]} or by {grains[1]}, not by both.")
    return grains[0] if grains else None


def _take_dimensions(reading: Reading, dimensions: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """Return the dimensions that are named, in their order, and whether one is asked for."""
    found: list[tuple[int, str]] = []
    is_which = False
    for name in longest_first(dimensions):
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
    reading: Reading, metrics: Mapping[str, MetricSettings], name: str
) -> None:
    metric = metrics[name]
    _require_no_loose_end(reading, metric)
    left = [
        word
        for word, low, is_taken in zip(reading.words, reading.low, reading.taken, strict=True)
        if not is_taken and low not in FILLER_WORDS and low != ","
    ]
    if left:
        word = left[0].strip("\"'")
        known = [*metric.dimensions, *metrics]
        hint = _FILTER_HINT if metric.dimensions else ""
        error = NotUnderstoodError(
            f"`{word}` names nothing that is known{did_you_mean(word, known)}{hint}"
        )
        error.metric = name
        raise error


def _require_no_loose_end(reading: Reading, metric: MetricSettings) -> None:
    """Refuse `revenue by last week`: something was to be named there."""
    for index, word in enumerate(reading.low):
        if word in _NEEDS_MORE and not reading.taken[index]:
            rest = range(index + 1, len(reading.low))
            following = next((one for one in rest if reading.low[one] not in FILLER_WORDS), None)
            if following is None:
                raise NotUnderstoodError(
                    f"`{word}` what? Name a dimension: {_named_list(metric.dimensions)}."
                )


def _named_list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
