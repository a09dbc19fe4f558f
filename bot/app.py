"""
The composition root: builds everything once and hands it down.

Start order: database, tokens, lanes, services, HTTP, jobs, and the socket last, so that the bot
receives nothing before it can answer. Stop order: the reverse.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import jobs
import listeners
from bot.alerts.wiring import AlertServices, open_alerts
from bot.boards.service import Boards
from bot.case_files.service import CaseFiles
from bot.clock import Clock, SystemClock
from bot.config_file import is_pattern
from bot.db import Database
from bot.doctor.examination import examine_settings
from bot.doctor.nightly import NightlyCheck
from bot.errors import ConfigError
from bot.event_bus.wiring import event_bus
from bot.http.idempotency import Idempotency
from bot.http.security.oidc import OidcTokens, fetch_json
from bot.http.server import HttpServer
from bot.http.services import HttpServices
from bot.leaderboards.service import Leaderboards
from bot.leaderboards.wiring import open_leaderboards
from bot.messages.delivery.due_lanes import end_leases, end_waits_of_a_fast_clock
from bot.messages.destinations import Destinations
from bot.messages.history.timeline import events_of
from bot.messages.outbox import Place
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.service import Deliveries, open_deliveries
from bot.messages.templates.isolation import Isolation
from bot.messages.transports.destination import check_destinations
from bot.messages.workers.pool import Workers
from bot.outages.service import Outages
from bot.process.database_lock import lock_database
from bot.redaction import learn
from bot.reports.resources import open_sources, report_limits, report_parts
from bot.reports.runs.run_leases import release_runs
from bot.reports.thread_answers import ReportAnswers
from bot.reports.wiring import ReportRoom, open_reports
from bot.settings import Settings, environment
from bot.signups.announcer import Users
from bot.sources.registry import Sources
from bot.subscriptions.announcer import tell_subscribers
from bot.subscriptions.digests import Digests
from bot.subscriptions.service import Subscriptions
from bot.subscriptions.strangers import Strangers
from bot.tasks.creation import Owner
from bot.tasks.wiring import TaskServices, open_tasks
from bot.telemetry.backlog import Backlog
from bot.telemetry.bus_figures import figures_of_bus
from bot.telemetry.live_gauges import LiveFigures
from bot.telemetry.meters import Meters
from bot.wiring.case_files import open_cases
from bot.wiring.credentials import api_tokens, destinations_of, oauth_app_of, secrets_of
from bot.wiring.other_workspaces import OthersNeed, OtherWorkspaces
from bot.wiring.outward import Outward, open_outward, remember_home
from bot.wiring.presence import Presence, appear, clients_of, open_session, slack_client
from bot.wiring.slack_people import SlackPeople
from bot.wiring.tenants import Owners
from bot.workspaces.access import Rights, config_in, named_people, retry_roles
from bot.workspaces.directory import Directories
from bot.workspaces.gate import Gate
from bot.workspaces.installation import Installations
from bot.workspaces.models import DEFAULT_TENANT
from bot.workspaces.pins import Pins
from jobs.backlog import meter_jobs

logger = structlog.get_logger(__name__)

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class _Services:
    """What the outer rooms (HTTP, jobs, listeners) are given."""

    database: Database
    slack: Presence
    outward: Outward
    tasks: TaskServices
    alerts: AlertServices
    deliveries: Deliveries
    boards: Boards
    owners: Owners
    leaderboards: Leaderboards
    directories: Directories
    reports: ReportRoom
    sources: Sources
    case_files: CaseFiles


class Opsbell:
    """The running bot: `async with Opsbell(settings):` starts it and stops it cleanly."""

    rooms: _Services  # once it has started

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        pacing: Pacing | None = None,
        is_brief: bool = False,
    ) -> None:
        """*is_brief* opens the services alone: nothing is heard, served or done by itself."""
        self._settings = settings
        self._is_brief = is_brief
        self._clock = clock or SystemClock()
        self._pacing = pacing
        self._meters = Meters()
        self._bus = figures_of_bus(settings.config.bus, self._clock)
        self._people = SlackPeople()
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
        learn(secrets_of(self._settings))
        destinations = destinations_of(self._settings)
        check_destinations(destinations)
        database = self._open_database()
        session = await self._stack.enter_async_context(open_session())
        slack = await appear(self._settings, session)
        await remember_home(database, self._clock, slack.identity)
        rooms = self.rooms = await self._open_rooms(database, session, slack, destinations)
        if self._is_brief:
            return
        await self._open_http(rooms, destinations, session)
        self._start_launcher(rooms.tasks)
        # At once: what waits from before the start must not wait for the first tick as well.
        await rooms.outward.lanes.sweep()
        self._start_jobs(rooms)
        if slack.ears and slack.socket:
            services = self._for_listeners(rooms, slack)
            others = OthersNeed(
                config=self._settings.config,
                database=database,
                connections=rooms.outward.connections,
                call_slack=partial(slack_client, self._settings),
                health=partial(slack.health, rooms.outward.lanes),
                kinds=rooms.tasks.tasks.kinds,
            )
            elsewhere = OtherWorkspaces(services, others)
            self._people.houses = listeners.register(slack.ears, services, elsewhere)
            self._stack.push_async_callback(slack.socket.stop)
            await slack.socket.start()
        logger.info(
            "started",
            workspace=slack.identity.workspace_name,
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
            # Nobody else is there: what a killed process held need not run out first.
            now = self._clock.now()
            database.transact(lambda session: end_leases(session, now))
            database.transact(lambda session: release_runs(session, now))
        database.check()
        now = self._clock.now()
        database.transact(lambda session: end_waits_of_a_fast_clock(session, now))
        return database

    async def _open_rooms(
        self,
        database: Database,
        session: aiohttp.ClientSession,
        slack: Presence,
        destinations: Destinations,
    ) -> _Services:
        settings = self._settings
        renderer = Renderer(TEMPLATES)
        workers = Workers()
        isolation = Isolation(workers)
        owners = Owners(database, slack.identity.workspace_id)
        outward = await open_outward(
            settings,
            database,
            renderer,
            self._clock,
            session,
            self._stack,
            destinations,
            lambda: self._pacing or Pacing(),
            isolation,
            self._meters,
            slack.identity.app_id,
        )
        # Before the lanes stop: what waits for a worker is given back, not waited for.
        self._stack.callback(workers.close)
        tasks = open_tasks(
            settings,
            database,
            self._clock,
            lanes=outward.lanes,
            base_url=lambda: self._settings.public_url,
            tokens=api_tokens(settings, self._clock),
            on_end=tell_subscribers,
        )
        deliveries = open_deliveries(
            database,
            self._clock,
            isolation=isolation,
            wake=outward.lanes.wake,
            directory=slack.directory,
            destinations=destinations,
            home_of=owners.home_of,
            alerts_channel=settings.slack_alerts_channel or settings.slack_default_channel,
            kept_days=settings.config.retention.days,
        )
        sources = open_sources(settings, self._clock)
        self._stack.callback(sources.close)
        alerts = open_alerts(
            settings,
            database,
            self._clock,
            tasks.tasks,
            wake=outward.lanes.wake,
            tenants=owners.tenants,
            home_of=owners.home_of,
            workspaces_of=owners.workspaces_of,
            find_channel=slack.directory.channel_id,
            find_source=sources.get,
        )
        boards = Boards(
            database,
            self._clock,
            outward.lanes.wake,
            pin=Pins(clients_of(settings, outward.connections)).pin if slack.ears else None,
        )
        leaderboards = open_leaderboards(
            settings,
            database,
            self._clock,
            slack.directory,
            renderer,
            sources,
            home=slack.identity.workspace_id,
            wake=outward.lanes.wake,
        )
        directories = Directories(
            slack.identity.workspace_id,
            slack.directory,
            settings.slack_api_url,
            outward.connections.token_of,
            settings.proxies.for_url(settings.slack_api_url),
        )
        reports = open_reports(
            database,
            self._clock,
            renderer,
            directories,
            report_parts(settings, database, self._clock, sources),
            report_limits(settings),
            home=slack.identity.workspace_id,
            alerts_channel=deliveries.alerts_channel,
            workspaces_of=owners.workspaces_of,
            wake=outward.lanes.wake,
        )
        self._stack.push_async_callback(reports.workers.stop)
        return _Services(
            database,
            slack,
            outward,
            tasks,
            alerts,
            deliveries,
            boards,
            owners,
            leaderboards,
            directories,
            reports,
            sources,
            open_cases(settings, database, self._clock, renderer, isolation, outward.lanes.wake),
        )

    def _open_oidc(self, session: aiohttp.ClientSession) -> OidcTokens | None:
        """Return what reads an issuer's tokens; the start does not wait for its keys."""
        issuer, audience = self._settings.oidc_issuer, self._settings.oidc_audience
        if issuer is None or audience is None:
            return None
        fetch = fetch_json(session, self._settings.proxies.for_url(issuer))
        return OidcTokens(issuer, audience, self._clock, fetch)

    async def _open_http(
        self, rooms: _Services, destinations: Destinations, session: aiohttp.ClientSession
    ) -> None:
        http = HttpServer(
            services := HttpServices(
                settings=self._settings,
                database=rooms.database,
                clock=self._clock,
                tasks=rooms.tasks.tasks,
                intake=rooms.tasks.intake,
                alerts=rooms.alerts,
                requests=rooms.deliveries.requests,
                users=Users(rooms.database, self._clock, rooms.outward.lanes.wake),
                templates=rooms.deliveries.templates,
                senders=rooms.deliveries.senders,
                channels=rooms.directories,
                tokens=api_tokens(self._settings, self._clock),
                home=rooms.slack.identity.workspace_id,
                owner_of=rooms.owners.of_tenant,
                workspaces_of=rooms.owners.workspaces_of,
                connections=rooms.outward.connections,
                timeline=lambda message_id, newest: rooms.database.read(
                    lambda transaction: events_of(transaction, message_id, newest)
                ),
                lanes=rooms.outward.lanes.health,
                socket=lambda: rooms.slack.heard(),
                leaderboards=rooms.leaderboards,
                reports=rooms.reports.reports,
                report_standing=rooms.reports.standing,
                case_files=rooms.case_files,
                destinations=destinations,
                oidc=self._open_oidc(session),
                meters=self._meters,
                people=self._people,
                bus=self._bus,
                installations=Installations(
                    rooms.database,
                    self._clock,
                    rooms.outward.connections,
                    lambda: oauth_app_of(self._settings),
                    rooms.outward.exchange,
                ),
            )
        )
        await http.start()
        self._stack.push_async_callback(http.stop)
        # Asked for port 0, the system has chosen one.
        self._settings = self._settings.model_copy(update={"port": http.port})
        await self._stack.enter_async_context(event_bus(services))

    def _for_listeners(self, rooms: _Services, slack: Presence) -> listeners.ListenerServices:
        if slack.socket is None or slack.client is None:
            raise ConfigError(["SLACK_BOT_TOKEN: without it nobody can be heard"])
        identity = slack.identity
        config = config_in(self._settings.config, identity.workspace_id, DEFAULT_TENANT)
        bus = self._bus if config.bus and config.bus.tenant == DEFAULT_TENANT else None
        own_lanes = {identity.workspace_id, *destinations_of(self._settings).ids(DEFAULT_TENANT)}

        async def kinds(owner: Owner) -> list[str]:
            known = [kind for kind in config.tasks if not is_pattern(kind)]
            return [*dict.fromkeys([*known, *await rooms.tasks.tasks.kinds(owner)])]

        return listeners.ListenerServices(
            tasks=rooms.tasks.tasks,
            intake=rooms.tasks.intake,
            alerts=rooms.alerts.alerts,
            reruns=rooms.alerts.reruns,
            subscriptions=Subscriptions(rooms.database, self._clock),
            boards=rooms.boards,
            requests=rooms.deliveries.requests,
            dead_letters=rooms.deliveries.dead_letters,
            case_files=rooms.case_files,
            gate=Gate(slack.client, slack.house, named_people(config)),
            rights=Rights(config.access, rooms.slack.directory, retry_roles(config)),
            directory=rooms.slack.directory,
            owner_of=lambda _workspace_id: Owner(DEFAULT_TENANT, identity.workspace_id),
            config=config,
            kinds=kinds,
            health=partial(slack.health, rooms.outward.lanes, own_lanes, bus),
            leaderboards=rooms.leaderboards,
            reports=rooms.reports.reports,
            report_answers=ReportAnswers(
                rooms.reports.reports, rooms.database, self._clock, rooms.outward.lanes.wake
            ),
            report_sources=rooms.sources.names,
            environment=self._settings.environment,
            workspace_url=identity.workspace_url or None,
            clock=self._clock,
            lose_workspace=rooms.outward.connections.lose,
        )

    def _start_launcher(self, room: TaskServices) -> None:
        running = asyncio.create_task(room.launcher.run(room.intake), name="launcher")

        async def stop() -> None:
            await room.launcher.stop()
            await running

        self._stack.push_async_callback(stop)

    def _start_jobs(self, rooms: _Services) -> None:
        scheduler = AsyncIOScheduler(timezone=UTC)
        idempotency = Idempotency(rooms.database, self._clock)
        backlog = Backlog(rooms.database, self._clock)
        self._meters.add(LiveFigures(rooms.outward.lanes, rooms.slack.heard, backlog))
        outages, nightly = self._own_notes(rooms)
        jobs.register(
            scheduler,
            rooms.database,
            rooms.outward.lanes,
            rooms.tasks.intake,
            rooms.deliveries,
            idempotency.forget_old,
            rooms.alerts,
            rooms.leaderboards,
            rooms.boards,
            Digests(rooms.database, self._clock, rooms.outward.lanes.wake),
            backlog,
            outages,
            rooms.reports,
            nightly.check_if_due,
            self._strangers(rooms),
        )
        meter_jobs(scheduler, self._meters, self._clock)
        scheduler.start()
        self._stack.callback(scheduler.shutdown, wait=False)

    def _strangers(self, rooms: _Services) -> Strangers | None:
        if rooms.slack.client is None:
            return None
        config = config_in(self._settings.config, rooms.slack.house.workspace_id, DEFAULT_TENANT)
        gate = Gate(rooms.slack.client, rooms.slack.house, named_people(config))
        return Strangers(rooms.database, gate.require_insider)

    def _own_notes(self, rooms: _Services) -> tuple[Outages, NightlyCheck]:
        """Return what tells the alerts channel how the bot itself is."""
        lanes, home = rooms.outward.lanes, rooms.slack.identity.workspace_id
        here = (rooms.database, self._clock, Place(home, DEFAULT_TENANT, ""))
        alerts_channel = rooms.deliveries.alerts_channel
        outages = Outages(
            *here,
            is_in_touch=lambda: rooms.slack.is_in_touch(lanes.health()),
            alerts_channel=alerts_channel,
            wake=lanes.wake,
        )
        nightly = NightlyCheck(
            *here,
            timezone=self._settings.config.alerts.timezone,
            examine=lambda: examine_settings(self._settings, environment(), self._clock),
            alerts_channel=alerts_channel,
            wake=lanes.wake,
        )
        return outages, nightly
