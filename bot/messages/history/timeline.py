"""The timeline of a message: its events, oldest first."""

from typing import Any

from sqlmodel import Session, col, select

from bot.messages.models import Event


def events_of(session: Session, message_id: str, newest: int | None = None) -> list[dict[str, Any]]:
    """Return the message's events as the API shows them, at most the *newest* ones."""
    query = select(Event).where(Event.message_id == message_id).order_by(col(Event.id).desc())
    events = session.exec(query.limit(newest)).all()
    return [
        {
            "event": event.name,
            "at": event.at.isoformat(),
            "revision": event.revision,
            "attempt": event.attempt,
            "detail": {**event.detail, **_shown_context(event)},
        }
        for event in reversed(events)
    ]


def _shown_context(event: Event) -> dict[str, Any]:
    """Return the requested context, or what changed in it."""
    change = event.change
    if "context" in change:
        return {"context": change["context"]}
    return {name: change[name] for name in ("context_set", "context_gone") if name in change}
