"""
The composition root: everything is built here, once, and handed down.

Start: database, tokens, lanes, services, HTTP, jobs, and the socket last, so that nothing is heard
before it can be answered. Stop: the same, backwards.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import jobs
import listeners
from bot.clock import Clock, SystemClock
from bot.credentials import api_tokens, tokens_of
from bot.db import Database
from bot.exclusive import lock_database
from bot.http.server import HttpServer
from bot.http.services import Services as HttpServices
from bot.messages.deliveries import Deliveries, open_deliveries
from bot.messages.lanes import Lanes
from bot.messages.pacing import Pacing
from bot.messages.rendering import Renderer
from bot.messages.timeline import events_of
from bot.messages.transports.slack import SlackTransport
from bot.owners import DEFAULT_TENANT, Owners
from bot.settings import Settings
from bot.tasks.announcer import Announcer
from bot.tasks.creation import Owner
from bot.tasks.display import Links
from bot.tasks.intake import Intake
from bot.tasks.models import Status, Task
from bot.tasks.runners.launcher import Launcher
from bot.tasks.runners.registry import build_runners, runner_name
from bot.tasks.runners.runner import Launch
from bot.tasks.service import Tasks
from bot.tasks.transactions import Transactions
from bot.tasks.updates import Report
from bot.workspaces.access import Rights
from bot.workspaces.directory import Directory
from bot.workspaces.models import Workspace
from bot.workspaces.preflight import check_tokens
from listeners.socket import Socket

logger = structlog.get_logger(__name__)

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class TaskRoom:
    """The services of tasks, wired together."""

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

    @property
    def url(self) -> str:
        """Where the API answers."""
        return self._settings.public_url

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything; what was started is stopped again if one part cannot be."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise

    async def stop(self) -> None:
        """Stop hearing, finish what is in flight, and close everything."""
        logger.info("stopping")
        await self._stack.aclose()
        logger.info("stopped")

    async def _start(self) -> None:
        began = time.monotonic()
        settings = self._settings
        bot_token, app_token = tokens_of(settings)
        database = self._open_database()
        session = await self._stack.enter_async_context(open_session())
        identity = await check_tokens(session, settings.slack_api_url, bot_token, app_token)
        workspace = Workspace(
            id=identity.workspace_id,
            tenant=DEFAULT_TENANT,
            name=identity.workspace_name,
            url=identity.workspace_url,
            bot_user_id=identity.bot_user_id,
            seen_at=self._clock.now(),
        )
        await database.write(lambda transaction: transaction.merge(workspace))

        renderer = Renderer(TEMPLATES)
        lanes = self._open_lanes(database, renderer, identity.workspace_id, bot_token)
        room = self._open_tasks(database, session, lanes)
        ears = AsyncApp(client=AsyncWebClient(token=bot_token, base_url=settings.slack_api_url))
        socket = Socket(ears, app_token)
        directory = Directory(ears.client)
        owners = Owners(identity.workspace_id)
        deliveries = self._open_deliveries(database, renderer, lanes, directory)

        http = HttpServer(
            HttpServices(
                settings=settings,
                database=database,
                clock=self._clock,
                tasks=room.tasks,
                intake=room.intake,
                requests=deliveries.requests,
                templates=deliveries.templates,
                senders=deliveries.senders,
                directory=directory,
                tokens=api_tokens(settings),
                owner_of=owners.of_tenant,
                timeline=lambda message_id: database.read(
                    lambda transaction: events_of(transaction, message_id)
                ),
                lanes=lanes.health,
                socket=lambda: asdict(socket.health()),
            )
        )
        await http.start()
        self._stack.push_async_callback(http.stop)
        # Asked for port 0, the system has chosen one.
        self._settings = settings.model_copy(update={"port": http.port})
        self._start_launcher(room)
        self._start_jobs(room, deliveries)

        async def kinds(owner: Owner) -> list[str]:
            return [*dict.fromkeys([*settings.config.tasks, *await room.tasks.kinds(owner)])]

        listeners.register(
            ears,
            listeners.Services(
                tasks=room.tasks,
                intake=room.intake,
                requests=deliveries.requests,
                dead_letters=deliveries.dead_letters,
                rights=Rights(settings.config.access, directory),
                directory=directory,
                owner_of=owners.of_workspace,
                config=settings.config,
                kinds=kinds,
                health=lambda: health(lanes, socket),
                default_channel=settings.slack_default_channel,
                environment=settings.environment,
                workspace_url=identity.workspace_url or None,
                clock=self._clock,
            ),
        )
        self._stack.push_async_callback(socket.stop)
        await socket.start()
        logger.info(
            "started",
            workspace=identity.workspace_name,
            url=self.url,
            seconds=round(time.monotonic() - began, 2),
        )

    def _open_database(self) -> Database:
        """Return the database, migrated if it is SQLite's; PostgreSQL is migrated on purpose."""
        database = Database(self._settings.database_url)
        self._stack.callback(database.close)
        lock = lock_database(database.url)
        if lock is not None:
            self._stack.callback(lock.close)
            database.migrate()
        database.check()
        return database

    def _open_tasks(
        self, database: Database, session: aiohttp.ClientSession, lanes: Lanes
    ) -> TaskRoom:
        settings = self._settings

        async def ended(launch: Launch, status: Status, error: str | None) -> None:
            report = Report(
                status=status, task_id=launch.task_id, attempt=launch.attempt, error=error
            )
            await intake.report(Owner(launch.tenant, launch.workspace_id), report)

        runners = build_runners(settings, session, ended)
        launcher = Launcher(
            database,
            self._clock,
            runners,
            base_url=lambda: self._settings.public_url,
            tokens=api_tokens(settings),
        )
        announcer = Announcer(
            Links(settings.config, settings.grafana_url),
            can_retry=launcher.knows,
            on_creation=settings.slack_notify_on_task_creation,
        )
        transactions = Transactions(database, lanes=lanes, launcher=launcher)

        def runner_of(task: Task) -> str | None:
            return runner_name(task, settings)

        tasks = Tasks(transactions, announcer, self._clock, runner_of, launcher.cancel)
        intake = Intake(transactions, announcer, self._clock, runner_of)
        return TaskRoom(tasks, intake, launcher)

    def _open_lanes(
        self, database: Database, renderer: Renderer, workspace_id: str, token: str
    ) -> Lanes:
        lanes = Lanes(database, renderer, self._clock)
        self._stack.push_async_callback(lanes.stop)
        transport = SlackTransport(self._settings.slack_api_url, token)
        self._stack.callback(transport.close)
        lanes.open(workspace_id, transport, self._pacing)
        return lanes

    def _open_deliveries(
        self, database: Database, renderer: Renderer, lanes: Lanes, directory: Directory
    ) -> Deliveries:
        settings = self._settings
        return open_deliveries(
            database,
            renderer,
            self._clock,
            wake=lanes.wake,
            directory=directory,
            alerts_channel=settings.slack_default_channel,
            kept_days=settings.config.retention.days,
        )

    def _start_launcher(self, room: TaskRoom) -> None:
        running = asyncio.create_task(room.launcher.run(room.intake), name="launcher")

        async def stop() -> None:
            await room.launcher.stop()
            await running

        self._stack.push_async_callback(stop)

    def _start_jobs(self, room: TaskRoom, deliveries: Deliveries) -> None:
        scheduler = AsyncIOScheduler(timezone=UTC)
        jobs.register(scheduler, room.intake, deliveries)
        scheduler.start()
        self._stack.callback(scheduler.shutdown, wait=False)


def health(lanes: Lanes, socket: Socket) -> dict[str, Any]:
    """Return what `/ops health` shows."""
    return {
        "socket": asdict(socket.health()),
        "lanes": [asdict(lane) for lane in lanes.health()],
    }


def open_session() -> aiohttp.ClientSession:
    """Return the one pool of connections for everything we call."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60))
