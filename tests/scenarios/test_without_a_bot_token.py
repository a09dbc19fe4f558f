"""Opsbell with nothing but an incoming webhook."""

import re


def texts(playground):
    """The first lines of what stands in #ops."""
    return [message["text"].splitlines()[0] for message in playground.messages("ops")]


async def test_a_task_is_told_through_a_webhook(bot, playground):
    """
    Every status is a post of its own; percentages are not, nor is anything clickable.
    """
    bot.extra = {
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
        "SLACK_DEFAULT_CHANNEL": "",
        "SLACK_WEBHOOK": playground.webhook("ops"),
    }
    await bot.start()
    task = await bot.post("/api/tasks", {"task": "import", "taskId": "t-1", "payload": {}})
    assert (task["channel"], task["ts"]) == ("webhook", None)
    await playground.wait_for(lambda: len(texts(playground)) == 1)

    await bot.post("/api/slack/update", {"taskId": "t-1", "status": "running"})
    for progress in (30, 60):
        report = {"taskId": "t-1", "status": "running", "progress": progress}
        await bot.post("/api/slack/update", report)
    await playground.wait_for(lambda: len(texts(playground)) == 2)
    for progress in (70, 80):
        report = {"taskId": "t-1", "status": "running", "progress": progress}
        await bot.post("/api/slack/update", report)
    await bot.post("/api/tasks/t-1/logs", {"lines": [{"level": "error", "text": "Oh"}]})
    ended = {"taskId": "t-1", "status": "failed", "error": "No rows", "stats": {"rows": 0}}
    await bot.post("/api/slack/update", ended)
    await playground.wait_for(lambda: "Failed" in texts(playground)[-1])

    words = [re.sub(r"\W+", " ", text).split()[0] for text in texts(playground)]
    assert words == ["Queued", "Running", "Failed"]
    kinds = {block["type"] for one in playground.messages("ops") for block in one["blocks"]}
    assert "actions" not in kinds
    assert await bot.stop() == 0
