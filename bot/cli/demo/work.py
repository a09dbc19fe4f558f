"""The demo's work: three real programs, how they are restarted, and how they end."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.cli.demo.child_processes import ROOT, inherited, running
from bot.cli.demo.error import DemoError
from bot.cli.demo.troubles import start_troubles, trouble_configuration

_EXAMPLES = ROOT / "client" / "examples"
_PRICES = 120
_BAD_PRICES = {41: "12 EUR", 97: "free"}
_CANCEL_SECONDS = 30.0
#: The demo's own commands have time to say how they ended.
EXIT_SECONDS = 60


def configuration(folder: Path, api: str, token: str, now: datetime) -> str:
    """Return the `opsbell.toml` with which *Retry* can start the demo's work again."""
    client = [sys.executable, "-m", "opsbell", "run", "--", sys.executable]
    importing = [*client, str(_EXAMPLES / "import_prices.py"), "{payload.file}"]
    compressing = [*client, str(_EXAMPLES / "compress_tree.py"), "{payload.folder}"]
    named = {
        "PYTHONPATH": str(ROOT / "client"),
        "OPSBELL_EXIT_SECONDS": str(EXIT_SECONDS),
        "DEMO_API": api,
        "DEMO_TOKEN": token,
    }
    values = ", ".join(f"{name} = {json.dumps(value)}" for name, value in named.items())
    environment = f"env = {{ {values} }}"
    return "\n".join(
        [
            "[tasks.import_prices]",
            'runner = "import_prices"',
            "[tasks.compress_tree]",
            'runner = "compress_tree"',
            "[runners.import_prices]",
            'type = "command"',
            f"argv = {json.dumps(importing)}",
            environment,
            "[runners.compress_tree]",
            'type = "command"',
            f"argv = {json.dumps([*compressing, str(folder / 'tree.zip')])}",
            environment,
            *trouble_configuration(client, environment, now),
            "",
        ]
    )


@asynccontextmanager
async def start_work(folder: Path, api: str, token: str) -> AsyncIterator[None]:
    """Let three pieces of real work begin: one by hand, one that ends well, one that fails."""
    write_prices(folder / "prices.csv")
    site_packages = Path(aiohttp.__file__).parents[1]
    named = ["--task", "compress_docs", "--subject", "docs", "--channel", "#ops", "--"]
    program = [sys.executable, str(_EXAMPLES / "compress_tree.py")]
    reported = {
        "OPSBELL_URL": api,
        "OPSBELL_TOKEN": token,
        "PYTHONPATH": str(ROOT / "client"),
        "OPSBELL_SPOOL": str(folder / "spool"),
        "OPSBELL_EXIT_SECONDS": str(EXIT_SECONDS),
    }
    command = [sys.executable, "-m", "opsbell", "run", *named, *program]
    paths = [str(ROOT / "docs"), str(folder / "docs.zip")]
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
        running([*command, *paths], {**inherited(), **reported}, asyncio.subprocess.DEVNULL),
    ):
        await _run_demo_task(session, api, "compress_tree", "site-packages", folder=site_packages)
        await _run_demo_task(
            session, api, "import_prices", "spring list", file=folder / "prices.csv"
        )
        await start_troubles(session, api)
        try:
            yield
        finally:
            await _end_work(session, api)


async def _run_demo_task(
    session: aiohttp.ClientSession, api: str, task: str, subject: str, **payload: Path
) -> None:
    paths = {name: str(path) for name, path in payload.items()}
    body = {"task": task, "subject": subject, "payload": paths, "run": True}
    async with session.post(f"{api}/api/tasks", json=body) as answer:
        if answer.status != 201:
            raise DemoError(f"A task was refused: {await answer.text()}")


async def _end_work(session: aiohttp.ClientSession, api: str) -> None:
    """Cancel what is left: a runner's program outlives its bot, but should not outlive a demo."""
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        async with asyncio.timeout(_CANCEL_SECONDS):
            for status in ("queued", "running"):
                async with session.get(f"{api}/api/tasks", params={"status": status}) as answer:
                    live: list[Mapping[str, str]] = (await answer.json())["tasks"]
                for task in live:
                    async with session.post(f"{api}/api/tasks/{task['taskId']}/cancel"):
                        pass  # It may have ended by itself; then there is nothing to cancel.


def write_prices(path: Path) -> None:
    """Write a price list in which two rows are no prices."""
    rows = [
        f"part-{number:03},{_BAD_PRICES.get(number, f'{number}.90')}"
        for number in range(1, _PRICES + 1)
    ]
    path.write_text("\n".join(["part,price", *rows, ""]), encoding="utf-8")
