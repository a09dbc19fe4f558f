"""Attachments, formatted words, broadcasts, prompts and an empty channel."""

import pytest
from playwright.async_api import expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.wire import OPS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_attachment_is_drawn_whole(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Pretext above the bar; the rest inside it, with markup where it is asked for."""
    attachment = {
        "pretext": "Read *this*",
        "author_name": "Ada",
        "author_link": "https://example.com/ada",
        "title": "Menu",
        "title_link": "https://example.com/menu",
        "text": "*not bold*",
        "mrkdwn_in": ["pretext", "fields"],
        "fields": [{"title": "Price", "value": "*12*", "short": True}],
        "image_url": f"{playground.page_url}pictures/soup/48.png",
        "footer": "Kitchen",
        "ts": "1795000000",
    }
    await desk.chat_postMessage(channel=OPS, text="x", attachments=[attachment])
    page = await open_page()
    row = page.get_by_role("article").last
    bar = row.locator(".attachment")
    await expect(row.locator(".attachment-pretext b")).to_have_text("this")
    await expect(bar.locator(".attachment-pretext")).to_have_count(0)
    await expect(bar.get_by_role("link", name="Ada")).to_have_attribute(
        "href", "https://example.com/ada"
    )
    await expect(bar.get_by_role("link", name="Menu")).to_be_visible()
    await expect(bar.locator(".attachment-text")).to_have_text("*not bold*")
    await expect(bar.locator(".section-field b")).to_have_text("12")
    await expect(bar.get_by_role("img", name="Menu")).to_be_visible()
    await expect(bar.locator(".attachment-footer")).to_contain_text("Kitchen | ")


async def test_what_people_write_is_formatted(playground: Playground, open_page: OpenPage):
    """Bold, code and every emoji, as the composer makes them."""
    playground.write("ada", "ops", "*soup* is `hot` :melting_face: and 2*3*4")
    page = await open_page()
    row = page.get_by_role("article").last
    await expect(row.locator("strong")).to_have_text("soup")
    await expect(row.locator("code")).to_have_text("hot")
    await expect(row).to_contain_text("2*3*4")
    await expect(row).not_to_contain_text(":melting_face:")


async def test_a_broadcast_names_its_thread(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A reply shown in the channel leads to its thread; an app's messages stand together."""
    first = (await desk.chat_postMessage(channel=OPS, text="Lunch?"))["ts"]
    await desk.chat_postMessage(channel=OPS, text="Soup")
    await desk.chat_postMessage(channel=OPS, text="Yes", thread_ts=first, reply_broadcast=True)
    page = await open_page()
    rows = page.get_by_role("article")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(1)).to_have_class("message compact")
    await page.get_by_role("button", name="replied to a thread: Lunch?").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_be_visible()


async def test_an_empty_channel_greets(playground: Playground, open_page: OpenPage):
    """It says how to connect an app while none is, and goes with the first message."""
    page = await open_page()
    greeting = page.locator(".greeting")
    await expect(greeting).to_contain_text(f"SLACK_API_URL={playground.api_url}")
    playground.write("ada", "ops", "hi")
    await expect(greeting).to_be_hidden()


async def test_a_prompt_is_asked(desk: AsyncWebClient, playground: Playground, open_page: OpenPage):
    """What an assistant suggests stands over the composer of its thread; a click asks it."""
    channel = playground.im("ada").id
    ts = playground.write("ada", "app", "hm").answer["message"]["ts"]
    await desk.chat_postMessage(channel=channel, thread_ts=ts, text="What would you like?")
    prompts = [{"title": "Bread", "message": "Any bread?"}]
    await desk.assistant_threads_setSuggestedPrompts(
        channel_id=channel, thread_ts=ts, prompts=prompts
    )
    page = await open_page(place=channel)
    await page.get_by_role("button", name="1 reply").click()
    await page.get_by_role("button", name="Bread").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_contain_text("Any bread?")


async def test_an_icon_of_our_own_is_shown(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """`icon_url` dresses a message up with a picture that the page may load."""
    icon = f"{playground.page_url}pictures/cook/48.png"
    await desk.chat_postMessage(channel=OPS, text="x", username="Cook", icon_url=icon)
    page = await open_page()
    avatar = page.get_by_role("article").last.locator("img.avatar")
    await expect(avatar).to_have_attribute("src", icon)
