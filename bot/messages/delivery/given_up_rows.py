"""
Records dead letters and suspended channels in the lane's transaction.

`dead_letters` decides later whom to notify and how.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlmodel import Session, SQLModel

from bot.messages.delivery.outcome import Outcome
from bot.messages.models import EventName, MessageState
from bot.sql.statements import Statement

#: The notice itself; nobody is notified of its failure, or failures would multiply.
NOTICE = "delivery/dead_letters"

_MESSAGE_COLUMNS = SQLModel.metadata.tables["message"].c
_LETTERS = SQLModel.metadata.tables["dead_letter"]
_SUSPENDED_TABLE = SQLModel.metadata.tables["suspended_channel"]


def note(
    session: Session, dead: Iterable[Row[Any]], outcomes: Mapping[str, Outcome], now: datetime
) -> None:
    """Record a dead letter whose owners have to be notified; a notice has none."""
    letters = [
        {
            "message_id": row.id,
            "workspace_id": row.workspace_id,
            "channel": row.channel,
            "error": outcomes[row.id].error or "",
            "fix": outcomes[row.id].detail.get("fix", ""),
            "died_at": now,
        }
        for row in dead
        if not (row.template == NOTICE and row.template_id is None)
    ]
    if letters:
        ids = [letter["message_id"] for letter in letters]
        session.execute(delete(_LETTERS).where(_LETTERS.c.message_id.in_(ids)))
        session.connection().execute(insert(_LETTERS), letters)


#: Locked, because a message suspended now could miss the resume and wait for ever.
_SUSPENDED_CHANNELS = Statement(
    select(_SUSPENDED_TABLE.c.channel)
    .where(
        _SUSPENDED_TABLE.c.workspace_id == bindparam("workspace_id"),
        _SUSPENDED_TABLE.c.suspended_at.is_not(None),
    )
    .with_for_update(read=True)
)


def _suspended_channels(session: Session, workspace_id: str) -> list[str]:
    """Return the workspace's channels to which nothing is delivered at present."""
    return [row.channel for row in _SUSPENDED_CHANNELS.rows(session, workspace_id=workspace_id)]


def suspend(session: Session, workspace_id: str, now: datetime) -> list[str]:
    """
    Set aside messages that wait for suspended channels, so that they delay nobody.

    Returns these channels: messages committed for them a moment later must wait as well.
    """
    off = _suspended_channels(session, workspace_id)
    if off:
        # A delayed message or a waiting reply is suspended only once it becomes ready.
        aside = (MessageState.WAITING, MessageState.SUSPENDED)
        _move(session, workspace_id, off, aside, now, is_suspended=True)
    return off


def resume(session: Session, workspace_id: str, channel: str, now: datetime) -> None:
    """Release the messages that wait for a channel."""
    on = (MessageState.SUSPENDED, MessageState.WAITING)
    _move(session, workspace_id, [channel], on, now, is_suspended=False)


def _move(
    session: Session,
    workspace_id: str,
    channels: list[str],
    states: tuple[MessageState, MessageState],
    now: datetime,
    *,
    is_suspended: bool,
) -> None:
    """Bring messages from one state into another, each with an event that says so."""
    moved = session.execute(
        update(SQLModel.metadata.tables["message"])
        .where(
            _MESSAGE_COLUMNS.workspace_id == workspace_id,
            _MESSAGE_COLUMNS.channel.in_(channels),
            _MESSAGE_COLUMNS.state == states[0],
        )
        .values(state=states[1])
        .returning(_MESSAGE_COLUMNS.id, _MESSAGE_COLUMNS.revision, _MESSAGE_COLUMNS.tries)
    ).all()
    events = [
        {
            "message_id": row.id,
            "name": EventName.QUEUED,
            "at": now,
            "revision": row.revision,
            "attempt": row.tries,
            "detail": {"suspended": is_suspended},
            "change": {},
        }
        for row in moved
    ]
    if events:
        session.connection().execute(insert(SQLModel.metadata.tables["event"]), events)
