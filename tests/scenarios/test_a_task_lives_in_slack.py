"""A real command, its one message from queued to its end, and a Retry that retries."""

import asyncio
import json
import sys
from typing import Any

import aiohttp

from tests.patience import until
from tests.scenarios.prices import importing, write_prices


def words(message) -> str:
    """Return a message as JSON, to look for words in it."""
    return json.dumps(message, ensure_ascii=False)


#: It counts on when it is told, so that each stop can be seen however long an edit takes to come.
COUNTING = """
import pathlib, sys, time
for percent in range(0, 101, 4):
    print(f"{percent}%", flush=True)
    while percent in (40, 80) and not pathlib.Path(sys.argv[1], f"past-{percent}").exists():
        time.sleep(0.05)
"""


async def test_a_command_is_followed_from_start_to_end(bot, playground, tmp_path):
    """One message goes from running through growing percentages to completed; no second one."""
    await bot.start()
    command = [sys.executable, "-m", "opsbell", "run", "--task", "count", "--", sys.executable]

    client = await asyncio.create_subprocess_exec(
        *command, "-c", COUNTING, tmp_path, env=bot.reporting(), stdout=asyncio.subprocess.PIPE
    )
    await playground.wait_for(lambda: "40 %" in words(playground.messages("ops")))
    (tmp_path / "past-40").touch()
    await playground.wait_for(lambda: "80 %" in words(playground.messages("ops")))
    (tmp_path / "past-80").touch()
    output, _ = await client.communicate()
    await playground.wait_for(lambda: "Completed" in words(playground.messages("ops")))

    [message] = playground.messages("ops")
    told = [entry["text"] for entry in playground.history("ops", message["ts"])]
    percents = [int(text.split(" %")[0].split()[-1]) for text in told if " %" in text]
    assert client.returncode == 0
    assert output[:6] == b"0%\n4%\n"
    assert {40, 80} <= set(percents)
    assert sorted(percents) == percents


async def test_a_failed_task_is_retried_from_its_message(bot, playground, tmp_path):
    """Its message offers Retry; the modal re-runs the work and the same message turns green."""
    prices = tmp_path / "prices.csv"
    write_prices(prices, 20)
    bot.config = importing(prices)
    await bot.start()
    await bot.post("/api/tasks", {"task": "import_prices", "subject": "spring", "run": True})
    await playground.wait_for(lambda: "Failed" in words(playground.messages("ops")))
    [message] = playground.messages("ops")
    await playground.wait_for(lambda: "no price" in words(playground.replies("ops", message["ts"])))

    await playground.click("ben", "ops", message["ts"], "Retry")
    [modal] = await playground.wait_for(lambda: playground.views("ben"))
    outcome = await playground.submit("ben", modal["id"], {"reason": "the list is mended"})
    await playground.wait_for(lambda: "Completed" in words(playground.messages("ops")))

    [message] = playground.messages("ops")
    assert outcome.ok
    assert playground.views("ben") == []
    assert playground.user("ben").id in words(message)
    assert "Retry" not in words(message)
    assert "ttempt 2" in words(message)


async def test_two_people_retry_at_once(bot, playground, tmp_path):
    """Both open the modal and submit; one attempt starts, the other one is told who was faster."""
    prices = tmp_path / "prices.csv"
    write_prices(prices, 20)
    bot.config = importing(prices)
    await bot.start()
    await bot.post("/api/tasks", {"task": "import_prices", "run": True})
    await playground.wait_for(lambda: "Failed" in words(playground.messages("ops")))
    [message] = playground.messages("ops")

    for user in ("ada", "ben"):
        await playground.click(user, "ops", message["ts"], "Retry")
    views = {user: (await opened(playground, user))["id"] for user in ("ada", "ben")}
    outcomes = await asyncio.gather(
        *(playground.submit(user, view_id, {}) for user, view_id in views.items())
    )
    await playground.wait_for(lambda: "Completed" in words(playground.messages("ops")))

    left = [view for user in ("ada", "ben") for view in playground.views(user)]
    refused = [one for one in outcomes if not one.ok]
    assert len(refused) + len(left) == 1
    assert "lready retried" in words([left, *(one.errors for one in refused)])
    assert "ttempt 3" not in words(playground.messages("ops"))


async def opened(playground, user):
    """Return a person's modal once it is open."""
    [view] = await playground.wait_for(lambda: playground.views(user))
    return view


async def test_a_killed_bot_goes_on_where_it_was(bot, playground, tmp_path):
    """kill -9, and again while it recovers: every message is there once and shows its end."""
    await bot.start()
    ids = [f"t_crash_{number}" for number in range(6)]
    channels = ("general", "ops", "random")

    async def work(task_id: str, channel: str) -> None:
        body = {"task": "crash", "taskId": task_id, "status": "running", "channel": channel}
        await persist(bot, "/api/tasks", body)
        for progress in range(0, 100, 25):
            report = {"taskId": task_id, "status": "running", "progress": progress}
            await persist(bot, "/api/slack/update", {**report, "seq": progress + 1})
            await asyncio.sleep(0.3)
        end = {"taskId": task_id, "status": "completed", "progress": 100, "seq": 101}
        await persist(bot, "/api/slack/update", end)

    async def crash() -> None:
        for seconds in (0.4, 0.3, 1.1):
            await asyncio.sleep(seconds)
            await bot.kill()
            bot.let_the_lease_end()
            await bot.start()

    def posted() -> list[Any]:
        return [message for name in channels for message in playground.messages(name)]

    places = [playground.channel(name).id for name in channels] * 2
    await asyncio.gather(crash(), *map(work, ids, places))
    await playground.wait_for(lambda: words(posted()).count('"✅ Completed') >= len(ids))

    assert len(ids) == len(posted())
    assert [one for one in playground.calls() if one.status == 429] == []


async def persist(bot, path, body) -> None:
    """Call the API until it answers, as a good client does while the bot is away."""

    async def is_taken() -> bool:
        try:
            await bot.post(path, body)
        except (aiohttp.ClientError, OSError):
            return False
        return True

    await until(is_taken)
