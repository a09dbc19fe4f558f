"""
The life cycle of one incident, decided without input or output.

An incident is about a group: one type of trouble, of one kind of task, with one fingerprint. It
opens when there is news (a trouble that began within the window and is new to the group), grows and
shrinks with the tasks in trouble, and resolves when none of them is in trouble any more. A group
has at most one unresolved incident. If the trouble returns, it is the next incident: *Again* after
one that ended by itself, *Regression* after one that a person resolved.

Three openings within an hour are flapping: the last incident is reopened, and its message is only
edited until an hour has passed without another opening.

`follow_incident` returns the next state and what to report; the caller stores both in one
transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from bot.errors import ConflictError
from bot.ids import is_slack_user_id

_FLAPPING_WINDOW = timedelta(hours=1)
_FLAPPING_OPENINGS = 3
_RECOVERED = "moved_on"
STORM = "storm"


class TroubleType(StrEnum):
    """What is wrong with the tasks of an incident."""

    FAILED = "failed"
    STUCK = "stuck"
    MISSED = "missed"
    LOST = "lost"


class IncidentState(StrEnum):
    """The state of an incident."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Recurrence(StrEnum):
    """Whether a group has been seen before."""

    NEW = "New"
    AGAIN = "Again"
    REGRESSION = "Regression"


class Tell(StrEnum):
    """What to report about a change."""

    POST = "post"  #: a message of its own
    DIGEST = "digest"  #: one message for all incidents that are told so at once
    EDIT = "edit"  #: its message, silently
    REMIND = "remind"  #: a reply in its thread: it is still so
    ESCALATE = "escalate"  #: those who are named for it, once
    RECOVER = "recover"  #: an edit and one reply in its thread
    WITHDRAW = "withdraw"  #: take the message back before Slack has it


class TroubleGroup(NamedTuple):
    """What the troubles of an incident have in common."""

    type: TroubleType
    task: str
    fingerprint: str


@dataclass(frozen=True)
class AlertRules:
    """When people are told; None where it is never."""

    repeat_after: timedelta = timedelta(hours=24)
    escalate_after: timedelta | None = None


@dataclass(frozen=True)
class Sighting:
    """
    What a check found of a group. A trouble is named by its task and attempt, or its due time.

    *in_trouble* holds each trouble of now, *fresh* those of them that began within the window.
    """

    in_trouble: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
    failures_in_row: int = 1
    alert_after: int = 1
    is_silenced: bool = False  # the kind is muted, or in maintenance
    is_critical: bool = False  # it waits for no morning
    is_quiet: bool = False  # these are quiet hours
    is_delivered: bool = True  # the incident's message stands in Slack


