"""Transports that talk to the playground, and to a server that answers anything at all."""

import asyncio

import aiohttp
import pytest
from slack_playground import Playground

from bot.messages.transports.slack import SlackTransport
from tests.bot.messages.transports.odd import OddServer, outgoing


@pytest.fixture
async def session():
    """A pool of connections."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def playground():
    """A workspace without limits."""
    async with Playground(limits="off") as playground:
        yield playground


@pytest.fixture
def slack(session, playground):
    """A transport that talks to the playground."""
    transport = SlackTransport(playground.api_url, playground.bot_token)
    yield transport
    transport.close()


@pytest.fixture
async def odd():
    """A server of which a test decides every byte."""
    server = OddServer()
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()


@pytest.fixture
def oddly(session, odd):
    """A transport that talks to the odd server."""
    transport = SlackTransport(f"http://127.0.0.1:{odd.port}/api/", "xoxb-1-ada")
    yield transport
    transport.close()


@pytest.fixture
def ours(playground):
    """Return a function that makes a message for the playground's #ops."""
    channel = playground.channel("ops").id
    return lambda **changes: outgoing(**{"channel": channel, **changes})
