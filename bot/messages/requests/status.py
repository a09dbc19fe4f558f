"""Where a message stands, told to whoever asked for it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from bot.messages import channel_suspension
from bot.messages.fixes import fix_for
from bot.messages.history.timeline import events_of
from bot.messages.models import EventName, Message, MessageState
from bot.workspaces.models import Workspace

ATTEMPTS = (EventName.SENT, EventName.EDITED, EventName.FAILED)


#: The way back for what waits for a channel that is switched off.
ASIDE = (
    "Its channel is switched off: mend that, then replay this or any dead letter of the channel."
)


class Standing(StrEnum):
    """The states that the request API knows."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RETRYING = "RETRYING"
    SENT = "SENT"
    FAILED = "FAILED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True)
class Status:
    """All that is known of one message."""

    message: Message
    standing: Standing
    attempts: int
    permalink: str | None
    fix: str | None
    switched_off: str | None  # the error for which its channel is switched off
    events: list[dict[str, Any]]
    others: list[str] = field(default_factory=list)  # more messages of the same correlation id


def status_of(session: Session, message: Message, others: list[str], now: datetime) -> Status:
    """Return the status of a message with its timeline."""
    events = events_of(session, message.id)
    workspace = session.get(Workspace, message.workspace_id)
    return Status(
        message=message,
        standing=standing_of(message, now),
        attempts=sum(event["event"] in ATTEMPTS for event in events),
        permalink=permalink(workspace.url if workspace else "", message),
        fix=fix_of(message, events) or fix_before(session, message),
        switched_off=channel_suspension.why_off(session, message.workspace_id, message.channel),
        events=events,
        others=others,
    )


def standing_of(message: Message, now: datetime) -> Standing:
    """Return the state in the words of the request API. Pure."""
    if message.state == MessageState.DEAD:
        return Standing.FAILED
    if message.state == MessageState.WITHDRAWN:
        return Standing.WITHDRAWN
    if message.state == MessageState.IDLE:
        return Standing.SENT
    if message.error:
        return Standing.RETRYING
    if message.scheduled_at is not None and message.scheduled_at > now:
        return Standing.SCHEDULED
    return Standing.PENDING


def permalink(workspace_url: str, message: Message) -> str | None:
    """Return the message's address in the form of chat.getPermalink; None before it stands."""
    if message.ts is None or not workspace_url:
        return None
    path = f"archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{workspace_url.rstrip('/')}/{path}"


def fix_of(message: Message, events: list[dict[str, Any]]) -> str | None:
    """Return what to do about a dead letter or what was put aside; None for what goes on."""
    if message.state == MessageState.PARKED:
        return ASIDE
    if message.state != MessageState.DEAD:
        return None
    told = [event["detail"].get("fix") for event in events if event["event"] == EventName.DEAD]
    return (told[-1] if told else None) or fix_for(message.error or "")


def fix_before(session: Session, message: Message) -> str | None:
    """Return what to do about what a reply waits for; None if that goes on by itself."""
    first: Message | None = message
    while first is not None and first.state == MessageState.BLOCKED:
        first = session.get(Message, first.parent_id) if first.parent_id else None
    if first is None or first is message or first.state != MessageState.DEAD:
        return None
    return f"It waits for `{first.id}`, which was given up: replay that one."
