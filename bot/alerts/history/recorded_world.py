"""What a replayed check decides on: recorded facts, and what the replayed rules made of them."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.alerts.external_alerts import ExternalReport, trouble_of
from bot.alerts.history.entries import (
    TroubleId,
    external_report_of,
    group_of,
    incident_of,
    trouble_id_of,
)
from bot.alerts.history.facts import Facts
from bot.alerts.incident_lifecycle import Incident, TroubleGroup, TroubleType
from bot.alerts.trouble_queries import Trouble

_ON_BOARD_FOR = timedelta(minutes=1)
_NONE: frozenset[str] = frozenset()


class RecordedWorld:
    """A `World` of recorded facts, and of the incidents that the replayed rules have made."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.incidents: dict[TroubleGroup, Incident] = {}
        self._board: dict[TroubleGroup, Incident] = {}
        self._now = datetime.min.replace(tzinfo=UTC)
        self._known: set[TroubleId] = set()
        self._seen: set[TroubleId] = set()
        self._over: set[TroubleId] = set()
        self._reports: dict[TroubleId, datetime] = {}  # of this check: since when
        self._began: dict[TroubleId, datetime] = {}  # what other systems reported, when held
        self._loaded: dict[TroubleGroup, AbstractSet[str]] = {}
        self._undelivered: set[TroubleGroup] = set()

    def enter(self, entry: Mapping[str, Any], now: datetime) -> None:
        """Begin a check: take in what the entry says of incidents and troubles."""
        self._now = now
        for said in entry.get("seeds", ()):
            incident = incident_of(said)
            if incident.group not in self.incidents:
                self._put(incident)
        for said in entry.get("appeared", ()):
            id_ = (TroubleType(said["group"][0]), said["key"])
            if said.get("known") and id_ not in self._seen:
                self._known.add(id_)
            self._seen.add(id_)
        self._reports = {}
        for said in entry.get("reports", ()):
            trouble = trouble_of(external_report_of(said), now)
            if said["known_since"] and trouble.id not in self._seen:
                self._known.add(trouble.id)
                self._began[trouble.id] = datetime.fromisoformat(said["known_since"])
            self._seen.add(trouble.id)
            self._reports[trouble.id] = trouble.began_at
        self._over = set(map(trouble_id_of, entry.get("over", ())))
        self._undelivered = set(map(group_of, entry.get("undelivered", ())))

    def found(self, tables: tuple[str, ...]) -> list[Trouble]:
        """Return what the check found; without that which was told already and cannot be news."""
        return [
            one
            for id_, one in self._facts.found.items()
            if (id_ not in self._known or one.silent_since is not None)
            and self._facts.is_read(one, tables)
        ]

    def store(self, incidents: Iterable[Incident]) -> None:
        """Store what was decided."""
        for incident in incidents:
            self._put(incident)

    def _put(self, incident: Incident) -> None:
        if incident.held != incident.troubles:
            incident = incident.but(held=incident.troubles)
        self.incidents[incident.group] = self._board[incident.group] = incident
        kind = incident.group.type
        new = {(kind, key) for key in incident.troubles} - self._known
        self._known |= new
        if self._reports:
            self._began.update({id_: self._reports[id_] for id_ in new & self._reports.keys()})

    def without_known(self, troubles: Sequence[Trouble]) -> list[Trouble]:
        """Return the troubles that no incident has held yet."""
        return [one for one in troubles if one.id not in self._known]

    def load(self, groups: Iterable[TroubleGroup]) -> Mapping[TroubleGroup, Incident]:
        """Return the incidents that are open, flapping or recent, and those of *groups*."""
        now = self._now
        self._board = {group: one for group, one in self._board.items() if _is_on_board(one, now)}
        for group in groups:
            if group in self.incidents:
                self._board[group] = self.incidents[group]
        self._loaded = {group: one.troubles for group, one in self._board.items()}
        return self._board.copy()

    def take_in(self, reports: Sequence[ExternalReport]) -> list[Trouble]:
        """Strike out what is reported to be over; return what is wrong."""
        wrong = []
        for report in reports:
            trouble = trouble_of(report, self._now)
            is_left = any(
                trouble.key in left
                for group, left in self._loaded.items()
                if group.type == trouble.group.type
            )
            if report.is_over:
                self._strike({trouble.id})
                continue
            if not is_left and trouble.id in self._known:
                # Nothing but a repetition, as `bot.alerts.external_alerts.take_in` has it.
                if report.began_at and self._began.get(trouble.id) == trouble.began_at:
                    continue
                self._known.discard(trouble.id)
            wrong.append(trouble)
        return wrong

    def strike_out(self) -> None:
        """Strike out what was recorded to be over, and missed runs that came after all."""
        over = set(self._over)
        for group, left in self._loaded.items():
            if group.type == TroubleType.MISSED:
                over.update((group.type, key) for key in left if self._facts.runs.has_come(key))
        self._strike(over)

    def _strike(self, over: set[TroubleId]) -> None:
        if not over:
            return
        keys: dict[TroubleType, set[str]] = {}
        for kind, key in over:
            keys.setdefault(kind, set()).add(key)
        for group, left in self._loaded.items():
            gone = left & keys.get(group.type, _NONE)
            if gone:
                self._loaded[group] = left - gone

    def left(self, group: TroubleGroup) -> AbstractSet[str]:
        """Return the keys of a group's troubles that have not moved on."""
        return self._loaded.get(group, frozenset())

    def failures_in_row(self, kind: str, wanted: int) -> int:
        """Return how many of the latest ended runs of a kind failed, at most *wanted*."""
        return min(self._facts.streaks.get(kind, 0), wanted)

    def rows_failed_in_row(self, kind: str) -> int:
        """Return how many of the latest ended rows of a kind failed, in the tables read then."""
        return self._facts.row_streaks.get(kind, 0)

    def is_delivered(self, group: TroubleGroup) -> bool:
        """Tell whether the message of a group's alert stood in Slack then."""
        return group not in self._undelivered


def _is_on_board(incident: Incident, now: datetime) -> bool:
    """Tell whether a board must know it, as `bot.alerts.incident_rows.read_records` does."""
    return (
        incident.is_open
        or incident.is_flapping
        or timedelta(0) <= now - incident.opened_at < _ON_BOARD_FOR
        or (incident.told_at is not None and timedelta(0) <= now - incident.told_at < _ON_BOARD_FOR)
    )
