"""Publishes what happened to messages from the event table, each at least once, in order."""

import asyncio
from collections.abc import Sequence

from sqlmodel import Session

from bot.config_sections.bus import BusSettings
from bot.db import Database
from bot.event_bus.brokers.broker import Broker
from bot.event_bus.change_publisher import ChangePublisher
from bot.event_bus.event_order import Gap, final_count
from bot.event_bus.lease import TopicLease
from bot.event_bus.outgoing_events import EventRow, rows_after, writers_of
from bot.event_bus.oversize import publish_fitting
from bot.telemetry.bus_figures import BusFigures

_OUTBOX_LOOK_SECONDS = 0.5


class Publisher:
    """
    Publishes while it holds the lease of the topic.

    The event table is the outbox: a row is there if and only if what it says was committed. The
    cursor moves once the broker has confirmed, so a crash in between repeats events by the same id.
    """

    def __init__(
        self,
        database: Database,
        settings: BusSettings,
        lease: TopicLease,
        changes: ChangePublisher,
        figures: BusFigures,
    ) -> None:
        self._database = database
        self._settings = settings
        self._topic = settings.events or ""
        self._lease = lease
        self._changes = changes
        self._figures = figures
        self._gap: Gap | None = None

    async def work(self, broker: Broker) -> None:
        """Publish until the lease is lost; raise `BrokerError` if the broker is away."""
        while await self._lease.hold():
            published = await self.publish_next(broker) + await self._changes.publish_new(broker)
            if not published:
                await asyncio.sleep(_OUTBOX_LOOK_SECONDS)

    async def publish_next(self, broker: Broker) -> int:
        """Publish what can be published now, at most 200 events; return how many were looked at."""
        last_id = await self._lease.cursor()
        rows = await self._database.read(lambda session: self._look(session, last_id))
        done = last_id
        try:
            for row in rows:
                await self._lease.require()  # A slow broker may outlast it.
                await self._publish(row, broker)
                done = row.id
        finally:
            if done > last_id:
                await self._lease.advance(done)
        self._figures.oldest_unpublished_at = None
        return len(rows)

    async def measure_lag(self) -> None:
        """Note how old the oldest unpublished event is, in the process that has the lease."""
        self._figures.oldest_unpublished_at = None
        if not await self._lease.hold():
            return
        last_id = await self._lease.cursor()
        rows = await self._database.read(lambda session: rows_after(session, last_id))
        waiting = (row.at for row in rows if row.tenant == self._settings.tenant)
        self._figures.oldest_unpublished_at = next(waiting, None)

    async def _publish(self, row: EventRow, broker: Broker) -> None:
        if row.tenant != self._settings.tenant:
            return
        self._figures.oldest_unpublished_at = row.at
        source = self._settings.source
        await publish_fitting(
            broker,
            self._topic,
            row.outgoing(source),
            lambda: row.without_detail().outgoing(source),
            self._figures,
        )

    def _look(self, session: Session, last_id: int) -> Sequence[EventRow]:
        """Return the rows that may be published; remember a gap that has to be waited for."""
        # Before the rows are read: whoever ends in between has its rows among them.
        writers = writers_of(session)
        rows = rows_after(session, last_id)
        if self._gap is not None:
            self._gap = self._gap.seen_again(writers)
        is_final = self._gap is not None and self._gap.is_final(writers)
        final_until = self._gap.until if self._gap and is_final else last_id
        if self._database.is_sqlite and rows:
            final_until = rows[-1].id
        count = final_count(last_id, [row.id for row in rows], final_until)
        if count == len(rows):
            self._gap = None
        elif self._gap is None or is_final:
            self._gap = Gap(until=rows[-1].id)
        return rows[:count]
