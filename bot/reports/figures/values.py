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
    WORDS = "words"  #: what is said where there is no number: `not comparable: it was 0`


@dataclass(frozen=True)
class Value:
    """One value, where it comes from, and how it is shown."""

    ref: str  # `total_revenue`, `change_revenue`, `top_1_name`, `cell_3_revenue`
    kind: ValueKind
    exact: int | Decimal | float | date | datetime | str | None
    text: str  # as it is shown, rounded and with its unit
    origin: str  # `row 3, revenue` or `sum(revenue)`; shown to whoever asks where it comes from
    description: str = ""  # what an analyst is told of it
    column: int | None = None  # index of the column that it measures
    #: Whom it is about: `label:Berlin`, `time:2026-11`, `row:3`; `all` for every row.
    subjects: frozenset[str] = frozenset()
    #: What may be claimed of it: `up`, `down`, `same`, `high`, `low`, `total`, `mean`, `share`, …
    tags: frozenset[str] = frozenset()
    #: What has to be said beside it: at least one of these claims, unless it names its subject.
    needs: frozenset[str] = frozenset()
    rank: int | None = None  # 1 is the highest of its column
    #: Names that tell its row from all others: one of these sets has to stand beside it.
    identities: frozenset[frozenset[str]] = frozenset()

    @property
    def is_figure(self) -> bool:
        """Tell whether it is said as a number, or as the words in place of one."""
        return self.kind not in (ValueKind.NAME, ValueKind.DATE)


Values = Mapping[str, Value]
