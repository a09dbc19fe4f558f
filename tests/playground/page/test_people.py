"""Who looks, and where."""

import pytest
from playwright.async_api import expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AT_NOON_UTC = 1795262400


async def test_switching_the_user_changes_the_address(playground: Playground, open_page: OpenPage):
    """The window becomes Ben's, on the same channel, and its address says so."""
    page = await open_page()
    await page.get_by_role("button", name="Ada Switch user").click()
    await page.get_by_role("menuitem", name="Ben").click()
    await expect(page.get_by_role("button", name="Ben Switch user")).to_be_visible()
    ben, ops = playground.user("ben").id, playground.channel("ops").id
    assert page.url.endswith(f"?user={ben}#{ops}")


async def test_unread_marks_come_and_go(playground: Playground, open_page: OpenPage):
    """A message elsewhere marks its channel until it is opened."""
    page = await open_page()
    link = page.get_by_role("link", name="general")
    playground.write("ben", "general", "Lunch?")
    await expect(link).to_contain_text("1")
    await expect(page).to_have_title("(1) #ops · Playground")
    await link.click()
    await expect(page.get_by_role("article")).to_contain_text("Lunch?")
    await expect(link).not_to_contain_text("1")


async def test_dates_are_written_in_the_readers_zone(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Ada reads a time in Berlin, Cleo the same one in Tokyo."""
    token = f"<!date^{AT_NOON_UTC}^{{date_num}} {{time}}|noon>"
    await desk.chat_postMessage(channel=playground.channel("ops").id, text=f"Due {token}")
    ada, cleo = await open_page(), await open_page(user="cleo")
    await expect(ada.get_by_role("article")).to_contain_text("Due 21/11/2026 13:00")
    await expect(cleo.get_by_role("article")).to_contain_text("Due 21/11/2026 21:00")


async def test_a_permalink_leads_to_its_message(playground: Playground, open_page: OpenPage):
    """The copied link opens the channel at that message."""
    for number in range(30):
        playground.write("ben", "ops", f"Line {number}")
    ts = playground.messages("ops")[3]["ts"]
    page = await open_page(channel="general")
    ops = playground.channel("ops").id
    await page.goto(f"{playground.page_url}archives/{ops}/p{ts.replace('.', '')}")
    await expect(page.locator(f'[data-ts="{ts}"]')).to_be_focused()
    await expect(page.get_by_text("Line 3", exact=True)).to_be_in_viewport()


async def test_another_workspace_is_gone_to(playground: Playground, open_page: OpenPage):
    """The workspace's menu leads to the other one, and a reload stays there."""
    page = await open_page()
    await page.get_by_role("button", name="Playground. Workspace menu").click()
    await page.get_by_role("menuitem", name="Go to Annex").click()
    await expect(page.get_by_role("button", name="Annex. Workspace menu")).to_be_visible()
    await page.get_by_role("link", name="field").click()
    await page.get_by_role("textbox", name="Message #field").fill("Anybody here?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("Anybody here?")
    assert playground.elsewhere("annex").messages("field")[-1]["text"] == "Anybody here?"
    await page.reload()
    await expect(page.get_by_role("heading", name="field")).to_be_visible()


async def test_an_address_of_nobody_leads_to_somebody(playground: Playground, open_page: OpenPage):
    """A window of a person who is not there becomes the first person's."""
    page = await open_page()
    await page.goto(f"{playground.page_url}?user=U0NOBODY")
    await expect(page.get_by_role("button", name="Ada Switch user")).to_be_visible()


async def test_the_keyboard_leads_through_the_messages(playground: Playground, open_page: OpenPage):
    """From the composer back to the newest message, up with the arrow, and Escape returns."""
    for words in ("First", "Second"):
        playground.write("ben", "ops", words)
    page = await open_page()
    newest = page.get_by_role("article").last
    await newest.focus()
    await expect(newest.get_by_role("toolbar", name="Message actions")).to_be_visible()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("article").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("textbox", name="Message #ops")).to_be_focused()


async def test_the_theme_is_chosen_and_kept(open_page: OpenPage):
    """The toggle goes from the system's light to dark, and a reload keeps it."""
    page = await open_page()
    await page.get_by_role("button", name="Switch to dark theme").click()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.get_by_role("button", name="Switch to light theme").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_the_sidebar_of_a_narrow_window_works_with_the_keyboard(
    desk: AsyncWebClient, open_page: OpenPage
):
    """Opened, it takes the focus; Escape closes it and gives the focus back."""
    page = await open_page()
    await page.set_viewport_size({"width": 390, "height": 800})
    opener = page.get_by_role("button", name="Open sidebar")
    await opener.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="general")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("link", name="general")).to_be_hidden()
    await expect(opener).to_be_focused()
