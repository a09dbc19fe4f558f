"""
`python -m bot demo`: the bot, a local workspace and some real work, in one command.

It starts three kinds of processes: the workspace (`python -m slack_playground`), the bot by the
workspace's clock (`python -m bot.cli.demo.bot`), and commands that the client reports on
(`python -m opsbell run`).
"""

import asyncio
import contextlib
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.cli.demo.child_processes import ROOT, how_it_ended, inherited, running
from bot.cli.demo.error import DemoError
from bot.cli.demo.folder import fresh_folder
from bot.cli.demo.leaderboard import show_board
from bot.cli.demo.shop import shop_configuration, shop_path, write_shop
from bot.cli.demo.work import configuration, start_work
from bot.clock import SystemClock
from bot.tokens import Tokens

_FOLDER = Path(".demo")
_PAGE_PORT = 3900
#: The id of #ops in a workspace with the default seed.
OPS = "C0OPS00002"
#: More than a slow machine needs; Ctrl-C ends the wait.
_START_SECONDS = 120.0


@dataclass(frozen=True)
class _Addresses:
    """What the workspace printed about itself."""

    page: str
    environment: Mapping[str, str]


def demo(
    port: Annotated[int, typer.Option(help="Where the workspace's page is served.")] = _PAGE_PORT,
    folder: Annotated[
        Path, typer.Option(help="For database and log; emptied at the start.")
    ] = _FOLDER,
) -> None:
    """Start a local workspace with the bot in it and some real work. No Slack, no key needed."""
    try:
        with fresh_folder(folder.resolve()) as own:
            asyncio.run(_serve_demo(port, own))
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except aiohttp.ClientError as error:  # It was killed before the work had begun.
        sys.stderr.write(f"The bot went away ({error}): start me again.\n")
        sys.exit(1)


async def _serve_demo(port: int, folder: Path) -> None:
    """Run everything until Ctrl-C or SIGTERM, or until one of the processes ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        workspace, addresses = await stack.enter_async_context(_start_workspace(port))
        bots_port = stack.enter_context(held_port())
        secret = secrets.token_hex(32)
        token = Tokens(secret, SystemClock()).mint(
            subject="demo", tenant="default", scopes=frozenset({"admin"})
        )
        api, environment = _bot_settings(folder, addresses, bots_port, secret, token)
        log = stack.enter_context((folder / "bot.log").open("wb"))
        command = [sys.executable, "-m", "bot.cli.demo.bot", f"{addresses.page}_playground/clock"]
        bot, end_of_bot = await stack.enter_async_context(
            _kept_running(lambda: running(command, environment, log.fileno()))
        )
        await _wait_until_ready(api, bot, folder)
        await show_board(api, token, SystemClock().now())
        say(_welcome(addresses, api, token, folder))
        await stack.enter_async_context(start_work(folder, api, token))
        others = [asyncio.create_task(one) for one in (workspace.wait(), stop.wait())]
        await asyncio.wait([end_of_bot, *others], return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            code = end_of_bot.result() if end_of_bot.done() else None
            raise DemoError(_who_ended(workspace, code, folder))
        say("\nStopping.\n")


@asynccontextmanager
async def _kept_running(
    start: Callable[[], AbstractAsyncContextManager[asyncio.subprocess.Process]],
) -> AsyncIterator[tuple[asyncio.subprocess.Process, "asyncio.Task[int]"]]:
    """
    Yield the bot, and what is done with its exit code when it ends by itself.

    One that is killed is started again, as a supervisor would: try `kill -9`.
    """
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(start())

        async def keep() -> int:
            bot = first
            while (code := await bot.wait()) < 0:
                say(f"The bot was killed ({how_it_ended(code)}); it is started again.\n")
                bot = await stack.enter_async_context(start())
            return code

        keeping = asyncio.create_task(keep())
        try:
            yield first, keeping
        finally:
            keeping.cancel()


def _who_ended(workspace: asyncio.subprocess.Process, bot_code: int | None, folder: Path) -> str:
    name, code = ("bot", bot_code)
    if code is None:
        name, code = ("workspace", workspace.returncode)
    log = folder / "bot.log"
    return f"The {name} ended by itself ({how_it_ended(code)}); see {log}, and start me again."


@asynccontextmanager
async def _start_workspace(
    port: int,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, _Addresses]]:
    """Start the workspace, on another port if this one is taken, and read what it prints."""
    chosen = str(port if _is_free(port) else 0)
    command = [sys.executable, "-m", "slack_playground", "--port", chosen]
    manifest = ["--manifest", str(ROOT / "manifest.json")]
    inside = {**inherited(), "PYTHONPATH": str(ROOT / "playground")}
    async with running([*command, *manifest], inside) as process:
        environment: dict[str, str] = {}
        page = ""
        while not {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"} <= environment.keys():
            line = await _read_line(process)
            name, _, value = line.strip().partition("=")
            if value and name.startswith("SLACK_"):
                environment[name] = value
            elif " is at http" in line:
                page = line.split()[-1]
        yield process, _Addresses(page, environment)


async def _read_line(process: asyncio.subprocess.Process) -> str:
    """Return the next line the process prints; raise `DemoError` if it has ended."""
    line = b""
    if process.stdout:
        with contextlib.suppress(TimeoutError):
            line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
    if not line:
        raise DemoError("The workspace did not start.")
    return line.decode()


def _bot_settings(
    folder: Path, addresses: _Addresses, port: int, secret: str, token: str
) -> tuple[str, dict[str, str]]:
    """Return the bot's address and its environment."""
    api = f"http://127.0.0.1:{port}"
    today = SystemClock().now()
    write_shop(shop_path(folder), today.date())
    config = folder / "opsbell.toml"
    written = configuration(folder, api, token, today) + shop_configuration(folder)
    config.write_text(written, encoding="utf-8")
    settings = {
        "DATABASE_URL": f"sqlite:///{folder / 'opsbell.db'}",
        "ENVIRONMENT": "demo",
        "JWT_SECRET": secret,
        "OPSBELL_CONFIG": str(config),
        "PORT": str(port),
        "SLACK_DEFAULT_CHANNEL": "#ops",
    }
    return api, {**inherited(), **addresses.environment, **settings}


