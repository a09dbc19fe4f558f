"""Alerts of the real bot and of `python -m bot alerts`, in Slack and at a webhook."""

import asyncio
import json
import re
import sys
from typing import Any

from slack_playground import Playground

from tests.scenarios.conftest import ROOT, Bot

NOTHING = {
    "failed_tasks_count": 0,
    "stuck_tasks_count": 0,
    "failed_notification_sent": False,
    "stuck_notification_sent": False,
    "error": None,
}


async def alerts(bot: Bot, *arguments: str, **environment: str) -> tuple[int, Any, str]:
    """Run the command and return its exit code, its result, and what it said beside it."""
    environ = {**bot._environment(), **bot.extra, **environment}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "alerts", *arguments),
        cwd=ROOT,
        env={name: value for name, value in environ.items() if value},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, json.loads(out) if out.strip() else None, err.decode()


async def fail(bot: Bot, task_id: str, kind: str = "import", error: str = "disk full") -> None:
    """Let a task fail."""
    await bot.post("/api/tasks", {"task": kind, "taskId": task_id, "status": "running"})
    ended = {"taskId": task_id, "status": "failed", "error": error}
    await bot.post("/api/slack/update", ended)


def told(playground: Playground, words: str) -> list[str]:
    """Return the messages in #ops that say so."""
    return [one["text"] for one in playground.messages("ops") if words in one["text"]]


async def test_a_failure_is_told_and_its_recovery(bot: Bot, playground: Playground) -> None:
    """The bot's own checks post one alert, edit it when it is over, and say so in its thread."""
    bot.config = "[alerts]\nevery_minutes = 0.05\n"
    await bot.start()
    await fail(bot, "t-1")
    await playground.wait_for(lambda: told(playground, "New: import failed"))
    for status in ("running", "completed"):
        await bot.post("/api/slack/update", {"taskId": "t-1", "status": status, "attempt": 2})

    await playground.wait_for(lambda: told(playground, "Resolved: import failed"))
    assert told(playground, "New: import failed") == []
    assert await bot.stop() == 0


async def test_the_command_asks_the_bot_that_runs(bot: Bot, playground: Playground) -> None:
    """Beside a bot, on the same database: the result says what stands in Slack."""
    bot.config = "[alerts]\nevery_minutes = 60\n"
    await bot.start()
    assert await alerts(bot) == (0, NOTHING, "")
    await fail(bot, "t-1")
    await bot.post("/api/tasks", {"task": "export", "taskId": "t-2"})

    code, result, _ = await alerts(bot, "--dry-run")
    assert (code, result) == (0, {**NOTHING, "failed_tasks_count": 1})
    assert told(playground, "New:") == []
    code, result, _ = await alerts(bot, "--timeout", "0.00001", "--test-creation")
    assert code == 0
    assert result == {
        "failed_tasks_count": 1,
        "stuck_tasks_count": 1,
        "failed_notification_sent": True,
        "stuck_notification_sent": True,
        "error": None,
    }
    assert len(told(playground, "New: import failed")) == 1
    assert len(told(playground, "New: export stuck")) == 1
    assert told(playground, "alerts_test")


async def test_the_command_works_alone(bot: Bot, playground: Playground) -> None:
    """After the bot has stopped, the check tells by itself; told before, it tells nothing anew."""
    await bot.start()
    await fail(bot, "t-1", kind="export")
    await bot.stop()

    for _ in range(2):
        code, result, _ = await alerts(bot, "--failed-only", "--test-creation")
        expected = {**NOTHING, "failed_tasks_count": 1, "failed_notification_sent": True}
        assert (code, result) == (0, expected)
    assert len(told(playground, "New: export failed")) == 1
    assert len(told(playground, "alerts_test")) == 2


async def test_without_token_and_webhook_it_warns(bot: Bot, playground: Playground) -> None:
    """It counts, warns, tells nobody, and is no failure."""
    await bot.start()
    await fail(bot, "t-1")
    await bot.stop()

    code, result, said = await alerts(bot, SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="")
    assert (code, result["failed_tasks_count"]) == (0, 1)
    assert result["failed_notification_sent"] is False
    assert "warning: no SLACK_BOT_TOKEN and no SLACK_WEBHOOK" in said


async def test_a_webhook_is_sent_all_that_is_found(bot: Bot, playground: Playground) -> None:
    """Told before or not; a webhook that refuses is a failure with its words."""
    await bot.start()
    await fail(bot, "t-1")
    await alerts(bot)
    for _ in range(2):
        code, result, _ = await alerts(bot, "--webhook-url", playground.webhook("random"))
        assert (code, result["failed_notification_sent"]) == (0, True)
    texts = [one["text"] for one in playground.messages("random")]
    assert texts == ["🔴 1 failed, 0 stuck tasks"] * 2
    await alerts(bot, "--stuck-only", "--test-creation", "--webhook-url", playground.webhook("ops"))
    assert "Completed alerts_test" in playground.messages("ops")[-1]["text"]

    code, result, _ = await alerts(bot, "--webhook-url", playground.webhook("random") + "x")
    assert (code, result["failed_notification_sent"]) == (1, False)
    assert "the webhook answered 4" in result["error"]


async def test_wrong_arguments_are_wrong_usage(bot: Bot, playground: Playground) -> None:
    """Exit code 2, and a sentence that names the argument."""
    for arguments, words in (
        (["--timeout", "0"], "--timeout"),
        (["--timeout", "-5"], "--timeout"),
        (["--timeout", "soon"], "--timeout"),
        (["--failed-only", "--stuck-only"], "--failed-only and --stuck-only"),
        (["--failed"], "--failed"),
        (["--webhook-url", "hooks.slack.com/services/T/B/x"], "--webhook-url: must be an http"),
    ):
        code, result, said = await alerts(bot, *arguments)
        assert (code, result) == (2, None)
        assert words in said


async def test_a_kill_in_a_storm_loses_and_doubles_nothing(
    bot: Bot, playground: Playground
) -> None:
    """Killed while it tells of a storm, the bot tells of it once, and of all that failed."""
    bot.config = "[alerts]\nevery_minutes = 0.05\n"
    await bot.start()
    words = ["".join(chr(98 + int(digit)) for digit in f"{number:02}") for number in range(40)]
    for number, word in enumerate(words[:20]):
        await fail(bot, f"t-{number}", error=f"broken {word}")
    await playground.wait_for(lambda: told(playground, "New: "))
    await bot.kill()
    bot.let_the_lease_end()
    await bot.start()
    for number, word in enumerate(words[20:], start=20):
        await fail(bot, f"t-{number}", error=f"broken {word}")

    await playground.wait_for(lambda: counted(playground) == len(words))
    assert len(told(playground, "Storm")) <= 1
    assert len(told(playground, "New: ")) <= 3


def counted(playground: Playground) -> int:
    """Return of how many failures the alerts in #ops tell."""
    count = 0
    for text in told(playground, "New: "):
        words = text.split(" \u2013 ")[0]
        number = re.search(r"Storm: (\d+)|\((\d+)\)", words)
        count += int(number[1] or number[2]) if number else 1
    return count
