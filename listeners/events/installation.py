"""The app was removed from a workspace, or its token was revoked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

#: Health shows these as the reason why the workspace's lane stands still.
_UNINSTALLED, _REVOKED = "app_uninstalled", "token_revoked"
_Lose = Callable[[str, str, datetime], Awaitable[bool]]


async def handle_app_uninstalled_event(body: dict[str, Any], lose_workspace: _Lose | None) -> None:
    """Forget the workspace's token; what waits is delivered once the app is installed again."""
    await _lose(body, _UNINSTALLED, lose_workspace)


async def handle_tokens_revoked_event(
    body: dict[str, Any], event: dict[str, Any], lose_workspace: _Lose | None
) -> None:
    """Do the same if the bot's token is among the revoked ones."""
    tokens = event.get("tokens")
    if isinstance(tokens, dict) and tokens.get("bot"):
        await _lose(body, _REVOKED, lose_workspace)


async def _lose(body: dict[str, Any], because: str, lose_workspace: _Lose | None) -> None:
    """
    Forget the token of the workspace that the event is about.

    It need not be the one that serves the event: on Enterprise Grid that may be another workspace
    of the organisation. About a whole organisation nothing is known here; if a token is void, its
    lane finds out.
    """
    workspace_id = body.get("team_id")
    if lose_workspace is not None and isinstance(workspace_id, str):
        await lose_workspace(workspace_id, because, _sent_at(body))


def _sent_at(body: dict[str, Any]) -> datetime:
    """
    Return the end of the second in which it happened.

    Slack may deliver an event long after the app was installed again.
    """
    seconds = body.get("event_time")
    return datetime.fromtimestamp(seconds + 1 if isinstance(seconds, int) else 0, UTC)
