"""A question about a metric as a typed plan; `bot.metrics.sql_rendering` makes SQL of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Grain(StrEnum):
    """The length of the periods that a plan groups by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class FilterOperator(StrEnum):
    """How a filter compares a dimension."""

    EQUALS = "="
    NOT_EQUALS = "<>"
    IN = "in"


@dataclass(frozen=True)
class Period:
    """The dates from *start* up to, but without, *end*, and what people call them."""

    start: date
    end: date
    words: str  # `last week`, `2026-11`


@dataclass(frozen=True)
class DimensionFilter:
    """Keeps the rows whose dimension has one of the values."""

    dimension: str
    comparison: FilterOperator
    values: tuple[str, ...]


@dataclass(frozen=True)
class MetricPlan:
    """One metric, perhaps by a dimension or by time, over one period; all names are known ones."""

    metric: str
    period: Period | None = None
    dimensions: tuple[str, ...] = ()
    grain: Grain | None = None
    filters: tuple[DimensionFilter, ...] = ()
    limit: int | None = None
    is_descending: bool = True
