"""Attachments, formatted words, broadcasts, changes and an empty channel."""

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


async def test_odd_messages_look_as_in_slack(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A thread's first line without markup, a deleted parent, an edit, a group, other scripts."""
    ts = playground.write("ada", "ops", "*Soup* for @ben\n> today").answer["message"]["ts"]
    playground.write("ben", "ops", "Yes", thread_ts=ts)
    await desk.chat_postMessage(channel=OPS, thread_ts=ts, text="Done", reply_broadcast=True)
    playground.edit("ada", "ops", ts, "Bread")
    gone = playground.write("ben", "ops", "Oops").answer["message"]["ts"]
    playground.write("ada", "ops", "What?", thread_ts=gone)
    playground.delete("ben", "ops", gone)
    group = {"type": "usergroup", "usergroup_id": "S0OPERATOR"}
    section = {"type": "rich_text_section", "elements": [group]}
    rich = {"type": "rich_text", "elements": [section]}
    task = {"type": "task_card", "task_id": "1", "title": "x" * 90, "status": "complete"}
    plan = {"type": "plan", "title": "y" * 90, "tasks": [task]}
    await desk.chat_postMessage(channel=OPS, text="x", blocks=[rich, plan])
    await desk.chat_postMessage(channel=OPS, text="مرحبا بالعالم (123)")
    page = await open_page()
    await expect(page.locator(".thread-origin")).to_have_text("replied to a thread: Soup for @Ben")
    await expect(page.locator(".text", has_text="Bread")).to_have_text("Bread (edited)")
    left = page.get_by_role("article", name="Deleted message")
    await expect(left).to_contain_text("This message was deleted.")
    await expect(left).not_to_contain_text("Slackbot")
    await expect(page.locator(".mention", has_text="@operators")).to_be_visible()
    plan_box = page.locator(".plan")
    assert await plan_box.evaluate("one => one.scrollWidth <= one.clientWidth")
    arabic = page.locator(".text", has_text="مرحبا")
    right = """one => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return one.getBoundingClientRect().right - range.getBoundingClientRect().right;
    }"""
    assert abs(await arabic.evaluate(right)) < 2


async def test_an_empty_channel_greets(playground: Playground, open_page: OpenPage):
    """It says how to connect an app while none is, and goes with the first message."""
    page = await open_page()
    greeting = page.locator(".greeting")
    await expect(greeting).to_contain_text(f"SLACK_API_URL={playground.api_url}")
    playground.write("ada", "ops", "hi")
    await expect(greeting).to_be_hidden()


async def test_an_icon_of_our_own_is_shown(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """`icon_url` dresses a message up with a picture that the page may load."""
    icon = f"{playground.page_url}pictures/cook/48.png"
    await desk.chat_postMessage(channel=OPS, text="x", username="Cook", icon_url=icon)
    page = await open_page()
    avatar = page.get_by_role("article").last.locator("img.avatar")
    await expect(avatar).to_have_attribute("src", icon)
