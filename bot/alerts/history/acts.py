"""What people do to alerts, so that a click and its replay do the same. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.alerts import incident_lifecycle
from bot.alerts.history.entries import group_json, silence_json, time_of
from bot.alerts.incident_lifecycle import Incident, Tell
from bot.alerts.models import Silence

ActVerb = Literal["acknowledge", "snooze", "resolve"]


@dataclass(frozen=True)
class Act:
    """What somebody does to one alert."""

    verb: ActVerb
    by: str
    until: datetime | None = None  # of a snooze
    reason: str | None = None  # of a resolution

    def on(self, incident: Incident, now: datetime) -> tuple[Incident, tuple[Tell, ...]]:
        """Return the incident after it and what to tell; raise `ConflictError` if it is late."""
        if self.verb == "acknowledge":
            return incident_lifecycle.acknowledge(incident, self.by, now)
        if self.verb == "snooze":
            return incident_lifecycle.snooze(incident, self.until or now)
        return incident_lifecycle.resolve(incident, self.by, now, self.reason)


def alert_act(act: Act, incident: Incident) -> dict[str, Any]:
    """Return the entry of an act."""
    return {
        "act": act.verb,
        "group": group_json(incident.group),
        "by": act.by,
        "until": act.until.isoformat() if act.until else None,
        "reason": act.reason,
    }


def act_of(entry: Mapping[str, Any]) -> Act:
    """Return the act of an entry that `alert_act` has written."""
    return Act(entry["act"], entry["by"], time_of(entry["until"]), entry["reason"])


def silence_act(silence: Silence) -> dict[str, Any]:
    """Return the entry of a silence that has begun, changed or ended."""
    return {"act": "silence", "silence": silence_json(silence)}
