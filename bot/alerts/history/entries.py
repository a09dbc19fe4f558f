"""
The entries of the history of a tenant's alerts, as JSON. Pure.

An entry of a check holds, under these names, what differs from the entry before it:

* `appeared`, `gone`: what was found to be in trouble, whatever the rules say of it; `over`: what
  will not be in trouble again
* `streaks`, `row_streaks`: failures in a row of a kind's tasks, and rows; `runs`: when the kinds
  with a schedule ran last, of the tasks only those that changed; `net`: what was looked for
* `seeds`: incidents that were read and that no entry since the last base has told of

and, each time: `scope` of an explicit check, `tables` that were read, `reports` of other systems,
`undelivered` groups, `corrected` groups (what was to be told could not be),
`decided` groups that are new, `dropped`: how many troubles count as over because there were too
many to watch, `nowhere` if there was no workspace to tell, and `tells`: what people were told. A
base has all of it, and the `silences`.

An entry of an act holds `act`, and what it was done to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.alerts.checking.decision import Scope
from bot.alerts.checking.missed_runs import KnownRuns
from bot.alerts.external_alerts import ExternalReport, brief_report
from bot.alerts.incident_lifecycle import (
    Incident,
    IncidentState,
    Recurrence,
    TroubleGroup,
    TroubleType,
)
from bot.alerts.models import Silence, SilenceReason
from bot.alerts.tables.runs import TableRuns
from bot.alerts.trouble_queries import Trouble

#: What names a trouble of a tenant: its type and key.
TroubleId = tuple[TroubleType, str]

#: What telling may take back: it could not be told, withdrawn, or escalated.
CORRECTED = ("told_at", "recovered_at", "escalated_at")
_INCIDENT_TIMES = (
    *("opened_at", "grown_at", "held_until", "told_at", "reminded_at", "escalated_at"),
    *("recovered_at", "acknowledged_at", "snoozed_until", "resolved_at"),
)
_INCIDENT_VALUES = (
    *("number", "is_flapping", "is_critical", "is_in_digest", "acknowledged_by"),
    *("resolved_by", "resolved_because"),
)


@dataclass(frozen=True)
class Net:
    """What a check looked for: a replay knows nothing of what slipped through."""

    silence: timedelta  # the shortest that was noticed
    window: timedelta  # how long failures were looked at
    kinds: frozenset[str]  # those with a schedule
    rules: str  # which rules decided

    def as_json(self) -> dict[str, Any]:
        """Return what `net_of` reads."""
        return {
            "silence": self.silence.total_seconds(),
            "window": self.window.total_seconds(),
            "kinds": sorted(self.kinds),
            "rules": self.rules,
        }


def net_of(said: Mapping[str, Any]) -> Net:
    """Return what `Net.as_json` has written."""
    return Net(
        timedelta(seconds=said["silence"]),
        timedelta(seconds=said["window"]),
        frozenset(said["kinds"]),
        said["rules"],
    )


def group_of(said: Sequence[str]) -> TroubleGroup:
    """Return the group of its three words."""
    return TroubleGroup(TroubleType(said[0]), said[1], said[2])


def group_json(group: TroubleGroup) -> list[str]:
    """Return what `group_of` reads."""
    return [str(group.type), group.task, group.fingerprint]


def trouble_id_of(said: Sequence[str]) -> TroubleId:
    """Return the id of its two words."""
    return TroubleType(said[0]), said[1]


def trouble_json(trouble: Trouble, *, is_known: bool) -> dict[str, Any]:
    """Return what `trouble_in` reads; *is_known* says that an alert held it before."""
    task = trouble.task
    run = (task.id, task.attempt) if task is not None else trouble.run
    said = {
        "group": group_json(trouble.group),
        "key": trouble.key,
        "label": trouble.label,
        "at": (trouble.silent_since or trouble.began_at).isoformat(),
        "silent": trouble.silent_since is not None,
        "changed_at": written_time(trouble.changed_at),
        "run": list(run) if run else None,
        "critical": trouble.is_critical,
        "known": is_known,
    }
    return {name: value for name, value in said.items() if value or name == "label"}


def trouble_in(said: Mapping[str, Any]) -> Trouble:
    """Return what `trouble_json` has written; only its task is known by id."""
    at = datetime.fromisoformat(said["at"])
    changed_at = said.get("changed_at")
    run = said.get("run")
    return Trouble(
        group_of(said["group"]),
        said["key"],
        said["label"],
        at,
        silent_since=at if said.get("silent") else None,
        changed_at=datetime.fromisoformat(changed_at) if changed_at else None,
        run=(run[0], run[1]) if run else None,
        is_critical=said.get("critical", False),
    )


def incident_json(incident: Incident) -> dict[str, Any]:
    """Return what `incident_of` reads."""
    return {
        **{name: getattr(incident, name) for name in _INCIDENT_VALUES},
        **{name: written_time(getattr(incident, name)) for name in _INCIDENT_TIMES},
        "group": group_json(incident.group),
        "troubles": sorted(incident.troubles),
        "first_word": str(incident.first_word),
        "state": str(incident.state),
        "openings": [at.isoformat() for at in incident.openings],
    }


def incident_of(said: Mapping[str, Any]) -> Incident:
    """Return what `incident_json` has written."""
    troubles = frozenset(said["troubles"])
    times: dict[str, Any] = {name: time_of(said[name]) for name in _INCIDENT_TIMES}
    return Incident(
        group=group_of(said["group"]),
        troubles=troubles,
        held=troubles,
        first_word=Recurrence(said["first_word"]),
        state=IncidentState(said["state"]),
        openings=tuple(map(datetime.fromisoformat, said["openings"])),
        **{name: said[name] for name in _INCIDENT_VALUES},
        **times,
    )


def runs_json(runs: KnownRuns, kinds: frozenset[str]) -> dict[str, Any]:
    """Return what `runs_of` reads: what tasks and tables say of *kinds*."""
    return {
        "tasks": {kind: at.isoformat() for kind, at in runs.tasks.items() if kind in kinds},
        "tables": [
            {
                "read_at": written_time(one.read_at),
                "created": {k: at.isoformat() for k, at in one.created.items() if k in kinds},
            }
            for one in runs.tables
        ],
        "home": runs.is_home,
    }


def runs_of(said: Mapping[str, Any]) -> KnownRuns:
    """Return what `runs_json` has written."""
    tables = [TableRuns(_times(one["created"]), time_of(one["read_at"])) for one in said["tables"]]
    return KnownRuns(_times(said["tasks"]), tables, said["home"])


def _times(said: Mapping[str, str]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(at) for name, at in said.items()}


def external_report_json(report: ExternalReport, known_since: datetime | None) -> dict[str, Any]:
    """
    Return what `external_report_of` reads; *known_since* is when its trouble began, if known.

    It is `brief_report` of it that is written: nobody reads more in a history.
    """
    values = {**vars(brief_report(report)), "began_at": written_time(report.began_at)}
    said = {name: value for name, value in values.items() if value or name == "is_over"}
    return {"report": said, "known_since": written_time(known_since)}


def external_report_of(said: Mapping[str, Any]) -> ExternalReport:
    """Return what `external_report_json` has written."""
    report = said["report"]
    return ExternalReport(**{**report, "began_at": time_of(report.get("began_at"))})


def scope_json(scope: Scope) -> dict[str, Any]:
    """Return what `scope_of` reads; empty for a check that nobody asked for."""
    usual = Scope()
    said = {
        "timeout": scope.timeout.total_seconds() if scope.timeout is not None else None,
        "failed": scope.failed,
        "stuck": scope.stuck,
        "is_asked": scope.is_asked,
    }
    return {name: value for name, value in said.items() if value != getattr(usual, name)}


def scope_of(said: Mapping[str, Any]) -> Scope:
    """Return what `scope_json` has written."""
    timeout = said.get("timeout")
    length = timedelta(seconds=timeout) if timeout is not None else None
    return Scope(**{**said, "timeout": length})


def silence_json(silence: Silence) -> dict[str, Any]:
    """Return what `silence_of` reads."""
    return {
        "task": silence.task,
        "reason": str(silence.reason),
        "until": written_time(silence.until),
        "by": silence.by,
        "began_at": silence.began_at.isoformat(),
    }


def silence_of(said: Mapping[str, Any]) -> Silence:
    """Return what `silence_json` has written."""
    return Silence(
        tenant="",
        task=said["task"],
        reason=SilenceReason(said["reason"]),
        until=time_of(said["until"]),
        by=said["by"],
        began_at=datetime.fromisoformat(said["began_at"]),
    )


def time_of(said: str | None) -> datetime | None:
    """Return a time that was written, None if none was."""
    return datetime.fromisoformat(said) if said else None


def written_time(at: datetime | None) -> str | None:
    """Return what `time_of` reads."""
    return at.isoformat() if at is not None else None
