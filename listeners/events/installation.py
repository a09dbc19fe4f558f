"""The app was removed from a workspace, or its token was revoked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from bot.tasks.creation import Owner

#: Health shows these as the reason why the workspace's lane stands still.
_UNINSTALLED, _REVOKED = "app_uninstalled", "token_revoked"
_Lose = Callable[[str, str, datetime], Awaitable[bool]]


async def handle_app_uninstalled_event(
    body: dict[str, Any], owner: Owner, lose_workspace: _Lose | None
) -> None:
    """Forget the workspace's token; what waits is delivered once the app is installed again."""
    if lose_workspace is not None:
        await lose_workspace(owner.workspace_id, _UNINSTALLED, _sent_at(body))


async def handle_tokens_revoked_event(
    body: dict[str, Any], event: dict[str, Any], owner: Owner, lose_workspace: _Lose | None
) -> None:
    """Do the same if the bot's token is among the revoked ones."""
    tokens = event.get("tokens")
    if lose_workspace is not None and isinstance(tokens, dict) and tokens.get("bot"):
        await lose_workspace(owner.workspace_id, _REVOKED, _sent_at(body))


def _sent_at(body: dict[str, Any]) -> datetime:
    """
    Return the end of the second in which it happened.

    Slack may deliver an event long after the app was installed again.
    """
    seconds = body.get("event_time")
    return datetime.fromtimestamp(seconds + 1 if isinstance(seconds, int) else 0, UTC)
