"""`python -m bot` as a real process: what it says, and how it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_playground import Playground

from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]


class Bot:
    """A bot in a process of its own, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=self.folder,
            env={**kept, "PYTHONPATH": str(ROOT), **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return self.process

    async def end(self) -> tuple[int | None, str, str]:
        """Wait for the end; return the exit code and what was printed."""
        assert self.process is not None
        out, error = await asyncio.wait_for(self.process.communicate(), PATIENCE_SECONDS)
        return self.process.returncode, out.decode(), error.decode()


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path)
    yield bot
    if bot.process and bot.process.returncode is None:
        bot.process.kill()
        await bot.process.communicate()


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(limits="off", manifest=ROOT / "manifest.json") as playground:
        yield playground


def environment(playground: Playground) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": playground.bot_token,
        "SLACK_APP_TOKEN": playground.app_token,
        "SLACK_API_URL": playground.api_url,
        "SLACK_DEFAULT_CHANNEL": playground.channel("ops").id,
        "PORT": "0",
    }


async def test_bad_settings_end_with_two_and_a_sentence_each(bot):
    """Every problem at once, by name, without a traceback and without a value."""
    await bot.start(SLACK_BOT_TOKEN="oops-secret", PORT="many", JWT_SECRET="short")
    code, _, said = await bot.end()
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PORT", "JWT_SECRET"):
        assert f"{name}: " in said
    assert ("Traceback" in said, "oops-secret" in said) == (False, False)


@pytest.mark.parametrize(
    ("command", "changes", "words"),
    [
        ("run", {"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "SLACK_BOT_TOKEN: cannot be checked"),
        ("run", {"DATABASE_URL": "postgresql://127.0.0.1:9/x"}, "DATABASE_URL: cannot open"),
        ("migrate", {"DATABASE_URL": "postgresql://127.0.0.1:9/x"}, "DATABASE_URL: connection"),
    ],
)
async def test_what_is_away_ends_with_one(bot, playground, command, changes, words):
    """
    A start that cannot work says why, and is over in seconds; what started it may try again.

    After two systemd would not: a machine whose database came up later stayed without the bot.
    """
    await bot.start(command, **{**environment(playground), **changes})
    code, _, said = await bot.end()
    assert code == 1
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_while_messages_are_in_flight(bot, playground, number):
    """Slack is slow; the bot waits for its answers, and is gone with zero."""
    playground.fail("chat.postMessage", "delay", seconds=1, count=100)
    process = await bot.start(**environment(playground))
    await playground.wait_for_app()
    for _ in range(3):
        await playground.run_command("ada", "ops", "/ops health")
    process.send_signal(number)
    code, _, said = await bot.end()
    assert code == 0, said
    assert "Traceback" not in said


async def test_a_signal_during_the_start_ends_it(bot, playground):
    """Slack hangs while the tokens are checked: nobody has to wait for it."""
    playground.fail("auth.test", "delay", seconds=10 * PATIENCE_SECONDS, count=10)
    process = await bot.start(**environment(playground))
    await playground.wait_for(lambda: playground.workspace.journal.calls or has_begun(bot))
    process.send_signal(signal.SIGTERM)
    code, _, said = await bot.end()
    assert code == 0, said


def has_begun(bot: Bot) -> bool:
    return (bot.folder / "opsbell.db.lock").exists()
