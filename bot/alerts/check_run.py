"""One check: turns tasks in trouble into sightings, decisions, rows and messages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session, select

from bot.alerts import trouble_queries
from bot.alerts.analysis.expected_duration import ExpectedDuration
from bot.alerts.announcer import AlertAnnouncer, AlertChannels
from bot.alerts.configured_rules import Rules
from bot.alerts.expected_duration_cache import Expectations
from bot.alerts.external_alerts import ExternalReport, take_in, trouble_of
from bot.alerts.incident_lifecycle import STORM, Sighting, Tell, TroubleGroup, TroubleType, is_news
from bot.alerts.incident_rows import (
    Records,
    is_open,
    mark_moved_on,
    read_records,
    strike_out,
    write_records,
)
from bot.alerts.models import Alert, AlertCheck, Severity
from bot.alerts.silences import Silences, read_silences
from bot.alerts.storms import Board
from bot.alerts.tables.rows import ReadTable, find_in_table, keys_over, rows_failed_in_row
from bot.alerts.tables.runs import TableRuns
from bot.alerts.trouble_queries import Trouble
from bot.messages.models import Message, MessageState

#: An explicit check tells of all it finds at once.
_AT_ONCE = 1_000_000
_POST_TELLINGS = (Tell.POST, Tell.DIGEST)
_LASTING = frozenset({TroubleType.STUCK, TroubleType.MISSED, TroubleType.LOST})


@dataclass(frozen=True)
class CheckOptions:
    """
    What an explicit check is asked for; None is what the configuration says.

    *is_asked* says that a person or program wants to know now: then all that is stuck is news,
    however long it has been, and nothing waits for other incidents.
    """

    timeout: timedelta | None = None
    failed: bool = True
    stuck: bool = True
    dry_run: bool = False
    is_asked: bool = False
    external: Sequence[ExternalReport] = ()  # what other systems have just said
    tables: Sequence[ReadTable] = ()  # what was just read of their tables
    table_runs: Sequence[TableRuns] = ()  # the runs in each table, when it was read last


@dataclass(frozen=True)
class Checked:
    """The results of a check, and the alerts that people were notified of."""

    failed: Sequence[Trouble] = ()
    stuck: Sequence[Trouble] = ()
    told: Sequence[tuple[str, Tell]] = ()  # alert id and how
    messages: Mapping[TroubleType, Sequence[str | None]] = field(default_factory=dict)
    is_dry: bool = False


class CheckRun:
    """A check of one tenant, to be run in a transaction."""

    def __init__(
        self,
        tenant: str,
        rules: Rules,
        announcer: AlertAnnouncer,
        channels: AlertChannels | None,
        options: CheckOptions,
        expectations: Expectations,
    ) -> None:
        self._expectations = expectations
        self._tenant = tenant
        self._rules = rules
        self._announcer = announcer
        self._channels = channels
        self._options = options

    def __call__(self, session: Session, now: datetime) -> Checked:
        """Check, store and notify; the caller commits and wakes the lane."""
        last = self._take_turn(session, now)
        found = self._find(session, now)
        silent = read_silences(session, self._tenant, now)
        fresh = trouble_queries.without_known(session, self._tenant, self._news(found, silent, now))
        outside = [trouble_of(report, now) for report in self._options.external]
        groups = {trouble.group for trouble in (*fresh, *outside)}
        records = read_records(session, self._tenant, groups, now)
        before = records.incidents()
        reported = take_in(session, self._tenant, self._options.external, records, now)
        fresh += trouble_queries.without_known(session, self._tenant, reported)
        mark_moved_on(session, records, last, now)
        strike_out(session, records, self._tenant, self._over_in_tables(records, now), now)
        rules = self._rules.board
        if self._options.is_asked:
            rules = replace(rules, prompt_posts=_AT_ONCE)
        board = Board(before, rules, now)
        board.check(self._sightings(session, fresh, records, silent))
        news = {(one.group.type, one.key): one for one in fresh}
        decided = {group: one for group, one in board.latest.items() if before.get(group) != one}
        changed = write_records(session, self._tenant, records, decided, news)
        self._note_expectations(changed, fresh)
        tells = [(changed[group], tell) for group, tell in board.tells]
        if self._channels is not None:
            self._announcer.tell(session, tells, self._channels, now)
            tells = [
                (alert, tell)
                for alert, tell in tells
                if alert.told_at or tell not in _POST_TELLINGS
            ]
            self._announcer.note_late(session, {**records.alerts, **changed}.values(), now)
        result = checked(found, fresh, tells, {**records.alerts, **changed})
        return replace(result, is_dry=self._options.dry_run)

    def _take_turn(self, session: Session, now: datetime) -> datetime:
        """Hold the tenant's checks for this transaction; return when the last one was."""
        query = select(AlertCheck).where(AlertCheck.tenant == self._tenant).with_for_update()
        row = session.exec(query).one_or_none()
        last = row.checked_at if row is not None else now - self._rules.window
        if row is None:
            row = AlertCheck(tenant=self._tenant, checked_at=now)
        row.checked_at = now
        session.add(row)
        session.flush()
        return min(last, now)

    def _find(self, session: Session, now: datetime) -> list[Trouble]:
        tenant, since, options = self._tenant, now - self._rules.window, self._options
        found: list[Trouble] = []
        if options.failed:
            found += trouble_queries.find_failed(session, tenant, since, now)
        if options.stuck:
            expected_of = self._expectations.of(session, tenant, now)
            silent = self._find_stuck(session, now)
            overdue = trouble_queries.find_overdue(session, tenant, now, expected_of)
            found += _without_tasks_of(silent, overdue)
            found += silent
            found += trouble_queries.find_lost(session, tenant, since)
            found += trouble_queries.find_missed(
                session, tenant, now, self._rules.schedules(), options.table_runs
            )
        wanted = {TroubleType.FAILED: options.failed, TroubleType.STUCK: options.stuck}
        return found + [one for one in self._rows_in_trouble(now) if wanted[one.group.type]]

    def _over_in_tables(self, records: Records, now: datetime) -> set[str]:
        """Return the keys of troubles that are over, as tables of other systems tell."""
        held = {key for left in records.left.values() for key in left}
        runs = self._options.table_runs
        missed = {
            key
            for group, left in records.left.items()
            if group.type == TroubleType.MISSED
            for key in left
        }
        started = {key for key in missed if trouble_queries.has_started_in(runs, key)}
        return keys_over(self._options.tables, held, now) | started

    def _rows_in_trouble(self, now: datetime) -> list[Trouble]:
        timeout = self._options.timeout
        timeout_of = self._rules.timeout_of if timeout is None else lambda _: timeout
        return [
            trouble
            for table in self._options.tables
            for trouble in find_in_table(table, now, timeout_of)
        ]

    def _find_stuck(self, session: Session, now: datetime) -> list[Trouble]:
        timeout = self._options.timeout
        if timeout is not None:
            return trouble_queries.find_stuck(
                session, self._tenant, now, lambda _: timeout, timeout
            )
        rules = self._rules
        return trouble_queries.find_stuck(
            session, self._tenant, now, rules.timeout_of, rules.least_timeout
        )

    def _news(self, found: Sequence[Trouble], silent: Silences, now: datetime) -> list[Trouble]:
        """Return the troubles that began recently enough to notify people."""
        news = []
        for trouble in found:
            kind = trouble.group.type
            until = silent.silenced_until(trouble.group.task) if kind in _LASTING else None
            is_asked_for = self._options.is_asked and kind == TroubleType.STUCK
            if is_asked_for or is_news(trouble.began_at, now, self._rules.window, until):
                news.append(trouble)
        return news

    def _sightings(
        self, session: Session, fresh: Sequence[Trouble], records: Records, silent: Silences
    ) -> dict[TroubleGroup, Sighting]:
        by_group: dict[TroubleGroup, list[Trouble]] = defaultdict(list)
        for trouble in fresh:
            by_group[trouble.group].append(trouble)
        groups = by_group.keys() | records.alerts.keys()
        return {
            group: self._sighting(session, group, by_group[group], records, silent)
            for group in groups
        }

    def _sighting(
        self,
        session: Session,
        group: TroubleGroup,
        troubles: Sequence[Trouble],
        records: Records,
        silent: Silences,
    ) -> Sighting:
        alert = records.alerts.get(group)
        fresh = frozenset(trouble.key for trouble in troubles)
        is_critical = self._rules.severity_of(group.task) == Severity.CRITICAL
        wanted = self._rules.config.kind(group.task).alert_after_failures
        in_row = wanted
        if fresh and group.type == TroubleType.FAILED and wanted > 1:
            in_row = self._failures_in_row(session, group.task, fresh, wanted)
        is_storm = group.fingerprint == STORM
        return Sighting(
            in_trouble=fresh | records.left[group],
            fresh=fresh,
            failures_in_row=in_row,
            alert_after=wanted,
            is_silenced=not is_storm and silent.is_silenced(group.task),
            is_critical=is_critical or any(trouble.is_critical for trouble in troubles),
            is_delivered=alert is None or _is_in_slack(session, alert),
        )

    def _failures_in_row(
        self, session: Session, kind: str, fresh: frozenset[str], wanted: int
    ) -> int:
        """Return how often a kind failed in a row; another system's alert is no single failure."""
        if any(key.startswith(trouble_queries.EXTERNAL) for key in fresh):
            return wanted
        if any(key.startswith(trouble_queries.TABLE) for key in fresh):
            return rows_failed_in_row(self._options.tables, kind)
        return trouble_queries.failures_in_row(session, self._tenant, kind, wanted)

    def _note_expectations(
        self, changed: Mapping[TroubleGroup, Alert], fresh: Sequence[Trouble]
    ) -> None:
        for trouble in fresh:
            alert = changed.get(trouble.group)
            if alert is not None and trouble.expected is not None:
                expected = _expectation_facts(trouble.expected)
                alert.facts = {**(alert.facts or {}), "expected": expected}


