"""What a screen reader is told."""

import pytest
from playwright.async_api import Locator, Page, expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.page.desk import task_blocks

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def spoken(page: Page) -> Locator:
    return page.locator("body > [role=status]")


async def test_a_new_message_is_read_as_it_is_shown(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Escaped brackets are brackets and markup is left away."""
    page = await open_page()
    channel = playground.channel("ops").id
    await desk.chat_postMessage(channel=channel, text="Usage: *run* `&lt;kind&gt;`")
    await expect(spoken(page)).to_have_text("Desk: Usage: run <kind>")


async def test_a_new_state_is_said_and_progress_is_not(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """An edit that moves the percentage is silent; the one that says Completed is read."""
    channel = playground.channel("ops").id
    answer = await desk.chat_postMessage(channel=channel, text="*Import* · Running, 10%")

    async def edit(text: str) -> None:
        blocks = task_blocks(text)
        await desk.chat_update(channel=channel, ts=answer["ts"], text=text, blocks=blocks)

    page = await open_page()
    row = page.get_by_role("article")
    for words in ("Running, 40%, 3 min left", "Running, 70%, about 50 s left"):
        await edit(f"*Import* · {words}")
        await expect(row).to_contain_text(words)
        await expect(spoken(page)).to_be_empty()
    await edit("*Import* · Completed\nTook 4 min")
    await expect(spoken(page)).to_have_text("Desk: Import · Completed")
