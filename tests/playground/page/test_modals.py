"""Modals and the App Home."""

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.page.desk import MANIFEST, running_desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def open_modal(page: Page) -> Locator:
    await page.get_by_role("textbox", name="Message #ops").fill("/desk run")
    await page.keyboard.press("Enter")
    return page.get_by_role("dialog", name="Run a task")


async def test_a_refused_field_says_why_and_a_good_one_closes_the_modal(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Empty and refused inputs show their error beside them; then the submission succeeds."""
    page = await open_page()
    modal = await open_modal(page)
    await modal.get_by_role("button", name="Run", exact=True).click()
    subject = modal.get_by_role("textbox", name="Subject")
    await expect(subject).to_be_focused()
    await expect(subject).to_have_attribute("aria-invalid", "true")
    await subject.fill("Nobody")
    await modal.get_by_role("button", name="Run", exact=True).click()
    await expect(modal.get_by_role("alert").filter(has_text="There is nobody.")).to_be_visible()
    await expect(subject).to_have_accessible_description("There is nobody. For whom")
    await subject.fill("Northwind")
    await subject.press("Enter")
    await expect(modal).to_be_hidden()
    submitted = playground.envelopes("interactive")[-1].payload["view"]["state"]["values"]
    assert submitted["subject"]["it"]["value"] == "Northwind"


async def test_an_update_keeps_what_was_typed(desk: AsyncWebClient, open_page: OpenPage):
    """views.update redraws the modal around the text, and the pressed button keeps the focus."""
    page = await open_page()
    modal = await open_modal(page)
    await modal.get_by_role("textbox", name="Subject").fill("Northwind")
    await modal.get_by_role("button", name="Check").click()
    await expect(modal).to_contain_text("Looks good")
    await expect(modal.get_by_role("textbox", name="Subject")).to_have_value("Northwind")
    await expect(modal.get_by_role("button", name="Check")).to_be_focused()


async def test_escape_closes_the_modal_and_gives_the_focus_back(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Escape closes the view on the server too; the composer has the focus again."""
    page = await open_page()
    modal = await open_modal(page)
    await expect(modal).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(modal).to_be_hidden()
    await expect(page.get_by_role("textbox", name="Message #ops")).to_be_focused()
    await playground.wait_for(lambda: not playground.views("ada"))


async def test_the_focus_stays_inside_the_modal(desk: AsyncWebClient, open_page: OpenPage):
    """Tab never reaches what lies under the modal."""
    page = await open_page()
    modal = await open_modal(page)
    await expect(modal).to_be_visible()
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.matches('body, dialog *')")


async def test_pushed_views_lie_on_a_stack(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Back leads to the view below with its text still there."""
    page = await open_page()
    modal = await open_modal(page)
    await modal.get_by_role("textbox", name="Subject").fill("Northwind")
    await modal.get_by_role("button", name="Details").click()
    pushed = page.get_by_role("dialog", name="Details")
    await pushed.get_by_role("button", name="Back").click()
    await expect(modal.get_by_role("textbox", name="Subject")).to_have_value("Northwind")


@pytest.mark.usefixtures("impatient")
async def test_a_global_shortcut_stands_in_the_composer(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The lightning lists the manifest's global shortcuts; using one reaches the app."""
    page = await open_page()
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Run a task").click()
    sent = await playground.wait_for(lambda: playground.envelopes("interactive"))
    assert sent[-1].payload["callback_id"] == "run"
    await expect(page.get_by_role("article")).to_contain_text("Run a task failed with the error")


async def test_the_home_opens_and_its_buttons_work(desk: AsyncWebClient, open_page: OpenPage):
    """The app publishes its Home when the tab opens, and renews it when its button is pressed."""
    page = await open_page(place="app/home")
    home = page.get_by_role("region", name="App Home")
    await expect(home).to_contain_text("Two tasks run")
    await home.get_by_role("button", name="Refresh").click()
    await expect(home).to_contain_text("Three tasks run")
    await expect(page.get_by_role("link", name="Home")).to_have_attribute("aria-current", "page")
    await page.get_by_role("link", name="Messages").click()
    await expect(page.get_by_role("log", name="Messages in Desk")).to_be_visible()


async def test_the_app_in_the_sidebar_leads_home(desk: AsyncWebClient, open_page: OpenPage):
    """Before the first direct message the app has nothing but its Home, and that is shown."""
    page = await open_page()
    await page.get_by_role("navigation").get_by_role("link", name="Desk").first.click()
    await expect(page.get_by_role("main")).to_contain_text("Two tasks run")


async def test_the_messages_tab_is_told_to_the_app(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """app_home_opened says which of the app's two tabs somebody looks at."""
    page = await open_page(place="app/home")
    await page.get_by_role("link", name="Messages").click()
    await expect(page.get_by_role("textbox", name="Message Desk")).to_be_visible()
    await playground.wait_for(lambda: len(playground.envelopes("events_api")) == 2)
    events = [one.payload["event"] for one in playground.envelopes("events_api")]
    assert [event["tab"] for event in events] == ["home", "messages"]
    assert "view" not in events[1]


async def test_an_app_without_a_home_shows_its_messages(windows: BrowserContext):
    """With the Home tab off and a read-only Messages tab, that one opens without a composer."""
    tabs = {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    manifest = {**MANIFEST, "features": {**MANIFEST["features"], "app_home": tabs}}
    async with Playground(limits="off", manifest=manifest) as own, running_desk(own):
        page = await windows.new_page()
        errors: list[str] = []
        page.on("console", lambda line: errors.append(line.text))
        await page.goto(f"{own.page_url}?user={own.user('ada').id}#C0OPS00002")
        await page.get_by_role("navigation").get_by_role("link", name="Desk").first.click()
        await expect(page.get_by_role("log", name="Messages in Desk")).to_be_visible()
        await expect(page.get_by_role("main")).to_contain_text("has been turned off")
        await expect(page.get_by_role("link", name="Messages")).to_be_visible()
        await expect(page.get_by_role("link", name="Home")).to_have_count(0)
        await own.wait_for(lambda: own.envelopes("events_api"))
        events = [one.payload["event"] for one in own.envelopes("events_api")]
        await page.close()
    assert [event["tab"] for event in events] == ["messages"]
    assert errors == []
