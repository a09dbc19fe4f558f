"""Which scheduled runs did not start, as far as tasks and tables of other systems tell. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.alerts.incident_lifecycle import TroubleGroup, TroubleType
from bot.alerts.tables.runs import TableRuns, are_read_since, has_run_in
from bot.alerts.trouble_queries import Trouble, due_at, has_run_since, missed_kind, started_after


@dataclass(frozen=True)
class KnownRuns:
    """
    When kinds ran last: their newest tasks, and the runs in the tenant's tables.

    *is_home* says that the settings are of this tenant.
    """

    tasks: Mapping[str, datetime] = field(default_factory=dict)
    tables: Sequence[TableRuns] = ()
    is_home: bool = True

    def has_come(self, key: str) -> bool:
        """Tell whether the missed run of a key, or a later one, has started after all."""
        kind, due = missed_kind(key), due_at(key)
        return has_run_since(self.tasks.get(kind), due) or self.has_started_in_table(key)

    def has_started_in_table(self, key: str) -> bool:
        """Tell whether a table holds the missed run of a key, or a later one."""
        return has_run_in(self.tables, missed_kind(key), started_after(due_at(key)))

    def is_missed(self, kind: str, due: datetime, grace: timedelta) -> bool:
        """
        Tell whether nothing of the kind has started since it was due, here or in a table.

        Of a kind that never ran here, only its tables can tell, once they were read late enough. A
        tenant without them does not run it, unless it is the one whose settings these are.
        """
        if has_run_in(self.tables, kind, started_after(due)):
            return False
        if has_run_since(self.tasks.get(kind), due):
            return False
        if self.is_home and not self.tables:
            return True
        has_history = kind in self.tasks
        return has_history or (bool(self.tables) and are_read_since(self.tables, due + grace))


def find_missed(dues: Iterable[tuple[str, datetime, timedelta]], runs: KnownRuns) -> list[Trouble]:
    """
    Return the latest run of each kind that was due and did not start within its grace.

    *dues* holds kinds with when they were due last, and their graces.
    """
    found = []
    for kind, due, grace in dues:
        if runs.is_missed(kind, due, grace):
            group = TroubleGroup(TroubleType.MISSED, kind, "")
            key = f"{kind} {due.isoformat()}"
            note = f"{kind} did not start"
            found.append(Trouble(group, key, "did not start", due + grace, note=note))
    return found
