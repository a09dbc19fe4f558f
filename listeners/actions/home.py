"""The buttons of App Home that are nowhere else; it is published anew after each."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.models import SilenceReason
from bot.alerts.service import Alerts
from bot.leaderboards.service import Leaderboards
from bot.messages.requests.service import Requests
from bot.subscriptions.service import Subscriptions
from bot.tasks.creation import Owner
from bot.workspaces.access import Rights
from bot.workspaces.directory import Directory
from listeners.views.home.preferences_builder import PREFERENCES_TITLE, build_preferences
from listeners.views.home.subscribe_builder import build_subscribe
from listeners.views.leaderboard_builder import LEADERBOARD_TITLE, build_leaderboard
from listeners.views.modal_opening import open_when_ready
from listeners.views.tasks.run_task_builder import build_run_task


async def handle_home_replay_action(
    ack: AsyncAck,
    action: dict[str, Any],
    user_id: str,
    rights: Rights,
    requests: Requests,
    owner: Owner,
) -> None:
    """Send a dead letter of the person's again."""
    await rights.require_operator(user_id)
    await requests.replay(owner.tenant, action["value"], by=user_id)
    await ack()


async def handle_home_end_silence_action(
    ack: AsyncAck,
    action: dict[str, Any],
    user_id: str,
    rights: Rights,
    alerts: Alerts,
    owner: Owner,
) -> None:
    """Tell of a kind of task again; that somebody else was faster is what was wanted, too."""
    await rights.require_operator(user_id)
    reason, _, kind = action["value"].partition(" ")
    if reason == SilenceReason.MUTED:
        await alerts.unmute(owner.tenant, kind)
    else:
        await alerts.end_maintenance(owner.tenant, kind)
    await ack()


async def handle_home_unsubscribe_action(
    ack: AsyncAck,
    action: dict[str, Any],
    user_id: str,
    subscriptions: Subscriptions,
    owner: Owner,
) -> None:
    """End one of the person's own subscriptions."""
    await subscriptions.unsubscribe(owner, user_id, action["value"])
    await ack()


async def handle_home_subscribe_action(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient
) -> None:
    """Open the form for another one."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=build_subscribe())


async def handle_home_preferences_action(
    ack: AsyncAck,
    body: dict[str, Any],
    user_id: str,
    client: AsyncWebClient,
    directory: Directory,
    subscriptions: Subscriptions,
    owner: Owner,
) -> None:
    """Open the form with what the person prefers now; a new one begins with their time zone."""
    await ack()
    view = preferences_view(directory, subscriptions, owner, user_id)
    await open_when_ready(client, body["trigger_id"], PREFERENCES_TITLE, view)


async def preferences_view(
    directory: Directory, subscriptions: Subscriptions, owner: Owner, user_id: str
) -> dict[str, Any]:
    known = await subscriptions.preference(owner, user_id)
    timezone = known.timezone if known else await directory.timezone_of(user_id)
    return build_preferences(known, timezone or "UTC")


async def handle_home_run_task_action(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    owner: Owner,
    kinds: Callable[[Owner], Awaitable[list[str]]],
) -> None:
    """Open the form of the shortcut *Run a task*."""
    await ack()
    view = build_run_task(await kinds(owner))
    await client.views_open(trigger_id=body["trigger_id"], view=view)


async def handle_home_leaderboard_action(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    leaderboards: Leaderboards,
) -> None:
    """Open a modal with the board's week so far, measured anew where the bot measures."""
    await ack()
    view = _leaderboard_view(leaderboards, action["value"])
    await open_when_ready(client, body["trigger_id"], LEADERBOARD_TITLE, view)


async def _leaderboard_view(leaderboards: Leaderboards, name: str) -> dict[str, Any]:
    return build_leaderboard(await leaderboards.ranking(name))


async def handle_home_refresh_action(ack: AsyncAck) -> None:
    """Acknowledge; what follows every action is all that is wanted."""
    await ack()
