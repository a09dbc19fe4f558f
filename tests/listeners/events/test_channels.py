"""Events about channels: a name that changed hands is asked for again at once."""

import json
from functools import partial
from pathlib import Path

import pytest
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_playground import Playground

from bot.workspaces.directory import Directory
from listeners.events.channels import CHANNEL_EVENTS, handle_member_left_event
from tests.listeners.payloads import event
from tests.listeners.room import ADA, OPS, Room
from tests.patience import until

MANIFEST = Path(__file__).parents[3] / "manifest.json"


async def asked_again(directory: Directory, playground: Playground) -> bool:
    """Tell whether #ops is asked for once more before it is used."""
    before = len(playground.calls("users.conversations"))
    await directory.channel_id("#ops")
    return len(playground.calls("users.conversations")) > before


@pytest.mark.parametrize("kind", CHANNEL_EVENTS)
@pytest.mark.parametrize("channel", [OPS, {"id": OPS, "name": "ops-2025", "created": 1}])
async def test_a_channel_that_changed_is_asked_for_again(
    room: Room, kind: str, channel: object
) -> None:
    """Renamed, archived, deleted, left: Slack names the channel in two ways."""
    directory = room.services.directory
    await directory.channel_id("#ops")
    body = event(kind, "Ev1", room.playground)
    body["event"]["channel"] = channel

    answer = await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))

    assert answer.status == 200
    await until(partial(asked_again, directory, room.playground))


async def test_only_the_bots_own_leaving_counts(room: Room) -> None:
    """People come and go."""
    directory, playground = room.services.directory, room.playground
    await directory.channel_id("#ops")
    context = AsyncBoltContext({"bot_user_id": playground.state.bot_user_id})

    await handle_member_left_event({"user": ADA, "channel": OPS}, context, directory)
    assert not await asked_again(directory, playground)
    left = {"user": playground.state.bot_user_id, "channel": OPS}
    await handle_member_left_event(left, context, directory)
    assert await asked_again(directory, playground)


def test_the_manifest_asks_for_these_events() -> None:
    """And for no others: of what people write it hears mentions, and what is written to it."""
    settings = json.loads(MANIFEST.read_text())["settings"]

    assert settings["event_subscriptions"]["bot_events"] == sorted(
        [
            *CHANNEL_EVENTS,
            *("app_home_opened", "app_mention", "app_uninstalled", "member_left_channel"),
            *("message.im", "tokens_revoked"),
        ]
    )
