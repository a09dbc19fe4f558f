"""Answers questions about a run from its rows, by the names of columns and cells. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reports.analysts.base import Brief
from bot.reports.analysts.phrases import at_period, readable_measure, row_name, superlative
from bot.reports.figures.cell_text import show_cell
from bot.reports.figures.checking.checker import read_knowledge
from bot.reports.figures.checking.clauses import mentioned_columns, stem
from bot.reports.figures.columns import Columns, Measure, read_columns, readable_name
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
    "total": "{Name} totalled {{{ref}}}.",
    "mean": "{Name} averaged {{{ref}}} per {row}.",
    "median": "Median {name} per {row}: {{{ref}}}.",
    "trend": "{Name} trend: {{{ref}}}.",
    "last": "Latest {name}: {{{ref}}} ({{last_period}}).",
    "previous": "Previous {name}: {{{ref}}}.",
    "change": "{Name} changed by {{{ref}}} ({{percent_{ref}}}) from {before}.",
    "run_change": "{Name} changed by {{{ref}}} ({{percent_{ref}}}) since the last run.",
    "": "{Name}: {{{ref}}}.",
}


#: What can only be asked of a measure: of the only one it need not be named.
_OF_THE_ONLY_MEASURE = frozenset(
    {"mean", "median", "high", "low", "good", "bad", "change", "trend"}
)
_EXTREMES = frozenset({"high", "low", "good", "bad"})
#: Of several, if none is named, so many are told of.
_MAX_UNNAMED_MEASURES = 3
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
    is_of_all = bool(label_rows or time_rows or asks & _EXTREMES)
    is_of_the_only = len(columns.measures) == 1 and asks & _OF_THE_ONLY_MEASURE
    if not measures and (is_of_all or is_of_the_only):
        measures = columns.measures[:_MAX_UNNAMED_MEASURES]
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
        if asked.asks <= ({"total"} if names == 1 else {"total", "change", *_EXTREMES}):
            for measure in asked.measures:
                yield from _values_of_names(asked, brief, columns, measure)
        return
    if not asked.measures:
        if asked.asks <= {"rows", "total"} and "rows" in asked.asks:
            word = "row" if len(brief.table.rows) == 1 else "rows"
            yield f"The query returned {{rows}} {word}."
        elif asked.is_about_labels and not asked.asks and "labels" in brief.values:
            yield f"Different values of {_label_name(brief, columns)}: {{labels}}."
        return
    for measure in asked.measures:
        yield from _overall_answer(asked, brief, columns, measure)


def _label_name(brief: Brief, columns: Columns) -> str:
    return "" if columns.label is None else readable_name(brief.table.columns[columns.label].name)


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
            at = "for" if is_label else at_period(brief, columns)
            yield _value_sentence(measure, f"{at} {{{name}}}", f"{ref}_{measure.slug}")


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
        at = f"for {{cell_{number}_{label}}} {at_period(brief, columns)} {{cell_{number}_{time}}}"
        yield _value_sentence(measure, at, f"cell_{number}_{measure.slug}")


def _value_sentence(measure: Measure, of: str, ref: str) -> str:
    name = readable_measure(measure)
    return f"{name[:1].upper()}{name[1:]} {of}: {{{ref}}}."


def _overall_answer(
    asked: _Question, brief: Brief, columns: Columns, measure: Measure
) -> Iterator[str]:
    extremes = {_claim_of(ask, measure) for ask in asked.asks & _EXTREMES}
    if extremes:
        if asked.asks <= {*_EXTREMES, "when", "total"}:
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
        yield f"Change of {readable_measure(measure)}: {{{ref}}}."
        return
    name = readable_measure(measure)
    yield _SENTENCES[key].format(
        name=name,
        Name=f"{name[:1].upper()}{name[1:]}",
        ref=ref,
        row=row_name(brief.table, columns),
        before=read_steps(brief.table, columns.time, None).before,
    )


def _claim_of(ask: str, measure: Measure) -> str:
    """Return `high` or `low`; the best rate of returns is the lowest one."""
    if ask in ("good", "bad"):
        return "low" if measure.is_low_better == (ask == "good") else "high"
    return ask


def _sentence_of(ask: str, ref: str) -> str:
    if ref.startswith("run_change"):
        return "run_change"
    return "total" if not ask and ref.startswith("total") else ask


def _refs(ask: str, asked: _Question) -> Sequence[str]:
    refs = _REFS.get(ask, ())
    return tuple(reversed(refs)) if "run" in asked.asks else refs


def _is_known(prefix: str, measure: Measure, brief: Brief) -> bool:
    if prefix == "mean" and measure.is_rate:
        return False  # Nobody knows the weights of the rows.
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
    name, said = f"{prefix}_name_{slug}", superlative(measure, claim)
    if name not in values:
        yield f"{claim.capitalize()}est {readable_measure(measure)}: {{{value.ref}}}."
    elif claim in value.tags:
        yield f"{{{name}}} had the {said}: {{{value.ref}}}."
    else:
        yield f"{{{name}}} and others tied for the {said}: {{{value.ref}}}."
