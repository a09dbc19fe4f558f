"""
Two workspaces of two tenants on one bot, with the same channels, people and ids in both.

Every command, button, form and shortcut that is registered is tried from the one with everything
that exists in the other: nothing of it is shown there, and nothing of it changes.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_playground import Playground
from slack_playground.hands import Hands
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select
from structlog.testing import capture_logs

from bot.alerts.models import Alert, Silence
from bot.app import Opsbell
from bot.boards.models import TaskBoard
from bot.clock import SystemClock
from bot.config_file import ConfigFile, HttpRunner, TaskKind
from bot.config_sections.workspaces import WorkspaceSettings
from bot.db import Database
from bot.messages.models import Message
from bot.messages.rate_limits.slack_limits import Pacing
from bot.reports.models import Report
from bot.settings import Settings
from bot.subscriptions.models import Preference, Subscription
from bot.tasks.creation import Owner
from bot.tasks.models import Task, TaskStatus
from bot.tasks.queries import Filter
from bot.tasks.updates import StatusReport
from bot.tokens import Tokens
from listeners.views.notice_builder import build_notice
from tests.bot.http.calling import JWT_SECRET, Client
from tests.bot.http.tenant_cases import CHANNEL, PERSON, SECRET, Known
from tests.bot.http.test_tenants import CANARY, work
from tests.listeners.every_payload import (
    BRANCH,
    BRANCH_TOKEN,
    HOME,
    commands_about,
    in_branch,
    ops_command,
    payloads,
    presses,
    registrations,
)
from tests.listeners.payloads import Body, click, interaction
from tests.patience import PATIENT, until

MANIFEST = Path(__file__).parents[2] / "manifest.json"
BEN = "U0BEN00002"
#: What a payload ends with that does not get as far as its service.
INCOMPLETE = (LookupError, TypeError, AttributeError)
OURS = Owner("default", HOME)
#: What people may have changed; the history and the queue of messages change by themselves.
TABLES = (Task, Alert, Silence, Subscription, Preference, TaskBoard, Report)


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    team = {"id": BRANCH, "name": "Branch", "domain": "branch"}
    branch = {"team": team, "tokens": {BRANCH_TOKEN: "bot"}, "installed": True}
    seed = {"workspaces": [branch]}
    async with Playground(limits="off", manifest=MANIFEST, seed=seed, **PATIENT) as playground:
        yield playground


@pytest.fixture
def config() -> ConfigFile:
    mill = HttpRunner(type="http", url="http://127.0.0.1:9/run", tenants=["*"])
    return ConfigFile(runners={"mill": mill}, tasks={"import": TaskKind(runner="mill")})


@pytest.fixture
async def bot(playground: Playground, tmp_path: Path, config: ConfigFile) -> AsyncIterator[Opsbell]:
    """The bot as it is composed, with Cleo's branch connected."""
    settings = Settings.model_validate(
        {
            "slack_bot_token": playground.bot_token,
            "slack_app_token": playground.app_token,
            "slack_api_url": playground.api_url,
            "slack_default_channel": CHANNEL,
            "database_url": f"sqlite:///{tmp_path}/opsbell.db",
            "port": 0,
            "jwt_secret": JWT_SECRET,
            "token_encryption_key": Fernet.generate_key().decode(),
            "config": config,
        }
    )
    async with Opsbell(settings, pacing=Pacing(unlimited=True)) as bot:
        connections = bot.rooms.outward.connections
        await connections.connect("cleo", BRANCH, BRANCH_TOKEN, name="Branch", by="test")
        yield bot


@pytest.fixture
def branch(playground: Playground) -> Hands:
    return playground.elsewhere(BRANCH)


async def heard(bot: Opsbell, body: Body) -> Any:
    """Give the bot a payload as its socket would, and return its answer."""
    assert bot.rooms.slack.ears is not None
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    return await bot.rooms.slack.ears.async_dispatch(request)


async def work_at_home(bot: Opsbell) -> Known:
    """Let the tenant `default` make one of everything."""
    known = await work_of(bot, "default", PERSON)
    rooms = bot.rooms
    await rooms.boards.begin(OURS, CHANNEL, by=PERSON)
    await rooms.alerts.alerts.mute("default", SECRET, by=PERSON, duration=None)
    await until_quiet(bot, "default")
    return known


