"""
Replays the history of a tenant's alerts by any rules, in memory. Pure.

The decider of live checks decides each recorded one anew, from what was found then; what people
did is done again where there is an alert that it can be done to.
"""

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.alerts.checking.decision import CheckEvidence, Decision, decide
from bot.alerts.configured_rules import Rules
from bot.alerts.history.acts import act_of
from bot.alerts.history.entries import (
    Net,
    TroubleId,
    external_report_of,
    group_of,
    scope_of,
    time_of,
)
from bot.alerts.history.facts import Facts
from bot.alerts.history.recorded_world import RecordedWorld
from bot.alerts.incident_lifecycle import Incident, Tell, TroubleGroup
from bot.alerts.silences import Silences
from bot.errors import ConflictError

#: Number, entry, and whether it is a base; in the order of the numbers, from a base on.
Entries = Iterable[tuple[int, Mapping[str, Any], bool]]

_OPENING = (Tell.POST, Tell.DIGEST)


@dataclass(frozen=True)
class Told:
    """One thing that people were told, or would have been."""

    at: datetime
    group: TroubleGroup
    tell: Tell


@dataclass
class AlertStory:
    """One alert of a replay, told of or not."""

    group: TroubleGroup
    opened_at: datetime
    label: str
    keys: set[str] = field(default_factory=set)
    is_critical: bool = False
    told_at: datetime | None = None


@dataclass
class Replayed:
    """What a replay has come to; only what was told after its beginning is listed."""

    tells: list[Told] = field(default_factory=list)
    first_told: dict[TroubleId, datetime] = field(default_factory=dict)
    stories: dict[tuple[TroubleGroup, int], AlertStory] = field(default_factory=dict)
    incidents: Mapping[TroubleGroup, Incident] = field(default_factory=dict)
    checks: int = 0
    skipped_acts: int = 0
    dropped: int = 0
    began_at: datetime | None = None
    nets: set[Net] = field(default_factory=set)


def replay_checks(entries: Entries, rules: Rules, since: datetime) -> Replayed:
    """Return what *rules* would have told people since then; *entries* may begin earlier."""
    with uncollected():
        return _Replay(rules, since).run(entries)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage: a replay makes no cycles, and looking takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def recorded_tells(entries: Entries, since: datetime) -> list[Told]:
    """Return what people were really told since then."""
    told = []
    for _, entry, _ in entries:
        if entry.get("tells") and not entry.get("nowhere"):
            at = datetime.fromisoformat(entry["at"])
            said = [(group_of(words), Tell(words[3])) for words in entry["tells"]]
            told += [Told(at, group, tell) for group, tell in said if at >= since]
    return told


class _Replay:
    def __init__(self, rules: Rules, since: datetime) -> None:
        self._rules = rules
        self._since = since
        self._facts = Facts()
        self._world = RecordedWorld(self._facts)
        self._done = Replayed()

    def run(self, entries: Entries) -> Replayed:
        for number, entry, is_base in entries:
            self._facts.take(number, entry, is_base=is_base)
            now = datetime.fromisoformat(entry["at"])
            self._done.began_at = self._done.began_at or now
            if "act" not in entry:
                self._check(entry, now)
            elif entry["act"] != "silence":
                self._act(entry, now)
        self._done.incidents = self._world.incidents
        return self._done

    def _check(self, entry: Mapping[str, Any], now: datetime) -> None:
        facts, world = self._facts, self._world
        world.enter(entry, now)
        evidence = CheckEvidence(
            world.found(tuple(entry.get("tables", ()))),
            facts.runs,
            [external_report_of(said) for said in entry.get("reports", ())],
            Silences([*facts.silences.values()], now),
        )
        scope = scope_of(entry.get("scope", {}))
        decision = decide(world, evidence, self._rules, scope, now)
        changed, tells = _corrected(decision, entry)
        world.store(changed.values())
        self._note_stories(decision, changed, now)
        if now >= self._since:
            self._done.checks += 1
            self._done.dropped += entry.get("dropped", 0)
            if facts.net is not None:
                self._done.nets.add(facts.net)
            if not entry.get("nowhere"):
                self._done.tells += [Told(now, group, tell) for group, tell in tells]

    def _note_stories(
        self, decision: Decision, changed: Mapping[TroubleGroup, Incident], now: datetime
    ) -> None:
        labels = {trouble.group: trouble.label for trouble in decision.fresh}
        for group, incident in changed.items():
            place = (group, incident.number)
            story = self._done.stories.get(place)
            if story is None:
                story = AlertStory(group, incident.opened_at, labels.get(group, ""))
                self._done.stories[place] = story
            story.keys |= incident.troubles
            story.is_critical |= incident.is_critical
            story.told_at = story.told_at or incident.told_at
            if incident.told_at is not None:
                for key in incident.troubles:
                    self._done.first_told.setdefault((group.type, key), now)

    def _act(self, entry: Mapping[str, Any], now: datetime) -> None:
        incident = self._world.incidents.get(group_of(entry["group"]))
        self._done.skipped_acts += incident is None or not incident.is_open
        if incident is None:
            return
        with contextlib.suppress(ConflictError):
            after, _ = act_of(entry).on(incident, now)
            self._world.store([after])


def _corrected(
    decision: Decision, entry: Mapping[str, Any]
) -> tuple[Mapping[TroubleGroup, Incident], Sequence[tuple[TroubleGroup, Tell]]]:
    """Return what was decided, but for what could then not be told, or not be withdrawn."""
    changed, tells = dict(decision.changed), list(decision.tells)
    now = datetime.fromisoformat(entry["at"])
    for said, told_at, recovered_at, escalated_at in entry.get("corrected", ()):
        group = group_of(said)
        mine = {tell for one, tell in tells if one == group}
        if Tell.ESCALATE in mine:
            changed[group] = changed[group].but(escalated_at=time_of(escalated_at))
        if not {*_OPENING, Tell.WITHDRAW} & mine:
            continue
        changed[group] = changed[group].but(
            told_at=now if Tell.WITHDRAW in mine else time_of(told_at),
            recovered_at=time_of(recovered_at),
        )
        if told_at is None:
            tells = [(one, tell) for one, tell in tells if one != group or tell not in _OPENING]
    return changed, tells


def tell_counts(tells: Iterable[Told]) -> Counter[Tell]:
    """Return how many messages of each sort these are: a digest is one for all that it tells."""
    counted: Counter[Tell] = Counter(
        told.tell for told in tells if told.tell not in (Tell.EDIT, Tell.DIGEST)
    )
    counted[Tell.DIGEST] = len({told.at for told in tells if told.tell == Tell.DIGEST})
    return counted
