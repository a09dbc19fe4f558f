"""
The bot's own week, by kind of work: how fresh its messages were, and what went wrong.

Freshness is the time from the change that somebody reported to Slack's confirmation. A change
that a newer one replaced before it was delivered does not count: nobody was to see it.
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from bot.alerts.models import Alert
from bot.db import Database
from bot.leaderboards.feeds import MeasuredWeek, SubjectValues
from bot.messages.models import Event, EventName, Message, MessageState
from bot.sql.tables import table_of
from bot.tasks.models import Task

_ALL_KINDS = "All work"
_OTHER = "Other messages"
#: A change that stands in Slack later than this is late: the promise for ends of tasks.
_LATE_SECONDS = 5.0
#: What is accepted and due for so long, and neither delivered nor given up, is lost.
_LOST_AFTER = timedelta(hours=1)
#: An alert that goes away so soon need not have been told.
_GONE_EARLY = timedelta(minutes=5)
#: https://docs.slack.dev/apis/web-api/rate-limits, chat.update
EDITS_A_MINUTE = 50
_ROWS_AT_A_TIME = 1_000
_DELIVERED = (EventName.SENT, EventName.EDITED)
_ASKED = (EventName.REQUESTED, EventName.QUEUED)
_UNDELIVERED = (
    *(MessageState.WAITING, MessageState.DELAYED, MessageState.BLOCKED, MessageState.SENDING),
    MessageState.SUSPENDED,
)


@dataclass
class Tally:
    """What is counted of one kind of work."""

    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    minutes: Counter[int] = field(default_factory=Counter)  # edits by minute
    edits: int = 0
    late: int = 0
    lost: int = 0
    doubled: int = 0
    dead_letters: int = 0
    acknowledged: int = 0
    ignored: int = 0
    gone_early: int = 0

    def values(self) -> SubjectValues:
        """Return the columns of the board."""
        ordered = sorted(self.seconds)
        busiest = max(self.minutes.values(), default=0)
        return {
            "messages": float(len(ordered)),
            "freshness_p50": percentile(ordered, 50),
            "freshness_p95": percentile(ordered, 95),
            "late": float(self.late),
            "lost": float(self.lost),
            "doubled": float(self.doubled),
            "dead_letters": float(self.dead_letters),
            "edits": float(self.edits),
            "edit_budget": busiest / EDITS_A_MINUTE * 100,
            "alerts_acknowledged": float(self.acknowledged),
            "alerts_ignored": float(self.ignored),
            "alerts_gone_early": float(self.gone_early),
        }


def percentile(ordered: list[float], percent: int) -> float | None:
    """Return the smallest value that so many percent do not exceed, in milliseconds exactly."""
    if not ordered:
        return None
    return round(ordered[math.ceil(len(ordered) * percent / 100) - 1], 3)


class ScorecardFeed:
    """Measures the bot itself."""

    is_of_now = False

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, week: MeasuredWeek) -> Mapping[str, SubjectValues]:
        """Return the values of each kind of work, and of all of it."""
        return await self._database.read(lambda session: _measure_scorecard(session, week))


def _measure_scorecard(session: Session, week: MeasuredWeek) -> Mapping[str, SubjectValues]:
    """Return the figures of each kind of work and of all of it; nothing for a week without any."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    _count_deliveries(session, week, tallies)
    _count_events(session, week, tallies)
    _count_lost(session, week, tallies)
    _count_alerts(session, week, tallies)
    return {kind: tally.values() for kind, tally in tallies.items()}


def _both(tallies: dict[str, Tally], kind: str | None) -> list[Tally]:
    return [tallies[kind or _OTHER], tallies[_ALL_KINDS]]


