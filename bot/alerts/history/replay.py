"""
Replays the history of a tenant's alerts by any rules, in memory. Pure.

The decider of live checks decides each recorded one anew, from what was found then; what people
did is done again where there is an alert that it can be done to.
"""

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.alerts.checking.decision import CheckEvidence, Decision, decide
from bot.alerts.configured_rules import Rules
from bot.alerts.external_alerts import ExternalReport, trouble_of
from bot.alerts.history.acts import act_of
from bot.alerts.history.entries import (
    Net,
    TroubleId,
    external_report_of,
    group_of,
    incident_of,
    scope_of,
    time_of,
    trouble_id_of,
)
from bot.alerts.history.facts import Facts
from bot.alerts.incident_lifecycle import Incident, Tell, TroubleGroup, TroubleType
from bot.alerts.silences import Silences
from bot.alerts.trouble_queries import Trouble
from bot.errors import ConflictError

#: Number, entry, and whether it is a base; in the order of the numbers, from a base on.
Entries = Iterable[tuple[int, Mapping[str, Any], bool]]

_ON_BOARD_FOR = timedelta(minutes=1)
_NONE: frozenset[str] = frozenset()
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
