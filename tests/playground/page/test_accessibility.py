"""What axe-core says of the page: nothing."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect
from slack_playground import Playground
from slack_playground.pictures import draw_picture
from slack_playground.state import File
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.blocks.gallery import BLOCKS, block, furnish, surface_of
from tests.playground.page.conftest import OpenPage
from tests.playground.wire import OPS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def findings(page: Page) -> list[tuple[str, list[Any]]]:
    """Return the rules that are broken, and where."""
    found = await Axe().run(page)
    return [
        (one["id"], [node["target"] for node in one["nodes"]][:4])
        for one in found.response["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_channel_of_everything_has_no_finding(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage, scheme: str
):
    """Every block, an attachment, a thread, reactions and words, in both themes."""
    playground.write("ada", "ops", "*soup* :tada: for @ben in #general of https://example.com")
    picture = draw_picture("week", 8)
    week = File("F0WEEK", "week.png", len(picture), content=picture, is_complete=True)
    playground.state.files[week.id] = week
    furnish(playground.state)
    for name in BLOCKS:
        if surface_of(name) == "message":
            await desk.chat_postMessage(channel=OPS, text=name, blocks=[block(name)])
    attachment = {"title": "Menu", "text": "Soup", "footer": "Kitchen", "color": "good"}
    ts = (await desk.chat_postMessage(channel=OPS, text="x", attachments=[attachment]))["ts"]
    await desk.chat_postMessage(channel=OPS, thread_ts=ts, text="Yes", reply_broadcast=True)
    playground.react("ada", "ops", str(ts), "eyes")
    page = await open_page()
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.get_by_role("button", name="1 reply").click()
    assert await findings(page) == []


async def test_an_empty_workspace_has_no_finding(playground: Playground, open_page: OpenPage):
    """Nor has the workshop, nor a narrow window."""
    page = await open_page()
    assert await findings(page) == []
    await page.get_by_role("button", name="Workshop").click()
    assert await findings(page) == []
    await page.set_viewport_size({"width": 400, "height": 800})
    await expect(page.locator(".sidebar")).to_be_hidden()
    assert await findings(page) == []
