"""The bot, started in this process on a playground: up, refused, and down again without a trace."""

import asyncio
import gc
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_playground import Playground
from slack_playground.delivery.channel_events import send_channel_event
from slack_playground.state import Channel
from structlog.testing import capture_logs

from bot.app import Opsbell
from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.messages.rate_limits.slack_limits import Pacing
from bot.settings import Settings
from bot.tokens import Tokens
from bot.workspaces.models import Workspace
from tests.patience import PATIENCE_SECONDS, PATIENT, until

MANIFEST = Path(__file__).parents[2] / "manifest.json"


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(limits="off", manifest=MANIFEST, **PATIENT) as playground:
        yield playground


def settings(playground: Playground, folder: Path, **changes: Any) -> Settings:
    return Settings.model_validate(
        {
            "slack_bot_token": playground.bot_token,
            "slack_app_token": playground.app_token,
            "slack_api_url": playground.api_url,
            "slack_default_channel": playground.channel("ops").id,
            "database_url": f"sqlite:///{folder}/opsbell.db",
            "port": 0,
            "jwt_secret": "0123456789abcdef0123456789abcdef",
            **changes,
        }
    )


def opsbell(playground: Playground, folder: Path, **changes: Any) -> Opsbell:
    return Opsbell(settings(playground, folder, **changes), pacing=Pacing(unlimited=True))


async def refusal(bot: Opsbell) -> str:
    """Return why the bot does not start; it must say so by itself, and leave nothing behind."""
    gc.collect()
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    with pytest.raises(ConfigError) as refused:
        async with asyncio.timeout(PATIENCE_SECONDS), bot:
            pass
    await nothing_is_left(
        lambda: [one for one in asyncio.all_tasks() - tasks if "bot" in repr(one)]
    )
    await nothing_is_left(lambda: threads_since(threads))
    return str(refused.value)


def threads_since(before: set[threading.Thread]) -> list[threading.Thread]:
    return [one for one in set(threading.enumerate()) - before if not is_default(one)]


async def nothing_is_left(look: Callable[[], list[Any]]) -> None:
    """Wait for the end of what may take a moment to end."""

    async def is_nothing() -> bool:
        return not look()

    await until(is_nothing)


def is_default(thread: threading.Thread) -> bool:
    """Tell whether a thread belongs to the loop's own pool, which stays with the loop."""
    return thread.name.startswith("asyncio_")


async def test_it_starts_and_is_ready(playground, tmp_path):
    """Socket connected, API up, lane running; and a command is answered."""
    async with opsbell(playground, tmp_path) as bot, aiohttp.ClientSession() as session:
        assert playground.connected == 1

        async def is_ready() -> bool:
            return (await session.get(f"{bot.url}/readyz")).status == 200

        await until(is_ready)
        assert (await playground.run_command("ada", "ops", "/ops help")).ok


async def test_what_was_not_granted_is_said_at_the_start(playground, tmp_path):
    """The bot starts all the same, and home remembers what its token may do."""
    playground.state.scopes = playground.state.scopes - {"pins:write", "users:read"}

    with capture_logs() as logs:
        async with opsbell(playground, tmp_path) as bot:
            home = bot.rooms.database.transact(
                lambda session: session.get_one(Workspace, playground.state.team_id)
            )

    (warned,) = [one for one in logs if one["event"] == "scopes_missing"]
    assert warned["scopes"] == ["pins:write", "users:read"]
    assert "chat:write" in home.scopes.split()
    assert "pins:write" not in home.scopes.split()


async def test_it_leaves_nothing_behind(playground, tmp_path):
    """After the stop no task, thread or socket of its own is left."""
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    async with opsbell(playground, tmp_path):
        await playground.run_command("ada", "ops", "/ops help")
    await playground.wait_for(lambda: playground.connected == 0)
    await nothing_is_left(
        lambda: [one for one in asyncio.all_tasks() - tasks if "web_protocol" not in repr(one)]
    )
    await nothing_is_left(lambda: threads_since(threads))


