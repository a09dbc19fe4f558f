"""What people do with emoji under messages, with the mouse and without."""

import pytest
from playwright.async_api import expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.wire import ADA, BEN

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_reaction_is_a_switch(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Pressed it is one's own; pressing again takes it back; the focus stays on it."""
    ts = playground.write("ben", "ops", "Done").answer["message"]["ts"]
    playground.react("ben", "ops", ts, "eyes")
    page = await open_page()
    chip = page.locator(f'[data-ts="{ts}"]').get_by_role("button", name="eyes")
    await expect(chip).to_have_attribute("aria-pressed", "false")
    await chip.focus()
    await page.keyboard.press("Enter")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await expect(chip).to_have_accessible_name("eyes, 2")
    await expect(chip).to_be_focused()
    assert playground.message("ops", ts)["reactions"][0]["users"] == [BEN, ADA]
    await page.keyboard.press("Enter")
    await expect(chip).to_have_attribute("aria-pressed", "false")


async def test_an_emoji_is_picked_by_name(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """From the message's toolbar, typing a part of the name and Enter."""
    ts = playground.write("ben", "ops", "Done").answer["message"]["ts"]
    page = await open_page()
    row = page.locator(f'[data-ts="{ts}"]')
    await row.hover()
    await row.get_by_role("button", name="Add reaction").click()
    await page.get_by_role("textbox", name="Emoji name").fill("rocke")
    await page.keyboard.press("Enter")
    await expect(row.get_by_role("button", name="rocket, 1")).to_be_visible()
    await expect(page.get_by_role("dialog", name="Add reaction")).to_have_count(0)
    await row.hover()
    await row.get_by_role("button", name="Add reaction").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Add reaction")).to_have_count(0)
