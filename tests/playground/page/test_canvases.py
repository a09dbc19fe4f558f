"""Canvases and the workspace's own emoji on the page."""

import base64

import pytest
from playwright.async_api import expect
from slack_playground import Playground
from slack_playground.pictures import draw_picture
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.page.test_accessibility import findings
from tests.playground.wire import ADA, OPS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MENU = f"""# Menu

Ask ![](@{ADA}) in ![](#{OPS}).

## Today

- [ ] [soup](https://example.com) is good

| dish | price |
| --- | --- |
| soup | 3 |
"""


async def test_a_canvas_opens_beside_its_channel(desk: AsyncWebClient, open_page: OpenPage) -> None:
    """From its tab, by keyboard, with its mentions; an edit and a deletion show."""
    content = {"type": "markdown", "markdown": MENU}
    made = await desk.canvases_create(title="Lunch", channel_id=OPS, document_content=content)
    page = await open_page()
    tab = page.get_by_role("button", name="Lunch")
    await tab.focus()
    await page.keyboard.press("Enter")
    pane = page.get_by_role("complementary", name="Canvas")
    await expect(pane.get_by_role("heading", name="Menu")).to_be_visible()
    await expect(pane.locator(".mention")).to_have_text(["@Ada", "#ops"])
    assert await findings(page) == []
    change = {"operation": "insert_at_end", "document_content": {**content, "markdown": "Bread"}}
    await desk.canvases_edit(canvas_id=str(made["canvas_id"]), changes=[change])
    await expect(pane.get_by_text("Bread")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(pane).to_be_hidden()
    await expect(tab).to_be_focused()
    await desk.canvases_delete(canvas_id=str(made["canvas_id"]))
    await expect(tab).to_be_hidden()


async def test_a_canvass_address_leads_to_it(
    desk: AsyncWebClient, open_page: OpenPage, console_errors: list[str]
) -> None:
    """Whoever may not read it is told that it is not there."""
    content = {"type": "markdown", "markdown": MENU}
    made = await desk.canvases_create(title="Lunch", document_content=content)
    address = (await desk.files_info(file=str(made["canvas_id"])))["file"]["permalink"]
    page = await open_page()
    await page.goto(address)
    pane = page.get_by_role("complementary", name="Canvas")
    await expect(pane.get_by_text("There is no such canvas.")).to_be_visible()
    named = {"canvas_id": str(made["canvas_id"]), "access_level": "read"}
    await desk.canvases_access_set(**named, user_ids=[ADA])
    await expect(pane.get_by_role("heading", name="Menu")).to_be_visible()
    assert all("404" in line for line in console_errors)
    console_errors.clear()


async def test_own_emoji_are_shown(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
) -> None:
    """Pictures and aliases, in what people and apps write and in reactions; not in code."""
    picture = f"data:image/png;base64,{base64.b64encode(draw_picture('blob', 16)).decode()}"
    own = {"blob": picture, "blab": "alias:blob", "yes": "alias:+1", "lost": "alias:lost"}
    playground.state.emoji.update(own)
    ts = playground.write("ada", "ops", ":blob: :yes: :lost: `:blob:`").answer["message"]["ts"]
    playground.react("ben", "ops", ts, "blob")
    elements = [{"type": "emoji", "name": "blab"}]
    section = {"type": "rich_text_section", "elements": elements}
    await desk.chat_postMessage(
        channel=OPS, text="x", blocks=[{"type": "rich_text", "elements": [section]}]
    )
    page = await open_page()
    message = page.locator(f'[data-ts="{ts}"]')
    await expect(message.locator(".text .emoji")).to_have_attribute("alt", ":blob:")
    await expect(message.locator(".text")).to_have_text(" 👍 :lost: :blob:")
    await expect(message.locator(".reaction .emoji")).to_have_attribute("src", picture)
    await expect(page.get_by_role("img", name=":blab:")).to_have_attribute("src", picture)
