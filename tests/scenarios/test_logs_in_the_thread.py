"""The log of a real command: lines in the thread within Slack's budget, the whole as a file."""

import asyncio
import sys

FLOOD = "for number in range(20_000): print(f'ERROR line {number}')"


async def test_a_flood_of_lines_costs_a_few_posts_and_is_a_file(bot, playground):
    """20,000 lines at once; the message ends as quickly as any, and the file has the last line."""
    await bot.start()
    command = [sys.executable, "-m", "opsbell", "run", "--task", "flood", "--log-level", "error"]

    process = await asyncio.create_subprocess_exec(
        *(*command, "--", sys.executable, "-c", FLOOD),
        env=bot.reporting(),
        stdout=asyncio.subprocess.DEVNULL,
    )
    await process.wait()
    await playground.wait_for(
        lambda: any("Completed" in one["text"] for one in playground.messages("ops"))
    )
    [message] = playground.messages("ops")
    await playground.wait_for(
        lambda: [one for one in playground.replies("ops", message["ts"]) if one.get("files")]
    )

    replies = playground.replies("ops", message["ts"])
    assert len([one for one in replies if one["text"].startswith("Log: ")]) <= 15
    [file] = [one["files"][0] for one in replies if one.get("files")]
    assert file["name"] == "flood-1.log"
