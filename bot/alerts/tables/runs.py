"""The runs of other systems, as far as their tables tell: who is not missed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class TableRuns:
    """When the latest run of each kind was created; *read_at* is None for a table never read."""

    created: Mapping[str, datetime] = field(default_factory=dict)
    read_at: datetime | None = None


def has_run_in(tables: Iterable[TableRuns], kind: str, since: datetime) -> bool:
    """Tell whether a table holds a run of the kind that was created since then."""
    return any(kind in one.created and one.created[kind] >= since for one in tables)


def are_read_since(tables: Iterable[TableRuns], at: datetime) -> bool:
    """Tell whether every table was read then or later; before that none shows what is missing."""
    return all(one.read_at is not None and one.read_at >= at for one in tables)
