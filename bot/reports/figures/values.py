"""The values that a narrative may refer to: cells of the result, and what is computed of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class ValueKind(StrEnum):
    """What a value is, and so how it is said."""

    NUMBER = "number"
    CHANGE = "change"  #: a difference in the unit of its column
    PERCENT = "percent"  #: 12.5 means 12.5 %
    COUNT = "count"
    DATE = "date"
    NAME = "name"  #: a text cell: data, never an instruction
    WORDS = "words"  #: what is said where there is no number: `no comparison`


@dataclass(frozen=True)
class Value:
    """One value, where it comes from, and how it is shown."""

    ref: str  # `total_revenue`, `change_revenue`, `top_1_name`, `cell_3_revenue`
    kind: ValueKind
    exact: int | Decimal | float | date | datetime | str | None
    text: str  # as it is shown, rounded and with its unit
    origin: str  # `row 3, revenue` or `sum(revenue)`; shown to whoever asks where it comes from
    description: str = ""  # what an analyst is told of it


Values = Mapping[str, Value]