@pytest.mark.parametrize(
    ("name", "value"),
    [("SLACK_BOT_TOKEN", "xoxb-wrong"), ("SLACK_APP_TOKEN", "xapp-wrong")],
)
async def test_a_wrong_token_is_named(playground, tmp_path, name, value):
    """Slack does not know it: the start ends with the variable's name and never its value."""
    said = await refusal(opsbell(playground, tmp_path, **{name.lower(): value}))
    assert f"{name}: Slack does not know this token" in said
    assert value not in said
    assert playground.connected == 0


async def test_both_wrong_tokens_are_named_together(playground, tmp_path):
    """Two mistakes are one trip to the settings."""
    swapped = {"slack_bot_token": "xoxb-wrong", "slack_app_token": "xapp-wrong"}
    assert len((await refusal(opsbell(playground, tmp_path, **swapped))).splitlines()) == 2


async def test_an_unreachable_slack_is_named(playground, tmp_path):
    """Nobody listens at SLACK_API_URL: the start ends and says where it looked."""
    said = await refusal(opsbell(playground, tmp_path, slack_api_url="http://127.0.0.1:9/api/"))
    assert "SLACK_API_URL does not answer as Slack does (Connection refused)" in said


async def test_a_busy_port_is_named(playground, tmp_path):
    """The port is taken: no socket to Slack is left open."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = await refusal(opsbell(playground, tmp_path, port=taken.getsockname()[1]))
    assert "PORT" in said
    assert playground.connected == 0


async def test_a_second_process_on_the_file_is_refused(playground, tmp_path):
    """Two lanes would write to one workspace; the first goes on as it was."""
    async with opsbell(playground, tmp_path):
        said = await refusal(opsbell(playground, tmp_path))
        assert "DATABASE_URL: another Opsbell is running" in said
        assert (await playground.run_command("ada", "ops", "/ops help")).ok


async def test_a_stop_lets_what_is_in_flight_arrive(playground, tmp_path):
    """Slack is slow to answer: the message is there, and its row knows it."""
    async with opsbell(playground, tmp_path) as bot:
        slow = playground.fail("chat.postMessage", "delay", seconds=0.5)
        await create(bot, "import")
        await playground.wait_for(lambda: slow.struck)
    assert len(playground.messages("ops")) == 1
    async with opsbell(playground, tmp_path):
        await asyncio.sleep(0.3)
    assert len(playground.messages("ops")) == 1


async def create(bot: Opsbell, task: str) -> dict[str, Any]:
    token = Tokens("0123456789abcdef0123456789abcdef", SystemClock()).mint(
        subject="ada", tenant="default", scopes=frozenset({"tasks:write"})
    )
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        answer = await session.post(f"{bot.url}/api/tasks", json={"task": task})
        assert answer.status == 201
        made: dict[str, Any] = await answer.json()
    return made


async def test_a_renamed_channel_never_gets_what_is_for_its_old_name(playground, tmp_path):
    """
    The default channel #ops was renamed and another one is called so now: tasks go there.

    Messages once stood in the channel that had had the name, and nobody was told.
    """
    state = playground.state
    async with opsbell(playground, tmp_path, slack_default_channel="#Ops") as bot:
        await create(bot, "before")
        await playground.wait_for(lambda: playground.messages("ops"))
        old = playground.channel("ops")
        state.rename_channel(old, "ops-2025")
        state.channels["C0NEWOPS09"] = Channel("C0NEWOPS09", "ops", members={state.bot_user_id})
        state.channel_ids["ops"] = "C0NEWOPS09"
        told = {"id": old.id, "name": "ops-2025", "created": old.created}
        send_channel_event(playground.workspace, old, "rename", channel=told)

        async def stands_in_the_new_one() -> bool:
            task = await create(bot, "after")
            return bool(task["channel"] == "C0NEWOPS09")

        await until(stands_in_the_new_one)