def _count_deliveries(session: Session, week: MeasuredWeek, tallies: dict[str, Tally]) -> None:
    asked = table_of(Event).alias("asked")
    asked_at = (
        select(func.min(asked.c.at))
        .where(
            asked.c.message_id == col(Event.message_id),
            asked.c.revision == col(Event.revision),
            asked.c.name.in_(_ASKED),
        )
        .scalar_subquery()
    )
    query = _by_kind(col(Event.name), col(Event.at), asked_at, col(Message.scheduled_at))
    query = query.where(*_within_week(week), col(Event.name).in_(_DELIVERED))
    query = query.execution_options(yield_per=_ROWS_AT_A_TIME)
    for kind, name, at, begun, scheduled_at in session.execute(query):
        since = max(one for one in (begun or at, scheduled_at) if one is not None)
        seconds = max(0.0, (at - since).total_seconds())
        for tally in _both(tallies, kind):
            tally.seconds.append(seconds)
            tally.late += seconds > _LATE_SECONDS
            if name == EventName.EDITED:
                tally.edits += 1
                tally.minutes[int(at.timestamp()) // 60] += 1


def _count_events(session: Session, week: MeasuredWeek, tallies: dict[str, Tally]) -> None:
    dead = _by_kind(func.count()).where(*_within_week(week), col(Event.name) == EventName.DEAD)
    for kind, count in session.execute(dead.group_by(_kind())):
        for tally in _both(tallies, kind):
            tally.dead_letters += count
    doubled = (
        _by_kind(func.count(func.distinct(col(Message.id))))
        .where(*_within_week(week), col(Event.name) == EventName.SENT)
        .where(col(Message.possibly_delivered).is_(True))
    )
    for kind, count in session.execute(doubled.group_by(_kind())):
        for tally in _both(tallies, kind):
            tally.doubled += count


def _count_lost(session: Session, week: MeasuredWeek, tallies: dict[str, Tally]) -> None:
    query = (
        select(_kind(), func.count())
        .select_from(Message)
        .outerjoin(Task, _is_about())
        .where(
            col(Message.tenant) == week.tenant,
            col(Message.delivered_revision) == 0,
            col(Message.state).in_(_UNDELIVERED),
            col(Message.waiting_since) >= week.start,
            col(Message.waiting_since) < week.end,
            col(Message.waiting_since) < week.now - _LOST_AFTER,
            or_(
                col(Message.scheduled_at).is_(None),
                col(Message.scheduled_at) < week.now - _LOST_AFTER,
            ),
        )
    )
    for kind, count in session.execute(query.group_by(_kind())):
        for tally in _both(tallies, kind):
            tally.lost += count


def _count_alerts(session: Session, week: MeasuredWeek, tallies: dict[str, Tally]) -> None:
    """Count what became of the alerts that were opened in the week, and told."""
    query = select(Alert).where(
        col(Alert.tenant) == week.tenant,
        col(Alert.opened_at) >= week.start,
        col(Alert.opened_at) < week.end,
        col(Alert.told_at).is_not(None),
    )
    for alert in session.execute(query).scalars().yield_per(_ROWS_AT_A_TIME):
        stood = (alert.resolved_at or week.now) - alert.opened_at
        has_acted = alert.acknowledged_by or alert.snoozed_by or alert.resolved_by
        for tally in _both(tallies, alert.task):
            tally.acknowledged += alert.acknowledged_by is not None
            if alert.resolved_at is not None and stood <= _GONE_EARLY:
                tally.gone_early += 1
            elif not has_acted and stood > _GONE_EARLY:
                tally.ignored += 1


def _kind() -> ColumnElement[str]:
    return table_of(Task).c.task


def _is_about() -> ColumnElement[bool]:
    """Tell whether a task's message, or the message that a reply belongs to, is the task's."""
    own = func.coalesce(col(Message.parent_id), col(Message.id))
    return and_(col(Task.message_id) == own, col(Task.tenant) == col(Message.tenant))


def _by_kind(*columns: Any) -> Select[Any]:
    query = select(_kind(), *columns).select_from(Event)
    query = query.join(Message, col(Message.id) == col(Event.message_id))
    return query.outerjoin(Task, _is_about())


def _within_week(week: MeasuredWeek) -> tuple[ColumnElement[bool], ...]:
    at = col(Event.at)
    return (at >= week.start, at < week.end, col(Message.tenant) == week.tenant)
