"""Slack's own assistant asks for people: each sees and may do what that person may in Slack."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from slack_playground import Playground
from slack_sdk.signature import SignatureVerifier

from bot.app import Opsbell
from bot.config_file import ConfigFile, HttpRunner, TaskKind
from bot.config_sections.workspaces import AccessSettings
from bot.messages.rate_limits.slack_limits import Pacing
from bot.settings import Settings
from bot.tasks.creation import NewTask, Owner
from bot.tasks.models import TaskStatus
from bot.tasks.updates import StatusReport
from tests.bot.http.calling import JWT_SECRET
from tests.patience import PATIENT

pytestmark = pytest.mark.long

MANIFEST = Path(__file__).parents[3] / "manifest.json"
HOME, BRANCH, STRANGERS = "T0PLAYGRND", "T0BRANCH01", "T9PARTNER1"
ADA, BEN, CLEO = "U0ADA00001", "U0BEN00002", "U0CLEO0003"
CHANNEL, SECRET, TOKEN = "C0OPS00002", "the-signing-secret-of-the-app", "xoxb-branch-bot"


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    team = {"id": BRANCH, "name": "Branch", "domain": "branch"}
    branch = {"team": team, "tokens": {TOKEN: "bot"}, "installed": True}
    seed = {"workspaces": [branch]}
    async with Playground(limits="off", manifest=MANIFEST, seed=seed, **PATIENT) as playground:
        yield playground


@pytest.fixture
async def bot(playground: Playground, tmp_path: Path) -> AsyncIterator[Opsbell]:
    """A bot whose imports only Ada may retry, with Cleo's branch connected."""
    mill = HttpRunner(type="http", url="http://127.0.0.1:9/run", tenants=["*"])
    settings = Settings.model_validate(
        {
            "slack_bot_token": playground.bot_token,
            "slack_app_token": playground.app_token,
            "slack_api_url": playground.api_url,
            "slack_signing_secret": SECRET,
            "jwt_secret": JWT_SECRET,
            "database_url": f"sqlite:///{tmp_path}/opsbell.db",
            "port": 0,
            "token_encryption_key": Fernet.generate_key().decode(),
            "config": ConfigFile(
                runners={"mill": mill},
                tasks={"import": TaskKind(runner="mill", retry_roles=[ADA])},
                access=AccessSettings(operators=[ADA, BEN]),
            ),
        }
    )
    async with Opsbell(settings, pacing=Pacing(unlimited=True)) as bot:
        connections = bot.rooms.outward.connections
        await connections.connect("cleo", BRANCH, TOKEN, name="Branch", by="test")
        for owner in (Owner("default", HOME), Owner("cleo", BRANCH)):
            await fail_task(bot, owner)
        yield bot


async def fail_task(bot: Opsbell, owner: Owner) -> None:
    """Let a task of the same id fail in each workspace."""
    rooms = bot.rooms.tasks
    new = NewTask(task="import", task_id="i-1", channel=CHANNEL, runner="mill")
    await rooms.tasks.create(owner, new)
    error = f"No space at {owner.tenant}"
    report = StatusReport(status=TaskStatus.FAILED, task_id="i-1", error=error)
    await rooms.intake.report(owner, report)


class Slackbot:
    """Slack's own assistant, as it calls a server that was declared with `slack_identity_auth`."""

    def __init__(self, bot: Opsbell, session: aiohttp.ClientSession) -> None:
        self._bot = bot
        self._session = session

    async def ask(
        self, method: str, who: Any = None, *, path: str = "/mcp", **params: Any
    ) -> tuple[int, Any]:
        """Return the status and the result; *who* is what it says of the person."""
        meta = {} if who is None else {"_meta": {"slack": who}}
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, **meta}}
        body, at = json.dumps(message).encode(), str(int(time.time()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body) or ""
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature,
        }
        url = f"{self._bot.url}{path}"
        async with self._session.post(url, data=body, headers=headers) as response:
            found = await response.json()
            return response.status, found.get("result", found)

    async def call(self, who: Any, tool: str, **arguments: Any) -> tuple[bool, str, Any]:
        """Return whether a tool refused, its first text and its data."""
        status, found = await self.ask("tools/call", who, name=tool, arguments=arguments)
        assert status == 200
        return found["isError"], found["content"][0]["text"], found.get("structuredContent")


@pytest.fixture
async def slackbot(bot: Opsbell) -> AsyncIterator[Slackbot]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield Slackbot(bot, session)


def person(user: str, team: str = HOME) -> dict[str, str]:
    return {"user_id": user, "team_id": team}


async def test_each_person_is_told_what_is_of_their_workspace(slackbot: Slackbot) -> None:
    """The tools are listed for everybody; the same id names another task in another workspace."""
    _, listed = await slackbot.ask("tools/list")
    errors = [
        (await slackbot.call(person(*who), "task_show", id="i-1"))[2]["error"]
        for who in ((BEN, HOME), (CLEO, BRANCH))
    ]

    assert "task_retry" in [tool["name"] for tool in listed["tools"]]
    assert errors == ["No space at default", "No space at cleo"]


async def test_nobody_else_is_told_anything(slackbot: Slackbot) -> None:
    """Slack says nobody, or somebody of a workspace that is not connected."""
    nobody: list[Any] = [
        None,
        [],
        {},
        {"user_id": ADA},
        {"user_id": ADA, "team_id": None},
        {"user_id": "ada", "team_id": HOME},
        {"user_id": "worker", "team_id": HOME},
        person(ADA, STRANGERS),
    ]

    told = [await slackbot.call(who, "health") for who in nobody]

    assert [(refused, data) for refused, _, data in told] == [(True, None)] * len(nobody)
    status, _ = await slackbot.ask("tasks", person(ADA), path="/api/alerts/check")
    assert status == 401  # The signature opens nothing but the tools.


async def test_guests_are_told_why_not(slackbot: Slackbot, playground: Playground) -> None:
    """As when they type a command."""
    playground.state.users[CLEO].is_restricted = True

    refused, why, _ = await slackbot.call(person(CLEO), "tasks_failed")

    assert (refused, why.partition(":")[0]) == (True, "Guests cannot use me")


async def test_who_may_retry_is_asked_at_both_calls(bot: Opsbell, slackbot: Slackbot) -> None:
    """Ben may act on other kinds only, and cannot use Ada's code; the task says who retried."""
    refused, why, _ = await slackbot.call(person(BEN), "task_retry", id="i-1")
    assert (refused, why) == (True, f"Only <@{ADA}> can do that. Ask one of them.")
    _, _, asked = await slackbot.call(person(ADA), "task_retry", id="i-1")
    code = {"id": "i-1", "confirmation": asked["confirmation"]}

    stolen = await slackbot.call(person(BEN), "task_retry", **code)
    elsewhere = await slackbot.call(person(ADA, BRANCH), "task_retry", **code)
    done = await slackbot.call(person(ADA), "task_retry", **code)
    again = await slackbot.call(person(ADA), "task_retry", **code)

    assert [one[0] for one in (stolen, elsewhere, done, again)] == [True, True, False, True]
    task, _ = await bot.rooms.tasks.tasks.get(Owner("default", HOME), "i-1")
    assert [(one["verb"], one["by"]) for one in task.acted or []] == [("retried", ADA)]
