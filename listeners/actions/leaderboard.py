"""The menu below a leaderboard; each choice carries the board's name and a subject's."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.leaderboards.service import Leaderboards
from listeners.views.leaderboard_history_builder import TITLE, build_history
from listeners.views.modal_opening import open_when_ready


async def handle_leaderboard_subject_action(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    leaderboards: Leaderboards,
) -> None:
    """Open a modal with the history of the chosen subject."""
    await ack()
    board, _, subject = action["selected_option"]["value"].partition("/")
    view = _history_view(leaderboards, board, subject)
    await open_when_ready(client, body["trigger_id"], TITLE, view)


async def _history_view(leaderboards: Leaderboards, board: str, subject: str) -> dict[str, Any]:
    return build_history(await leaderboards.history(board, subject))
