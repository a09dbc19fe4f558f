"""The description of the API is true: schemathesis finds no place where the bot differs."""

import asyncio
import os
import sys

import aiohttp
from cryptography.fernet import Fernet
from slack_playground import Playground

from tests.scenarios.conftest import ROOT, Bot
from tests.scenarios.schemathesis_hooks import IDS

CALLBACK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#: The same requests each time.
SEED = "20261128"
EXAMPLES = "12"
SETTINGS = """
# What a template may hold is said by Block Kit and Jinja, not by JSON Schema.
[[operations]]
include-operation-id = ["put_template", "preview_template"]
checks.positive_data_acceptance.enabled = false

# Which columns a sample has is said by the settings of its board; only a trigger needs a payload.
[[operations]]
include-operation-id = ["add_samples", "take_event"]
checks.positive_data_acceptance.enabled = false

# What goes together in a schedule is not said by JSON Schema; a deleted report cannot be run.
[[operations]]
include-operation-id = ["create_report", "change_report", "run_reports"]
checks.positive_data_acceptance.enabled = false

# A preview tells what is wrong instead of refusing it.
[[operations]]
include-operation-id = ["preview_report"]
checks.positive_data_acceptance.enabled = false
checks.negative_data_rejection.enabled = false

# What looks like a secret is masked before it is measured, which may shorten it.
[[operations]]
include-operation-id = ["take_alertmanager"]
checks.negative_data_rejection.enabled = false
"""
HTTP = "[http]\nrequests_per_second = 100000\nburst = 100000\n"


async def _schemathesis(bot: Bot, *options: str, **environ: str) -> tuple[int, str]:
    """Let schemathesis try the bot's API; return its exit code and what it found."""
    settings = bot.folder / "schemathesis.toml"
    settings.write_text(SETTINGS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", f"--config-file={settings}", "run"),
        *(f"{bot.url}/api/openapi.json", "--seed", SEED, "--max-examples", EXAMPLES),
        *("--no-shrink", "--continue-on-failure", "--request-timeout=30", "--warnings=off"),
        *options,
        cwd=bot.folder,  # Where it keeps what it found: nothing of an earlier run.
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.scenarios.schemathesis_hooks",
            **environ,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


async def _furnish(bot: Bot) -> None:
    """Make what the values of the description's own formats name."""
    headers = {"Authorization": f"Bearer {bot.token}"}
    async with aiohttp.ClientSession(bot.url, headers=headers) as session:
        for path, body in (
            ("/api/templates/described", {"body": {"text": "described"}}),
            ("/api/senders/described", {"channel": "#ops"}),
            ("/api/senders/default", {"channel": "#ops"}),
        ):
            async with session.put(path, json=body) as response:
                assert response.status == 201
    for known in IDS:
        await bot.post("/api/tasks", {"task": "import", "taskId": known, "correlationId": known})


async def _report(bot: Bot) -> dict[str, str]:
    """Make a report and a run, and return what names them."""
    schedule = {"frequency": "daily", "time": "09:00", "timezone": "UTC"}
    report = {"name": "described", "query": "select 1 as one", "schedule": schedule}
    made = await bot.post("/api/scheduling/reports", report)
    run = await bot.post(f"/api/scheduling/reports/{made['id']}/run", {})
    return {"REPORT_ID": made["id"], "EXECUTION_ID": run["execution_id"]}


async def test_schemathesis_finds_nothing(tmp_path):
    """With a token that may do everything, and with signed callbacks: all checks, all phases."""
    environ = {
        "CALLBACK_SECRET": CALLBACK_SECRET,
        "ORCHESTRATOR_URL": "http://127.0.0.1:9/run",
        "SLACK_CLIENT_ID": Playground.client_id,
        "SLACK_CLIENT_SECRET": Playground.client_secret,
        "TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    }
    async with Playground(limits="off", manifest=ROOT / "manifest.json") as playground:
        database_url = f"sqlite:///{tmp_path}/opsbell.db"
        bot = Bot(playground, tmp_path, database_url, HTTP, extra=environ)
        await bot.start()
        await _furnish(bot)

        code, found = await _schemathesis(
            bot,
            *("-H", f"Authorization: Bearer {bot.token}"),
            BOT_TOKEN=playground.bot_token,
            **await _report(bot),
        )
        assert code == 0, found

        signed = ("--include-operation-id=update_task", "--exclude-checks=ignored_auth")
        code, found = await _schemathesis(bot, *signed, CALLBACK_SECRET=CALLBACK_SECRET)
        assert code == 0, found
        log = (tmp_path / "bot.log").read_text()
        await bot.stop()

    assert "http_request_failed" not in log
