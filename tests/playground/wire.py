"""A Slack app as plain as the wire: JSON over HTTP and one WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp
from slack_playground import Playground

OPS = "C0OPS00002"
GENERAL = "C0GENERAL1"
RANDOM = "C0RANDOM04"
BOARD = "C0BOARD005"
ARCHIVE = "C0ARCHIVE6"
ADA, BEN, CLEO, BOT = "U0ADA00001", "U0BEN00002", "U0CLEO0003", "U0SAMPLE001"


class Api:
    """`await api("chat.postMessage", channel=…)` answers the JSON; `raw` the response too."""

    def __init__(self, playground: Playground, token: str | None = None) -> None:
        self.playground = playground
        self.token = token or playground.bot_token
        self.session = aiohttp.ClientSession()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.session.close()

    async def __call__(self, method: str, **arguments: Any) -> Any:
        return (await self.raw(method, json=arguments))[1]

    async def raw(
        self, method: str, *, token: str | None = "", **request: Any
    ) -> tuple[aiohttp.ClientResponse, Any]:
        """Call with any kind of body; `token=None` sends none."""
        token = self.token if token == "" else token
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if "json" in request:
            headers["Content-Type"] = "application/json; charset=utf-8"
        url = f"{self.playground.api_url}{method}"
        async with self.session.post(url, headers=headers, **request) as response:
            return response, await response.json()

    async def page(self, path: str, **sent: Any) -> Any:
        """POST to the page API."""
        url = f"{self.playground.page_url}_playground/{path}"
        async with self.session.post(url, json=sent) as response:
            return await response.json()

    async def read(self, path: str, **query: str) -> Any:
        """GET from the page API."""
        url = f"{self.playground.page_url}_playground/{path}"
        async with self.session.get(url, params=query) as response:
            return await response.json()

    async def socket_url(self) -> str:
        answer = (await self.raw("apps.connections.open", token=self.playground.app_token))[1]
        return str(answer["url"])


class Caller:
    """The far end of a socket: keeps what arrives, answers as `says` tells."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.hello: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []
        self.is_silent = False
        self.says: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda payload: None
        self.does: Callable[[dict[str, Any]], Awaitable[None]] | None = None

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if "envelope_id" in frame]

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [frame["payload"] for frame in self.envelopes]

    def events(self, kind: str) -> list[dict[str, Any]]:
        found = [one["event"] for one in self.payloads if one.get("type") == "event_callback"]
        return [event for event in found if event["type"] == kind]

    async def run(self) -> None:
        async for message in self.ws:
            frame = json.loads(message.data)
            self.frames.append(frame)
            if "envelope_id" in frame and not self.is_silent:
                await self.acknowledge(frame)
                if self.does is not None:
                    await self.does(frame["payload"])

    async def acknowledge(self, frame: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"envelope_id": frame["envelope_id"]}
        said = self.says(frame["payload"]) if frame["accepts_response_payload"] else None
        if said is not None:
            answer["payload"] = said
        await self.ws.send_json(answer)


@asynccontextmanager
async def connect(api: Api) -> AsyncIterator[Caller]:
    async with api.session.ws_connect(await api.socket_url()) as ws:
        caller = Caller(ws)
        caller.hello = await ws.receive_json()
        task = asyncio.create_task(caller.run())
        yield caller
        task.cancel()


def modal(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    view = {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Save"),
        "blocks": list(blocks) or [text_input()],
    }
    return {**view, **fields}


def text_input(block_id: str = "name", **fields: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Name"),
        "element": {"type": "plain_text_input", "action_id": "typed"},
        **fields,
    }


def section(text: str = "*bold*") -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str = "Retry", action_id: str = "retry", value: str = "1") -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(label), "value": value}


def actions(*elements: dict[str, Any], block_id: str = "acts") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


async def trigger(playground: Playground, app: Caller, user: str = "ada") -> str:
    """Let a person run a command and return the trigger id it brought the app."""
    await playground.run_command(user, "ops", "/ops")
    return str(app.payloads[-1]["trigger_id"])
