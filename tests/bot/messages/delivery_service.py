"""The delivery service on a playground, as tests of what people are told need it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from slack_playground import Playground

from bot.clock import SystemClock
from bot.db import Database
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.destinations import Destination, Destinations
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from bot.messages.requests.sender_settings import Senders
from bot.messages.requests.service import Requests
from bot.messages.templates.store import Templates
from bot.messages.transports.slack import SlackTransport
from bot.messages.transports.webhook import WebhookTransport
from tests.isolation import ISOLATION
from tests.patience import until

TEMPLATES = Path(__file__).parents[3] / "templates"
ADA = "U0ADA00001"
OPS = "C0OPS00002"
OLD = "C0ARCHIVE6"


@dataclass
class Service:
    """The delivery service on a playground."""

    playground: Playground
    requests: Requests
    senders: Senders
    templates: Templates
    dead_letters: DeadLetters
    team: str

    async def send(self, text: str, channel: str = OLD, by: str = ADA, **more) -> str:
        """Ask for a message and return its correlation id."""
        order = MessageRequest(
            tenant="default",
            workspace_id=self.team,
            template=more.pop("template", "text"),
            payload=more.pop("payload", {"text": text}),
            correlation_id=text,
            by=by,
            channel=channel,
            **more,
        )
        return (await self.requests.accept(RequestBatch([order])))[0]

    async def until(self, key: str, standing: str):
        """Wait until a message stands so and return its status."""

        async def look():
            status = await self.requests.status("default", key)
            return status if status.standing == standing else None

        return await until(look)

    async def die(self, *texts: str) -> None:
        """Let messages to #old-news die and tell of it."""
        for text in texts:
            await self.send(text)
        for text in texts:
            await self.until(text, "FAILED")
        await self.dead_letters.tell_next()

    def texts(self, channel: str) -> list[str]:
        return [message["text"] for message in self.playground.messages(channel)]

    def direct(self) -> list[dict[str, Any]]:
        """Return what Ada was told by direct message."""
        return self.playground.messages(self.playground.im("ada").id)


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    """A lane that runs; #old-news is archived."""
    clock, renderer = SystemClock(), Renderer(TEMPLATES)
    async with Playground(limits="off") as playground:
        team = playground.state.team_id
        lanes = Lanes(database, renderer, clock, isolation=ISOLATION)
        transport = SlackTransport(playground.api_url, playground.bot_token)
        lanes.open(team, transport, Pacing(unlimited=True))
        hook = WebhookTransport(playground.webhook("old-news"))
        lanes.open("to:hook", hook, Pacing(unlimited=True))
        destinations = Destinations([Destination("hook", "default", "http://127.0.0.1:9")])

        async def alerts() -> str:
            return OPS

        yield Service(
            playground,
            Requests(database, clock, lanes.wake, destinations, ISOLATION),
            Senders(database, clock, destinations),
            Templates(database, ISOLATION, clock),
            DeadLetters(database, clock, lanes.wake, alerts, lambda _tenant: team),
            team,
        )
        await lanes.stop()
        transport.close()
        hook.close()
