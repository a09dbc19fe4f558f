"""The leaderboard's command line and the bot, as processes on one database."""

import asyncio
import json
import os
import sys

import pytest
from sqlmodel import select

from bot.leaderboards.models import LeaderboardPost
from tests.patience import PATIENCE_SECONDS
from tests.scenarios.conftest import ROOT


async def command(bot, *words):
    """Run `python -m bot leaderboard …` and return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "leaderboard", *words),
        cwd=ROOT,
        env={**bot._environment(), "HOME": os.environ.get("HOME", "/")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    return process.returncode, out.decode(), err.decode()


def boards_of(playground):
    """Return the boards that stand in #ai-ops."""
    return [message for message in playground.messages("ai-ops") if "🏆" in message["text"]]


async def test_the_command_posts_beside_the_bot_and_without_it(bot, playground, tmp_path):
    """
    However it is posted, there is one post of the week, which is edited.

    The bot that runs on a SQLite file delivers what the command has asked for; alone it delivers
    itself. A bot that was killed finds its post again.
    """
    await bot.start()
    await bot.post("/api/leaderboards/dealers/samples", [{"dealer": "Bergmann", "score": 71.5}])
    code, out, err = await command(bot, "dealers", "--post", "--out", str(tmp_path / "boards"))
    assert (code, err.count("leaderboard-w")) == (0, 2), err
    assert "client" not in err  # No word of Bolt's.
    assert "| 1 | new | Bergmann | 71.5 |" in out
    [first] = boards_of(playground)

    await bot.post("/api/leaderboards/dealers/samples", [{"dealer": "dealer-7", "score": 80}])
    await bot.kill()
    bot.let_the_lease_end()
    code, _, err = await command(bot, "dealers", "--post")
    assert code == 0, err
    [second] = boards_of(playground)
    assert second["ts"] == first["ts"]
    assert "dealer-7 leads with 80.0" in second["text"]

    await bot.start()
    again = await bot.post("/api/leaderboards/dealers/post", {})
    assert again["channel"] == playground.channel("ai-ops").id
    [written] = (tmp_path / "boards").glob("*.json")
    assert json.loads(written.read_text())["rows"][0]["subject"] == "Bergmann"
    assert len(boards_of(playground)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_command_says_what_is_wrong(bot, database, tmp_path):
    """No such board is 1, and so is a board with nothing to post; nothing is stored."""
    unknown = await command(bot, "dealer")
    empty = await command(bot, "dealers", "--last", "--post")
    (tmp_path / "file").touch()
    shown = await command(bot, "dealers", "--out", str(tmp_path / "file"))

    assert (unknown[0], empty[0], shown[0]) == (1, 1, 1)
    assert "did you mean `dealers`" in unknown[2]
    assert "has no samples" in empty[2]
    assert f"--out: {tmp_path / 'file'} cannot be written to: " in shown[2]
    assert database.snapshot(lambda session: session.exec(select(LeaderboardPost)).all()) == []