def _without_tasks_of(some: Sequence[Trouble], others: Sequence[Trouble]) -> list[Trouble]:
    """Return the *others* that are about no task of *some*: one trouble is enough."""
    ids = {trouble.task.id for trouble in some if trouble.task is not None}
    return [one for one in others if one.task is None or one.task.id not in ids]


def checked(
    found: Sequence[Trouble],
    fresh: Sequence[Trouble],
    tells: Sequence[tuple[Alert, Tell]],
    alerts: Mapping[TroubleGroup, Alert],
) -> Checked:
    """Return the results of a check and the messages about them, None where there is none."""
    messages: dict[TroubleType, list[str | None]] = defaultdict(list)
    for alert in alerts.values():
        if is_open(alert):
            messages[TroubleType(alert.type)].append(alert.message_id)
    for trouble in fresh:
        if not messages[trouble.group.type]:  # It is news, and silenced.
            messages[trouble.group.type].append(None)
    return Checked(
        failed=[one for one in found if one.group.type == TroubleType.FAILED],
        stuck=[one for one in found if one.group.type == TroubleType.STUCK],
        told=[(alert.id, tell) for alert, tell in tells],
        messages=messages,
    )


def _is_in_slack(session: Session, alert: Alert) -> bool:
    """Tell whether the alert's message has arrived, or may have."""
    message = session.get(Message, alert.message_id) if alert.message_id else None
    if message is None:
        return True
    return message.is_told or message.answer_lost or message.state == MessageState.SENDING


def _expectation_facts(expected: ExpectedDuration) -> dict[str, float | int]:
    """Return what an alert says of its kind's history, in seconds."""
    return {
        "usual": round(expected.usual.total_seconds()) if expected.usual else 0,
        "p95": round(expected.p95.total_seconds()) if expected.p95 else 0,
        "runs": expected.runs,
    }
