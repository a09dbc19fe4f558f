"""What a live check decides on: the tenant's alerts in the database."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.alerts import trouble_queries
from bot.alerts.checking.decision import Scope
from bot.alerts.checking.missed_runs import KnownRuns
from bot.alerts.external_alerts import ExternalReport, take_in
from bot.alerts.incident_lifecycle import Incident, TroubleGroup, TroubleType
from bot.alerts.incident_rows import Records, mark_moved_on, read_records, strike_out
from bot.alerts.models import Alert, AlertCheck
from bot.alerts.tables.rows import ReadTable, keys_over, rows_failed_in_row
from bot.alerts.trouble_queries import Trouble
from bot.messages.models import Message, MessageState

#: Failures in a row are counted up to this number, so that a replay may ask for more than today.
COUNTED_FAILURES = 20


@dataclass(frozen=True)
class CheckTurn:
    """One check's turn: its transaction holds *row*; the last check was at *last*."""

    session: Session
    row: AlertCheck
    scope: Scope
    tables: Sequence[ReadTable]
    last: datetime
    now: datetime

    @property
    def tenant(self) -> str:
        """Return whose alerts are checked."""
        return self.row.tenant


class LiveWorld:
    """A `World` in one transaction of one tenant."""

    def __init__(self, turn: CheckTurn, runs: KnownRuns) -> None:
        self._runs = runs
        self._session = turn.session
        self._tenant = turn.tenant
        self._tables = turn.tables
        self._last = turn.last
        self._now = turn.now
        self.records = Records()
        self.before: Mapping[TroubleGroup, Incident] = {}
        self.streaks: dict[str, int] = {}
        self.row_streaks: dict[str, int] = {}
        self.struck_out: set[tuple[TroubleType, str]] = set()
        self._undelivered: set[TroubleGroup] = set()

    def without_known(self, troubles: Sequence[Trouble]) -> list[Trouble]:
        """Return the troubles that no alert has held yet."""
        return trouble_queries.without_known(self._session, self._tenant, troubles)

    def load(self, groups: Iterable[TroubleGroup]) -> Mapping[TroubleGroup, Incident]:
        """Read what a board needs, held against other writers."""
        self.records = read_records(self._session, self._tenant, groups, self._now)
        self.before = self.records.incidents()
        return self.before

    def take_in(self, reports: Sequence[ExternalReport]) -> list[Trouble]:
        """Strike out what is reported to be over; return what is wrong."""
        return take_in(self._session, self._tenant, reports, self.records, self._now)

    def strike_out(self) -> None:
        """Strike out what has moved on, and what the tables that were read no longer hold."""
        mark_moved_on(self._session, self.records, self._last, self._now)
        held = {key for left in self.records.left.values() for key in left}
        over = keys_over(self._tables, held, self._now) | self._started_in_tables()
        strike_out(self._session, self.records, self._tenant, over, self._now)
        self.struck_out = {
            (group.type, key)
            for group, incident in self.before.items()
            for key in incident.troubles - self.records.left[group]
        }

    def _started_in_tables(self) -> set[str]:
        """Return the keys of missed runs that a table of another system holds meanwhile."""
        return {
            key
            for group, left in self.records.left.items()
            if group.type == TroubleType.MISSED
            for key in left
            if self._runs.has_started_in_table(key)
        }

    def left(self, group: TroubleGroup) -> AbstractSet[str]:
        """Return the keys of a group's troubles that have not moved on."""
        return self.records.left[group]

    def failures_in_row(self, kind: str, wanted: int) -> int:
        """Return how many of the latest ended runs of a kind failed, at most *wanted*."""
        return min(self.count_failures(kind, wanted), wanted)

    def count_failures(self, kind: str, wanted: int) -> int:
        """Return the same, counted further than is wanted now."""
        if kind not in self.streaks:
            most = max(wanted, COUNTED_FAILURES)
            found = trouble_queries.failures_in_row(self._session, self._tenant, kind, most)
            self.streaks[kind] = found
        return self.streaks[kind]

    def rows_failed_in_row(self, kind: str) -> int:
        """Return how many of the latest ended rows of a kind failed, in the tables just read."""
        if kind not in self.row_streaks:
            self.row_streaks[kind] = rows_failed_in_row(self._tables, kind)
        return self.row_streaks[kind]

    def is_delivered(self, group: TroubleGroup) -> bool:
        """Tell whether the alert's message has arrived, or may have; True if there is none."""
        alert = self.records.alerts.get(group)
        if alert is None or _is_in_slack(self._session, alert):
            return True
        self._undelivered.add(group)
        return False

    def was_undelivered(self, group: TroubleGroup) -> bool:
        """Tell whether the answer was no."""
        return group in self._undelivered


def _is_in_slack(session: Session, alert: Alert) -> bool:
    message = session.get(Message, alert.message_id) if alert.message_id else None
    if message is None:
        return True
    return message.is_told or message.answer_lost or message.state == MessageState.SENDING