async def work_of(bot: Opsbell, tenant: str, subject: str) -> Known:
    """Let somebody of a tenant make one of everything over HTTP."""
    token = Tokens(JWT_SECRET, SystemClock()).mint(
        subject=subject, tenant=tenant, scopes=frozenset({"admin"})
    )
    async with aiohttp.ClientSession(trust_env=False) as session:
        known: Known = await work(
            Client(session, bot.url, ""),
            bot.rooms.database,
            tenant,
            token=token,
            query="select count(*) as tasks from tasks",
        )
    return known


async def until_quiet(bot: Opsbell, tenant: str) -> None:
    """Wait until nothing of a tenant is on its way."""

    async def is_quiet() -> bool:
        await bot.rooms.boards.refresh()
        return await bot.rooms.database.read(lambda session: _nothing_waits(session, tenant))

    await until(is_quiet)


async def opened_in(branch: Hands, playground: Playground) -> str:
    """Return the id of a modal that stands open in the branch."""
    slack = AsyncWebClient(token=BRANCH_TOKEN, base_url=playground.api_url)
    trigger = branch.workspace.triggers.issue(branch.workspace.state, PERSON)
    opened = await slack.views_open(trigger_id=trigger, view=build_notice("…"))
    return str(opened["view"]["id"])


def _nothing_waits(session: Any, tenant: str) -> bool:
    query = select(Message).where(Message.tenant == tenant)
    is_quiet = all(one.state in ("idle", "dead", "suspended") for one in session.exec(query))
    return is_quiet and all(board.pinned_ts for board in session.exec(select(TaskBoard)))


def stored(database: Database, tenant: str = "default") -> list[str]:
    """Return all that people may have changed of a tenant's."""

    def look(session: Any) -> list[str]:
        rows = [row for table in TABLES for row in session.exec(select(table)).all()]
        return sorted(row.model_dump_json(warnings=False) for row in rows if row.tenant == tenant)

    return database.transact(look)


def _everything() -> Filter:
    return Filter(limit=100)


def _running(task_id: str) -> StatusReport:
    return StatusReport(status=TaskStatus.RUNNING, task_id=task_id)


def _standing(hands: Hands, task_id: str) -> str:
    """Return where the task's Cancel button stands; "" while it does not."""
    for message in hands.messages("ops"):
        for block in message.get("blocks", []):
            for element in block.get("elements", []):
                if (element.get("action_id"), element.get("value")) == ("task_cancel", task_id):
                    return str(message["ts"])
    return ""


def test_everything_of_its_kind_is_tried() -> None:
    """A listener of a new kind, such as one for options, needs payloads above."""
    kinds = {kind for kind, name, _ in registrations() if isinstance(name, str)}
    assert kinds == {
        *("action", "command", "event", "function", "global_shortcut", "message_shortcut"),
        "view_submission",
    }


@pytest.mark.long
async def test_nothing_of_a_tenant_is_seen_or_changed_from_another(
    bot: Opsbell, playground: Playground, branch: Hands
) -> None:
    """Whatever is pressed, typed or submitted in the branch, home stays as it is, unseen."""
    known = await work_at_home(bot)
    database = bot.rooms.database
    before, calls = stored(database), len(playground.calls())
    assert any(CANARY in row for row in before)

    view_id = await opened_in(branch, playground)
    with capture_logs() as lines:
        for body in payloads(known, playground, branch, view_id):
            answer = await heard(bot, body)
            assert answer.status == 200, body
            assert CANARY not in str(answer.body), body
        # App Home is published after the acknowledgement.
        await branch.wait_for(
            lambda: [one for one in branch.calls("views.publish") if one.team == BRANCH]
        )
    assert stored(database) == before
    # On a busy machine the socket, which is everybody's, may have been replaced meanwhile.
    made = [call for call in playground.calls()[calls:] if call.method != "apps.connections.open"]
    assert [call.method for call in made if call.team != BRANCH] == []
    assert [call for call in made if CANARY in json.dumps(call.arguments)] == []
    assert {"views.open", "views.publish"} <= {call.method for call in made}
    failed = [line for line in lines if line["event"] == "listener_failed"]
    assert [line for line in failed if isinstance(line["exc_info"], INCOMPLETE)] == []


async def test_the_branch_is_served_for_its_own_tenant(bot: Opsbell, branch: Hands) -> None:
    """A command there starts a task of Cleo's, and its button cancels it, in the branch."""
    mine = Owner("cleo", BRANCH)

    started = await branch.run_command("ada", "ops", "/ops task run import")
    assert started.ok
    (task, _), *_ = await bot.rooms.tasks.tasks.list(mine, _everything())
    await bot.rooms.tasks.intake.report(mine, _running(task.id))
    ts = await branch.wait_for(lambda: _standing(branch, task.id))
    await branch.click("ada", "ops", ts, "task_cancel")

    async def is_cancelled() -> bool:
        found, _ = await bot.rooms.tasks.tasks.get(mine, task.id)
        return found.status == TaskStatus.CANCELLED

    await until(is_cancelled)
    assert await bot.rooms.tasks.tasks.list(OURS, _everything()) == []


