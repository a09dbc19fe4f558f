"""Services as parameters of listeners."""

import asyncio
from dataclasses import replace

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

import listeners
from bot.config_file import ConfigFile
from bot.errors import UnavailableError
from bot.tasks.creation import Owner
from bot.tasks.service import Tasks
from tests.listeners.payloads import click
from tests.listeners.room import Room


async def test_a_listener_gets_the_services_it_names(room: Room) -> None:
    """Each field of the services by its name, and the owner of the sender's workspace."""
    got: list[object] = []

    async def curious(ack: AsyncAck, tasks: Tasks, config: ConfigFile, owner: Owner) -> None:
        got.extend([tasks, config, owner])
        await ack()

    playground = room.playground
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    app = AsyncApp(client=client)
    app.action("curious")(curious)
    listeners.register(app, room.services)
    body = click("curious", "1", playground=playground)
    await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    await asyncio.sleep(0)
    assert [room.services.tasks, room.services.config, room.owner] == got


async def test_a_workspace_nobody_owns_is_answered_like_any_error(room: Room) -> None:
    """An error before any listener still acknowledges, and the person reads the reason."""

    def nobody(team_id: str) -> Owner:
        raise UnavailableError(f"The workspace {team_id} is not set up.")

    playground = room.playground
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    app = AsyncApp(client=client)
    listeners.register(app, replace(room.services, owner_of=nobody))
    body = click("task_cancel", "t_1", playground=playground)
    answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert answer.status == 200
    assert "is not set up" in await room.told("ada")
