"""
`python -m bot demo`: the bot, a local workspace and some real work, in one command.

Three kinds of processes, as in real life: the workspace (`python -m playground`), the bot
(`python -m bot run`), and commands that the client reports on (`python -m opsbell run`).
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.errors import OpsbellError
from bot.tokens import Tokens

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "client" / "examples"
FOLDER = Path(".demo")
PAGE_PORT = 3900
START_SECONDS = 30.0
STOP_SECONDS = 12.0
PRICES = 120
BAD_PRICES = {41: "12 EUR", 97: "free"}


class DemoError(OpsbellError):
    """The demo cannot start; the message says what to look at."""


@dataclass(frozen=True)
class Addresses:
    """What the workspace printed about itself."""

    page: str
    environment: Mapping[str, str]


def demo(
    port: Annotated[int, typer.Option(help="Where the workspace's page is served.")] = PAGE_PORT,
    folder: Annotated[Path, typer.Option(help="Made anew; holds database and log.")] = FOLDER,
) -> None:
    """Start a local workspace with the bot in it and some real work. No Slack, no key needed."""
    try:
        asyncio.run(serve(port, made_anew(folder.resolve())))
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


def made_anew(folder: Path) -> Path:
    """Return the folder, empty: the workspace forgets everything, so the bot must too."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


async def serve(port: int, folder: Path) -> None:
    """Run everything until Ctrl-C or SIGTERM, or until one of the processes ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        workspace, addresses = await stack.enter_async_context(start_workspace(port))
        api, environment = bot_settings(folder, addresses)
        log = stack.enter_context((folder / "bot.log").open("wb"))
        bot = await stack.enter_async_context(
            running([sys.executable, "-m", "bot", "run"], environment, log.fileno())
        )
        await wait_until_ready(api, bot, folder)
        token = Tokens(environment["JWT_SECRET"]).mint(
            subject="demo", tenant="default", scopes=frozenset({"admin"}), now=datetime.now(UTC)
        )
        say(welcome(addresses, api, token, folder))
        await stack.enter_async_context(start_work(folder, api, token))
        ended = [asyncio.create_task(one.wait()) for one in (workspace, bot)]
        await asyncio.wait(
            [*ended, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        if not stop.is_set():
            raise DemoError(f"A process ended by itself; see {folder / 'bot.log'}.")
        say("\nStopping.\n")


@asynccontextmanager
async def start_workspace(
    port: int,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Addresses]]:
    """Start the workspace, on another port if this one is taken, and read what it prints."""
    command = [sys.executable, "-m", "playground", "--port", str(port if is_free(port) else 0)]
    manifest = ["--manifest", str(ROOT / "manifest.json")]
    async with running([*command, *manifest], inherited()) as process:
        environment: dict[str, str] = {}
        page = ""
        while not {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"} <= environment.keys():
            line = await asyncio.wait_for(read_line(process), START_SECONDS)
            name, _, value = line.strip().partition("=")
            if value and name.startswith("SLACK_"):
                environment[name] = value
            elif " is at http" in line:
                page = line.split()[-1]
        yield process, Addresses(page, environment)


async def read_line(process: asyncio.subprocess.Process) -> str:
    """Return the next line the process prints; raise `DemoError` if it has ended."""
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise DemoError("The workspace did not start.")
    return line.decode()


@asynccontextmanager
async def running(
    command: Sequence[str], environment: Mapping[str, str], output: int = asyncio.subprocess.PIPE
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program; at the end ask it to stop, and end it if it does not."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=None if output == asyncio.subprocess.PIPE else asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for us; we pass it on in the right order.
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def bot_settings(folder: Path, addresses: Addresses) -> tuple[str, dict[str, str]]:
    """Return the bot's address and its environment."""
    port = free_port()
    config = folder / "opsbell.toml"
    config.write_text(configuration(folder), encoding="utf-8")
    settings = {
        "DATABASE_URL": f"sqlite:///{folder / 'opsbell.db'}",
        "ENVIRONMENT": "demo",
        "JWT_SECRET": secrets.token_hex(32),
        "OPSBELL_CONFIG": str(config),
        "PORT": str(port),
        "SLACK_DEFAULT_CHANNEL": "#ops",
    }
    return f"http://127.0.0.1:{port}", {**inherited(), **addresses.environment, **settings}


