"""
Considers all incidents of a tenant together: which form a storm, and when to notify people.

A single incident could be posted at once. Together they compete for people's attention:

* The first two of a minute are posted promptly. Any further one waits until it is a minute old; by
  then it has resolved silently, has become part of a storm, or is posted.
* If more than `storm_after` open within a minute, those not posted yet become a storm: one incident
  for their type of trouble. New ones join it until a whole minute brings none. A storm is posted
  once and edited as it grows and shrinks. If another one breaks out while it is still open, it is
  posted anew: other kinds have failed, and nobody looks at an edit of an old message.
* In quiet hours everything that is not critical waits for the digest, which is one message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.alerts.incident_lifecycle import (
    STORM,
    AlertRules,
    Incident,
    IncidentState,
    Sighting,
    Tell,
    TroubleGroup,
    TroubleType,
    follow_incident,
)
from bot.scheduling.quiet_hours import QuietHours

_MINUTE = timedelta(minutes=1)
#: People who were told of a storm so lately look at it.
_STORM_LOOKED_AT = timedelta(minutes=10)


@dataclass(frozen=True)
class BoardRules:
    """What holds for all incidents of a tenant."""

    incident: AlertRules = field(default_factory=AlertRules)
    storm_after: int = 5  # more than so many that open within a minute are one
    quiet_hours: QuietHours | None = None
    prompt_posts: int = 2  # so many a minute do not wait for each other


def storm_group(kind: TroubleType) -> TroubleGroup:
    """Return the group of the storms of a type of trouble."""
    return TroubleGroup(kind, "", STORM)


class Board:
    """
    The latest incident of each group, as a check finds and leaves them.

    It must know each group that is open, flapping or seen, or was told or opened within a minute.
    `tells` is filled by `check`: what to tell of which group, in this order. Several `DIGEST` are
    one message.
    """

    def __init__(
        self, latest: Mapping[TroubleGroup, Incident], rules: BoardRules, now: datetime
    ) -> None:
        self.latest = dict(latest)
        self.tells: list[tuple[TroubleGroup, Tell]] = []
        self._rules = rules
        self._now = now
        self._silenced: set[TroubleGroup] = set()
        self._prompt_posts = 0  # told within the last minute
        self._digest_at = rules.quiet_hours.digest_due_at(now) if rules.quiet_hours else None

    @property
    def is_quiet(self) -> bool:
        """Tell whether these are quiet hours."""
        return self._digest_at is not None

    def check(self, seen: Mapping[TroubleGroup, Sighting]) -> None:
        """
        Bring every incident up to what was *seen*.

        A group with an open incident that is missing there has nothing in trouble any more. What is
        left of a storm's troubles is seen under its own group.
        """
        self._silenced = {group for group, sighting in seen.items() if sighting.is_silenced}
        for group in dict.fromkeys([*seen, *self.latest]):
            if group.fingerprint != STORM:
                self._follow(group, seen.get(group, Sighting()))
        since = self._now - _MINUTE
        recent: dict[TroubleType, list[Incident]] = {}
        for one in self.latest.values():
            if since < one.opened_at <= self._now and one.group.fingerprint != STORM:
                recent.setdefault(one.group.type, []).append(one)
        for kind in TroubleType:
            if kind in recent or storm_group(kind) in self.latest:
                storm = seen.get(storm_group(kind), Sighting())
                self._follow_storm(kind, recent.get(kind, []), storm)
        self._release()

    def _follow(self, group: TroubleGroup, sighting: Sighting) -> None:
        if sighting.is_quiet != self.is_quiet:
            sighting = replace(sighting, is_quiet=self.is_quiet)
        before = self.latest.get(group)
        incident, tells = follow_incident(group, before, sighting, self._rules.incident, self._now)
        if incident is not None:
            self.latest[group] = incident
        self.tells += [(group, tell) for tell in tells if (group, tell) not in self.tells]

    def _follow_storm(self, kind: TroubleType, recent: Sequence[Incident], seen: Sighting) -> None:
        """Move incidents that were not posted into the storm of their type, if there is one."""
        joining = self._joining(kind, recent)
        storm = self.latest.get(storm_group(kind))
        if not joining and (storm is None or not (storm.is_open or storm.is_flapping)):
            return
        joined = frozenset().union(*(one.troubles for one in joining))
        is_critical = any(one.is_critical for one in joining)
        sighting = replace(
            seen, in_trouble=seen.in_trouble | joined, fresh=joined, is_critical=is_critical
        )
        group = storm_group(kind)
        is_anew = bool(joining) and self._breaks_out_again(storm, is_critical)
        self._follow(group, sighting)
        if is_anew:
            self._forget_telling(group)
        for one in joining:
            self.latest[one.group] = one.but(
                state=IncidentState.RESOLVED,
                troubles=frozenset(),
                resolved_at=self._now,
                resolved_because=STORM,
            )

    def _breaks_out_again(self, storm: Incident | None, is_critical: bool) -> bool:
        """
        Tell whether an open storm that had calmed is one that people no longer look at.

        Who snoozed it knew nothing of what breaks out now: the critical ends the snooze.
        """
        if storm is None or storm.told_at is None or self._is_recent(storm.grown_at):
            return False
        is_snoozed = storm.state == IncidentState.SNOOZED
        if not storm.is_open or storm.is_flapping or (is_snoozed and not is_critical):
            return False
        is_quiet = self._digest_at is not None and not (is_critical or storm.is_critical)
        return self._now - storm.told_at >= _STORM_LOOKED_AT and not is_quiet

    def _forget_telling(self, group: TroubleGroup) -> None:
        """Let an incident be posted as if nobody had heard of it."""
        self.tells = [(one, tell) for one, tell in self.tells if one != group]
        self.latest[group] = self.latest[group].but(
            state=IncidentState.OPEN,
            snoozed_until=None,
            held_until=None,
            told_at=None,
            is_in_digest=False,
            reminded_at=None,
            escalated_at=None,
            acknowledged_by=None,
            acknowledged_at=None,
        )

    def _joining(self, kind: TroubleType, recent: Sequence[Incident]) -> list[Incident]:
        storm = self.latest.get(storm_group(kind))
        is_raging = storm is not None and storm.is_open and self._is_recent(storm.grown_at)
        if not is_raging and len(recent) <= self._rules.storm_after:
            return []
        return [one for one in recent if self._is_to_be_told(one)]

    def _release(self) -> None:
        """Post incidents that have waited long enough or need not wait."""
        since = self._now - _MINUTE
        told = [one.told_at for one in self.latest.values() if one.told_at is not None]
        self._prompt_posts = sum(since < at <= self._now for at in told)
        untold = [one for one in self.latest.values() if self._is_to_be_told(one)]
        digest: list[Incident] = []
        for incident in sorted(untold, key=lambda one: (one.opened_at, one.group)):
            if incident.held_until is None and self._digest_at and not incident.is_critical:
                held = incident.but(held_until=self._digest_at)
                self.latest[incident.group] = held
            elif incident.held_until is None or incident.is_critical:
                if self._may_be_told(incident):
                    self._tell(incident, Tell.POST)
            elif incident.held_until <= self._now:
                digest.append(incident)
        for incident in digest:
            self._tell(incident, Tell.DIGEST if len(digest) > 1 else Tell.POST)

    def _may_be_told(self, incident: Incident) -> bool:
        if incident.group.fingerprint == STORM or not self._is_recent(incident.opened_at):
            return True
        return self._prompt_posts < self._rules.prompt_posts

    def _tell(self, incident: Incident, tell: Tell) -> None:
        told = incident.but(told_at=self._now, is_in_digest=tell == Tell.DIGEST)
        self.latest[incident.group] = told
        self._prompt_posts += 1
        self.tells.append((incident.group, tell))

    def _is_to_be_told(self, incident: Incident) -> bool:
        """Tell whether an incident is neither posted nor acknowledged."""
        if incident.told_at is not None:
            return False
        return incident.state == IncidentState.OPEN and incident.group not in self._silenced

    def _is_recent(self, at: datetime | None) -> bool:
        return at is not None and timedelta(0) <= self._now - at < _MINUTE