async def _wait_until_ready(api: str, bot: asyncio.subprocess.Process, folder: Path) -> None:
    """Wait until the bot says it is ready; raise `DemoError` with its log if it ends."""
    end = asyncio.get_running_loop().time() + _START_SECONDS
    async with aiohttp.ClientSession() as session:
        while asyncio.get_running_loop().time() < end and bot.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{api}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    log = (folder / "bot.log").read_text(encoding="utf-8", errors="replace")
    raise DemoError(f"The bot did not start. Its log:\n{log}")


def _welcome(addresses: _Addresses, api: str, token: str, folder: Path) -> str:
    """Return what a newcomer needs to know."""
    return (
        f"\n  The workspace   {addresses.page}#{OPS}\n"
        f"  The API         {api}/api/docs\n"
        f"  The bot's log   {folder / 'bot.log'}\n\n"
        "  Open the workspace at #ops: tasks are moving, and import_prices is about to fail.\n"
        "  Press its Retry. Or type   /ops help   or   /task list\n"
        "  Within a minute and a half alerts come in: sync_stock failed six times for one reason\n"
        "  (press Acknowledge, then Retry all), export_prices is stuck, nightly_report did not\n"
        "  start. For a storm type   /task run make_storm\n"
        "  #ai-ops has a leaderboard with a year of samples; choose a dealer below it.\n"
        "  Reports can ask a shop with a year of sales: type   /report new   and ask\n"
        "  revenue by country last week. To see it arrive, jump the clock (the flask below).\n\n"
        "  Report on a command of your own, in another terminal:\n\n"
        f"    export OPSBELL_URL={api}\n"
        f"    export OPSBELL_TOKEN={token}\n"
        "    .venv/bin/python -m opsbell run --task my_job -- sleep 20\n\n"
        "  Ctrl-C ends everything.\n\n"
    )


def _is_free(port: int) -> bool:
    """Tell whether nothing listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def held_port() -> Iterator[int]:
    """Yield a port that is given to nobody who does not ask for just this one, as our bot does."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("", 0))
        yield int(held.getsockname()[1])


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
