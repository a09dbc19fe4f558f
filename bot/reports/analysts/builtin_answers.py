"""Answers questions about a run from its rows, by the names of columns and cells. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reports.analysts.base import Brief
from bot.reports.figures.cell_text import show_cell
from bot.reports.figures.checker import read_knowledge
from bot.reports.figures.clauses import mentioned_columns, stem
from bot.reports.figures.columns import Columns, Measure, read_columns
from bot.reports.figures.lexicon import ask_of
from bot.reports.figures.period_lengths import read_steps
from bot.sources.result import Cell

NOT_IN_ROWS = "The rows do not say."
_ASKED_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_MAX_NAMES = 5
#: Refs that answer what is asked of all rows, the first that there is.
_REFS = {
    "total": ("total",),
    "mean": ("mean",),
    "median": ("median",),
    "trend": ("trend_of",),
    "last": ("last",),
    "previous": ("before", "previous"),
    "change": ("change", "run_change"),
    "": ("total", "cell_1"),
}
_SENTENCES = {
    "total": "The total of {name} is {{{ref}}}.",
    "mean": "The average of {name} per row is {{{ref}}}.",
    "median": "The median of {name} per row is {{{ref}}}.",
    "trend": "The trend of {name} is {{{ref}}}.",
    "last": "The latest value of {name} is {{{ref}}} ({{last_period}}).",
    "previous": "The previous value of {name} is {{{ref}}}.",
    "change": "The change of {name} against {before} is {{{ref}}} ({{percent_{ref}}}).",
    "run_change": "The change of {name} since the last run is {{{ref}}} ({{percent_{ref}}}).",
    "": "The value of {name} is {{{ref}}}.",
}


#: What can only be asked of a measure: of the only one it need not be named.
_OF_THE_ONLY_MEASURE = frozenset({"mean", "median", "high", "low", "change", "trend"})
_CHANGES = frozenset({"change", "run_change"})


@dataclass(frozen=True)
class _Question:
    """What a question names, and what it asks for."""

    asks: frozenset[str]
    measures: tuple[Measure, ...]
    label_rows: tuple[int, ...]  # a row, from 1, of each label that is named
    time_rows: tuple[int, ...]
    is_about_labels: bool


def answer_from_rows(question: str, brief: Brief) -> str:
    """Return a text with references that answers *question*, or `The rows do not say.`"""
    columns = read_columns(brief.table)
    asked = _read(question, brief, columns)
    if asked is None:
        return NOT_IN_ROWS
    sentences = list(_sentences(asked, brief, columns))
    return " ".join(sentences) or NOT_IN_ROWS


def _read(question: str, brief: Brief, columns: Columns) -> _Question | None:
    """Return what is asked; None if it holds a word that the rows know nothing of."""
    knowledge = read_knowledge(brief)
    label_rows, rest = _named_rows(question.lower(), brief, columns.label)
    time_rows, rest = _named_rows(rest, brief, columns.time)
    words = [word.removesuffix("'s") for word in _ASKED_WORD.findall(rest.replace("\u2019", "'"))]
    asks = set()
    for word in words:
        ask = ask_of(word)
        if stem(word) in knowledge.columns:
            continue
        if ask is None:
            return None
        asks.add(ask)
    mentioned = mentioned_columns(words, knowledge.column_words)
    measures = tuple(one for one in columns.measures if one.index in mentioned)
    is_said = label_rows or time_rows or asks & _OF_THE_ONLY_MEASURE
    if not measures and len(columns.measures) == 1 and is_said:
        measures = columns.measures
    return _Question(frozenset(asks - {"none"}), measures, label_rows, time_rows, -1 in mentioned)


def _named_rows(text: str, brief: Brief, column: int | None) -> tuple[tuple[int, ...], str]:
    """Return a row for each name of the column that stands in the text, and the text without."""
    if column is None:
        return (), text
    names: dict[str, int] = {}
    for number, row in enumerate(brief.table.rows, 1):
        if row[column] is not None:
            names.setdefault(show_cell(row[column]).lower(), number)
    found = []
    for name in sorted(names, key=len, reverse=True):
        if name not in text:
            continue
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        text, count = re.subn(pattern, " ", text)
        if count:
            found.append(names[name])
    return tuple(sorted(found)[:_MAX_NAMES]), text


def _sentences(asked: _Question, brief: Brief, columns: Columns) -> Iterator[str]:
    if asked.label_rows or asked.time_rows:
        # Of a part of the rows only the values are known; of two, which one is higher can be seen.
        names = max(len(asked.label_rows), len(asked.time_rows))
        if asked.asks <= ({"total"} if names == 1 else {"total", "high", "low", "change"}):
            for measure in asked.measures:
                yield from _values_of_names(asked, brief, columns, measure)
        return
    if not asked.measures:
        if asked.asks <= {"rows", "total"} and "rows" in asked.asks:
            yield "The result has {rows} rows."
        elif asked.is_about_labels and not asked.asks and "labels" in brief.values:
            yield f"There are {{labels}} different values of {_label_name(columns)}."
        return
    for measure in asked.measures:
        yield from _overall_answer(asked, brief, columns, measure)


def _label_name(columns: Columns) -> str:
    return "" if columns.label is None else columns.slugs[columns.label].replace("_", " ")


def _values_of_names(
    asked: _Question, brief: Brief, columns: Columns, measure: Measure
) -> Iterator[str]:
    """Yield the value of each label or period, or of the one row of a label and a period."""
    if asked.label_rows and asked.time_rows:
        yield from _values_of_rows(asked, brief, columns, measure)
        return
    is_label = bool(asked.label_rows)
    column = columns.label if is_label else columns.time
    if column is None:
        return
    cells = [row[column] for row in brief.table.rows]
    names: list[Cell] = [one for one in dict.fromkeys(cells) if one is not None]
    is_unique = len(names) == len(cells)
    for number in asked.label_rows or asked.time_rows:
        ref, name = f"cell_{number}", f"cell_{number}_{columns.slugs[column]}"
        if not is_unique:
            place = names.index(cells[number - 1]) + 1
            ref = f"{'label' if is_label else 'period'}_{place}"
            name = f"{ref}_name_{measure.slug}"
        if f"{ref}_{measure.slug}" in brief.values:
            yield f"{{{name}}} has {measure.name} of {{{ref}_{measure.slug}}}."


def _values_of_rows(
    asked: _Question, brief: Brief, columns: Columns, measure: Measure
) -> Iterator[str]:
    rows = brief.table.rows
    if columns.label is None or columns.time is None:
        return
    labels = [rows[number - 1][columns.label] for number in asked.label_rows]
    times = [rows[number - 1][columns.time] for number in asked.time_rows]
    places = [
        number
        for number, row in enumerate(rows, 1)
        if row[columns.label] in labels and row[columns.time] in times
    ]
    if len(places) != len(labels) * len(times):
        return
    label, time = columns.slugs[columns.label], columns.slugs[columns.time]
    for number in places:
        yield (
            f"{{cell_{number}_{label}}} has {measure.name} of {{cell_{number}_{measure.slug}}} "
            f"({{cell_{number}_{time}}})."
        )


def _overall_answer(
    asked: _Question, brief: Brief, columns: Columns, measure: Measure
) -> Iterator[str]:
    extremes = asked.asks & {"high", "low"}
    if extremes:
        if asked.asks <= {"high", "low", "when", "total"}:
            for claim in sorted(extremes):
                yield from _extreme(claim, asked, brief, columns, measure)
        return
    rest = asked.asks - {"run", "when"}
    if "run" in asked.asks:
        rest -= {"last", "previous"}
    if len(rest) > 1 and "change" not in rest:
        return
    ask = "change" if "change" in rest else next(iter(rest), "")
    ref = next(
        (f"{one}_{measure.slug}" for one in _refs(ask, asked) if _is_known(one, measure, brief)),
        None,
    )
    if ref is None:
        return
    key = _sentence_of(ask, ref)
    if key in _CHANGES and (brief.values[ref].exact is None or measure.unit == "%"):
        yield f"The change of {measure.name} is {{{ref}}}."
        return
    before = read_steps(brief.table, columns.time, None).before
    yield _SENTENCES[key].format(name=measure.name, ref=ref, before=before)


def _sentence_of(ask: str, ref: str) -> str:
    if ref.startswith("run_change"):
        return "run_change"
    return "total" if not ask and ref.startswith("total") else ask


def _refs(ask: str, asked: _Question) -> Sequence[str]:
    refs = _REFS.get(ask, ())
    return tuple(reversed(refs)) if "run" in asked.asks else refs


def _is_known(prefix: str, measure: Measure, brief: Brief) -> bool:
    # `cell_1` stands for the whole only where it is alone.
    only = prefix != "cell_1" or len(brief.table.rows) == 1
    return only and f"{prefix}_{measure.slug}" in brief.values


def _extreme(
    claim: str, asked: _Question, brief: Brief, columns: Columns, measure: Measure
) -> Iterator[str]:
    slug, values = measure.slug, brief.values
    by_time = "when" in asked.asks or columns.label is None
    by_label = ("top_1", "bottom") if not by_time else ("peak", "low")
    prefix = by_label[0] if claim == "high" else by_label[1]
    if f"{prefix}_{slug}" not in values:
        prefix = "max" if claim == "high" else "min"
    value = values.get(f"{prefix}_{slug}")
    if value is None:
        return
    name = f"{prefix}_name_{slug}"
    if name not in values:
        yield f"The {claim}est value of {measure.name} is {{{value.ref}}}."
    elif claim in value.tags:
        yield f"The {claim}est value of {measure.name} is that of {{{name}}} with {{{value.ref}}}."
    else:
        yield (
            f"The {claim}est value of {measure.name} is {{{value.ref}}}; more than one has it, "
            f"one of them is {{{name}}}."
        )
