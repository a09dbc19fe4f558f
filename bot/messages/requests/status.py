"""The status of a message, for the caller that requested it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from bot.messages import channel_suspension
from bot.messages.error_fixes import fix_for
from bot.messages.history.timeline import events_of
from bot.messages.models import EventName, Message, MessageState
from bot.workspaces.models import Workspace

_ATTEMPTS = (EventName.SENT, EventName.EDITED, EventName.FAILED)


#: The fix for messages that wait for a suspended channel.
_SUSPENDED_CHANNEL_FIX = (
    "Its channel is switched off: mend that, then replay this or any dead letter of the channel."
)


class PublicState(StrEnum):
    """The states that the request API knows."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RETRYING = "RETRYING"
    SENT = "SENT"
    FAILED = "FAILED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True)
class MessageStatus:
    """All that is known of one message."""

    message: Message
    standing: PublicState
    attempts: int
    permalink: str | None
    fix: str | None
    suspended_because: str | None  # the error that suspended its channel
    events: list[dict[str, Any]]
    others: list[str] = field(default_factory=list)  # more messages of the same correlation id


def status_of(
    session: Session, message: Message, others: list[str], now: datetime
) -> MessageStatus:
    """Return the status of a message with its timeline."""
    events = events_of(session, message.id)
    workspace = session.get(Workspace, message.workspace_id)
    return MessageStatus(
        message=message,
        standing=_standing_of(message, now),
        attempts=sum(event["event"] in _ATTEMPTS for event in events),
        permalink=permalink(workspace.url if workspace else "", message),
        fix=_fix_of(message, events) or _fix_before(session, message),
        suspended_because=channel_suspension.suspension_error(
            session, message.workspace_id, message.channel
        ),
        events=events,
        others=others,
    )


def _standing_of(message: Message, now: datetime) -> PublicState:
    """Return the state in the words of the request API. Pure."""
    if message.state == MessageState.DEAD:
        return PublicState.FAILED
    if message.state == MessageState.WITHDRAWN:
        return PublicState.WITHDRAWN
    if message.state == MessageState.IDLE:
        return PublicState.SENT
    if message.error:
        return PublicState.RETRYING
    if message.scheduled_at is not None and message.scheduled_at > now:
        return PublicState.SCHEDULED
    return PublicState.PENDING


def permalink(workspace_url: str, message: Message) -> str | None:
    """Return the message's address in the form of chat.getPermalink; None before it is posted."""
    if message.ts is None or not workspace_url:
        return None
    path = f"archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{workspace_url.rstrip('/')}/{path}"


def _fix_of(message: Message, events: list[dict[str, Any]]) -> str | None:
    """Return the fix for a dead letter or a suspended message; None for any other."""
    if message.state == MessageState.SUSPENDED:
        return _SUSPENDED_CHANNEL_FIX
    if message.state != MessageState.DEAD:
        return None
    told = [event["detail"].get("fix") for event in events if event["event"] == EventName.DEAD]
    return (told[-1] if told else None) or fix_for(message.error or "")


def _fix_before(session: Session, message: Message) -> str | None:
    """Return the fix for the message that a reply waits for; None if none is needed."""
    first: Message | None = message
    while first is not None and first.state == MessageState.BLOCKED:
        first = session.get(Message, first.parent_id) if first.parent_id else None
    if first is None or first is message or first.state != MessageState.DEAD:
        return None
    return f"It waits for `{first.id}`, which was given up: replay that one."
