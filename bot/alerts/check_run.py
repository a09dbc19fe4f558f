"""One check: finds tasks in trouble, has them decided on, and stores and tells the decisions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.alerts import trouble_queries
from bot.alerts.analysis.expected_duration import ExpectedDuration
from bot.alerts.announcer import AlertAnnouncer, AlertChannels
from bot.alerts.checking.decision import CheckEvidence, Decision, Scope, decide
from bot.alerts.checking.live_world import CheckTurn, LiveWorld
from bot.alerts.checking.missed_runs import KnownRuns
from bot.alerts.configured_rules import Rules
from bot.alerts.expected_duration_cache import Expectations
from bot.alerts.external_alerts import ExternalReport
from bot.alerts.history.journal import hold_history
from bot.alerts.history.recorder import CheckRecorder, CheckRecording
from bot.alerts.incident_lifecycle import Tell, TroubleGroup, TroubleType
from bot.alerts.incident_rows import is_open, write_records
from bot.alerts.models import Alert, AlertCheck
from bot.alerts.silences import read_silences
from bot.alerts.tables.rows import ReadTable, find_in_table
from bot.alerts.tables.runs import TableRuns
from bot.alerts.trouble_queries import Trouble
from bot.workspaces.models import DEFAULT_TENANT

_POST_TELLINGS = (Tell.POST, Tell.DIGEST)


@dataclass(frozen=True)
class CheckOptions(Scope):
    """What an explicit check is asked for; None is what the configuration says."""

    dry_run: bool = False
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
        recorder: CheckRecorder,
    ) -> None:
        self._expectations = expectations
        self._tenant = tenant
        self._rules = rules
        self._announcer = announcer
        self._channels = channels
        self._options = options
        self._recorder = recorder
        self._recording: CheckRecording | None = None

    def __call__(self, session: Session, now: datetime) -> Checked:
        """Check, store and notify; the caller commits and wakes the lane."""
        turn = self._take_turn(session, now)
        evidence = self._look(session, now)
        world = LiveWorld(turn, evidence.runs)
        for one in evidence.found:
            if one.is_failed_task:
                world.count_failures(one.group.task, self._rules.failures_of(one.group.task))
            elif one.group.type == TroubleType.FAILED:
                world.rows_failed_in_row(one.group.task)
        self._recording = self._recorder.begin(turn, evidence)
        decision = decide(world, evidence, self._rules, self._options, now)
        news = {one.id: one for one in decision.fresh}
        changed = write_records(session, self._tenant, world.records, decision.changed, news)
        self._note_expectations(changed, decision.fresh)
        known = world.records.alerts
        tells = self._tell(session, decision, known, changed, now)
        is_told = self._channels is not None
        self._recording.finish(world, decision, changed, tells, is_told=is_told)
        alerts = {**known, **changed}
        told = [(changed[group], tell) for group, tell in tells]
        result = checked(decision.found, decision.fresh, told, alerts)
        return replace(result, is_dry=self._options.dry_run)

    def keep(self) -> None:
        """Let the next check know what this one recorded; to be called after the commit."""
        if self._recording is not None:
            self._recorder.keep(self._recording)

    def _tell(
        self,
        session: Session,
        decision: Decision,
        known: Mapping[TroubleGroup, Alert],
        changed: Mapping[TroubleGroup, Alert],
        now: datetime,
    ) -> list[tuple[TroubleGroup, Tell]]:
        """Tell what was decided, and return what could be told."""
        tells = list(decision.tells)
        if self._channels is None:
            return tells
        alerts = [(changed[group], tell) for group, tell in tells]
        self._announcer.tell(session, alerts, self._channels, now)
        self._announcer.note_late(session, {**known, **changed}.values(), now)
        return [
            (group, tell)
            for group, tell in tells
            if changed[group].told_at or tell not in _POST_TELLINGS
        ]

    def _take_turn(self, session: Session, now: datetime) -> CheckTurn:
        """Hold the tenant's checks and acts for this transaction."""
        row = hold_history(session, self._tenant)
        last = row.checked_at if row is not None else now - self._rules.window
        if row is None:
            row = AlertCheck(tenant=self._tenant, checked_at=now)
        row.checked_at = now
        session.add(row)
        session.flush()
        tables = self._options.tables
        return CheckTurn(session, row, self._options, tables, min(last, now), now)

    def _look(self, session: Session, now: datetime) -> CheckEvidence:
        tenant, options = self._tenant, self._options
        silences = read_silences(session, tenant, now)
        found: list[Trouble] = []
        runs = KnownRuns(tables=options.table_runs, is_home=self._is_home)
        if options.failed:
            found += trouble_queries.find_failed(session, tenant, now - self._rules.window, now)
        if options.stuck:
            found += self._find_late(session, now)
            runs = self._latest_runs(session)
        for table in options.tables:
            rows = find_in_table(table, now, self._least_timeout)
            found += [one for one in rows if options.covers(one.group.type)]
        return CheckEvidence(found, runs, options.external, silences)

    def _latest_runs(self, session: Session) -> KnownRuns:
        kinds = [kind for kind, _, _ in self._rules.schedules()]
        tasks = trouble_queries.latest_runs(session, self._tenant, kinds)
        return KnownRuns(tasks, self._options.table_runs, self._is_home)

    @property
    def _is_home(self) -> bool:
        return self._tenant == DEFAULT_TENANT

    @property
    def _least_timeout(self) -> timedelta:
        asked = self._options.timeout
        return self._rules.least_timeout if asked is None else asked

    def _find_late(self, session: Session, now: datetime) -> list[Trouble]:
        expected_of = self._expectations.of(session, self._tenant, now)
        since = now - self._rules.window
        return [
            *trouble_queries.find_overdue(session, self._tenant, now, expected_of),
            *trouble_queries.find_silent(session, self._tenant, now, self._least_timeout),
            *trouble_queries.find_lost(session, self._tenant, since),
        ]

    def _note_expectations(
        self, changed: Mapping[TroubleGroup, Alert], fresh: Sequence[Trouble]
    ) -> None:
        for trouble in fresh:
            alert = changed.get(trouble.group)
            if alert is not None and trouble.expected is not None:
                expected = _expectation_facts(trouble.expected)
                alert.facts = {**(alert.facts or {}), "expected": expected}


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


def _expectation_facts(expected: ExpectedDuration) -> dict[str, float | int]:
    """Return what an alert says of its kind's history, in seconds."""
    return {
        "usual": round(expected.usual.total_seconds()) if expected.usual else 0,
        "p95": round(expected.p95.total_seconds()) if expected.p95 else 0,
        "runs": expected.runs,
    }
