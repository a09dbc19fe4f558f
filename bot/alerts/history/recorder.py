"""Records what live checks decide from, so that a replay can decide from the same."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from bot.alerts.checking.decision import CheckEvidence, Decision
from bot.alerts.checking.live_world import CheckTurn, LiveWorld
from bot.alerts.configured_rules import Rules
from bot.alerts.external_alerts import ExternalReport, trouble_of
from bot.alerts.history.entries import (
    CORRECTED,
    Net,
    TroubleId,
    external_report_json,
    group_json,
    incident_json,
    runs_json,
    scope_json,
    silence_json,
    trouble_json,
    written_time,
)
from bot.alerts.history.facts import Facts
from bot.alerts.history.journal import append_entry, facts_until_now
from bot.alerts.incident_lifecycle import Tell, TroubleGroup
from bot.alerts.incident_rows import moved_on
from bot.alerts.models import Alert, AlertTrouble
from bot.alerts.tables.rows import keys_over
from bot.alerts.trouble_queries import Trouble, WatchedTrouble, without_known
from bot.tasks.models import Task

#: After so long everything is told anew.
_BASE_EVERY = timedelta(days=1)
#: So many troubles that no alert holds are watched until they are over, the newest of them.
_MAX_WATCHED = 1_000
_IDS_AT_ONCE = 500


@dataclass
class CheckRecorder:
    """Remembers the facts of each tenant between checks; what it forgot it reads again."""

    rules: Rules
    _facts: dict[str, Facts] = field(default_factory=dict)

    def begin(self, turn: CheckTurn, evidence: CheckEvidence) -> "CheckRecording":
        """
        Begin to record a check, before anything is decided.

        The facts are taken out until `keep` puts them back after the commit: if the transaction
        fails they are read again.
        """
        facts = facts_until_now(turn.session, turn.row, self._facts.pop(turn.tenant, None))
        return CheckRecording(turn, evidence, facts, net_of_rules(self.rules))

    def keep(self, recording: "CheckRecording") -> None:
        """Remember the facts after a check that was committed."""
        self._facts[recording.tenant] = recording.facts


def net_of_rules(rules: Rules) -> Net:
    """Return what checks look for by these rules."""
    kinds = frozenset(kind for kind, _, _ in rules.schedules())
    return Net(rules.least_timeout, rules.window, kinds, rules_digest(rules))


def rules_digest(rules: Rules) -> str:
    """Return what tells rules that decide otherwise from these."""
    config = rules.config
    alerts = config.alerts.model_dump(exclude={"tables", "also_notify", "every_minutes"})
    names = {"stuck_after_minutes", "cron", "timezone", "grace_minutes", "alert_after_failures"}
    kinds = {kind: said.model_dump(include=names) for kind, said in config.tasks.items()}
    return hashlib.sha256(repr((alerts, kinds)).encode()).hexdigest()[:16]


class CheckRecording:
    """The record of one check: what was found before the decision, and what became of it."""

    def __init__(self, turn: CheckTurn, evidence: CheckEvidence, facts: Facts, net: Net) -> None:
        self.facts = facts
        self.tenant = turn.tenant
        self._turn = turn
        self._net = net
        self._runs = evidence.runs
        based_at = facts.based_at
        self._is_base = based_at is None or not (timedelta(0) <= turn.now - based_at < _BASE_EVERY)
        self._entry: dict[str, Any] = {"at": turn.now.isoformat()}
        self._note(evidence, net)

    def _note(self, evidence: CheckEvidence, net: Net) -> None:
        turn, facts = self._turn, self.facts
        said = self._entry
        known: Mapping[TroubleId, Trouble] = {} if self._is_base else facts.found
        found = {trouble.id: trouble for trouble in evidence.found}
        appeared = [one for one in found.values() if _differs(one, known.get(one.id))]
        new = {one.id for one in without_known(turn.session, turn.tenant, appeared)}
        said["appeared"] = [trouble_json(one, is_known=one.id not in new) for one in appeared]
        tables = tuple(table.prefix for table in turn.tables)
        said["gone"] = [
            list(id_)
            for id_, one in known.items()
            if id_ not in found and turn.scope.covers(one.group.type) and facts.is_read(one, tables)
        ]
        said["runs"] = self._changed_runs() if turn.scope.stuck else None
        said["net"] = net.as_json() if self._is_base or facts.net != net else None
        said["scope"] = scope_json(turn.scope)
        said["tables"] = list(tables)
        said["reports"] = [self._report(one) for one in evidence.reports]
        if self._is_base:
            said["silences"] = [silence_json(one) for one in evidence.silences.rows]

    def _changed_runs(self) -> dict[str, Any] | None:
        """Return what is new of the runs: of the tasks only kinds that ran since the last check."""
        kinds = self._net.kinds
        runs = runs_json(self._runs, kinds)
        if self._is_base:
            return runs
        known = runs_json(self.facts.runs, kinds)
        newer = dict(runs["tasks"].items() - known["tasks"].items())
        return {**runs, "tasks": newer} if runs != known else None

    def _report(self, report: ExternalReport) -> dict[str, Any]:
        trouble = trouble_of(report, self._turn.now)
        row = self._turn.session.get(AlertTrouble, (self.tenant, *trouble.id))
        return external_report_json(report, row.began_at if row is not None else None)

    def finish(
        self,
        world: LiveWorld,
        decision: Decision,
        changed: Mapping[TroubleGroup, Alert],
        tells: Sequence[tuple[TroubleGroup, Tell]],
        *,
        is_told: bool,
    ) -> None:
        """
        Append the entry, unless there was nothing to decide.

        *changed* holds the alerts after they were told, *tells* what was told; *is_told* is False
        if there was nowhere to.
        """
        said, facts = self._entry, self.facts
        streaks = {} if self._is_base else facts.streaks
        said["streaks"] = {k: n for k, n in world.streaks.items() if streaks.get(k) != n}
        rows = {} if self._is_base else facts.row_streaks
        said["row_streaks"] = {k: n for k, n in world.row_streaks.items() if rows.get(k) != n}
        groups = set() if self._is_base else facts.groups
        said["seeds"] = [
            incident_json(one) for group, one in world.before.items() if group not in groups
        ]
        said["undelivered"] = [
            group_json(one) for one in world.before if world.was_undelivered(one)
        ]
        said["decided"] = [group_json(one) for one in changed if one not in groups]
        said["over"] = sorted(map(list, {*world.struck_out, *self._watched_over(world)}))
        said["corrected"] = [
            [group_json(group), *(written_time(getattr(alert, name)) for name in CORRECTED)]
            for group, alert in changed.items()
            if _is_corrected(alert, decision, group)
        ]
        said["tells"] = [[*group_json(group), str(tell)] for group, tell in tells]
        said["nowhere"] = not is_told
        if not self._is_idle(world, decision):
            self._append()

    def _is_idle(self, world: LiveWorld, decision: Decision) -> bool:
        """Tell whether there was nothing to decide, nor would there be by other rules."""
        said, runs = self._entry, self._runs
        may_miss = self._net.kinds and (runs.is_home or runs.tasks or runs.tables)
        news = any(said[name] for name in ("appeared", "gone", "reports"))
        left = world.before or decision.changed or self.facts.found or self.facts.unfinished
        return not (may_miss or news or left)

    def _append(self) -> None:
        turn = self._turn
        entry = {name: value for name, value in self._entry.items() if value}
        if self._is_base:
            entry.setdefault("silences", [])
        number = append_entry(turn.session, turn.row, turn.now, entry, is_base=self._is_base)
        self.facts.take(number, entry, is_base=self._is_base)

    def _watched_over(self, world: LiveWorld) -> set[TroubleId]:
        """Return which of the troubles that no alert holds are over, or watched no longer."""
        held = {
            (group.type, key)
            for group, alert in world.records.alerts.items()
            for key in world.records.left[group]
        }
        watched = [one for id_, one in self.facts.unfinished.items() if id_ not in held]
        watched = [one for one in watched if one.id not in world.struck_out]
        turn = self._turn
        dropped = {one.id for one in watched[:-_MAX_WATCHED]}
        self._entry["dropped"] = len(dropped)
        keys = {one.key for one in watched}
        over_keys = keys_over(turn.tables, keys, turn.now)
        rows = list(_watched_with_tasks(turn.session, turn.tenant, watched[-_MAX_WATCHED:]))
        over = {(row.type, row.key) for row in moved_on(turn.session, rows, turn.last)}
        return dropped | over | {one.id for one in watched if one.key in over_keys}


def _differs(found: Trouble, known: Trouble | None) -> bool:
    """Tell whether a trouble is not known as it is."""
    if known is None:
        return True
    return (found.group, found.is_critical, found.changed_at, found.silent_since) != (
        *(known.group, known.is_critical, known.changed_at, known.silent_since),
    ) or (found.silent_since or found.began_at) != known.began_at


def _is_corrected(alert: Alert, decision: Decision, group: TroubleGroup) -> bool:
    decided = decision.changed[group]
    return any(getattr(alert, name) != getattr(decided, name) for name in CORRECTED)


def _watched_with_tasks(
    session: Session, tenant: str, troubles: Sequence[Trouble]
) -> Iterator[tuple[WatchedTrouble, Task | None]]:
    """Yield the troubles, each with its task."""
    tasks: dict[str, Task] = {}
    ids = sorted({one.task_id for one in troubles if one.task_id is not None})
    for start in range(0, len(ids), _IDS_AT_ONCE):
        chunk = ids[start : start + _IDS_AT_ONCE]
        query = select(Task).where(Task.tenant == tenant, col(Task.id).in_(chunk))
        tasks.update({task.id: task for task in session.exec(query)})
    for trouble in troubles:
        attempt = trouble.run[1] if trouble.run else None
        watched = WatchedTrouble(tenant, trouble.group.type, trouble.key, attempt, trouble.began_at)
        yield watched, tasks.get(trouble.task_id or "")
