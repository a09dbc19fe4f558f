"""Publishes changes of alerts and report runs, each at least once."""

from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col, delete, select

from bot.clock import Clock
from bot.config_sections.bus import BusSettings
from bot.db import Database, insert_absent
from bot.event_bus.brokers.broker import Broker
from bot.event_bus.models import BusCursor, BusNotice
from bot.event_bus.oversize import publish_fitting
from bot.event_bus.state_changes import StateChange, unpublished_changes
from bot.telemetry.bus_figures import BusFigures

_EVERY = timedelta(seconds=2)
#: No transaction takes longer: what changed before was seen by an earlier look.
_LONGEST_TRANSACTION = timedelta(minutes=10)


class ChangePublisher:
    """
    Looks at the rows themselves: what changed lately and has no notice is published.

    Rows have no order that a cursor could follow, so each published change leaves a notice.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: BusSettings,
        kept: timedelta,
        figures: BusFigures,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._topic = settings.events or ""
        self._kept = kept
        self._figures = figures
        self._looked_at: datetime | None = None
        self._complete_until: datetime | None = None

    async def publish_new(self, broker: Broker) -> int:
        """Publish what is new, and return how many changes that were; every two seconds."""
        now = self._clock.now()
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < _EVERY:
            return 0
        since = await self._since(now)
        topic, tenant = self._topic, self._settings.tenant
        changes = await self._database.read(
            lambda session: unpublished_changes(session, topic, tenant, since)
        )
        for change in changes:
            source = self._settings.source
            whole, shorter = change.outgoing(source), change.shortened().outgoing
            await publish_fitting(broker, topic, whole, partial(shorter, source), self._figures)
            await self._database.write(lambda session, it=change: self._note(session, it, now))  # type: ignore[misc]
        if not changes:
            self._looked_at = now
            self._complete_until = now - _LONGEST_TRANSACTION
        return len(changes)

    async def _since(self, now: datetime) -> datetime:
        """Return from when on changes may be unpublished: never from before there was a bus."""
        query = select(BusCursor.began_at).where(BusCursor.topic == self._topic)
        began_at = await self._database.read(lambda session: session.exec(query).one())
        if self._complete_until is None:
            return max(began_at, now - self._kept)
        # Not later than this, should the clock have been set back.
        return max(began_at, min(self._complete_until, now - _LONGEST_TRANSACTION))

    def _note(self, session: Session, change: StateChange, now: datetime) -> None:
        insert_absent(session, BusNotice(topic=self._topic, key=change.key, at=now))
        session.exec(delete(BusNotice).where(col(BusNotice.at) < now - 2 * self._kept))
