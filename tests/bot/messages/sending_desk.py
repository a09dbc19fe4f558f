"""Requests and two lanes, as tests of what goes along with a message or follows it need them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from slack_playground import Playground

from bot.clock import SystemClock
from bot.db import Database
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.destinations import Destination, Destinations
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from bot.messages.requests.sender_settings import Senders
from bot.messages.requests.service import Requests
from bot.messages.transports.base import File
from bot.messages.transports.slack import SlackTransport
from bot.messages.transports.webhook import WebhookTransport
from tests.isolation import ISOLATION
from tests.patience import until

TEMPLATES = Path(__file__).parents[3] / "templates"
CSV = File("report.csv", "dealer,rows\nBergmann,12\n")


@dataclass
class BatchWriter:
    """Requests, a lane to the playground and one to a webhook of its #ops."""

    playground: Playground
    requests: Requests
    senders: Senders
    team: str
    lanes: Lanes = field(repr=False)

    async def send(self, key: str, text: str, **more: Any) -> None:
        """Ask for a message in #ops."""
        order = MessageRequest(
            tenant="default",
            workspace_id=self.team,
            template="text",
            payload={"text": text},
            correlation_id=key,
            by="ada",
            message_id=f"m_{key}",
            **{"channel": self.playground.channel("ops").id, **more},
        )
        await self.requests.accept(RequestBatch([order]))

    async def until(self, key: str, standing: str) -> Any:
        """Wait until a message has come so far."""

        async def look() -> Any:
            found = await self.requests.status("default", key)
            return found if found.standing == standing else None

        return await until(look)

    def thread(self) -> list[dict[str, Any]]:
        """What stands under the first message of #ops."""
        messages = self.playground.messages("ops")
        return self.playground.replies("ops", messages[0]["ts"]) if messages else []

    def files(self) -> list[bytes | None]:
        """What the files of that thread say, in order."""
        ids = [file["id"] for reply in self.thread() for file in reply.get("files", [])]
        return [self.playground.state.files[one].content for one in ids]


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[BatchWriter]:
    """Both lanes run."""
    clock = SystemClock()
    async with Playground(limits="off") as playground:
        team = playground.state.team_id
        address = playground.webhook("ops")
        destinations = Destinations([Destination("hook", "default", address)])
        lanes = Lanes(database, Renderer(TEMPLATES), clock, isolation=ISOLATION)
        slack = SlackTransport(playground.api_url, playground.bot_token)
        hook = WebhookTransport(address)
        lanes.open(team, slack, Pacing(unlimited=True))
        lanes.open("to:hook", hook, Pacing(unlimited=True))
        senders = Senders(database, clock, destinations)
        requests = Requests(database, clock, lanes.wake, destinations, ISOLATION)
        yield BatchWriter(playground, requests, senders, team, lanes)
        await lanes.stop()
        slack.close()
        hook.close()
