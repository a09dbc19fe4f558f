"""The rules for alerts in `opsbell.toml`, by kind of task."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import TypeVar

from bot.alerts.incident_lifecycle import AlertRules
from bot.alerts.models import Severity
from bot.alerts.storms import BoardRules
from bot.config_file import ConfigFile
from bot.scheduling.quiet_hours import parse_quiet_hours
from bot.scheduling.schedules import Frequency, Schedule, last_occurrence, next_occurrence

V = TypeVar("V")
_MORNING = time(9)
_REMEMBERED_KINDS = 4_096


@dataclass(frozen=True)
class _KindRules:
    """The rules of one kind."""

    timeout: timedelta
    severity: Severity
    failures: int


@dataclass(frozen=True)
class Rules:
    """The configuration as checks ask for it."""

    config: ConfigFile

    @property
    def window(self) -> timedelta:
        """How long something that went wrong is news."""
        return timedelta(minutes=self.config.alerts.failed_window_minutes)

    @cached_property
    def board(self) -> BoardRules:
        """What holds for all incidents together."""
        said = self.config.alerts
        quiet = said.quiet_hours
        wait = said.escalate_after_minutes
        return BoardRules(
            AlertRules(
                repeat_after=timedelta(hours=said.repeat_after_hours),
                escalate_after=timedelta(minutes=wait) if wait is not None else None,
            ),
            storm_after=said.storm_after,
            quiet_hours=parse_quiet_hours(quiet, said.timezone, said.digest_at) if quiet else None,
        )

    def timeout_of(self, kind: str) -> timedelta:
        """Return how long a live task of a kind may be silent."""
        return self._of_kind(kind).timeout

    @property
    def least_timeout(self) -> timedelta:
        """Return the shortest of them."""
        own = [one.stuck_after_minutes for one in self.config.tasks.values()]
        default = self.config.alerts.stuck_after_minutes
        return timedelta(minutes=min([default, *(minutes for minutes in own if minutes)]))

    def schedules(self) -> Iterator[tuple[str, Schedule, timedelta]]:
        """Yield the kinds that have a schedule, with it and the grace they have to start."""
        for kind, said in self.config.tasks.items():
            if said.schedule is not None:
                yield kind, said.schedule, timedelta(minutes=said.grace_minutes)

    def due_runs(self, now: datetime) -> Iterator[tuple[str, datetime, timedelta]]:
        """Yield the same kinds with the last time that each was due to have started by *now*."""
        for kind, schedule, grace in self._schedules:
            until = now - grace
            due, next_due = self._dues.get(kind, (None, None))
            if due is None or next_due is None or not due <= until < next_due:
                due = last_occurrence(schedule, until)
                if due is None:
                    continue
                self._dues[kind] = (due, next_occurrence(schedule, due))
            yield kind, due, grace

    @cached_property
    def _schedules(self) -> list[tuple[str, Schedule, timedelta]]:
        return list(self.schedules())

    @cached_property
    def _dues(self) -> dict[str, tuple[datetime, datetime]]:
        """The latest due time of a kind that was asked for, and the one after it."""
        return {}

    def next_morning(self, now: datetime) -> datetime:
        """Return when people are at work again: at the digest, else at nine."""
        quiet = self.board.quiet_hours
        at = quiet.digest_at if quiet else _MORNING
        zone = self.config.alerts.timezone
        return next_occurrence(Schedule(Frequency.DAILY, zone, at=at), now)

    def severity_of(self, kind: str) -> Severity:
        """Return how loud alerts of a kind are."""
        return self._of_kind(kind).severity

    def failures_of(self, kind: str) -> int:
        """Return how many failures in a row of a kind are an alert."""
        return self._of_kind(kind).failures

    @cached_property
    def _of_kind(self) -> Callable[[str], _KindRules]:
        """What is looked up by patterns; each check asks for every kind that has an alert."""

        @lru_cache(_REMEMBERED_KINDS)
        def look_up(kind: str) -> _KindRules:
            severity = _first_match(self.config.alerts.severity, kind)
            own = self.config.kind(kind)
            minutes = own.stuck_after_minutes or self.config.alerts.stuck_after_minutes
            return _KindRules(
                timedelta(minutes=minutes),
                Severity(severity) if severity else Severity.WARNING,
                own.alert_after_failures,
            )

        return look_up

    def money_of(self, kind: str) -> float | None:
        """Return the cost of a failure of a kind, if it is configured."""
        return self.config.kind(kind).money_per_failure

    def route_of(self, kind: str) -> str | None:
        """Return the channel that alerts of a kind are sent to, if one is named."""
        return _first_match(self.config.alerts.routes, kind)


def _first_match(patterns: Mapping[str, V], kind: str) -> V | None:
    """Return the value of the first pattern, as in `nightly-*`, that the kind matches."""
    return next((value for one, value in patterns.items() if fnmatchcase(kind, one)), None)
