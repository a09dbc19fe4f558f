"""
Notices that nobody was in touch with Slack for a while, and says afterwards what that meant.

Whether that was because the bot was down, or Slack, makes no difference to people: the note says
from when to when, and how many messages came late, were lost, or may have come twice.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from bot.clock import Clock
from bot.db import Database, insert_absent
from bot.messages import outbox
from bot.messages.models import Event, EventName, Message, MessageState
from bot.messages.outbox import Content, Place
from bot.outages.models import OutageWatch

logger = structlog.get_logger(__name__)

#: Less is a restart.
SHORTEST_OUTAGE = timedelta(seconds=60)
#: Less of which nobody noticed anything is an upgrade.
_SHORTEST_QUIET_OUTAGE = timedelta(minutes=5)
#: The note waits for what is late, but not for ever.
_WAIT_FOR_LATE = timedelta(minutes=10)
#: Of the newest events so many are looked at.
_NEWEST_EVENTS = 50_000
_NOTE = "delivery/outage"


class Outages:
    """Called every few seconds by each process; one note is written, whoever is first."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        home: Place,
        *,
        is_in_touch: Callable[[], bool],
        alerts_channel: Callable[[], Awaitable[str | None]],
        wake: Callable[[str], None],
    ) -> None:
        """*home* says whose notes they are; its channel is asked for each time."""
        self._database = database
        self._clock = clock
        self._home = home
        self._is_in_touch = is_in_touch
        self._alerts_channel = alerts_channel
        self._wake = wake

    async def watch(self) -> bool:
        """Note that we are in touch with Slack, if we are; True if a note was written."""
        if not self._is_in_touch():
            return False
        now = self._clock.now()  # Before Slack is asked for the channel, which may hang.
        channel = await self._alerts_channel()
        home = Place(self._home.workspace_id, self._home.tenant, channel or "")
        told = await self._database.write(lambda session: self._note(session, home, now))
        if told:
            self._wake(home.workspace_id)
        return told

    def _note(self, session: Session, home: Place, now: datetime) -> bool:
        insert_absent(session, OutageWatch(workspace_id=home.workspace_id, seen_at=now))
        watch = session.exec(
            select(OutageWatch)
            .where(OutageWatch.workspace_id == home.workspace_id)
            .with_for_update()
        ).one()
        if now - watch.seen_at >= SHORTEST_OUTAGE:
            # Away again before the last time was told: that is one outage.
            watch.began_at = watch.began_at or watch.seen_at
            watch.ended_at = now
            logger.warning("outage_ended", since=watch.began_at.isoformat())
        watch.seen_at = max(watch.seen_at, now)
        if watch.began_at is None or watch.ended_at is None:
            return False
        is_over = not _is_anything_late(session, home.workspace_id, watch.ended_at)
        if not is_over and now - watch.ended_at < _WAIT_FOR_LATE:
            return False
        began_at, ended_at = watch.began_at, watch.ended_at
        watch.began_at = watch.ended_at = None
        if not home.channel:
            return False
        context = _story_of(session, home, began_at, ended_at)
        if ended_at - began_at < _SHORTEST_QUIET_OUTAGE and not any(
            context[name] for name in ("late", "lost", "possibly", "waiting")
        ):
            return False
        outbox.put(session, home, Content(_NOTE, context), now=now)
        return True


def _is_anything_late(session: Session, workspace_id: str, ended_at: datetime) -> bool:
    """Tell whether something that should have been delivered in the outage still waits."""
    open_states = ("waiting", "sending", "delayed")
    return any(
        session.exec(
            select(Message.id)
            .where(
                text(f"state = '{state}'"),  # a constant, or the partial index is not used
                Message.workspace_id == workspace_id,
                col(Message.waiting_since) < ended_at,
                col(Message.due_at) < ended_at,
            )
            .limit(1)
        ).first()
        for state in open_states
    )


def _story_of(
    session: Session, home: Place, began_at: datetime, ended_at: datetime
) -> dict[str, Any]:
    """Return what the template shows: the times, and how many messages came late, twice, never."""
    newest = session.exec(select(func.max(Event.id))).one() or 0
    late = (
        select(Message.id, Message.possibly_delivered)
        .join(Event, col(Event.message_id) == col(Message.id))
        .where(
            col(Event.id) > newest - _NEWEST_EVENTS,
            col(Event.name).in_([str(EventName.SENT), str(EventName.EDITED)]),
            col(Event.at) >= ended_at - SHORTEST_OUTAGE,
            Message.workspace_id == home.workspace_id,
            col(Message.waiting_since) >= began_at - SHORTEST_OUTAGE,
            col(Message.waiting_since) < ended_at,
        )
        .distinct()
    )
    delivered = session.exec(late).all()
    lost = select(func.count()).where(
        text("state = 'dead'"),
        Message.workspace_id == home.workspace_id,
        Message.state == MessageState.DEAD,
        col(Message.dead_at) >= began_at,
        col(Message.waiting_since) < ended_at,
    )
    waiting = select(func.count()).where(
        text("state = 'waiting'"),
        Message.workspace_id == home.workspace_id,
        col(Message.waiting_since) < ended_at,
        col(Message.due_at) < ended_at,
    )
    return {
        "began_at": int(began_at.timestamp()),
        "ended_at": int(ended_at.timestamp()),
        "late": len(delivered),
        "possibly": sum(is_possible for _, is_possible in delivered),
        "lost": session.exec(lost).one(),
        "waiting": session.exec(waiting).one(),
    }
