"""Jobs of the client on the real bot: a start notice, an end, one summary; messages and users."""

import asyncio
import json
import sys
from typing import Any

JOB = """
from opsbell import run_with_slack

def job():
    {body}

run_with_slack("nightly_import", job, {{"source": "crm"}}, subject="dealer-7")
"""


def words(message: Any) -> str:
    """Return a message as JSON, to look for words in it."""
    return json.dumps(message, ensure_ascii=False)


async def run(bot: Any, *arguments: str) -> str:
    """Run Python with the client set up, and return what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments),
        env={**bot.reporting(), "OPSBELL_ENVIRONMENT": "staging"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    return output.decode().strip()


async def test_a_job_has_a_start_notice_and_one_summary(bot, playground):
    """The numbers it returned, also none; the message carries environment and metadata."""
    await bot.start()

    await run(bot, "-c", JOB.format(body="return {'success': 100, 'failed': 5}"))
    await playground.wait_for(lambda: "Completed" in words(playground.messages("ops")))
    [message] = playground.messages("ops")
    await playground.wait_for(lambda: playground.replies("ops", message["ts"]))

    for word in ("nightly_import", "dealer-7", "staging", "source", "crm"):
        assert word in words(message)
    [summary] = playground.replies("ops", message["ts"])
    assert summary["text"].startswith("✅ Completed: nightly_import · dealer-7 after ")
    assert summary["text"].endswith("\nsuccess 100 · failed 5")


async def test_a_job_that_fails_is_summed_up_with_its_error(bot, playground):
    """Status, counts and the whole error in one reply."""
    await bot.start()
    body = "raise ValueError('no disk, token=abcdefgh1')"

    await run(bot, "-c", JOB.format(body=body))
    await playground.wait_for(lambda: "Failed" in words(playground.messages("ops")))
    [message] = playground.messages("ops")
    await playground.wait_for(lambda: playground.replies("ops", message["ts"]))

    [summary] = playground.replies("ops", message["ts"])
    assert summary["text"].startswith("❌ Failed: nightly_import")
    assert "ValueError: no disk, token=***" in words(summary)
    assert "in job" in words(summary["blocks"])
    assert "abcdefgh1" not in words([message, summary])


async def test_a_script_reports_step_by_step(bot, playground):
    """`opsbell task` and `opsbell notify` against the real server."""
    await bot.start()

    task_id = await run(bot, "-m", "opsbell", "task", "start", "backfill", "source=crm")
    await run(bot, "-m", "opsbell", "task", "progress", task_id, "40", "page", "12")
    await run(bot, "-m", "opsbell", "task", "done", task_id, "rows=3")
    await run(bot, "-m", "opsbell", "notify", "--channel", "#ops", "Deployed <!channel>")
    await playground.wait_for(lambda: "Completed" in words(playground.messages("ops")))
    await playground.wait_for(lambda: "Deployed" in words(playground.messages("ops")))

    found = playground.messages("ops")
    assert len(found) == 2
    [message] = [one for one in found if "backfill" in one["text"]]
    await playground.wait_for(lambda: playground.replies("ops", message["ts"]))
    [summary] = playground.replies("ops", message["ts"])
    assert summary["text"].endswith("rows 3")


async def test_a_new_user_is_told_of(bot, playground):
    """In the users channel, once, however often the client says so."""
    bot.extra = {"SLACK_USERS_CHANNEL": "#ops"}
    await bot.start()
    code = (
        "from opsbell import Opsbell\n"
        "for _ in range(2): print(Opsbell().notify_user_registered("
        "42, 'ada@example.com', 'Ada', 1234, 'production'))"
    )

    told = await run(bot, "-c", code)
    await playground.wait_for(lambda: playground.messages("ops"))

    assert told.count("'ok': True") == 2
    [message] = playground.messages("ops")
    assert message["text"] == "👋 New user: Ada · ada@example.com · production\n1,234 users"
