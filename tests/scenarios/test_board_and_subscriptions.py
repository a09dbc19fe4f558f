"""The real bot keeps a board and its promises to subscribers over a `kill -9`."""

import json
from typing import Any

from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.scenarios.conftest import Bot


def shown(playground: Playground, words: str) -> list[dict[str, Any]]:
    """Return the messages in #ops that say so."""
    messages = playground.messages("ops")
    return [one for one in messages if words in json.dumps(one, ensure_ascii=False)]


async def test_a_board_and_a_subscription_outlive_the_bot(bot: Bot, playground: Playground) -> None:
    """
    One board, pinned and true after the restart; one message for the end, in Home as well.

    Somebody deletes the board: the next change posts it anew.
    """
    await bot.start()
    await playground.run_command("ada", "ops", "/ops task board")
    await playground.run_command("ada", "ops", "/ops subscribe nightly-*")
    task = {"task": "nightly-import", "taskId": "t-1", "subject": "Bergmann", "status": "running"}
    await bot.post("/api/tasks", task)
    await playground.wait_for(lambda: shown(playground, "Task board: 1 running"))
    await playground.wait_for(lambda: playground.channel("ops").pins)
    await bot.kill()
    bot.let_the_lease_end()

    await bot.start()
    await playground.wait_for_app()
    playground.open_home("ada")
    await playground.wait_for(lambda: "nightly-import" in json.dumps(playground.home("ada")))
    (board,) = shown(playground, "Task board:")
    client = AsyncWebClient(token=playground.bot_token, base_url=playground.api_url)
    await client.chat_delete(channel=playground.channel("ops").id, ts=board["ts"])
    await bot.post("/api/slack/update", {"taskId": "t-1", "status": "completed"})
    await playground.wait_for(lambda: shown(playground, "Task board: 0 running"))
    await playground.wait_for(lambda: shown(playground, "/ops task show t-1"))
    assert len(shown(playground, "/ops task show t-1")) == 1
    assert len(shown(playground, "Task board:")) == 1
    await playground.wait_for(lambda: len(playground.channel("ops").pins) == 1)
    assert shown(playground, "Task board:")[0]["ts"] != board["ts"]
    assert await bot.stop() == 0
