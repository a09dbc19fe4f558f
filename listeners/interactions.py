"""
What a person or Slack has begun, from the start of its listener to the end: one id and one span.

Log lines of the listener have the id as `correlation_id`, and so has whatever it creates.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from structlog.contextvars import bind_contextvars, get_contextvars

from bot.errors import UserError
from bot.ids import new_id
from bot.tracing.spans import TraceSpan, root_span
from listeners.fallback import StartCount
from listeners.home import HomeRefresh

#: Ids of buttons may be what a tenant's template says: no more than the words of a program.
_PLAIN_WORD = re.compile(r"/?[a-z0-9_.:-]{1,60}")
#: Of the listener that runs in this context.
_span: ContextVar[TraceSpan | None] = ContextVar("interaction", default=None)


class InteractionStart(StartCount):
    """Begins the span; Bolt awaits this in the task of the listener, as all that follows."""

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        """Begin."""
        await super().handle(request, response)
        correlation_id = new_id("c")
        bind_contextvars(correlation_id=correlation_id)
        span = root_span(interaction_name(request.body), correlation_id)
        _span.set(span.__enter__())


class InteractionEnd(HomeRefresh):
    """Ends the span, whatever became of the listener."""

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        """End; what refreshing somebody's Home takes is a part of it."""
        try:
            await super().handle(request, response)
        finally:
            span = _span.get()
            if span is not None:
                span.__exit__(None, None, None)


def interaction_id() -> str | None:
    """Return the correlation id of what is under way here."""
    found = get_contextvars().get("correlation_id")
    return str(found) if found else None


def note_interaction(**facts: str) -> None:
    """Add facts to the span that is under way, if one is: ids and codes."""
    span = _span.get()
    if span is not None and span.is_on:
        span.note(**facts)


def note_failure(error: Exception) -> None:
    """Note how the listener failed: a refusal is told to the person and is no failure of ours."""
    span = _span.get()
    if span is None or not span.is_on:
        return
    if isinstance(error, UserError):
        span.note(refused=error.code)
    else:
        span.fail(type(error).__name__)


def interaction_name(body: Mapping[str, Any]) -> str:
    """Return what a request of Slack's is called: `button task_retry`, `command /ops`. Pure."""
    if "command" in body:
        return f"command {_plain_name(body['command'])}"
    if event := body.get("event"):
        return f"event {_plain_name(event.get('type'))}"
    kind = str(body.get("type"))
    if kind == "block_actions":
        actions = body.get("actions") or [{}]
        return f"button {_plain_name(actions[0].get('action_id'))}"
    if kind in ("view_submission", "view_closed"):
        return f"form {_plain_name((body.get('view') or {}).get('callback_id'))}"
    if kind in ("shortcut", "message_action"):
        return f"shortcut {_plain_name(body.get('callback_id'))}"
    return _plain_name(kind)


def _plain_name(name: object) -> str:
    return name if isinstance(name, str) and _PLAIN_WORD.fullmatch(name) else "(other)"
