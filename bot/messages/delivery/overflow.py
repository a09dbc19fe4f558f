"""Posts text that does not fit in a message into its thread: as replies, or as a file if long."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from bot.messages import outbox
from bot.messages.delivery.content import FILE
from bot.messages.delivery.outcome import Outcome
from bot.messages.destinations import is_destination
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content
from bot.messages.rendering.text_splitting import MAX_PARTS, PART_CHARACTERS, in_parts

OVERFLOW = "delivery/overflow"
_FILE_NAME = "message.txt"


def post_overflow(
    session: Session, delivered: Iterable[Row[Any]], outcomes: Mapping[str, Outcome], now: datetime
) -> None:
    """
    Ask for the rest of messages whose newest revision had no room for all it says.

    Each part replies to the one before it, and so comes after it, whatever fails in between. The
    same words are told once, however many revisions have them; progress says nothing aside.
    """
    for row in delivered:
        rest = outcomes[row.id].overflow
        if rest and row.edit_rank != Rank.PROGRESS:
            message = last = session.get_one(Message, row.id)
            for content in contents(message, rest):
                last = _reply_once(session, message, content, now, after=last)
            # The turn that recorded the message looks for what may go next without the session.
            session.flush()


def contents(message: Message, rest: str) -> list[Content]:
    """Return the replies that say the rest. Pure."""
    takes_files = not is_destination(message.workspace_id) and message.seen_by is None
    if takes_files and len(rest) > PART_CHARACTERS * MAX_PARTS:
        return [Content(FILE, {"name": _FILE_NAME, "content": rest})]
    parts = in_parts(rest)
    return [
        Content(OVERFLOW, {"text": part, "part": number, "parts": len(parts)})
        for number, part in enumerate(parts, start=1)
    ]


def _reply_once(
    session: Session, message: Message, content: Content, now: datetime, *, after: Message
) -> Message:
    words = repr(sorted(content.context.items()))
    digest = hashlib.sha256(f"{message.id}\n{words}".encode()).hexdigest()[:24]
    message_id = f"m_{digest}"
    told = session.get(Message, message_id)
    rank = _rank_of_rest(message)
    return told or outbox.reply(session, after, content, now=now, rank=rank, message_id=message_id)


def _rank_of_rest(message: Message) -> Rank:
    """Return the rank of what a message had no room for: its own, below first posts and ends."""
    return Rank(max(Rank.URGENT, min(message.post_rank, message.edit_rank)))
