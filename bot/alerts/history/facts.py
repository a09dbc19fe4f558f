"""What the entries of a history say, taken together. Pure; the recorder and the replay share it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.alerts.checking.missed_runs import KnownRuns
from bot.alerts.history.entries import (
    Net,
    TroubleId,
    group_of,
    net_of,
    runs_of,
    silence_of,
    trouble_id_of,
    trouble_in,
)
from bot.alerts.incident_lifecycle import TroubleGroup
from bot.alerts.models import Silence
from bot.alerts.trouble_queries import TABLE, Trouble


@dataclass
class Facts:
    """The facts after an entry; `number` is that entry's."""

    number: int = 0
    based_at: datetime | None = None
    found: dict[TroubleId, Trouble] = field(default_factory=dict)
    unfinished: dict[TroubleId, Trouble] = field(default_factory=dict)  # found once, and not over
    streaks: dict[str, int] = field(default_factory=dict)
    row_streaks: dict[str, int] = field(default_factory=dict)
    runs: KnownRuns = field(default_factory=KnownRuns)
    net: Net | None = None
    groups: set[TroubleGroup] = field(default_factory=set)  # whose incidents were told of
    silences: dict[tuple[str, str], Silence] = field(default_factory=dict)

    def take(self, number: int, entry: Mapping[str, Any], *, is_base: bool) -> None:
        """Bring the facts to the next entry."""
        self.number = number
        if entry.get("act") is not None:
            self._take_silence(entry)
            return
        if is_base:
            self._begin(entry)
        for id_ in map(trouble_id_of, entry.get("gone", ())):
            self.found.pop(id_, None)
        for said in entry.get("appeared", ()):
            trouble = trouble_in(said)
            self.found[trouble.id] = self.unfinished[trouble.id] = trouble
        for id_ in map(trouble_id_of, entry.get("over", ())):
            self.unfinished.pop(id_, None)
        self.streaks.update(entry.get("streaks", {}))
        self.row_streaks.update(entry.get("row_streaks", {}))
        if "runs" in entry:
            runs = runs_of(entry["runs"])
            self.runs = replace(runs, tasks={**self.runs.tasks, **runs.tasks})
        self.net = net_of(entry["net"]) if "net" in entry else self.net
        self.groups.update(group_of(seed["group"]) for seed in entry.get("seeds", ()))
        self.groups.update(map(group_of, entry.get("decided", ())))

    def is_read(self, trouble: Trouble, tables: tuple[str, ...]) -> bool:
        """Tell whether a check that read these tables saw a trouble that was found earlier."""
        return not trouble.key.startswith(TABLE) or trouble.key.startswith(tables)

    def _begin(self, entry: Mapping[str, Any]) -> None:
        self.based_at = datetime.fromisoformat(entry["at"])
        self.runs = KnownRuns()
        self.found, self.streaks, self.row_streaks, self.groups = {}, {}, {}, set()
        silences = map(silence_of, entry["silences"])
        self.silences = {(one.task, one.reason): one for one in silences}

    def _take_silence(self, entry: Mapping[str, Any]) -> None:
        if entry["act"] == "silence":
            silence = silence_of(entry["silence"])
            self.silences[silence.task, silence.reason] = silence
