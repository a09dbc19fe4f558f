"""The demo's troubles: tasks that fail together, one that is stuck, a missed run, and a storm."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import aiohttp

from bot.cli.demo.child_processes import ROOT
from bot.cli.demo.error import DemoError

SYNC, EXPORT, NIGHTLY, STORM = "sync_stock", "export_prices", "nightly_report", "make_storm"
#: Where the tasks in trouble are shown, so that #ops keeps to what is live and to the alerts.
_CHANNEL = "#general"
_ERROR = "The warehouse eu-1 refused the connection (port 5432)"
_FAILED = tuple(f"dealer-{number}" for number in (3, 5, 8, 11, 14, 19))
_COMPLETED = tuple(f"dealer-{number}" for number in (2, 7, 12, 17, 23, 29, 31, 37))
#: Few enough for the demo's own clock; a check every few seconds shows what happens.
_CHECK_MINUTES = 0.05
_SILENT_MINUTES = 0.3
_STORM_KINDS = 10
_STORM_FAILURES = 2  # of each kind


def trouble_configuration(client: list[str], environment: str, now: datetime) -> list[str]:
    """Return lines of `opsbell.toml`: quick checks, and the kinds that get into trouble."""
    syncing = [*client, str(ROOT / "client" / "examples" / "sync_stock.py"), "{subject}"]
    raging = [sys.executable, "-m", "bot.cli.demo.troubles"]
    due_at = now + timedelta(minutes=1)
    return [
        "[alerts]",
        f"every_minutes = {_CHECK_MINUTES}",
        f"[tasks.{SYNC}]",
        f'runner = "{SYNC}"',
        f'channel = "{_CHANNEL}"',
        f"[runners.{SYNC}]",
        'type = "command"',
        f"argv = {json.dumps(syncing)}",
        environment,
        f"[tasks.{EXPORT}]",
        f'channel = "{_CHANNEL}"',
        f"stuck_after_minutes = {_SILENT_MINUTES}",
        f"[tasks.{NIGHTLY}]",
        f'cron = "{due_at.minute} {due_at.hour} * * *"',
        "grace_minutes = 0",
        f"[tasks.{STORM}]",
        f'runner = "{STORM}"',
        f"[runners.{STORM}]",
        'type = "command"',
        f"argv = {json.dumps(raging)}",
        f"cwd = {json.dumps(str(ROOT))}",
        environment,
    ]


async def start_troubles(session: aiohttp.ClientSession, api: str) -> None:
    """Let tasks fail for one reason while others of their kind complete, and one go silent."""
    for region, subjects in (("eu", _FAILED), ("us", _COMPLETED)):
        for subject in subjects:
            ended = (
                {"status": "failed", "error": _ERROR} if region == "eu" else {"status": "completed"}
            )
            await _run_through(session, api, SYNC, ended, subject=subject, region=region)
    body = {"task": EXPORT, "subject": "spring list", "status": "running"}
    await _send(session, f"{api}/api/tasks", body)


async def _run_through(
    session: aiohttp.ClientSession,
    api: str,
    kind: str,
    ended: dict[str, str],
    *,
    subject: str,
    region: str,
) -> None:
    """Announce a task and report its end."""
    task = {"task": kind, "subject": subject, "channel": _CHANNEL, "status": "running"}
    announced = await _send(session, f"{api}/api/tasks", {**task, "metadata": {"region": region}})
    end = {"taskId": announced["taskId"], **ended}
    await _send(session, f"{api}/api/slack/update", end)


async def _send(
    session: aiohttp.ClientSession, address: str, body: Mapping[str, object]
) -> dict[str, str]:
    async with session.post(address, json=body) as answer:
        if answer.status >= 300:
            raise DemoError(f"A task was refused: {await answer.text()}")
        content: dict[str, str] = await answer.json()
        return content


def _storm() -> Iterator[tuple[str, str]]:
    """Yield kinds and subjects of tasks that fail."""
    for number in range(_STORM_FAILURES):
        for kind in range(1, _STORM_KINDS + 1):
            yield f"feed_{kind}", f"dealer-{10 * number + kind}"


async def _rage(api: str, token: str) -> None:
    """Let many kinds of tasks fail at once."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for kind, subject in _storm():
            ended = {"status": "failed", "error": "The database refused the connection"}
            await _run_through(session, api, kind, ended, subject=subject, region="eu")


if __name__ == "__main__":
    asyncio.run(_rage(os.environ["DEMO_API"], os.environ["DEMO_TOKEN"]))
