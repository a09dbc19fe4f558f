"""An assistant beside a channel, and an agent in its direct message."""

import pytest
from playwright.async_api import expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.wire import GENERAL, OPS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_assistant_comes_along(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
) -> None:
    """It suggests, says what it is doing until it replies, and sees where its person goes."""
    page = await open_page()
    await page.get_by_role("button", name="Ask Desk").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("group", name="Suggested prompts")).to_contain_text("Ask me:")
    await page.get_by_role("link", name="general").click()
    (opened,) = playground.state.assistant_threads.values()
    await playground.wait_for(lambda: GENERAL in opened.prompts[0]["message"])
    await thread.get_by_role("button", name="What runs?").click()
    await expect(thread).to_contain_text("What runs in #general?")
    await expect(thread.get_by_role("group", name="Suggested prompts")).to_be_hidden()
    await expect(thread.get_by_role("textbox")).to_be_focused()
    await expect(thread.locator("header")).to_have_text("ThreadDesk")

    place = {"channel_id": opened.channel, "thread_ts": opened.thread_ts}
    passing = ["Counting", "Sorting"]
    await desk.assistant_threads_setStatus(**place, status="is looking", loading_messages=passing)
    status = thread.get_by_role("status")
    await expect(status).to_have_text("Desk is looking")
    await expect(thread).to_contain_text("Counting")
    await expect(thread).to_contain_text("Sorting")
    await desk.assistant_threads_setTitle(**place, title="What runs")
    await expect(thread.get_by_role("article").first).to_contain_text("What runs")
    await desk.chat_postMessage(
        channel=opened.channel, thread_ts=opened.thread_ts, text="Two tasks"
    )
    await expect(thread).to_contain_text("Two tasks")
    await expect(status).to_be_hidden()


async def test_an_agent_suggests_in_its_direct_message(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
) -> None:
    """Without a thread its prompts stand over the composer of its messages; a click asks."""
    channel = playground.im("ada").id
    prompts = [{"title": "Bread", "message": "Any bread?"}]
    await desk.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts)
    page = await open_page(place=channel)
    await page.get_by_role("button", name="Bread").click()
    await expect(page.get_by_role("article", name="Ada")).to_contain_text("Any bread?")
    await page.get_by_role("button", name="New chat").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    assert playground.messages(OPS) == []
