"""How the built-in analyst names measures, rows and periods in a sentence. Pure."""

from datetime import date, datetime

from bot.reports.analysts.base import Brief
from bot.reports.analysts.chart_choice import is_unique
from bot.reports.figures.columns import Columns, Measure, is_truth, readable_name
from bot.reports.figures.period_lengths import read_steps
from bot.sources.result import ResultTable

#: What stands before the name of a period; a week is named by its first day.
_ATS = {"hour": "at", "day": "on", "week": "in the week of", "": "at"}


def readable_measure(measure: Measure) -> str:
    """Return the name of a measure in the middle of a sentence, without references."""
    return measure.name.replace("{", "{{").replace("}", "}}")


def is_plural(measure: Measure) -> bool:
    """Tell whether its name is that of several things: `orders`, not `gross`."""
    return measure.name.endswith("s") and not measure.name.endswith("ss")


def is_counted(measure: Measure) -> bool:
    """Tell whether it counts things: people have the most orders, and the highest revenue."""
    return is_plural(measure) and not measure.places and not measure.is_rate


def superlative(measure: Measure, end: str) -> str:
    """Return `highest revenue` or `most orders`; *end* is `high` or `low`."""
    if is_counted(measure):
        return f"{'most' if end == 'high' else 'fewest'} {readable_measure(measure)}"
    return f"{end}est {readable_measure(measure)}"


def row_name(table: ResultTable, columns: Columns) -> str:
    """Return what a row stands for: the label or the period, if each has one row."""
    label, time = columns.label, columns.time
    # `Per is new` and `per created at` would be no English.
    if label is not None and not is_truth(table, label) and is_unique(table, label):
        return readable_name(table.columns[label].name)
    if time is not None and is_unique(table, time):
        return read_steps(table, time, None).grain or "row"
    return "row"


def at_period(brief: Brief, columns: Columns) -> str:
    """Return what stands before a period: `on` a day, `in` a month, `in` 2026-W47."""
    grain = read_steps(brief.table, columns.time, None).grain
    if grain == "week" and columns.time is not None and not _are_days(brief.table, columns.time):
        return "in"
    if not grain and columns.time is not None and _are_days(brief.table, columns.time):
        grain = "day"
    return _ATS.get(grain, "in")


def _are_days(table: ResultTable, column: int) -> bool:
    """Tell whether the times are dates, which may lie anyhow far apart."""
    cells = [row[column] for row in table.rows if row[column] is not None]
    return all(
        (isinstance(cell, date) and not isinstance(cell, datetime))
        or (isinstance(cell, str) and len(cell) == len("2026-11-28"))
        for cell in cells
    )
