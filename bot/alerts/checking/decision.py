"""
Decides what one check does, without input or output of its own.

A live check and the replay of a recorded one both call `decide`; they differ in the `World` that
answers its questions: the database, or what was recorded of it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from bot.alerts.checking.missed_runs import KnownRuns, find_missed
from bot.alerts.configured_rules import Rules
from bot.alerts.external_alerts import ExternalReport, trouble_of
from bot.alerts.incident_lifecycle import (
    STORM,
    Incident,
    Sighting,
    Tell,
    TroubleGroup,
    TroubleType,
    is_news,
)
from bot.alerts.models import Severity
from bot.alerts.silences import Silences
from bot.alerts.storms import Board
from bot.alerts.trouble_queries import EXTERNAL, OVERDUE, TABLE, Trouble

#: An explicit check tells of all it finds at once.
_AT_ONCE = 1_000_000
_REMEMBERED_SIGHTINGS = 1_024
_LASTING = frozenset({TroubleType.STUCK, TroubleType.MISSED, TroubleType.LOST})

_TimeoutOf = Callable[[str], timedelta]


@dataclass(frozen=True)
class Scope:
    """
    What a check looks at; *timeout* None is what the rules say.

    *is_asked* says that a person or program wants to know now: then all that is stuck is news,
    however long it has been, and nothing waits for other incidents.
    """

    timeout: timedelta | None = None
    failed: bool = True
    stuck: bool = True
    is_asked: bool = field(default=False, kw_only=True)

    def covers(self, kind: TroubleType) -> bool:
        """Tell whether it looks at a type of trouble."""
        return self.failed if kind == TroubleType.FAILED else self.stuck

    def timeout_of(self, rules: Rules) -> _TimeoutOf:
        """Return what says how long a live task of a kind may be silent."""
        timeout = self.timeout
        return rules.timeout_of if timeout is None else lambda _kind: timeout


@dataclass(frozen=True)
class CheckEvidence:
    """What a check found before any rule was applied to it."""

    found: Sequence[Trouble]
    runs: KnownRuns  # of the kinds with a schedule
    reports: Sequence[ExternalReport]
    silences: Silences


class World(Protocol):
    """What is known of a tenant's incidents, and what a check has to know besides."""

    def without_known(self, troubles: Sequence[Trouble]) -> list[Trouble]:
        """Return the troubles that no incident has held yet."""
        ...

    def load(self, groups: Iterable[TroubleGroup]) -> Mapping[TroubleGroup, Incident]:
        """Return what a board needs: incidents that are open, flapping or recent, and *groups*."""
        ...

    def take_in(self, reports: Sequence[ExternalReport]) -> list[Trouble]:
        """Strike out what is reported to be over; return what is wrong, to be held anew."""
        ...

    def strike_out(self) -> None:
        """Strike out the troubles that are over."""
        ...

    def left(self, group: TroubleGroup) -> AbstractSet[str]:
        """Return the keys of the troubles of a loaded group that have not moved on."""
        ...

    def failures_in_row(self, kind: str, wanted: int) -> int:
        """Return how many of the latest ended runs of a kind failed, at most *wanted*."""
        ...

    def rows_failed_in_row(self, kind: str) -> int:
        """Return how many of the latest ended rows of a kind failed, in the tables just read."""
        ...

    def is_delivered(self, group: TroubleGroup) -> bool:
        """Tell whether the message of a loaded group stands in Slack, or may."""
        ...


@dataclass(frozen=True)
class Decision:
    """What a check decided: the board after it, the changed incidents, and the troubles."""

    found: Sequence[Trouble]
    fresh: Sequence[Trouble]
    changed: Mapping[TroubleGroup, Incident]
    tells: Sequence[tuple[TroubleGroup, Tell]]


def decide(
    world: World, evidence: CheckEvidence, rules: Rules, scope: Scope, now: datetime
) -> Decision:
    """Return what to store and to tell; *world* is asked in a fixed order, and struck out."""
    found = troubles_by_rule(evidence, rules, scope, now)
    news = _news(found, evidence.silences, rules.window, scope, now)
    fresh = world.without_known(news)
    outside = [trouble_of(report, now) for report in evidence.reports]
    before = world.load({trouble.group for trouble in (*fresh, *outside)})
    fresh += world.without_known(world.take_in(evidence.reports))
    world.strike_out()
    board_rules = rules.board
    if scope.is_asked:
        board_rules = replace(board_rules, prompt_posts=_AT_ONCE)
    board = Board(before, board_rules, now)
    seeing = _Seeing(world, rules, evidence.silences, is_quiet=board.is_quiet)
    board.check(seeing.sightings(fresh, before))
    changed = {
        group: one
        for group, one in board.latest.items()
        if (known := before.get(group)) is not one
        if known != one and not _has_only_joined(known, one)
    }
    return Decision(found, fresh, changed, board.tells)


