"""What nobody else takes, and what is taken too late."""

import asyncio
import json
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

import listeners
from tests.listeners.payloads import Body, click, event, interaction, submission
from tests.listeners.room import OPS, Room


async def sent(app: AsyncApp, body: Body) -> Any:
    """Hand a payload to the app and return what Slack would be answered."""
    return await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


async def test_an_old_button_is_acknowledged_and_says_so(room: Room) -> None:
    """Only the one who clicked is told, under the message."""
    body = click("button_of_last_year", "1", playground=room.playground)
    assert (await sent(room.app, body)).status == 200
    assert "no longer works" in await room.told("ada")


async def test_an_old_form_is_not_closed_as_if_it_had_worked(room: Room) -> None:
    """It is replaced by a sentence that says that nothing was done."""
    view = {"type": "modal", "callback_id": "old_form", "blocks": [], "state": {"values": {}}}
    answer = await sent(room.app, submission(view, playground=room.playground))
    assert answer.status == 200
    assert "Nothing was changed" in answer.body


async def test_an_old_shortcut_opens_a_notice(room: Room) -> None:
    """There is no message to answer under."""
    body = {**interaction("shortcut", room.playground), "callback_id": "old_shortcut"}
    assert (await sent(room.app, body)).status == 200
    assert "shortcut no longer exists" in json.dumps(await room.modal("ada"))


@pytest.mark.parametrize(
    "body",
    [
        {"type": "view_closed", "view": {"type": "modal", "callback_id": "retry_task"}},
        {"type": "block_suggestion", "action_id": "old", "block_id": "b", "value": ""},
        {"command": "/old", "text": "", "user_id": "U0ADA00001", "channel_id": OPS},
    ],
    ids=["view_closed", "block_suggestion", "command"],
)
async def test_everything_else_is_acknowledged(room: Room, body: Body) -> None:
    """Slack neither warns nor repeats."""
    shared = interaction(body.get("type", ""), room.playground)
    assert (await sent(room.app, {**shared, **body})).status == 200


async def test_an_event_nobody_needs_is_acknowledged(room: Room) -> None:
    """Slack would send it three times more, and stop sending events at all in the end."""
    assert (await sent(room.app, event("team_join", "Ev1", room.playground))).status == 200


async def test_a_late_listener_is_not_called_an_old_button(room: Room) -> None:
    """
    A listener that takes longer than three seconds to acknowledge is still the right one.

    Bolt then asks the next listener that matches, and that one takes everything.
    """

    async def slow(ack: AsyncAck) -> None:
        await asyncio.sleep(3.3)
        await ack()

    playground = room.playground
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    app = AsyncApp(client=client)
    app.action("slow")(slow)
    listeners.register(app, room.services)
    assert (await sent(app, click("slow", "1", playground=playground))).status == 200
    await asyncio.sleep(0.5)
    assert playground.ephemerals("ada", "ops") == []
