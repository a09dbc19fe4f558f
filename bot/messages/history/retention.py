"""Deletes messages that were completed long ago, with their events."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, tuple_
from sqlalchemy import select as select_columns
from sqlmodel import Session, and_, col, or_, select

from bot.clock import Clock
from bot.db import Database
from bot.messages.models import DeadLetter, Event, Message, MessageState
from bot.messages.totals import add_to_totals
from bot.sql import fast_json
from bot.sql.statements import OneOf, Statement
from bot.sql.tables import table_of

#: Candidates of one transaction: few enough that no lane waits noticeably for its own.
_RETENTION_BATCH = 100
_ENDED_STATES = (MessageState.IDLE, MessageState.WITHDRAWN)

#: How far a run has come: creation time and id of the last candidate.
_RetentionMark = tuple[datetime, str]

_MESSAGE = table_of(Message).c
# Arrays, not joins: PostgreSQL would read a whole index to anti-join a hundred parents.
_WAITED_FOR = Statement(
    select_columns(_MESSAGE.parent_id)
    .where(OneOf(_MESSAGE.parent_id, "ids"), *(_MESSAGE.state != one for one in _ENDED_STATES))
    .distinct()
)
_DELETE = tuple(
    Statement(delete(column.table).where(OneOf(column, "ids")))
    for column in (
        table_of(Event).c.message_id,
        table_of(DeadLetter).c.message_id,
        _MESSAGE.id,
    )
)


class Retention:
    """Deletes what is older than the setting."""

    def __init__(self, database: Database, clock: Clock, kept_days: int) -> None:
        self._database = database
        self._clock = clock
        self._kept = timedelta(days=kept_days)
        self._mark: _RetentionMark | None = None

    async def clean_next(self) -> bool:
        """Look at the next 100 candidates and delete those that may go; False after the last."""
        before = self._clock.now() - self._kept
        candidates = await self._database.read(lambda session: self._candidates(session, before))
        ids = [one_id for _, one_id in candidates]
        if ids:
            await self._database.write(lambda session: _delete_ended(session, ids, before))
        is_last = len(candidates) < _RETENTION_BATCH
        self._mark = None if is_last else candidates[-1]
        return not is_last

    def _candidates(self, session: Session, before: datetime) -> Sequence[_RetentionMark]:
        """Return what to look at next, oldest first; a read, so that nobody waits for it."""
        query = select(Message.created_at, Message.id).where(_is_ended(before))
        if self._mark is not None:
            query = query.where(tuple_(col(Message.created_at), col(Message.id)) > self._mark)
        query = query.order_by(col(Message.created_at), col(Message.id)).limit(_RETENTION_BATCH)
        return [(created_at, one_id) for created_at, one_id in session.exec(query).all()]


def _is_ended(before: datetime) -> ColumnElement[bool]:
    """
    Tell whether a message was completed before then: a delivered final state, or a withdrawn one.

    A message that may be edited again, a dead letter, and anything undelivered stay, however old.
    """
    return and_(
        col(Message.created_at) < before,
        or_(col(Message.sent_at).is_(None), col(Message.sent_at) < before),
        or_(
            col(Message.state) == MessageState.WITHDRAWN,
            (col(Message.state) == MessageState.IDLE)
            & or_(col(Message.is_final), col(Message.parent_id).is_not(None)),
        ),
    )


def _delete_ended(session: Session, ids: Sequence[str], before: datetime) -> None:
    """Delete those that are still ended and that no reply waits for."""
    held = (
        select(Message.id, Message.tenant, Message.queue, Message.state)
        .where(col(Message.id).in_(ids), _is_ended(before))
        .with_for_update(skip_locked=True)
    )
    rows = session.exec(held).all()
    waited_for = {row.parent_id for row in _WAITED_FOR.rows(session, ids=fast_json.text([*ids]))}
    gone = [row for row in rows if row[0] not in waited_for]
    for statement in _DELETE:
        statement.run(session, ids=fast_json.text([one_id for one_id, *_ in gone]))
    counted = [(tenant, queue) for _, tenant, queue, state in gone if state == MessageState.IDLE]
    add_to_totals(session, counted, sign=-1)
