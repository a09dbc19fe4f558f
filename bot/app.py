"""
The composition root: everything is built here, once, and handed down.

Start: database, tokens, lanes, services, HTTP, jobs, and the socket last, so that nothing is heard
before it can be answered. Stop: the same, backwards.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

import jobs
import listeners
from bot.clock import Clock, SystemClock
from bot.db import Database
from bot.errors import InvalidError
from bot.messages.lanes import Lanes
from bot.messages.pacing import Pacing
from bot.messages.rendering import Renderer
from bot.messages.transports.slack import SlackTransport
from bot.settings import Settings
from bot.tasks.announcer import Announcer
from bot.tasks.creation import Owner
from bot.tasks.display import Links
from bot.tasks.intake import Intake
from bot.tasks.models import Status
from bot.tasks.runners.launcher import Launcher
from bot.tasks.runners.registry import build_runners, runner_name
from bot.tasks.runners.runner import Launch
from bot.tasks.service import Tasks
from bot.tasks.transactions import Transactions
from bot.tasks.updates import Report
from bot.tokens import Tokens
from bot.workspaces.access import Rights
from bot.workspaces.directory import Directory
from bot.workspaces.models import Workspace
from bot.workspaces.preflight import Identity, check_tokens
from listeners.socket import Socket

logger = structlog.get_logger(__name__)

TEMPLATES = Path(__file__).parent.parent / "templates"
#: The tenant of the workspace that SLACK_BOT_TOKEN belongs to.
DEFAULT_TENANT = "default"


@dataclass(frozen=True)
class Core:
    """What everything else stands on."""

    settings: Settings
    clock: Clock
    database: Database
    session: aiohttp.ClientSession
    renderer: Renderer


@dataclass(frozen=True)
class TaskServices:
    """The room of tasks, wired."""

    tasks: Tasks
    intake: Intake
    launcher: Launcher


class Opsbell:
    """The running bot: `async with Opsbell(settings):` starts it and stops it cleanly."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, pacing: Pacing | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._pacing = pacing
        self._stack = AsyncExitStack()
        self.port = settings.port

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        logger.info("stopping")
        await self._stack.aclose()
        logger.info("stopped")

    async def _start(self) -> None:
        began = time.monotonic()
        core = await self._open_core()
        settings = self._settings
        bot_token, app_token = tokens_of(settings)
        identity = await check_tokens(
            core.session, settings.slack_api_url, bot_token, app_token
        )
        await core.database.write(lambda session: remember(session, identity, core.clock))
        lanes = Lanes(core.database, core.renderer, core.clock)
        self._stack.push_async_callback(lanes.stop)
        transport = SlackTransport(core.session, settings.slack_api_url, bot_token)
        lanes.open(identity.workspace_id, transport, self._pacing)
        services = self._open_tasks(core, lanes)
        app = AsyncApp(client=AsyncWebClient(token=bot_token, base_url=settings.slack_api_url))
        directory = Directory(app.client)
        socket = Socket(app, app_token)
        await self._open_http(core, identity, lanes, services, directory, socket)
        self._open_jobs(services)
        self._open_ears(app, core, identity, lanes, services, directory, socket)
        await socket.start()
        self._stack.push_async_callback(socket.stop)
        logger.info(
            "started", workspace=identity.workspace_name, seconds=round(time.monotonic() - began, 2)
        )