@dataclass(frozen=True)
class Incident:
    """One incident; times are aware UTC."""

    group: TroubleGroup
    opened_at: datetime
    troubles: frozenset[str]  # those that have not moved on
    held: frozenset[str]  # all it ever had
    number: int = 1  # the group's first, second, … incident
    first_word: Recurrence = Recurrence.NEW
    state: IncidentState = IncidentState.OPEN
    openings: tuple[datetime, ...] = ()  # of the group, within the window of flapping
    is_flapping: bool = False
    is_critical: bool = False
    held_until: datetime | None = None  # it waits for the digest of then
    told_at: datetime | None = None
    is_in_digest: bool = False
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    recovered_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    snoozed_until: datetime | None = None
    grown_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolved_because: str | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it is not resolved."""
        return self.state != IncidentState.RESOLVED

    def but(self, **changes: Any) -> "Incident":
        """Return it with these fields changed, several times as fast as `dataclasses.replace`."""
        changed = object.__new__(Incident)
        vars(changed).update(vars(self), **changes)
        return changed


#: An incident and what to tell of it.
_IncidentWithActions = tuple[Incident, tuple[Tell, ...]]
_IncidentStep = tuple[Incident | None, tuple[Tell, ...]]


def is_news(
    began_at: datetime, now: datetime, window: timedelta, silenced_until: datetime | None = None
) -> bool:
    """
    Tell whether a trouble began recently enough to be told of.

    What began before the window is history (a first start, a restored backup, days of standstill),
    what begins in the future stems from a clock that was set back. A trouble that lasts counts from
    the end of the maintenance or mute it began in: *silenced_until*.
    """
    if silenced_until is not None:
        began_at = max(began_at, silenced_until)
    return now - window <= began_at <= now


def follow_incident(
    group: TroubleGroup, incident: Incident | None, seen: Sighting, rules: AlertRules, now: datetime
) -> _IncidentStep:
    """
    Return the group's incident after *seen*, and what to tell of it; *incident* is its latest.

    Of one that opens nobody is told here: `bot.alerts.storms` decides when.
    """
    if incident is not None and incident.is_open:
        return _update_open(incident, seen, rules, now)
    news = seen.fresh - incident.held if incident else seen.fresh
    if news and not seen.is_silenced and seen.failures_in_row >= seen.alert_after:
        opened, told = _open(group, incident, news, now)
        return opened.but(is_critical=seen.is_critical), told
    if incident is not None and incident.is_flapping and _is_calm(incident, now):
        return incident.but(is_flapping=False), (Tell.EDIT,)
    return incident, ()


def _open(
    group: TroubleGroup, previous: Incident | None, news: frozenset[str], now: datetime
) -> _IncidentWithActions:
    if previous is None:
        return Incident(group, now, news, news, openings=(now,), grown_at=now), ()
    recent = [at for at in previous.openings if now - _FLAPPING_WINDOW < at <= now]
    openings = (*recent, now)
    held = previous.held | news
    if len(openings) >= _FLAPPING_OPENINGS and previous.told_at is not None:
        reopened = previous.but(
            state=IncidentState.OPEN,
            is_flapping=True,
            troubles=news,
            held=held,
            openings=openings,
            grown_at=now,
            resolved_at=None,
            resolved_by=None,
            resolved_because=None,
        )
        return reopened, (Tell.EDIT,)
    word = Recurrence.REGRESSION if previous.resolved_by else Recurrence.AGAIN
    number = previous.number + 1
    return Incident(group, now, news, held, number, word, openings=openings, grown_at=now), ()


def _update_open(
    incident: Incident, seen: Sighting, rules: AlertRules, now: datetime
) -> _IncidentWithActions:
    news: frozenset[str] = frozenset()
    troubles = incident.troubles
    if seen.fresh or seen.in_trouble is not incident.troubles:
        news = frozenset() if seen.is_silenced else seen.fresh - incident.held
        troubles = (incident.troubles & seen.in_trouble) | news
    if not troubles:
        return _resolve_by_itself(incident, seen, now)
    is_changed = troubles is not incident.troubles and troubles != incident.troubles
    after = incident
    if is_changed or (seen.is_critical and not incident.is_critical):
        after = incident.but(
            troubles=troubles,
            held=incident.held | news,
            grown_at=now if news else incident.grown_at,
            is_critical=incident.is_critical or seen.is_critical,
        )
    if after.is_flapping and _is_calm(after, now):
        after, is_changed = after.but(is_flapping=False, reminded_at=now), True
    if after.told_at is None:  # The post that is still to come shows it as it is then.
        return _wake(after) if _is_snoozed_out(after, now) else after, ()
    edit = (Tell.EDIT,) if is_changed else ()
    can_wait = seen.is_quiet and not after.is_critical
    if after.is_flapping or seen.is_silenced or can_wait:
        return after, edit
    after, louder = _due_reminder(after, after.told_at, rules, now)
    return after, edit + louder


def _due_reminder(
    incident: Incident, told_at: datetime, rules: AlertRules, now: datetime
) -> _IncidentWithActions:
    """Return the reminder that is due because nobody has acted on an incident for long."""
    if _is_snoozed_out(incident, now):
        return _wake(incident).but(reminded_at=now), (Tell.REMIND,)
    if incident.state != IncidentState.OPEN:
        return incident, ()
    tells: tuple[Tell, ...] = ()
    if now - (incident.reminded_at or told_at) >= rules.repeat_after:
        incident, tells = incident.but(reminded_at=now), (Tell.REMIND,)
    wait = rules.escalate_after
    if wait is not None and incident.escalated_at is None and now - told_at >= wait:
        incident, tells = incident.but(escalated_at=now), (*tells, Tell.ESCALATE)
    return incident, tells


def _resolve_by_itself(incident: Incident, seen: Sighting, now: datetime) -> _IncidentWithActions:
    resolved = incident.but(
        state=IncidentState.RESOLVED,
        troubles=frozenset(),
        resolved_at=now,
        resolved_because=_RECOVERED,
        snoozed_until=None,
    )
    if incident.told_at is None:
        return resolved, ()
    if incident.recovered_at is not None or incident.is_flapping:
        return resolved, (Tell.EDIT,)
    if not seen.is_delivered and not incident.is_in_digest:
        return resolved.but(told_at=None), (Tell.WITHDRAW,)
    return resolved.but(recovered_at=now), (Tell.RECOVER,)


def acknowledge(incident: Incident, by: str, now: datetime) -> _IncidentWithActions:
    """Record who takes care of it; raise `ConflictError` if somebody does or it is resolved."""
    _require_open(incident)
    if incident.state == IncidentState.ACKNOWLEDGED:
        since = incident.acknowledged_at or now
        ago = max(0, int((now - since).total_seconds()))
        raise ConflictError(f"Already acknowledged{_by(incident.acknowledged_by)} {ago} s ago.")
    acknowledged = incident.but(
        state=IncidentState.ACKNOWLEDGED,
        acknowledged_by=by,
        acknowledged_at=now,
        snoozed_until=None,
    )
    return acknowledged, _edit_if_told(incident)


def snooze(incident: Incident, until: datetime) -> _IncidentWithActions:
    """Keep silent until then, and remind if it still lasts; raise `ConflictError` if over."""
    _require_open(incident)
    snoozed = incident.but(state=IncidentState.SNOOZED, snoozed_until=until)
    return snoozed, _edit_if_told(incident)


def resolve(
    incident: Incident, by: str, now: datetime, reason: str | None = None
) -> _IncidentWithActions:
    """Close it for all that it holds, by hand; raise `ConflictError` when it is over already."""
    _require_open(incident)
    resolved = incident.but(
        state=IncidentState.RESOLVED,
        troubles=frozenset(),
        resolved_at=now,
        resolved_by=by,
        resolved_because=reason,
        snoozed_until=None,
    )
    return resolved, _edit_if_told(incident)


def _edit_if_told(incident: Incident) -> tuple[Tell, ...]:
    return (Tell.EDIT,) if incident.told_at is not None else ()


def _require_open(incident: Incident) -> None:
    if incident.is_open:
        return
    raise ConflictError(f"This alert is already resolved{_by(incident.resolved_by)}.")


def _by(actor: str | None) -> str:
    if actor is None:
        return ""
    return f" by <@{actor}>" if is_slack_user_id(actor) else f" by {actor}"


def _is_calm(incident: Incident, now: datetime) -> bool:
    return now - incident.openings[-1] >= _FLAPPING_WINDOW


def _is_snoozed_out(incident: Incident, now: datetime) -> bool:
    until = incident.snoozed_until
    return incident.state == IncidentState.SNOOZED and (until is None or until <= now)


def _wake(incident: Incident) -> Incident:
    return incident.but(state=IncidentState.OPEN, snoozed_until=None)
