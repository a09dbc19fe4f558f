from collections.abc import AsyncIterator

import pytest
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspaces.directory import Directory


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(limits="off") as playground:
        yield playground


@pytest.fixture
def directory(playground: Playground) -> Directory:
    return Directory(AsyncWebClient(token=playground.bot_token, base_url=playground.api_url))
