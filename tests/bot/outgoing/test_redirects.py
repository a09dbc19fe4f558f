"""Whoever is called cannot send us, and what we know, somewhere else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.alerts.check_result_message import post_report
from bot.errors import OpsbellError
from bot.http.security.oidc import fetch_json
from bot.messages.rendering.renderer import Rendered
from bot.messages.transports.apprise import send
from bot.reports.analysts.base import AnalystError, Mode
from bot.reports.analysts.gemini import GeminiClient
from bot.reports.analysts.model_client import ModelRequest
from bot.reports.analysts.openai_compatible import OpenAICompatibleClient
from bot.tracing.otlp import OtlpTracer
from bot.workspaces.oauth import OAuthApp, exchange_code
from bot.workspaces.preflight import call

ASKED = ModelRequest("Be brief.", "How many?", {"type": "object"}, "quick")
MODELS: dict[Mode, str] = {"quick": "some-model", "deep": "some-model"}


@dataclass
class Elsewhere:
    """A server that sends everybody to another address, and what came there."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/elsewhere":
            self.arrived.append(request.method)
            return web.json_response({})
        self.asked.append(request.path)
        # Of all redirects this one keeps method and body.
        return web.Response(status=307, headers={"Location": f"{self.url}/elsewhere"})


@pytest.fixture
async def server() -> AsyncIterator[Elsewhere]:
    elsewhere = Elsewhere()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", elsewhere.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    elsewhere.url = "http://127.0.0.1:{1}".format(*runner.addresses[0])
    yield elsewhere
    await runner.cleanup()


async def ask_gemini(url: str) -> None:
    with contextlib.suppress(AnalystError):
        await GeminiClient("key", MODELS, url=url).complete(ASKED)


async def ask_openai(url: str) -> None:
    with contextlib.suppress(AnalystError):
        await OpenAICompatibleClient("key", MODELS, url=url).complete(ASKED)


async def send_spans(url: str) -> None:
    tracer = OtlpTracer(url, {"x-key": "secret"}, "opsbell", "1")
    with tracer.root("task", "k", None, is_quiet=False):
        pass
    await asyncio.to_thread(tracer.close, 30)


async def notify(url: str) -> None:
    await asyncio.to_thread(send, url.replace("http://", "json://"), "Title", "Body")


async def exchange(url: str) -> None:
    app = OAuthApp("1.2", SecretStr("secret"), f"{url}/", url)
    async with aiohttp.ClientSession() as session:
        with contextlib.suppress(OpsbellError):
            await exchange_code(session, app, "code")


async def check_token(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        await call(session, f"{url}/auth.test", "xoxb-1")


async def read_keys(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with contextlib.suppress(ValueError):
            await fetch_json(session, None)(url)


async def report(url: str) -> None:
    await post_report(url, Rendered("Text", [], None))


@pytest.mark.parametrize(
    "calls",
    [ask_gemini, ask_openai, send_spans, notify, exchange, check_token, read_keys, report],
)
async def test_a_redirect_is_not_followed(server, calls):
    """A server that was taken over cannot pass on what it was sent, or call others with us."""
    await calls(server.url)

    assert (len(server.asked) >= 1, server.arrived) == (True, [])