def configuration(folder: Path) -> str:
    """Return the `opsbell.toml` with which *Retry* can start the demo's work again."""
    client = [sys.executable, "-m", "opsbell", "run", "--", sys.executable]
    importing = [*client, str(EXAMPLES / "import_prices.py"), "{payload.file}"]
    compressing = [*client, str(EXAMPLES / "compress_tree.py"), "{payload.folder}"]
    return "\n".join(
        [
            "[tasks.import_prices]",
            'runner = "import_prices"',
            "[tasks.compress_tree]",
            'runner = "compress_tree"',
            "[runners.import_prices]",
            'type = "command"',
            f"argv = {json.dumps(importing)}",
            f"env = {{ PYTHONPATH = {json.dumps(str(ROOT / 'client'))} }}",
            "[runners.compress_tree]",
            'type = "command"',
            f"argv = {json.dumps([*compressing, str(folder / 'tree.zip')])}",
            f"env = {{ PYTHONPATH = {json.dumps(str(ROOT / 'client'))} }}",
            "",
        ]
    )


async def wait_until_ready(api: str, bot: asyncio.subprocess.Process, folder: Path) -> None:
    """Wait until the bot says it is ready; raise `DemoError` with its log if it ends."""
    end = asyncio.get_running_loop().time() + START_SECONDS
    async with aiohttp.ClientSession() as session:
        while asyncio.get_running_loop().time() < end and bot.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{api}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    log = (folder / "bot.log").read_text(encoding="utf-8", errors="replace")
    raise DemoError(f"The bot did not start. Its log:\n{log}")


@asynccontextmanager
async def start_work(folder: Path, api: str, token: str) -> AsyncIterator[None]:
    """Let three pieces of real work begin: one by hand, one that ends well, one that fails."""
    write_prices(folder / "prices.csv")
    site_packages = Path(aiohttp.__file__).parents[1]
    hashing = ["--task", "compress_docs", "--subject", "docs", "--channel", "#ops", "--"]
    program = [sys.executable, str(EXAMPLES / "compress_tree.py")]
    reported = {
        "OPSBELL_URL": api,
        "OPSBELL_TOKEN": token,
        "PYTHONPATH": str(ROOT / "client"),
        "OPSBELL_SPOOL": str(folder / "spool"),
    }
    command = [sys.executable, "-m", "opsbell", "run", *hashing, *program]
    paths = [str(ROOT / "docs"), str(folder / "docs.zip")]
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
        running([*command, *paths], {**inherited(), **reported}, asyncio.subprocess.DEVNULL),
    ):
        for body in (
            {
                "task": "compress_tree",
                "subject": "site-packages",
                "payload": {"folder": str(site_packages)},
            },
            {
                "task": "import_prices",
                "subject": "spring list",
                "payload": {"file": str(folder / "prices.csv")},
            },
        ):
            async with session.post(f"{api}/api/tasks", json={**body, "run": True}) as answer:
                if answer.status != 201:
                    raise DemoError(f"A task was refused: {await answer.text()}")
        yield


def write_prices(path: Path) -> None:
    """Write a price list in which two rows are no prices."""
    rows = [
        f"part-{number:03},{BAD_PRICES.get(number, f'{number}.90')}"
        for number in range(1, PRICES + 1)
    ]
    path.write_text("\n".join(["part,price", *rows, ""]), encoding="utf-8")


def welcome(addresses: Addresses, api: str, token: str, folder: Path) -> str:
    """Return what a newcomer needs to know."""
    return (
        f"\n  The workspace   {addresses.page}\n"
        f"  The API         {api}/api/docs\n"
        f"  The bot's log   {folder / 'bot.log'}\n\n"
        "  Open the workspace: tasks are moving in #ops, and import_prices is about to fail.\n"
        "  Press its Retry. Or type   /ops help   or   /task list\n\n"
        "  Report on a command of your own, in another terminal:\n\n"
        f"    export OPSBELL_URL={api}\n"
        f"    export OPSBELL_TOKEN={token}\n"
        "    .venv/bin/python -m opsbell run --task my_job -- sleep 20\n\n"
        "  Ctrl-C ends everything.\n\n"
    )


def inherited() -> dict[str, str]:
    """Return our environment without what would lead the demo astray."""
    strays = ("SLACK_", "OPSBELL_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return {name: value for name, value in os.environ.items() if not name.startswith(strays)}


def is_free(port: int) -> bool:
    """Tell whether nothing listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
