"""A playground with the listeners, real services, a real lane and a SQLite file behind them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

import listeners
from bot.alerts.announcer import AlertAnnouncer
from bot.alerts.configured_rules import Rules
from bot.alerts.reruns import Reruns
from bot.alerts.service import Alerts
from bot.boards.service import Boards, Pin
from bot.clock import SystemClock
from bot.config_file import ConfigFile, TaskKind
from bot.config_sections.workspaces import AccessSettings
from bot.db import Database
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.rendering.renderer import Renderer
from bot.messages.requests.service import Requests
from bot.messages.transports.slack import SlackTransport
from bot.reports.service import Reports
from bot.reports.thread_answers import ReportAnswers
from bot.settings import Settings
from bot.subscriptions.announcer import tell_subscribers
from bot.subscriptions.service import Subscriptions
from bot.tasks.announcer import Announcer
from bot.tasks.creation import NewTask, Owner
from bot.tasks.display import Links
from bot.tasks.intake import Intake
from bot.tasks.models import Task, TaskStatus
from bot.tasks.service import Tasks
from bot.tasks.transactions import Transactions
from bot.tasks.updates import StatusReport
from bot.wiring.case_files import open_cases
from bot.workspaces.access import Rights
from bot.workspaces.directory import Directory
from bot.workspaces.gate import Gate, House
from bot.workspaces.pins import Pins
from listeners.services import ListenerServices
from listeners.socket import Socket
from tests.bot.leaderboards.room import make_boards
from tests.isolation import ISOLATION
from tests.listeners.reports import DailyShop, make_reports
from tests.patience import PATIENT, until

TEMPLATES = Path(__file__).parents[2] / "templates"
ADA, BEN, CLEO = "U0ADA00001", "U0BEN00002", "U0CLEO0003"
OPS = "C0OPS00002"
#: Ada and Ben are in it, Cleo is not.
OPERATORS = "S0OPERATOR"

CONFIG = ConfigFile(tasks={"guarded": TaskKind(retry_roles=[OPERATORS])})


class NoLauncher:
    """Starts nothing: in these tests the work itself is played by reports."""

    def wake(self, workspace_id: str) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Room:
    """One workspace with the bot in it."""

    playground: Playground
    app: AsyncApp
    services: ListenerServices
    owner: Owner
    shop: DailyShop

    async def failed_task(self, kind: str = "schema_fix", **fields: Any) -> Task:
        """Return a task whose first attempt failed, its message standing in #ops."""
        new = NewTask(task=kind, channel=OPS, **fields)
        task, _ = await self.services.tasks.create(self.owner, new)
        report = StatusReport(status=TaskStatus.FAILED, task_id=task.id, error="Column missing")
        await self.services.intake.report(self.owner, report)
        return await self.task(task.id)

    async def running_task(self, kind: str = "schema_fix", **fields: Any) -> Task:
        """Return a task that runs, its message standing in #ops."""
        new = NewTask(task=kind, channel=OPS, status=TaskStatus.RUNNING, **fields)
        task, _ = await self.services.tasks.create(self.owner, new)
        return task

    async def task(self, task_id: str) -> Task:
        """Return a task as it is now."""
        return (await self.services.tasks.get(self.owner, task_id))[0]

    async def standing(self, task: Task, button: str) -> str:
        """Wait until the task's message has *button* and the bot knows where; return that."""
        ts = await self.playground.wait_for(lambda: self._standing(task, button))

        async def is_known() -> bool:
            return (await self.services.tasks.get(self.owner, task.id))[1] == ts

        await until(is_known)
        return ts

    def _standing(self, task: Task, button: str) -> str:
        for message in self.playground.messages("ops"):
            for block in message.get("blocks", []):
                for element in block.get("elements", []):
                    if element.get("action_id") == button and element.get("value") == task.id:
                        return str(message["ts"])
        return ""

    async def told(self, user: str, count: int = 1) -> str:
        """Wait for the *count*-th answer that only *user* sees in #ops, and return it."""
        await self.playground.wait_for(
            lambda: len(self.playground.ephemerals(user, "ops")) >= count
        )
        return str(self.playground.ephemerals(user, "ops")[count - 1]["text"])

    async def modal(self, user: str) -> dict[str, Any]:
        """Wait for *user*'s open modal and return it."""
        return (await self.playground.wait_for(lambda: self.playground.views(user)))[-1]