async def test_a_workspace_that_is_gone_is_told_so(
    bot: Opsbell, playground: Playground, branch: Hands
) -> None:
    """When the app is removed, its lane says why; who still types there reads it, too."""
    await bot.rooms.outward.connections.lose(BRANCH, "app_uninstalled", SystemClock().now())

    body = ops_command("task list", branch)
    answer = await heard(bot, body)

    assert "not connected to Opsbell" in answer.body
    # Without a token no modal can be opened; Slack must not show an error of its own for that.
    shortcut = {**interaction("shortcut", playground), "callback_id": "run_task"}
    assert (await heard(bot, in_branch(shortcut, branch))).status == 200
    pressed = in_branch(click("task_cancel", "t_1", playground=playground), branch)
    assert (await heard(bot, pressed)).status == 200
    assert "not connected to Opsbell" in branch.ephemerals("ada", "ops")[0]["text"]
    look = bot.rooms.outward.connections.open_workspace
    assert await look(BRANCH) is None


class TestSettingsOfItsOwn:
    """`[workspaces.<team id>]` names who may act in the branch, and its channels."""

    @pytest.fixture
    def config(self, config: ConfigFile) -> ConfigFile:
        own = WorkspaceSettings(channel=CHANNEL, alerts_channel=CHANNEL, operators=[BEN])
        return config.model_copy(update={"workspaces": {BRANCH: own}})

    async def test_they_hold_in_the_branch_and_nowhere_else(
        self, bot: Opsbell, playground: Playground, branch: Hands
    ) -> None:
        """Ada is told who may, and may at home; what names no channel comes to the branch's."""
        line = "/ops task run import"
        await branch.run_command("ada", "ops", line)
        assert branch.ephemerals("ada", "ops")[-1]["text"] == (
            f"Only <@{BEN}> can do that. Ask one of them."
        )
        assert (await branch.run_command("ben", "ops", line)).ok
        assert (await playground.run_command("ada", "ops", line)).ok

        owners = (Owner("cleo", BRANCH), OURS)
        tasks = [await bot.rooms.tasks.tasks.list(one, _everything()) for one in owners]
        assert [[task.created_by for task, _ in found] for found in tasks] == [[BEN], [PERSON]]
        trigger = {"event_action": "trigger", "payload": {"summary": "pump", "source": "north"}}
        async with aiohttp.ClientSession(trust_env=False) as session:
            token = Tokens(JWT_SECRET, SystemClock()).mint(
                subject="cleo", tenant="cleo", scopes=frozenset({"admin"})
            )
            client = Client(session, bot.url, token)
            made = await client.post("/api/tasks", {"task": "nightly"})
            await client.post("/api/alerts/events", {**trigger, "dedup_key": "p1"})
        assert (made.status, made.body["channel"]) == (201, CHANNEL)
        await branch.wait_for(lambda: "pump" in json.dumps(branch.messages("ops")))
        assert "pump" not in json.dumps(playground.messages("ops"))

    @pytest.mark.long
    async def test_who_may_only_look_changes_nothing_of_anybody_else(
        self, bot: Opsbell, playground: Playground, branch: Hands
    ) -> None:
        """Every button, form and command is pressed by Ada, who is told that Ben may."""
        known = await work_of(bot, "cleo", BEN)
        await until_quiet(bot, "cleo")
        database = bot.rooms.database
        before, view_id = stored(database, "cleo"), await opened_in(branch, playground)

        for one in (SECRET, known.alert_id, known.report_id):
            pressed = presses(registrations(), one, playground, branch, view_id)
            typed = commands_about(registrations(), one, branch)
            await asyncio.gather(*(heard(bot, body) for body in (*pressed, *typed)))

        # What she is told of, and when, is hers to say; so is a channel's subscription, aloud.
        hers = [row for row in stored(database, "cleo") if row not in before]
        assert [row for row in hers if PERSON not in row] == []
        assert [row for row in before if row not in stored(database, "cleo")] == []
        dead = database.transact(lambda session: session.get_one(Message, known.message_id))
        assert dead.state == "dead"
        told = [one["text"] for one in branch.ephemerals("ada", "ops")]
        assert told.count(f"Only <@{BEN}> can do that. Ask one of them.") > len(registrations()) / 4
