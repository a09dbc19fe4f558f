"""Handles *Replay* on a notice about dead letters: replays everything that the notice counts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.errors import ConflictError, NotFoundError
from bot.ids import is_slack_user_id
from bot.messages import channel_suspension, outbox
from bot.messages.dead_letters import replay
from bot.messages.delivery.given_up_rows import NOTICE
from bot.messages.models import DeadLetter, Message, MessageState, Rank

#: One transaction's share.
MAX_AT_ONCE = 200


def replay_some(
    session: Session, *, tenant: str, key: str, by: str, now: datetime, done: int = 0
) -> tuple[set[str], int]:
    """
    Replay up to 200 of what a notice counts; return the lanes to wake and how many messages.

    *done* is how many this click has replayed before.
    """
    notices = list(_notices_of(session, tenant, key))
    if not notices:
        raise NotFoundError("That notice is too old: nothing of it is kept.")
    query = select(DeadLetter).join(Message, col(Message.id) == DeadLetter.message_id)
    query = query.where(DeadLetter.notice_group == key, Message.state == MessageState.DEAD)
    letters = session.exec(query.order_by(col(DeadLetter.died_at)).limit(MAX_AT_ONCE)).all()
    messages = dead_among(session, letters)
    for message in messages:
        replay.replay(session, message, by=by, now=now)
    on = [
        channel_suspension.resume_channel(session, workspace_id, channel, now)
        for workspace_id, channel in sorted({*_places_of(letters), _notice_place(notices[0])})
    ]
    before = notices[0].context.get("replayed")
    if not messages and not any(on) and before:
        if done:
            return set(), 0
        raise ConflictError(f"Already replayed by {named(before['by'])}.")
    replayed = {"by": by, "count": done + len(messages), "at": int(now.timestamp())}
    for notice in notices:
        context = {**notice.context, "replayed": replayed, "is_off": False}
        outbox.edit(session, notice.id, context, now=now, rank=Rank.ALERT)
    woken = {notices[0].workspace_id, *(workspace_id for workspace_id, _ in _places_of(letters))}
    return woken, len(messages)


def _places_of(letters: Sequence[DeadLetter]) -> set[tuple[str, str]]:
    return {(letter.workspace_id, letter.channel) for letter in letters}


def _notice_place(notice: Message) -> tuple[str, str]:
    """Return the workspace or destination, and the channel, that a notice is about."""
    context = notice.context
    return context.get("workspace_id", notice.workspace_id), context["channel"]


def _notices_of(session: Session, tenant: str, key: str) -> Iterator[Message]:
    query = select(Message).where(
        Message.correlation_id == key, Message.tenant == tenant, Message.template == NOTICE
    )
    yield from session.exec(query).all()


def dead_among(session: Session, letters: Sequence[DeadLetter]) -> Sequence[Message]:
    """Return those of the letters' messages that are still dead."""
    ids = [letter.message_id for letter in letters]
    query = select(Message).where(col(Message.id).in_(ids), Message.state == MessageState.DEAD)
    return session.exec(query).all()


def named(subject: str) -> str:
    return f"<@{subject}>" if is_slack_user_id(subject) else subject
