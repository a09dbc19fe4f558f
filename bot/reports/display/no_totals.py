"""Says which columns of a report have no total, and why. Pure."""

from collections.abc import Iterator, Mapping

from bot.reports.figures.columns import read_columns
from bot.sources.result import NotAdded, ResultTable

_WHY: Mapping[NotAdded, str] = {
    NotAdded.AVERAGE: "averages do not add up",
    NotAdded.RATIO: "ratios do not add up",
    NotAdded.DISTINCT: "distinct counts of several rows may overlap",
    NotAdded.EXTREME: "highest and lowest values do not add up",
    NotAdded.RUNNING: "its values are computed over several rows",
    NotAdded.SUBTOTAL: "some rows are totals already",
    NotAdded.AGGREGATE: "its values do not add up",
}
_NAMED_COLUMNS = 3


def no_total_notes(table: ResultTable) -> Iterator[str]:
    """Yield `No total of visitors: …` for each reason that a query of several rows gives."""
    names: dict[NotAdded, list[str]] = {}
    for measure in read_columns(table).measures if len(table.rows) > 1 else ():
        reason = table.columns[measure.index].not_added
        if reason is not None:
            names.setdefault(reason, []).append(measure.name)
    for reason, found in names.items():
        more = f" and {len(found) - _NAMED_COLUMNS} more" if len(found) > _NAMED_COLUMNS else ""
        yield f"No total of {', '.join(found[:_NAMED_COLUMNS])}{more}: {_WHY[reason]}."