@asynccontextmanager
async def open_room(
    database: Database,
    operators: Sequence[str] = (),
    viewers: Sequence[str] = (),
    **changes: Any,
) -> AsyncIterator[Room]:
    """Connect the bot to a new playground; *changes* replace fields of its services."""
    async with Playground(limits="off", **PATIENT) as playground:
        owner = Owner("default", playground.state.team_id)
        lanes = Lanes(database, Renderer(TEMPLATES), SystemClock())
        transport = SlackTransport(playground.api_url, playground.bot_token)
        lanes.open(owner.workspace_id, transport)
        client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
        app = AsyncApp(client=client)
        directory = Directory(client)
        shop = DailyShop()
        reports = make_reports(
            database,
            SystemClock(),
            shop,
            people={ADA, BEN, CLEO},
            channels={OPS},
            wake=lanes.wake,
        )
        services = make_services(database, lanes, owner, client, directory, reports.reports)
        rights = Rights(AccessSettings(viewers=list(viewers), operators=list(operators)), directory)
        wired = {"rights": rights, "workspace_url": playground.page_url, **changes}
        services = replace(services, **wired)
        listeners.register(app, services)
        socket = Socket(app, playground.app_token)
        await socket.start()
        try:
            yield Room(playground, app, services, owner, shop)
        finally:
            await socket.stop()
            await reports.workers.stop()
            await lanes.stop()
            transport.close()


RULES = Rules(CONFIG)


def make_services(
    database: Database,
    lanes: Lanes,
    owner: Owner,
    client: AsyncWebClient,
    directory: Directory,
    reports: Reports,
) -> ListenerServices:
    """Return services as the composition root wires them; `elsewhere` has no runner."""
    clock = SystemClock()
    transactions = Transactions(database, lanes=lanes, launcher=NoLauncher())
    announcer = Announcer(
        Links(CONFIG),
        can_retry=lambda task: task.runner is not None,
        on_creation=True,
        on_end=tell_subscribers,
    )
    parts = (transactions, announcer, clock, runner_of)
    tasks = Tasks(*parts, stop_work=lambda _task: None)
    return ListenerServices(
        tasks=tasks,
        reruns=Reruns(database, tasks, clock),
        subscriptions=Subscriptions(database, clock),
        boards=Boards(database, clock, lanes.wake, pin=pin_with(client)),
        intake=Intake(*parts),
        alerts=Alerts(database, AlertAnnouncer(RULES, Links(CONFIG)), RULES, clock, lanes.wake),
        requests=Requests(database, clock, lanes.wake),
        dead_letters=DeadLetters(
            database, clock, lanes.wake, alerts_channel, lambda _tenant: owner.workspace_id
        ),
        case_files=open_cases(
            Settings(), database, clock, Renderer(TEMPLATES), ISOLATION, lanes.wake
        ),
        gate=Gate(client, House(owner.workspace_id, "Playground")),
        rights=Rights(CONFIG.access, directory),
        directory=directory,
        owner_of=lambda _team_id: owner,
        config=CONFIG,
        kinds=known_kinds,
        health=lambda: {
            "socket": {"connected": True, "silent_seconds": 0.0, "replaced": 0},
            "lanes": [{"workspace_id": "T1", "state": "running", "reason": ""}],
        },
        reports=reports,
        report_answers=ReportAnswers(reports, database, clock, lanes.wake),
        report_sources=lambda _tenant: ["shop", "opsbell"],
        leaderboards=make_boards(database, clock, wake=lanes.wake, home=owner.workspace_id),
        environment="staging",
    )


def pin_with(client: AsyncWebClient) -> Pin:
    """Return what pins messages, whatever the workspace."""

    async def client_of(_workspace_id: str) -> AsyncWebClient:
        return client

    return Pins(client_of).pin


async def alerts_channel() -> str | None:
    return OPS


def runner_of(task: Task) -> str | None:
    return None if task.task == "elsewhere" else "orchestrator"


async def known_kinds(_owner: Owner) -> list[str]:
    """Return the kinds that the form offers."""
    return ["schema_fix", "guarded"]
