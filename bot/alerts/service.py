"""
The use cases of alerts: check, list, show, acknowledge, snooze, resolve.

Each method is one transaction: the alert, its message and the events.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from bot.alerts import queries, silences
from bot.alerts.announcer import AlertAnnouncer, AlertChannels
from bot.alerts.check_run import Checked, CheckOptions, CheckRun
from bot.alerts.configured_rules import Rules
from bot.alerts.display import FoundAlert
from bot.alerts.expected_duration_cache import Expectations
from bot.alerts.external_alerts import KIND_CHARACTERS, ExternalReport, trouble_of
from bot.alerts.history.acts import Act, alert_act, silence_act
from bot.alerts.history.journal import append_act, forget_entries, hold_history
from bot.alerts.history.recorder import CheckRecorder
from bot.alerts.incident_lifecycle import Tell
from bot.alerts.incident_rows import (
    apply_incident,
    as_incident,
    close_troubles,
    held_with_tasks,
)
from bot.alerts.models import Alert, Silence, SilenceReason
from bot.clock import Clock
from bot.db import Database
from bot.errors import ConflictError, FieldProblem, InvalidError

Worked = TypeVar("Worked")

_MAX_SNOOZE = timedelta(days=30)
#: What is to last for longer has no end but the one that somebody gives it.
_MAX_SILENCE = timedelta(days=365)


@dataclass(frozen=True)
class AlertWithTasks:
    """An alert with all its troubles, and the timestamp of its message."""

    found: FoundAlert
    task_ids: Sequence[str]
    ts: str | None


class Alerts:
    """The use cases of alerts."""

    def __init__(
        self,
        database: Database,
        announcer: AlertAnnouncer,
        rules: Rules,
        clock: Clock,
        wake: Callable[[str], None],
        table_states: Callable[[str], Mapping[str, str]] = lambda _tenant: {},
    ) -> None:
        """*table_states* returns for each of a tenant's task tables `ok`, or what is wrong."""
        self.table_states = table_states
        self._database = database
        self._announcer = announcer
        self._rules = rules
        self._clock = clock
        self._wake = wake
        self._expectations = Expectations()
        self._recorder = CheckRecorder(rules)

    async def check(
        self, tenant: str, channels: AlertChannels | None, options: CheckOptions | None = None
    ) -> Checked:
        """
        Look at what is in trouble, bring every alert up to it, and tell of it where *channels* say.

        A dry run changes nothing and says what would be told.
        """
        asked = options or CheckOptions()
        run = CheckRun(
            *(tenant, self._rules, self._announcer, channels, asked),
            *(self._expectations, self._recorder),
        )

        def work(session: Session) -> Checked:
            return run(session, self._clock.now())

        if asked.dry_run:
            return await self._database.write(lambda session: _run_and_roll_back(session, work))
        checked = await self._database.write_unique(work)
        run.keep()
        if channels is not None and checked.told:
            self._wake(channels.workspace_id)
        return checked

    async def list(self, tenant: str, wanted: queries.AlertsWanted) -> Sequence[AlertWithTasks]:
        """Return matching alerts, the latest first."""

        def work(session: Session) -> Sequence[AlertWithTasks]:
            return [
                _shown_alert(session, alert)
                for alert in queries.matching_alerts(session, tenant, wanted)
            ]

        return await self._database.read(work)

    async def get(self, tenant: str, alert_id: str) -> AlertWithTasks:
        """Return an alert; raise `NotFoundError`."""

        def work(session: Session) -> AlertWithTasks:
            return _shown_alert(session, queries.get_alert(session, tenant, alert_id))

        return await self._database.read(work)

    async def acknowledge(self, tenant: str, alert_id: str, *, by: str) -> AlertWithTasks:
        """Note who looks after it; raise `ConflictError` when somebody does, or it is over."""
        return await self._act(tenant, alert_id, lambda _now: Act("acknowledge", by=by))

    async def acknowledge_external(self, tenant: str, report: ExternalReport, *, by: str) -> None:
        """
        Record that somebody takes care of an external alert; repeating it changes nothing.
        """

        def find(session: Session) -> str:
            return queries.alert_of_trouble(session, tenant, trouble_of(report, self._clock.now()))

        alert_id = await self._database.read(find)
        with contextlib.suppress(ConflictError):  # Acknowledged by somebody, or over.
            await self.acknowledge(tenant, alert_id, by=by)

    async def snooze(
        self, tenant: str, alert_id: str, *, by: str, duration: timedelta | None = None
    ) -> AlertWithTasks:
        """
        Snooze it for a while, None: until the morning; raise `ConflictError` if it is resolved.

        Raises `InvalidError` for a duration that is not valid or longer than 30 days.
        """
        if duration is not None and not timedelta(0) < duration <= _MAX_SNOOZE:
            fix = f"give more than 0 and at most {_MAX_SNOOZE // timedelta(minutes=1)}"
            raise InvalidError(
                f"Snooze an alert for more than zero and at most {_MAX_SNOOZE.days} days.",
                [FieldProblem("minutes", fix)],
            )

        def snooze(now: datetime) -> Act:
            until = now + duration if duration is not None else self._rules.next_morning(now)
            return Act("snooze", by=by, until=until)

        return await self._act(tenant, alert_id, snooze)

    async def resolve(
        self, tenant: str, alert_id: str, *, by: str, reason: str | None = None
    ) -> AlertWithTasks:
        """Close it for what it holds, by hand; raise `ConflictError` when it is over already."""
        return await self._act(tenant, alert_id, lambda _now: Act("resolve", by=by, reason=reason))

    async def mute(self, tenant: str, kind: str, *, by: str, duration: timedelta | None) -> None:
        """
        Mute a kind for a duration, None: until somebody unmutes it.

        Raises `InvalidError` for a duration that is not positive or longer than a year.
        """
        await self._silence(tenant, kind, SilenceReason.MUTED, by=by, duration=duration)

    async def unmute(self, tenant: str, kind: str) -> bool:
        """Unmute a kind; False if it was not muted."""
        return await self._end_silence(tenant, kind, SilenceReason.MUTED)

    async def end_maintenance(self, tenant: str, kind: str | None) -> bool:
        """End the maintenance of a kind, None: that of every kind; False if there is none."""
        every = kind or silences.EVERY_KIND
        return await self._end_silence(tenant, every, SilenceReason.MAINTENANCE)

    async def silences(self, tenant: str) -> Sequence[Silence]:
        """Return what is muted or in maintenance now: maintenance first, then by kind."""
        return await self._database.read(
            lambda session: silences.read_silences(session, tenant, self._clock.now()).active()
        )

    async def maintain(
        self, tenant: str, kind: str | None, *, by: str, duration: timedelta
    ) -> datetime:
        """
        Start maintenance of a kind, None: of every kind; return when it ends.

        Raises `InvalidError` for a duration that is not positive or longer than a year.
        """
        every = kind or silences.EVERY_KIND
        await self._silence(tenant, every, SilenceReason.MAINTENANCE, by=by, duration=duration)
        return self._clock.now() + duration

    async def forget_old(self, kept: timedelta) -> int:
        """
        Delete some of the alerts that were resolved longer ago; return how many.

        Deletes all entries of the history that are too old as well, in several transactions.
        """
        now = self._clock.now()
        while await self._database.write(lambda session: forget_entries(session, now)):
            pass
        before = now - kept
        return await self._database.write(lambda session: queries.delete_resolved(session, before))

    async def _end_silence(self, tenant: str, kind: str, reason: SilenceReason) -> bool:
        def work(session: Session) -> tuple[bool, set[str]]:
            history = hold_history(session, tenant)
            now = self._clock.now()
            ended = silences.end_silence(session, tenant, kind, reason, now)
            if ended is None:
                return False, set()
            append_act(session, history, now, silence_act(ended))
            return True, self._show_mute(session, tenant, kind, now)

        is_ended, workspaces = await self._database.write(work)
        for workspace_id in workspaces:
            self._wake(workspace_id)
        return is_ended

    def _show_mute(self, session: Session, tenant: str, muted: str, now: datetime) -> set[str]:
        """Let the open alerts of a kind show whether it is muted; return where they stand."""
        changed = set()
        for alert in queries.unresolved_alerts(session, tenant):
            is_shown = alert.message_id is not None and not alert.is_in_digest
            if is_shown and alert.workspace_id and silences.covers(muted, alert.task):
                self._announcer.edit(session, alert, now)
                changed.add(alert.workspace_id)
        return changed

    async def _silence(
        self,
        tenant: str,
        kind: str,
        reason: SilenceReason,
        *,
        by: str,
        duration: timedelta | None,
    ) -> None:
        if duration is not None and not timedelta(0) < duration <= _MAX_SILENCE:
            fix = f"give more than zero and at most {_MAX_SILENCE.days} days"
            if reason == SilenceReason.MUTED:
                fix += ", or no duration to mute it until somebody unmutes it"
            raise InvalidError(f"`duration`: {fix}.", [FieldProblem("duration", fix)])
        if reason == SilenceReason.MUTED and not kind.strip():
            fix = "name a kind of task, or `*` for every one"
            raise InvalidError(f"`kind`: {fix}.", [FieldProblem("kind", fix)])
        if len(kind) > KIND_CHARACTERS:
            fix = f"give at most {KIND_CHARACTERS} characters"
            raise InvalidError(f"`kind`: {fix}.", [FieldProblem("kind", fix)])

        def work(session: Session) -> set[str]:
            history = hold_history(session, tenant)
            now = self._clock.now()
            until = now + duration if duration is not None else None
            row = silences.set_silence(session, tenant, kind, reason, until=until, by=by, now=now)
            append_act(session, history, now, silence_act(row))
            session.flush()
            return self._show_mute(session, tenant, kind, now)

        for workspace_id in await self._database.write_unique(work):
            self._wake(workspace_id)

    async def _act(
        self, tenant: str, alert_id: str, act_at: Callable[[datetime], Act]
    ) -> AlertWithTasks:
        def work(session: Session) -> AlertWithTasks:
            history = hold_history(session, tenant)
            now = self._clock.now()
            act = act_at(now)
            alert = queries.get_alert(session, tenant, alert_id, for_change=True)
            keys = frozenset(one.key for one, _ in held_with_tasks(session, [alert.id]))
            incident = as_incident(alert, keys)
            decided, tells = act.on(incident, now)
            append_act(session, history, now, alert_act(act, incident))
            apply_incident(alert, decided)
            alert.snoozed_by = act.by if act.verb == "snooze" else alert.snoozed_by
            if not decided.is_open:
                close_troubles(session, alert, now)
            session.add(alert)
            session.flush()
            if Tell.EDIT in tells:
                self._announcer.edit(session, alert, now)
            return _shown_alert(session, alert)

        result = await self._database.write(work)
        if result.found.alert.workspace_id:
            self._wake(result.found.alert.workspace_id)
        return result


def _run_and_roll_back(session: Session, work: Callable[[Session], Worked]) -> Worked:
    """
    Return what *work* returns, and keep nothing of what it has written.

    It takes the place of a writer: on SQLite a reader that begins to write may be refused.
    """
    result = work(session)
    session.expunge_all()
    session.rollback()
    return result


def _shown_alert(session: Session, alert: Alert) -> AlertWithTasks:
    """Return an alert with what belongs to it."""
    held = list(held_with_tasks(session, [alert.id]))
    task_ids = queries.task_ids(session, alert.id)
    return AlertWithTasks(FoundAlert(alert, held), task_ids, queries.alert_ts(session, alert))