def _has_only_joined(before: Incident | None, after: Incident) -> bool:
    """Tell whether an incident opened only to become part of a storm; then it is forgotten."""
    is_new = before is None or before.number != after.number
    return is_new and after.resolved_because == STORM


def troubles_by_rule(
    evidence: CheckEvidence, rules: Rules, scope: Scope, now: datetime
) -> list[Trouble]:
    """Return what the rules call a trouble: silent for too long, changed within the window."""
    found = list(_by_time(evidence.found, rules.window, scope, scope.timeout_of(rules), now))
    silent = {trouble.task_id for trouble in found if _is_silent(trouble)}
    if silent:  # One trouble of a task is enough.
        found = [one for one in found if _is_silent(one) or not _is_late_run_of(one, silent)]
    if scope.stuck:
        found += find_missed(rules.due_runs(now), evidence.runs)
    return found


def _by_time(
    found: Iterable[Trouble], window: timedelta, scope: Scope, timeout_of: _TimeoutOf, now: datetime
) -> Iterator[Trouble]:
    since = now - window
    for trouble in found:
        if not scope.covers(trouble.group.type):
            continue
        if trouble.silent_since is not None:
            began_at = trouble.silent_since + timeout_of(trouble.group.task)
            if began_at <= now:
                yield replace(trouble, began_at=began_at)
        elif trouble.changed_at is None or trouble.changed_at >= since:
            yield trouble


def _is_silent(trouble: Trouble) -> bool:
    return trouble.silent_since is not None and trouble.task_id is not None


def _is_late_run_of(trouble: Trouble, task_ids: Collection[str | None]) -> bool:
    return trouble.group.fingerprint == OVERDUE and trouble.task_id in task_ids


def _news(
    found: Iterable[Trouble], silences: Silences, window: timedelta, scope: Scope, now: datetime
) -> list[Trouble]:
    """Return the troubles that began recently enough to notify people."""
    news = []
    for trouble in found:
        kind = trouble.group.type
        until = silences.silenced_until(trouble.group.task) if kind in _LASTING else None
        is_asked_for = scope.is_asked and kind == TroubleType.STUCK
        if is_asked_for or is_news(trouble.began_at, now, window, until):
            news.append(trouble)
    return news


@dataclass(frozen=True)
class _Seeing:
    """Turns troubles into what a board looks at."""

    world: World
    rules: Rules
    silences: Silences
    is_quiet: bool

    def sightings(
        self, fresh: Iterable[Trouble], before: Mapping[TroubleGroup, Incident]
    ) -> dict[TroubleGroup, Sighting]:
        by_group: dict[TroubleGroup, list[Trouble]] = defaultdict(list)
        for trouble in fresh:
            by_group[trouble.group].append(trouble)
        groups = dict.fromkeys([*by_group, *before])
        return {group: self._sighting(group, by_group.get(group, ())) for group in groups}

    def _sighting(self, group: TroubleGroup, troubles: Sequence[Trouble]) -> Sighting:
        left = frozenset(self.world.left(group))
        is_critical = self.rules.severity_of(group.task) == Severity.CRITICAL
        is_silenced = group.fingerprint != STORM and self.silences.is_silenced(group.task)
        is_delivered = self.world.is_delivered(group)
        if not troubles:
            return _lasting(left, is_silenced, is_critical, self.is_quiet, is_delivered)
        fresh = frozenset(trouble.key for trouble in troubles)
        wanted = self.rules.failures_of(group.task)
        in_row = wanted
        if group.type == TroubleType.FAILED and wanted > 1:
            in_row = self._failures_in_row(group.task, fresh, wanted)
        return Sighting(
            in_trouble=fresh | left,
            fresh=fresh,
            failures_in_row=in_row,
            alert_after=wanted,
            is_silenced=is_silenced,
            is_critical=is_critical or any(trouble.is_critical for trouble in troubles),
            is_quiet=self.is_quiet,
            is_delivered=is_delivered,
        )

    def _failures_in_row(self, kind: str, fresh: frozenset[str], wanted: int) -> int:
        """Return how often a kind failed in a row; another system's alert is no single failure."""
        if any(key.startswith(EXTERNAL) for key in fresh):
            return wanted
        if any(key.startswith(TABLE) for key in fresh):
            return self.world.rows_failed_in_row(kind)
        return self.world.failures_in_row(kind, wanted)


@lru_cache(_REMEMBERED_SIGHTINGS)
def _lasting(
    left: frozenset[str],
    is_silenced: bool,
    is_critical: bool,
    is_quiet: bool,
    is_delivered: bool,
) -> Sighting:
    """Return what is seen of a group without news; mostly the same in check after check."""
    return Sighting(
        in_trouble=left,
        is_silenced=is_silenced,
        is_critical=is_critical,
        is_quiet=is_quiet,
        is_delivered=is_delivered,
    )
