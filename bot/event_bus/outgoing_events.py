"""What happened to messages, as CloudEvents; read from the rows of the event table in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import select, text
from sqlmodel import Session

from bot.event_bus.brokers.broker import BusMessage
from bot.event_bus.cloud_events import STRUCTURED_TYPE, CloudEvent
from bot.http.schemas.base import Shown
from bot.messages.models import Event, EventName, Message
from bot.sql.many_rows import is_sqlite
from bot.sql.tables import table_of

#: Begins the type of whatever Opsbell publishes.
OWN_TYPES = "opsbell."
_BATCH = 200
_EVENT, _MESSAGE = table_of(Event).c, table_of(Message).c
#: A transaction that writes events holds this lock from before it is allotted an id.
_WRITERS = text(
    "SELECT virtualtransaction FROM pg_locks"
    " WHERE relation = 'event'::regclass AND mode = 'RowExclusiveLock'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class MessageEvent(Shown):
    """The data of an event: what happened to which message."""

    message_id: str
    correlation_id: str | None = Field(description="As the request had it")
    tenant: str
    workspace_id: str = Field(description="Or the destination outside Slack")
    channel: str
    ts: str | None = Field(description="Where it stands in Slack, once it is known")
    thread_ts: str | None
    template_code: str
    revision: int
    attempt: int
    detail: dict[str, Any] = Field(description="As in the message's timeline")


@dataclass(frozen=True)
class EventRow:
    """A row of the event table; `message` is None for one that is not published."""

    id: int
    name: EventName
    at: datetime
    tenant: str | None
    source_id: str
    message: MessageEvent | None

    def outgoing(self, source: str) -> BusMessage:
        """Return the message for the broker; its id is the same each time it is made."""
        told = self.message
        if told is None:
            raise ValueError(f"event {self.id} belongs to no message")
        event = CloudEvent(
            id=self.source_id,
            source=source,
            type=f"{OWN_TYPES}{self.name}",
            data=told.model_dump(mode="json", by_alias=True),
            subject=told.message_id,
            time=self.at,
            partition_key=told.message_id,
        )
        return BusMessage(event.id, event.type, told.message_id, event.as_json(), STRUCTURED_TYPE)

    def without_detail(self) -> "EventRow":
        """Return the row as a broker takes it that has found it too large."""
        left_out = {"detail": {"leftOut": "too large for the broker"}}
        return replace(self, message=self.message and self.message.model_copy(update=left_out))


def writers_of(session: Session) -> frozenset[str]:
    """Return the transactions that are writing events; on SQLite others commit one by one."""
    if is_sqlite(session):
        return frozenset()
    return frozenset(session.execute(_WRITERS).scalars())


def rows_after(session: Session, last_id: int) -> Sequence[EventRow]:
    """Return the rows that follow, at most 200, of all tenants; ids may be missing in between."""
    query = (
        select(
            *(_EVENT.id, _EVENT.name, _EVENT.at, _EVENT.message_id),
            *(_EVENT.revision, _EVENT.attempt, _EVENT.detail),
            *(_MESSAGE.tenant, _MESSAGE.correlation_id, _MESSAGE.workspace_id, _MESSAGE.channel),
            *(_MESSAGE.ts, _MESSAGE.thread_ts, _MESSAGE.template),
        )
        .select_from(table_of(Event).outerjoin(table_of(Message), _MESSAGE.id == _EVENT.message_id))
        .where(_EVENT.id > last_id)
        .order_by(_EVENT.id)
        .limit(_BATCH)
    )
    return [_event_row(row) for row in session.execute(query)]


def _event_row(row: Any) -> EventRow:
    message = None
    if row.tenant is not None:
        message = MessageEvent(
            message_id=row.message_id,
            correlation_id=row.correlation_id,
            tenant=row.tenant,
            workspace_id=row.workspace_id,
            channel=row.channel,
            ts=row.ts,
            thread_ts=row.thread_ts,
            template_code=row.template,
            revision=row.revision,
            attempt=row.attempt,
            detail=row.detail,
        )
    return EventRow(
        row.id, EventName(row.name), row.at, row.tenant, f"{row.message_id}-{row.id}", message
    )
