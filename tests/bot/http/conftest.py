"""A real server on a free port, over the real use cases and a real database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.alerts.wiring import open_alerts
from bot.config_file import ConfigFile, HttpRunner, TaskKind
from bot.db import Database
from bot.errors import InvalidError
from bot.http.server import HttpServer
from bot.http.services import HttpServices
from bot.messages.delivery.health import LaneHealth
from bot.messages.destinations import Destination, Destinations
from bot.messages.rendering.renderer import Renderer
from bot.messages.requests.sender_settings import Senders
from bot.messages.requests.service import Requests
from bot.messages.templates.store import Templates
from bot.settings import Settings
from bot.signups.announcer import Users
from bot.tasks.announcer import Announcer
from bot.tasks.display import Links
from bot.tasks.intake import Intake
from bot.tasks.models import Task
from bot.tasks.runners.registry import runner_name
from bot.tasks.service import Tasks
from bot.tasks.transactions import Transactions
from bot.tokens import Tokens
from bot.wiring.case_files import open_cases
from bot.wiring.tenants import Owners
from tests.bot.http.calling import JWT_SECRET, Client, HandClock, token_for
from tests.bot.http.order import SCOPES, SHIPPED
from tests.bot.leaderboards.room import make_boards
from tests.bot.reports.service_room import Office
from tests.bot.workspaces.room import KnownTokens, connect, make_connections
from tests.isolation import ISOLATION

CALLBACK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEMPLATES = Path(__file__).parents[3] / "templates"
WORKSPACES = {"default": "T1", "cleo": "T2"}
DESTINATIONS = Destinations(
    [
        Destination("oncall-mail", "default", "mailto://127.0.0.1"),
        Destination("cleos-hook", "cleo", "http://127.0.0.1:9/secret"),
    ]
)


class Recorder:
    """Remembers who was woken."""

    def __init__(self) -> None:
        self.woken: list[str] = []

    def wake(self, workspace_id: str) -> None:
        self.woken.append(workspace_id)


class Names:
    """One workspace with one channel that is known by name."""

    async def channel_id(self, workspace_id: str, channel: str) -> str:
        if channel.startswith("C"):
            return channel
        if (workspace_id, channel) == ("T1", "#jobs"):
            return "C0JOBS"
        raise InvalidError(f"I am in no channel called {channel}.")


@dataclass
class Surroundings:
    """What a test may change about the world around the server."""

    lanes: list[LaneHealth] = field(default_factory=lambda: [LaneHealth("T1", "running", "")])
    socket: dict[str, Any] = field(default_factory=lambda: {"connected": True, "silent_seconds": 3})
    events: list[dict[str, Any]] = field(default_factory=list)
    slack: KnownTokens = field(default_factory=KnownTokens)
    reopened: list[str] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings()


@pytest.fixture
def settings() -> Settings:
    config = ConfigFile(
        tasks={"import": TaskKind(channel="#jobs", runner="mill", log_level="warning")},
        runners={"mill": HttpRunner(type="http", url="http://127.0.0.1:9/run", tenants=["*"])},
    )
    return Settings.model_validate(
        {
            "port": 0,
            "jwt_secret": JWT_SECRET,
            "callback_secret": CALLBACK_SECRET,
            "slack_default_channel": "C0DEFAULT",
            "environment": "staging",
            "config": config,
        }
    )


@pytest.fixture
def services(
    settings: Settings, database: Database, clock: HandClock, surroundings: Surroundings
) -> HttpServices:
    def runner_of(task: Task) -> str | None:
        return runner_name(task, settings)

    for tenant, workspace_id in WORKSPACES.items():
        connect(database, workspace_id, tenant)
    owners = Owners(database, "T1")

    async def timeline(_message_id: str, newest: int) -> Sequence[Mapping[str, Any]]:
        return surroundings.events[-newest:]

    transactions = Transactions(database, lanes=Recorder(), launcher=Recorder())
    announcer = Announcer(
        Links(settings.config, settings.grafana_url),
        can_retry=lambda task: task.runner is not None,
        on_creation=True,
    )
    tasks = Tasks(transactions, announcer, clock, runner_of, lambda _task: None)
    office = Office(database, clock)
    return HttpServices(
        settings=settings,
        database=database,
        clock=clock,
        tasks=tasks,
        intake=Intake(transactions, announcer, clock, runner_of),
        alerts=open_alerts(
            settings,
            database,
            clock,
            tasks,
            wake=surroundings.woken.append,
            tenants=owners.tenants,
            home_of=owners.home_of,
            workspaces_of=owners.workspaces_of,
            find_channel=lambda channel: Names().channel_id("T1", channel),
        ),
        requests=Requests(database, clock, surroundings.woken.append, DESTINATIONS, ISOLATION),
        users=Users(database, clock, surroundings.woken.append),
        templates=Templates(database, ISOLATION, clock),
        senders=Senders(database, clock, DESTINATIONS),
        channels=Names(),
        tokens=Tokens(JWT_SECRET, clock),
        home="T1",
        owner_of=owners.of_tenant,
        workspaces_of=owners.workspaces_of,
        connections=make_connections(database, clock, surroundings.slack, surroundings.reopened),
        timeline=timeline,
        lanes=lambda: surroundings.lanes,
        socket=lambda: surroundings.socket,
        reports=office.reports,
        report_standing=office.room.standing,
        case_files=open_cases(
            settings, database, clock, Renderer(TEMPLATES), ISOLATION, surroundings.woken.append
        ),
        leaderboards=make_boards(database, clock, wake=surroundings.woken.append),
        destinations=DESTINATIONS,
    )


@pytest.fixture
async def server(services: HttpServices) -> AsyncIterator[HttpServer]:
    server = HttpServer(services)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(server: HttpServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield Client(session, f"http://127.0.0.1:{server.port}", token_for())


@pytest.fixture
async def shop(client: Client) -> Client:
    """A caller whose tenant has a sender and a template."""
    client.token = token_for("default", *SCOPES)
    assert (await client.call("PUT", "/api/templates/shipped", SHIPPED)).status == 201
    assert (await client.call("PUT", "/api/senders/shop", {"queue": "email"})).status == 201
    return client
