from collections.abc import AsyncIterator

import pytest
from slack_playground import HandClock, Playground

from tests.patience import PATIENCE_SECONDS
from tests.playground.wire import Api, Caller, connect


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def playground(clock: HandClock) -> AsyncIterator[Playground]:
    """A workspace without rate limits that delivers an event again at once."""
    async with Playground(
        limits="off", clock=clock, retry_delays=(0.0, 0.02, 0.02), ack_seconds=PATIENCE_SECONDS
    ) as playground:
        yield playground


@pytest.fixture
def impatient(playground: Playground) -> Playground:
    """The workspace, for apps that do not answer: it waits a moment instead of three seconds."""
    playground.workspace.sockets.ack_seconds = 0.1
    return playground


def be_patient(playground: Playground) -> None:
    """Wait again for an app that answers, however busy the machine is."""
    playground.workspace.sockets.ack_seconds = PATIENCE_SECONDS


@pytest.fixture
async def api(playground: Playground) -> AsyncIterator[Api]:
    """The Web API as an app calls it."""
    async with Api(playground) as api:
        yield api


@pytest.fixture
async def app(api: Api) -> AsyncIterator[Caller]:
    """An app with one socket open, acknowledging everything with what it was told to say."""
    async with connect(api) as caller:
        yield caller
