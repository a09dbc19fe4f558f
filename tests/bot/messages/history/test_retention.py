"""Old settled messages go, with their events; whatever lives or died stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from bot.messages import outbox
from bot.messages.history.retention import Retention
from bot.messages.models import Event, Message, MessageState
from bot.messages.outbox import Content, Place
from bot.messages.totals import totals_of

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")


class Later:
    """A clock that stands 31 days on."""

    def now(self) -> datetime:
        return NOW + timedelta(days=31)


async def test_only_what_is_settled_and_old_is_deleted(database):
    """Ends and withdrawn messages go; running, dead, young ones and waited-for parents stay."""

    def work(session: Session) -> None:
        def put(key: str, at: datetime = NOW, **values) -> Message:
            message = outbox.put(session, OPS, Content("note"), now=at, message_id=key)
            for name, value in values.items():
                setattr(message, name, value)
            session.flush()
            return message

        settled: dict[str, Any] = {
            "state": MessageState.IDLE,
            "is_final": True,
            "delivered_revision": 1,
        }
        put("m_end", sent_at=NOW, **settled)
        put("m_withdrawn", state=MessageState.WITHDRAWN)
        put("m_running", sent_at=NOW, **{**settled, "is_final": False})
        put("m_dead", state=MessageState.DEAD)
        put("m_scheduled", state=MessageState.DELAYED)
        put("m_young", at=NOW + timedelta(days=20), **settled)
        put("m_edited", sent_at=NOW + timedelta(days=20), **settled)
        parent = put("m_parent", sent_at=NOW, **settled)
        outbox.reply(session, parent, Content("note"), now=NOW)

    await database.write(work)
    assert not await Retention(database, Later(), 30).clean_next()

    left = await database.read(lambda session: set(session.exec(select(Message.id)).all()))
    told = await database.read(lambda session: set(session.exec(select(Event.message_id)).all()))
    kept = {"m_running", "m_dead", "m_scheduled", "m_young", "m_edited", "m_parent"}
    assert kept <= left
    assert len(left) == 7  # The reply is the seventh.
    assert not told & {"m_end", "m_withdrawn"}
    total = await database.read(lambda session: totals_of(session, "default"))
    # Eight that are not withdrawn were stored (one was stored as withdrawn by hand), one is gone.
    assert total == {"slack-message": 8}
