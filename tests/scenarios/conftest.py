"""The real bot as a process of its own, on a playground in this one."""

import asyncio
import contextlib
import os
import signal
import sys
import weakref
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_playground import Playground

from bot.clock import SystemClock
from bot.db import Database
from bot.messages.delivery.due_lanes import end_leases
from bot.tokens import Tokens
from tests.held_port import hold_port, number_of
from tests.patience import PATIENCE_SECONDS, PATIENT
from tests.scenarios.nursery import Nursery, Process

ROOT = Path(__file__).parents[2]
SECRET = "a secret of thirty-two bytes or more"


@dataclass
class Bot:
    """One bot process: start it, kill it, start it again on what is left."""

    playground: Playground
    folder: Path
    database_url: str
    #: No check for alerts comes between: other tests count what stands in the channel.
    config: str = "[alerts]\nevery_minutes = 60\n"
    port: int = 0
    process: Process | asyncio.subprocess.Process | None = None
    extra: dict[str, str] = field(default_factory=dict)
    #: Without one each start is a process that imports everything itself.
    nursery: Nursery | None = None
    #: Where the code of a bot is that the nursery does not start.
    code: Path = ROOT

    @property
    def url(self) -> str:
        """Where its API answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        """A token that may do everything."""
        return Tokens(SECRET, SystemClock()).mint(
            subject="test", tenant="default", scopes=frozenset({"admin"})
        )

    async def start(self) -> None:
        """Start the process and wait until it says that it is ready."""
        if not self.port:
            held = hold_port()
            weakref.finalize(self, held.close)
            self.port = number_of(held)
        config = self.folder / "opsbell.toml"
        config.write_text(self.config, encoding="utf-8")
        environ = {**self._environment(), "OPSBELL_CONFIG": str(config), **self.extra}
        if self.nursery is not None:
            self.process = self.nursery.start(environ, self.folder)
        else:
            self.process = await self._start_alone(environ)
        await self._wait_until_ready()

    async def kill(self) -> None:
        """End the process as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask the process to stop and return its exit code."""
        return await self._end(signal.SIGTERM)

    def let_the_lease_end(self) -> None:
        """Spare a test the seconds for which nobody takes over a dead process's lanes."""
        database = Database(self.database_url)
        database.transact(lambda session: end_leases(session, SystemClock().now()))
        database.close()

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the API and return its answer."""
        return await self._call("POST", path, body)

    async def read(self, path: str) -> dict[str, Any]:
        """Ask the API and return its answer."""
        return await self._call("GET", path, None)

    async def _call(self, method: str, path: str, body: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"{self.url}{path}", json=body) as answer,
        ):
            found: dict[str, Any] = await answer.json()
            assert answer.status < 300, found
            return found

    def reporting(self) -> dict[str, str]:
        """Return the environment in which the client reports to this bot."""
        return {
            **os.environ,
            "OPSBELL_URL": self.url,
            "OPSBELL_TOKEN": self.token,
            "OPSBELL_SPOOL": str(self.folder / "spool"),
            "OPSBELL_EXIT_SECONDS": str(PATIENCE_SECONDS),
            "PYTHONPATH": str(ROOT / "client"),
        }

    async def _start_alone(self, environ: dict[str, str]) -> asyncio.subprocess.Process:
        with (self.folder / "bot.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot"), cwd=self.code, env=environ, stdout=log, stderr=log
            )

    async def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), PATIENCE_SECONDS)

    async def _wait_until_ready(self) -> None:
        end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        async with aiohttp.ClientSession() as session:
            while asyncio.get_running_loop().time() < end:
                assert self.process is not None
                assert self.process.returncode is None, (self.folder / "bot.log").read_text()
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise TimeoutError((self.folder / "bot.log").read_text())

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "DATABASE_URL": self.database_url,
            "ENVIRONMENT": "test",
            "JWT_SECRET": SECRET,
            "PORT": str(self.port),
            "SLACK_API_URL": self.playground.api_url,
            "SLACK_APP_TOKEN": self.playground.app_token,
            "SLACK_BOT_TOKEN": self.playground.bot_token,
            "SLACK_DEFAULT_CHANNEL": "#ops",
        }


@pytest.fixture
def playground_settings() -> dict[str, Any]:
    """Slack's published limits and the app's own manifest, for the `playground` fixture."""
    return {"manifest": ROOT / "manifest.json", **PATIENT}


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """What starts bots."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
async def bot(
    nursery: Nursery, playground: Playground, database_url: str, tmp_path: Path
) -> AsyncIterator[Bot]:
    """A bot that is not started yet, so that a test can set it up; ended afterwards."""
    bot = Bot(playground, tmp_path, database_url, nursery=nursery)
    yield bot
    if bot.process is not None and bot.process.returncode is None:
        await bot.kill()
