"""The watchdog of the socket: whatever Slack does to it, the bot hears again (P11)."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ConfigError
from listeners.socket import Socket
from tests.patience import until

#: A tenth of the real intervals: what takes three seconds here takes thirty there.
PING, CHECK, DEAD_AFTER = 0.5, 0.5, 3.5


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(limits="off", ack_seconds=0.3) as playground:
        yield playground


@pytest.fixture
async def bot(playground: Playground) -> AsyncIterator[Socket]:
    app = AsyncApp(client=AsyncWebClient(token=playground.bot_token, base_url=playground.api_url))

    @app.command("/ops")
    async def answer(ack):
        await ack("here")

    socket = Socket(
        app,
        playground.app_token,
        ping_seconds=PING,
        check_seconds=CHECK,
        dead_after_seconds=DEAD_AFTER,
    )
    await socket.start()
    yield socket
    await socket.stop()


async def hears(playground: Playground) -> bool:
    return (await playground.run_command("ada", "ops", "/ops health")).ok


@pytest.mark.parametrize("kind", ["deaf", "close", "disconnect"])
async def test_the_bot_hears_again(playground, bot, kind):
    """A silent, closed or refreshed socket is replaced within a tenth of sixty seconds."""
    await until(partial(hears, playground))
    await playground.upset_sockets(kind)
    await until(partial(hears, playground))
    await playground.wait_for(lambda: bot.health().connected)  # As its next check sees it.


async def test_a_dead_socket_and_a_slack_that_refuses_the_next(playground, bot):
    """The first addresses cannot be had; the bot goes on asking and hears again."""
    playground.fail("apps.connections.open", error="internal_error", count=3)
    await playground.upset_sockets("close")
    await until(partial(hears, playground))


async def test_silence_is_counted_from_the_last_sign_of_life(playground, bot):
    """That another connection was tried is none: people would be told of two seconds for ever."""
    playground.fail("apps.connections.open", error="internal_error", count=1_000)
    await playground.upset_sockets("close")

    async def is_replaced():
        return bot.health().replaced

    await until(is_replaced)
    assert bot.health().silent_seconds >= DEAD_AFTER


async def test_nothing_is_left_after_the_stop(playground):
    """Even of a socket that went deaf no task stays behind."""
    app = AsyncApp(client=AsyncWebClient(token=playground.bot_token, base_url=playground.api_url))
    socket = Socket(app, playground.app_token, ping_seconds=PING)
    before = asyncio.all_tasks()
    await socket.start()
    await playground.upset_sockets("deaf")
    await socket.stop()
    await playground.wait_for(lambda: not left_since(before))


def left_since(before: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Return the tasks that began since, but for the playground's own."""
    return {one for one in asyncio.all_tasks() - before if "web_protocol" not in repr(one)}


async def test_a_socket_of_another_app_is_refused(playground):
    """Slack says in its hello which app it talks to; with a stranger's token nothing would come."""
    app = AsyncApp(client=AsyncWebClient(token=playground.bot_token, base_url=playground.api_url))
    socket = Socket(app, playground.app_token, app_id="A0OTHERAPP")

    with pytest.raises(ConfigError, match="SLACK_APP_TOKEN: belongs to app A0SAMPLE001, but"):
        await socket.start()

    assert playground.connected == 0
