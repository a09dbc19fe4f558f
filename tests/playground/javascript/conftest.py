"""The JavaScript app's modules, installed once, and the app as a process of its own."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from slack_playground import Playground

from tests.missing import missing
from tests.patience import PATIENT

HERE = Path(__file__).parent
SOURCES = ("app.js", "package.json", "package-lock.json")
INSTALL_SECONDS = 600
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "node: needs Node.js and npm")


@pytest.fixture(scope="session")
def javascript_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder outside the repository that holds the app and what it needs."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("Node.js and npm are needed to run the app in JavaScript.")
    folder = tmp_path_factory.mktemp("javascript")
    for name in SOURCES:
        shutil.copy(HERE / name, folder)
    asyncio.run(install(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def install(folder: Path) -> None:
    """Install exactly what the lock file says."""
    process = await asyncio.create_subprocess_exec(
        *("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), INSTALL_SECONDS)
    if process.returncode != 0:
        missing(f"npm could not install the app: {said.decode()[-500:]}")


@asynccontextmanager
async def running(folder: Path, playground: Playground) -> AsyncIterator[None]:
    """Run the app beside the workspace until the end of the block."""
    kept = {name: value for name, value in os.environ.items() if name not in PROXIES}
    process = await asyncio.create_subprocess_exec(
        *("node", "app.js"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={
            **kept,
            "SLACK_API_URL": playground.api_url,
            "SLACK_BOT_TOKEN": playground.bot_token,
            "SLACK_APP_TOKEN": playground.app_token,
            "CHANNEL": playground.channel("ops").id,
        },
    )
    try:
        await playground.wait_for_app()
        yield
    finally:
        process.kill()
        await process.wait()


@pytest.fixture
async def served(javascript_app: Path) -> AsyncIterator[Playground]:
    """A workspace with the app connected to it."""
    async with (
        Playground(limits="off", **PATIENT) as playground,
        running(javascript_app, playground),
    ):
        yield playground
