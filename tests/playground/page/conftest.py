"""One browser for all tests of the page; a workspace and an app for each."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, async_playwright, expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.chromium import FLAGS, chromium_path
from tests.patience import PATIENCE_SECONDS, PATIENT
from tests.playground.page.desk import MANIFEST, running_desk

PATIENCE_MS = PATIENCE_SECONDS * 1000

OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def windows() -> AsyncIterator[BrowserContext]:
    """One browser whose windows share a cache: fetching eighty modules anew takes a second."""
    path = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield context
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def workspace() -> AsyncIterator[Playground]:
    """One address for all tests, for the sake of that cache."""
    async with Playground(limits="off", manifest=MANIFEST, **PATIENT) as playground:
        yield playground


@pytest.fixture
def playground(workspace: Playground) -> Playground:
    """The workspace as it is at the start."""
    workspace.reset()
    workspace.workspace.sockets.ack_seconds = PATIENCE_SECONDS
    return workspace


@pytest.fixture
def impatient(playground: Playground) -> None:
    """Let Slack wait half a second for the app."""
    playground.workspace.sockets.ack_seconds = 0.5


@pytest_asyncio.fixture(loop_scope="session")
async def desk(playground: Playground) -> AsyncIterator[AsyncWebClient]:
    """The app, connected; its client posts as the bot."""
    async with running_desk(playground) as client:
        yield client


@pytest.fixture
def console_errors() -> list[str]:
    """What the windows complained of; a test that means to provoke a complaint takes it out."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(
    windows: BrowserContext, playground: Playground, console_errors: list[str]
) -> AsyncIterator[OpenPage]:
    """Opens a window of a person on a channel; no window may write an error to its console."""
    errors = console_errors
    opened: list[Page] = []

    async def open_page(user: str = "ada", channel: str = "ops", place: str = "") -> Page:
        page = await windows.new_page()
        opened.append(page)
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error.stack)))
        place = place or playground.channel(channel).id
        await page.goto(f"{playground.page_url}?user={playground.user(user).id}#{place}")
        await page.locator(".connection:not(.is-offline)").wait_for()
        return page

    yield open_page
    for page in opened:
        await page.close()
    assert errors == []
