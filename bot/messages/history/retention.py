"""Messages that have long been settled are deleted, with their events; what lives stays."""

from datetime import timedelta

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, or_, select

from bot.clock import Clock
from bot.db import Database
from bot.messages.models import DeadLetter, Event, Message, MessageState

#: So many in one transaction: a lane must not wait long for its own.
BATCH = 500
SETTLED = (MessageState.IDLE, MessageState.WITHDRAWN)


class Retention:
    """Deletes what is older than the setting."""

    def __init__(self, database: Database, clock: Clock, kept_days: int) -> None:
        self._database = database
        self._clock = clock
        self._kept = timedelta(days=kept_days)

    async def clean_next(self) -> bool:
        """Delete at most 500 messages; False when there are no more to delete."""
        return await self._database.write(self._clean)

    def _clean(self, session: Session) -> bool:
        """
        Delete ends that Slack shows and messages taken back, unless a reply still waits for them.

        A message that may be edited again, a dead letter, and whatever is not delivered stay,
        however old they are.
        """
        before = self._clock.now() - self._kept
        answer = aliased(Message)
        waiting = select(col(answer.id)).where(
            answer.parent_id == Message.id, col(answer.state).not_in(SETTLED)
        )
        query = (
            select(Message.id)
            .where(
                Message.created_at < before,
                or_(col(Message.sent_at).is_(None), col(Message.sent_at) < before),
                or_(
                    Message.state == MessageState.WITHDRAWN,
                    (col(Message.state) == MessageState.IDLE)
                    & or_(col(Message.is_final), col(Message.parent_id).is_not(None)),
                ),
                ~waiting.exists(),
            )
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        ids = session.exec(query).all()
        session.exec(delete(Event).where(col(Event.message_id).in_(ids)))
        session.exec(delete(DeadLetter).where(col(DeadLetter.message_id).in_(ids)))
        session.exec(delete(Message).where(col(Message.id).in_(ids)))
        return len(ids) == BATCH
