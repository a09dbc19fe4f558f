"""The analyst that needs no key: plain sentences over computed values."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

from bot.reports.analysts.base import Brief, Draft, Narrative, PlannedSql, Schema, Usage
from bot.reports.analysts.builtin_answers import answer_from_rows
from bot.reports.analysts.chart_choice import choose_charts
from bot.reports.analysts.phrases import (
    at_period,
    is_counted,
    is_plural,
    readable_measure,
    row_name,
    superlative,
)
from bot.reports.figures.columns import Columns, Measure, read_columns, readable_name
from bot.reports.figures.period_lengths import read_steps
from bot.reports.figures.values import Value, ValueKind

BUILTIN = "builtin"
#: What a planner over `[metrics.*]` does: bot.metrics.planner has one.
Planner = Callable[[str], PlannedSql]
MAX_KEY_METRICS = 6
_GENERAL_INSIGHTS, _ANALYST_INSIGHTS = 5, 12
_TOLD_CELLS = 3
_TOLD_MEASURES, _GENERAL_MEASURES = 3, 2


class BuiltinAnalyst:
    """Tells totals, changes, extremes, outliers, trends and shares. Costs nothing."""

    def __init__(self, planner: Planner | None = None) -> None:
        self._planner = planner

    @property
    def name(self) -> str:
        return BUILTIN

    async def write(self, brief: Brief) -> Draft:
        """Say what the rows say; the same rows make the same text."""
        narrative = await asyncio.to_thread(_Writing(brief).narrative)
        return Draft(narrative, Usage(BUILTIN))

    async def repair(self, brief: Brief, problems: Sequence[str]) -> Draft:  # noqa: ARG002
        """Say the same again."""
        return await self.write(brief)

    async def plan(self, question: str, schema: Schema) -> PlannedSql:
        """Return what the planner makes of the question; it knows the metrics only."""
        if self._planner is None:
            known = ", ".join(sorted(schema.metrics)) or "none"
            return PlannedSql(
                None,
                f"Without a model only questions about [metrics] can be answered; known: {known}. "
                "Write the query as SQL.",
            )
        return self._planner(question)

    async def answer(self, question: str, brief: Brief) -> Draft:
        """Answer from the rows, or say that they do not answer."""
        text = await asyncio.to_thread(answer_from_rows, question, brief)
        return Draft(Narrative(text), Usage(BUILTIN))


class _Writing:
    """The sentences about one result."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._columns: Columns = read_columns(brief.table)
        self._before = read_steps(brief.table, self._columns.time, None).before
        self._at = at_period(brief, self._columns)
        self._row = row_name(brief.table, self._columns)

    def narrative(self) -> Narrative:
        measures = self._columns.measures[:_TOLD_MEASURES]
        is_general = self._brief.audience == "general"
        kinds: list[Callable[[Measure], Iterator[str]]] = [
            self._runs,
            self._top,
            self._moves,
            self._trend,
            self._outliers,
            self._ends,
        ]
        if not is_general:
            kinds.append(self._middle)
        told = measures[:_GENERAL_MEASURES] if is_general else measures
        insights = [one for write in kinds for measure in told for one in write(measure)]
        summary = " ".join(self._summary(measures))
        limit = _GENERAL_INSIGHTS if is_general else _ANALYST_INSIGHTS
        return Narrative(
            summary=summary,
            key_metrics=tuple(self._key_metrics(measures))[:MAX_KEY_METRICS],
            insights=tuple(one for one in insights if one not in summary)[:limit],
            charts=choose_charts(self._brief.table),
        )

    def _summary(self, measures: Sequence[Measure]) -> Iterator[str]:
        rows = self._brief.table.rows
        said = [one for measure in measures if rows for one in self._told(measure)]
        if not said and len(rows) == 1:
            said = list(self._cells())
        if not said:
            yield f"The query returned {{rows}} {'row' if len(rows) == 1 else 'rows'}."
        yield from said

    def _cells(self) -> Iterator[str]:
        """Yield what stands in the only row, which holds no number that measures something."""
        table = self._brief.table
        for column, slug in list(zip(table.columns, self._columns.slugs, strict=True))[
            :_TOLD_CELLS
        ]:
            name = readable_name(column.name).replace("{", "{{").replace("}", "}}")
            yield f"{name[:1].upper()}{name[1:]}: {{cell_1_{slug}}}."

    def _told(self, measure: Measure) -> Iterator[str]:
        if len(self._brief.table.rows) == 1:
            yield self._only(measure)
        else:
            yield from self._level(measure)

    def _only(self, measure: Measure) -> str:
        """Return the value of the only row, with the name of the row if it has one."""
        cell = self._brief.values[f"cell_1_{measure.slug}"]
        label = self._columns.label
        if label is None or self._brief.table.rows[0][label] is None or cell.exact is None:
            return f"{_capitalised(measure)}: {{{cell.ref}}}."
        name = f"{{cell_1_{self._columns.slugs[label]}}}"
        if is_counted(measure):
            return f"{name} has {_amount(measure, cell)}."
        return f"{_capitalised(measure)} for {name}: {{{cell.ref}}}."

    def _level(self, measure: Measure) -> Iterator[str]:
        total = self._value("total", measure)
        if total is not None and total.kind is ValueKind.WORDS:
            yield f"{_capitalised(measure)} has {{{total.ref}}}."
        elif total is not None:
            yield f"{_capitalised(measure)} totalled {{{total.ref}}}."
        elif (mean := self._value("mean", measure)) and not measure.is_rate:
            yield f"{_capitalised(measure)} averaged {{{mean.ref}}} per {self._row}."
        yield from self._period_change(measure)
        if self._columns.time is None:
            yield from self._top(measure)

    def _period_change(self, measure: Measure) -> Iterator[str]:
        size = self._value("size_of_change", measure)
        last = self._value("last", measure)
        if size is None or last is None:
            return
        name = _capitalised(measure)
        if size.exact is None:
            yield f"{name} {_are(measure)} {{change_{measure.slug}}}."
        elif verb := _verb(size):
            yield (
                f"{name} {verb} by {{{size.ref}}}{self._in_percent('change', measure)} "
                f"from {self._before}, to {{{last.ref}}}."
            )
        else:
            yield (
                f"{name} {_are(measure)} unchanged from {self._before} "
                f"(change: {{change_{measure.slug}}})."
            )

    def _top(self, measure: Measure) -> Iterator[str]:
        top = self._value("top_1", measure)
        if top is None or "tied" in top.tags:
            return  # Of those that are equal none is on top.
        share = self._value("share_of_top_1", measure)
        ends = f", or {{{share.ref}}} of the total" if share else ""
        if "high" in top.tags:
            yield (
                f"{{top_1_name_{measure.slug}}} has the {superlative(measure, 'high')}: "
                f"{{{top.ref}}}{ends}."
            )
        else:
            said = _amount(measure, top)
            yield f"{{top_1_name_{measure.slug}}} has {said}{ends}."

    def _runs(self, measure: Measure) -> Iterator[str]:
        size = self._value("size_of_run_change", measure)
        if size is None:
            return
        is_total = (
            measure.is_additive
            and "total" not in measure.name.split()
            and len(self._brief.table.rows) > 1
        )
        total = "total " if is_total else ""
        name = f"{total}{readable_measure(measure)}"
        if verb := _verb(size):
            yield (
                f"Since the last run, {name} {verb} by {{{size.ref}}}"
                f"{self._in_percent('run_change', measure)}."
            )
        elif size.exact is None:
            ref = f"run_change_{measure.slug}"
            yield f"Since the last run, {name} {_are(measure)} {{{ref}}}."
        else:
            ref = f"run_change_{measure.slug}"
            yield f"Since the last run, {name} {_are(measure)} unchanged ({{{ref}}})."

    def _ends(self, measure: Measure) -> Iterator[str]:
        """Yield the highest and the lowest period, the last label, or the extremes of the rows."""
        said = readable_measure(measure)
        for ref, word in (("peak", "highest"), ("low", "lowest")):
            value = self._value(ref, measure)
            if value and value.tags & {"high", "low"}:
                at = f"{self._at} {{{ref}_name_{measure.slug}}}"
                was = "were" if is_plural(measure) else "was"
                yield f"{_capitalised(measure)} {was} {word} {at}: {{{value.ref}}}."
        bottom = self._value("bottom", measure)
        if bottom and "low" in bottom.tags:
            least = superlative(measure, "low")
            yield f"{{bottom_name_{measure.slug}}} has the {least}: {{{bottom.ref}}}."
        for ref, word in (("max", "Highest"), ("min", "Lowest")):
            if value := self._value(ref, measure):
                yield f"{word} {said}: {{{value.ref}}}."

    def _moves(self, measure: Measure) -> Iterator[str]:
        for ref, word in (("gain", "rise"), ("loss", "drop")):
            size = self._value(f"size_of_{ref}", measure)
            if size is None:
                continue
            since = " since the last run" if "run" in size.tags else ""
            yield (
                f"{{{ref}_name_{measure.slug}}} has the largest {word} in "
                f"{readable_measure(measure)}{since}: "
                f"{{{size.ref}}}{self._in_percent(ref, measure)}."
            )

    def _trend(self, measure: Measure) -> Iterator[str]:
        trend = self._value("trend_of", measure)
        if trend is not None and trend.tags & {"up", "down", "same"}:
            yield f"{_capitalised(measure)} trend: {{{trend.ref}}}."

    def _outliers(self, measure: Measure) -> Iterator[str]:
        place = 1
        while value := self._value(f"outlier_{place}", measure):
            yield (
                f"{{outlier_{place}_name_{measure.slug}}} is an outlier "
                f"with {_amount(measure, value)}."
            )
            place += 1

    def _middle(self, measure: Measure) -> Iterator[str]:
        mean, median = self._value("mean", measure), self._value("median", measure)
        if mean and median and not measure.is_rate:
            yield f"{_capitalised(measure)} averaged {{{mean.ref}}} per {self._row}."
            said = readable_measure(measure)
            yield f"Median {said} per {self._row}: {{{median.ref}}}."

    def _key_metrics(self, measures: Sequence[Measure]) -> Iterator[str]:
        count = len(self._brief.table.rows)
        single = count == 1
        for measure in measures if count else ():
            slug = measure.slug
            refs = [f"cell_1_{slug}"] if single else self._level_refs(measure)
            percent = "" if measure.unit == "%" else "percent_"
            refs += [f"last_{slug}", f"{percent}change_{slug}", f"{percent}run_change_{slug}"]
            yield from (ref for ref in refs if ref in self._brief.values)
        if not measures or not count:
            yield "rows"

    def _level_refs(self, measure: Measure) -> list[str]:
        """Return what tells most of all rows: the total, the mean, or of rates the extremes."""
        if measure.is_additive:
            return [f"total_{measure.slug}"]
        if not measure.is_rate and self._value("mean", measure):
            return [f"mean_{measure.slug}"]
        if self._columns.time is not None:
            return []
        ends = (("top_1", "high"), ("bottom", "low"), ("max", "high"), ("min", "low"))
        found = ((self._value(ref, measure), tag) for ref, tag in ends)
        return [one.ref for one, tag in found if one is not None and tag in one.tags]

    def _in_percent(self, ref: str, measure: Measure) -> str:
        """Return the change in percent behind that in its unit; percentages have points only."""
        percent = self._value(f"percent_size_of_{ref}", measure)
        if measure.unit == "%" or percent is None or percent.exact is None:
            return ""
        return f" ({{{percent.ref}}})"

    def _value(self, ref: str, measure: Measure) -> Value | None:
        return self._brief.values.get(f"{ref}_{measure.slug}")


def _capitalised(measure: Measure) -> str:
    """Return the name of a measure at the beginning of a sentence."""
    said = readable_measure(measure)
    return f"{said[:1].upper()}{said[1:]}"


def _are(measure: Measure) -> str:
    return "are" if is_plural(measure) else "is"


def _has(measure: Measure) -> str:
    return "have" if is_plural(measure) else "has"


def _amount(measure: Measure, value: Value) -> str:
    """Return `{ref} orders`, or `revenue of {ref}` where things are not counted."""
    name = readable_measure(measure)
    if measure.unit is None and is_counted(measure) and " " not in name:
        return f"{{{value.ref}}} {name}"
    return f"{name} of {{{value.ref}}}"


def _verb(size: Value) -> str:
    if "up" in size.tags:
        return "rose"
    return "fell" if "down" in size.tags else ""
