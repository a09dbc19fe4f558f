"""
A question in words as a plan, without a model: `revenue by country last week`.

It answers only what it understands to the last word. A word that names nothing it knows may change
the meaning of all the others (`revenue without returns`), so it is named and the question refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.config_sections.reports import MetricSettings
from bot.metrics.filters import KnownValues, longest_first, take_filters, take_values
from bot.metrics.periods import UnclearPeriodError
from bot.metrics.plan import DimensionFilter, FilterOperator, Grain, MetricPlan
from bot.metrics.question_periods import AskedPeriod, read_question
from bot.metrics.question_words import FILLER_WORDS, PERIOD_WORD, NotUnderstoodError, Reading
from bot.metrics.rankings import (
    is_descending,
    only_one,
    take_count_before_dimension,
    take_ranking,
)
from bot.suggestions import closest, did_you_mean

MAX_PLANNED_CHARACTERS = 500
_FILTER_HINT = " (a filter is written `country is Germany`; whatever else there is, in SQL)"
_GRAINS = frozenset(Grain)
_GRAIN_WORDS = {
    **{f"{name}ly": Grain(name) for name in ("week", "month", "quarter", "year")},
    "daily": Grain.DAY,
}
_DATE_WORDS = {"date": "day", "dates": "day"}
_BEFORE_DIMENSION = frozenset({"by", "per", "each", "and", ",", "every", "which"})
_DIVIDING = _BEFORE_DIMENSION | {"of"}
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
    reading, asked = read_question(question, today)
    if asked.grain:
        reading.take_words("compare", "comparing", "comparison", "compared")
    limit, ranking = take_ranking(reading, asked)
    name = _take_metric(reading, metrics)
    metric = metrics[name]
    _require_no_compound(reading, metric, name)
    filters = take_filters(reading, metric.dimensions)
    grain = _take_grain(reading, is_ranked=bool(ranking))
    dimensions, is_which = _take_dimensions(reading, metric.dimensions)
    filters += take_values(reading, values)
    _require_one_filter_each(filters)
    dimensions = _without_filtered(reading, dimensions, filters)
    limit = limit or (take_count_before_dimension(reading) if ranking else None)
    _require_all_understood(reading, metrics, name)
    _require_possible(asked, grain, metric, name)
    if ranking and grain and not dimensions and not asked.grain:
        limit = limit or only_one(reading, grain)
    elif ranking and not dimensions:
        raise NotUnderstoodError(
            f"`{ranking}` of what? Name a dimension of {name}: {_named_list(metric.dimensions)}."
        )
    elif ranking and (grain or asked.grain):
        raise NotUnderstoodError(
            f"A ranking cannot be divided by {grain or asked.grain}: ask without one of them."
        )
    elif limit is None and ranking and is_which:
        limit = 1
    return MetricPlan(
        metric=name,
        period=asked.period,
        dimensions=dimensions,
        grain=grain or asked.grain,
        filters=filters,
        limit=limit,
        is_descending=is_descending(ranking, metric),
    )


def _require_possible(
    asked: AskedPeriod, grain: Grain | None, metric: MetricSettings, name: str
) -> None:
    """Refuse a period of what has no time, and two lengths at once."""
    if (asked.period or grain) and metric.time is None:
        raise NotUnderstoodError(f"The metric {name} has no time column: ask without a period.")
    if asked.grain and grain and asked.grain != grain:
        raise NotUnderstoodError(
            f"Two periods are compared by {asked.grain}, and not by {grain}: ask for one of them."
        )


def _require_one_filter_each(filters: tuple[DimensionFilter, ...]) -> None:
    """Refuse `country is Germany and France`: no row is both."""
    wanted = [one for one in filters if one.comparison is not FilterOperator.NOT_EQUALS]
    for place, one in enumerate(wanted):
        if any(one.dimension == other.dimension for other in wanted[:place]):
            raise NotUnderstoodError(
                f"`{one.dimension}` has two filters, which no row passes: join values with `or`."
            )


def _without_filtered(
    reading: Reading, dimensions: tuple[str, ...], filters: tuple[DimensionFilter, ...]
) -> tuple[str, ...]:
    """Return the dimensions without that of `the free plan`, which only names the value."""
    single = {one.dimension for one in filters if one.comparison is FilterOperator.EQUALS}
    divided = {
        name for start, name in reading.dimensions.items() if reading.before(start) in _DIVIDING
    }
    return tuple(name for name in dimensions if name not in single or name in divided)


def _require_no_compound(reading: Reading, metric: MetricSettings, name: str) -> None:
    """Refuse `order value`, which is no number of orders."""
    for index, word in enumerate(reading.low[1:], 1):
        before = reading.low[index - 1]
        is_noun = word in ("value", "values", "amount") and metric.unit is None
        if is_noun and reading.taken[index - 1] and before != PERIOD_WORD:
            raise NotUnderstoodError(f"`{before} {word}` names no metric; {name} has no unit.")


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


def _take_grain(reading: Reading, *, is_ranked: bool) -> Grain | None:
    """Return the length of periods that is named: `daily`, `by day`; of a ranking also `day`."""
    grains: list[Grain] = []
    for index, word in enumerate(reading.low):
        if reading.taken[index]:
            continue
        plain = _DATE_WORDS.get(word, word.removesuffix("s"))
        if word in _GRAIN_WORDS:
            grains.append(_GRAIN_WORDS[word])
            reading.take(index)
        elif plain in _GRAINS and reading.before(index) in _BEFORE_DIMENSION:
            grains.append(Grain(plain))
            reading.take(index - 1, 2)
        elif plain in _GRAINS and is_ranked:
            grains.append(Grain(plain))
            reading.take(index)
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
                    # `Which countries` asks for more than one.
                    is_which = reading.low[start : start + len(phrase.split())] == phrase.split()
                    reading.take(start - 1)
                elif reading.before(start) in ("each", "every"):
                    reading.take(start - 1)
                if _is_counted(reading, start):
                    raise NotUnderstoodError(
                        f"How many different {reading.words[start]} there are is no metric: "
                        "write it as SQL."
                    )
                reading.take(start, len(phrase.split()))
                reading.dimensions[start] = name
                found.append((start, name))
    names = [name for _, name in sorted(found)]
    return tuple(dict.fromkeys(names)), is_which


def _is_counted(reading: Reading, start: int) -> bool:
    """Tell whether `how many` or `number of` stands before a dimension."""
    before = reading.low[max(0, start - 2) : start]
    return before in (["how", "many"], ["number", "of"])


def _require_all_understood(
    reading: Reading, metrics: Mapping[str, MetricSettings], name: str
) -> None:
    metric = metrics[name]
    _require_no_loose_end(reading, metric)
    left = [
        word
        for index, word in enumerate(reading.words)
        if not reading.taken[index] and not reading.is_filler(index)
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
    """Refuse `revenue by`: something was to be named there."""
    for index, word in enumerate(reading.low):
        if word in _NEEDS_MORE and not reading.taken[index]:
            rest = range(index + 1, len(reading.low))
            following = next((one for one in rest if not reading.is_filler(one)), None)
            if following is None or reading.low[following] == PERIOD_WORD:
                raise NotUnderstoodError(
                    f"`{word}` what? Name a dimension: {_named_list(metric.dimensions)}."
                )


def _named_list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
