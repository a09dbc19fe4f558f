"""The rules for alerts in `opsbell.toml`, by kind of task."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import TypeVar

from bot.alerts.incident_lifecycle import AlertRules
from bot.alerts.models import Severity
from bot.alerts.storms import BoardRules
from bot.config_file import ConfigFile
from bot.scheduling.quiet_hours import parse_quiet_hours
from bot.scheduling.schedules import Frequency, Schedule, next_occurrence

V = TypeVar("V")
_MORNING = time(9)


@dataclass(frozen=True)
class Rules:
    """The configuration as checks ask for it."""

    config: ConfigFile

    @property
    def window(self) -> timedelta:
        """How long something that went wrong is news."""
        return timedelta(minutes=self.config.alerts.failed_window_minutes)

    @property
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
        own = self.config.kind(kind).stuck_after_minutes
        return timedelta(minutes=own or self.config.alerts.stuck_after_minutes)

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

    def next_morning(self, now: datetime) -> datetime:
        """Return when people are at work again: at the digest, else at nine."""
        quiet = self.board.quiet_hours
        at = quiet.digest_at if quiet else _MORNING
        zone = self.config.alerts.timezone
        return next_occurrence(Schedule(Frequency.DAILY, zone, at=at), now)

    def severity_of(self, kind: str) -> Severity:
        """Return how loud alerts of a kind are."""
        return Severity(_first_match(self.config.alerts.severity, kind) or Severity.WARNING)

    def money_of(self, kind: str) -> float | None:
        """Return the cost of a failure of a kind, if it is configured."""
        return self.config.kind(kind).money_per_failure

    def route_of(self, kind: str) -> str | None:
        """Return the channel that alerts of a kind are sent to, if one is named."""
        return _first_match(self.config.alerts.routes, kind)


def _first_match(patterns: Mapping[str, V], kind: str) -> V | None:
    """Return the value of the first pattern, as in `nightly-*`, that the kind matches."""
    return next((value for one, value in patterns.items() if fnmatchcase(kind, one)), None)
