"""What people see of messages while they change."""

import pytest
from playwright.async_api import Page, expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.patience import until
from tests.playground.page.conftest import OpenPage
from tests.playground.page.desk import button, mrkdwn, plain, task_blocks

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RETRY = button("retry", "Retry", style="primary")


async def post(client: AsyncWebClient, playground: Playground, text: str, *buttons) -> str:
    blocks = task_blocks(text, *buttons)
    channel = playground.channel("ops").id
    answer = await client.chat_postMessage(channel=channel, text=text, blocks=blocks)
    return str(answer["ts"])


async def edit(client: AsyncWebClient, playground: Playground, ts: str, text: str, *buttons):
    channel = playground.channel("ops").id
    await client.chat_update(channel=channel, ts=ts, text=text, blocks=task_blocks(text, *buttons))


def message(page: Page, ts: str):
    return page.locator(f'[data-ts="{ts}"]')


async def scroll_top(page: Page) -> float:
    return float(await page.get_by_role("log").evaluate("log => log.scrollTop"))


async def test_a_message_appears_live(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A message that the app posts stands in the open channel without a reload."""
    page = await open_page()
    ts = await post(desk, playground, "*Schema fix* is queued")
    await expect(message(page, ts)).to_contain_text("Schema fix is queued")
    await expect(message(page, ts).locator("b, strong")).to_have_text("Schema fix")
    await expect(message(page, ts)).to_contain_text("APP")


async def test_an_edit_keeps_the_focus_on_the_same_button(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A focused button stays focused through an edit that brings new block_ids."""
    ts = await post(desk, playground, "Running, 10%", button("logs", "View Logs"), RETRY)
    page = await open_page()
    await message(page, ts).get_by_role("button", name="Retry").focus()
    await edit(desk, playground, ts, "Running, 20%", button("logs", "View Logs"), RETRY)
    await expect(message(page, ts)).to_contain_text("20%")
    await expect(message(page, ts).get_by_role("button", name="Retry")).to_be_focused()


async def test_an_edit_that_takes_the_focused_button_away_leaves_the_focus_on_the_message(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """When the focused button is gone, the message has the focus, not the top of the page."""
    ts = await post(desk, playground, "Running", RETRY)
    page = await open_page()
    await message(page, ts).get_by_role("button", name="Retry").focus()
    await edit(desk, playground, ts, "Done")
    await expect(message(page, ts)).to_contain_text("Done")
    await expect(message(page, ts)).to_be_focused()


async def test_an_edit_does_not_move_what_is_being_read(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A message above the screen that grows by ten lines moves nothing on the screen."""
    first = await post(desk, playground, "Running")
    for number in range(40):
        playground.write("ben", "ops", f"Line {number}")
    page = await open_page()
    line = page.get_by_text("Line 25", exact=True)
    await line.scroll_into_view_if_needed()
    await scroll(page, "scrollBy", -200)
    before = await line.bounding_box()
    await edit(desk, playground, first, "Running\n" + "More to read\n" * 10)
    await expect(message(page, first)).to_contain_text("More to read")
    after = await line.bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] == pytest.approx(before["y"], abs=2)


async def scroll(page: Page, how: str, pixels: int) -> None:
    """Scroll the messages and wait until the page has noticed and drawn it."""
    await page.get_by_role("log").evaluate(
        """(log, [how, pixels]) => new Promise((done) => {
          const drawn = () => requestAnimationFrame(() => requestAnimationFrame(done));
          log.addEventListener("scroll", drawn, {once: true});
          log[how](0, pixels);
        })""",
        [how, pixels],
    )


async def test_a_new_message_scrolls_only_a_list_at_its_end(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """At the end the newest message comes into view; higher up a notice appears instead."""
    for number in range(40):
        playground.write("ben", "ops", f"Line {number}")
    page = await open_page()
    await expect(page.get_by_text("Line 39", exact=True)).to_be_in_viewport()
    playground.write("ben", "ops", "Newest")
    await expect(page.get_by_text("Newest", exact=True)).to_be_in_viewport()
    await scroll(page, "scrollTo", 100)
    before = await scroll_top(page)
    playground.write("ben", "ops", "Newer still")
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert await scroll_top(page) == pytest.approx(before, abs=2)


async def test_a_click_reaches_the_app_and_its_answer_the_page(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Retry is acknowledged, and the message names who pressed it."""
    ts = await post(desk, playground, "*Import* failed", RETRY)
    page = await open_page(user="ben")
    await message(page, ts).get_by_role("button", name="Retry").click()
    await expect(message(page, ts)).to_contain_text("Retried by @Ben")
    await expect(message(page, ts).locator(".mention-me")).to_have_text("@Ben")
    await expect(message(page, ts).get_by_role("button", name="Retry")).to_have_count(0)


async def test_a_button_asks_before_it_acts(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A confirmation that is declined sends nothing; one that is agreed to sends the action."""
    confirm = {
        "title": plain("Retry?"),
        "text": mrkdwn("From the *start*."),
        "confirm": plain("Start over"),
        "deny": plain("Leave it"),
    }
    ts = await post(desk, playground, "Failed", {**RETRY, "confirm": confirm})
    page = await open_page()
    retry = message(page, ts).get_by_role("button", name="Retry")
    await retry.click()
    await page.get_by_role("dialog", name="Retry?").get_by_role("button", name="Leave it").click()
    assert playground.envelopes("interactive") == []
    await retry.click()
    await page.get_by_role("dialog", name="Retry?").get_by_role("button", name="Start over").click()
    await expect(message(page, ts)).to_contain_text("Retried by @Ada")


async def test_a_button_with_an_address_opens_it_and_tells_the_app(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The address opens in a new tab, and the app gets the action all the same."""
    link = button("retry", "Open", url=f"{playground.page_url}page/icon.svg")
    ts = await post(desk, playground, "Failed", link)
    page = await open_page()
    async with page.context.expect_page() as opened:
        await message(page, ts).get_by_role("link", name="Open").click()
    tab = await opened.value
    await expect(message(page, ts)).to_contain_text("Retried by @Ada")
    assert tab.url.endswith("/page/icon.svg")
    await tab.close()


#: Notes that a button was busy, for however short a time.
NOTE_WHAT_IS_BUSY = """() => new MutationObserver(() => {
  if (document.querySelector('button[aria-busy="true"]')) window.wasBusy = true;
}).observe(document.body, {attributes: true, childList: true, subtree: true})"""


@pytest.mark.usefixtures("impatient")
async def test_a_button_nobody_answers_shows_a_warning(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A button whose action is not acknowledged in time says so, and Slackbot does too."""
    ts = await post(desk, playground, "Failed", button("unknown", "Do"))
    page = await open_page()
    await page.evaluate(NOTE_WHAT_IS_BUSY)
    await message(page, ts).get_by_role("button", name="Do").click()
    await expect(message(page, ts).get_by_role("img", name="operation_timeout")).to_be_visible()
    assert await page.evaluate("window.wasBusy")
    await expect(page.get_by_role("log")).to_contain_text(
        'failed with the error "operation_timeout"'
    )


async def test_a_thread_opens_beside_the_channel(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Replies are counted under their message, read in a pane, and written there."""
    ts = await post(desk, playground, "*Import* failed")
    playground.write("ben", "ops", "I am on it", ts)
    page = await open_page()
    await page.get_by_role("button", name="1 reply").click()
    pane = page.get_by_role("complementary", name="Thread")
    await expect(pane).to_contain_text("I am on it")
    await pane.get_by_role("textbox", name="Reply in thread").fill("Thanks, Ben")
    await page.keyboard.press("Enter")
    await expect(pane.get_by_role("article").last).to_contain_text("Thanks, Ben")
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("Thanks, Ben")).to_have_count(0)


async def test_a_deleted_message_disappears(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """What the app deletes is gone from the page."""
    ts = await post(desk, playground, "A mistake")
    page = await open_page()
    await expect(message(page, ts)).to_be_visible()
    await desk.chat_delete(channel=playground.channel("ops").id, ts=ts)
    await expect(message(page, ts)).to_have_count(0)


async def test_a_message_can_be_inspected(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The inspector shows what Slack stores, its check, its past and its calls, tab by tab."""
    ts = await post(desk, playground, "Running, 10%")
    await edit(desk, playground, ts, "Running, 20%")
    page = await open_page()
    await message(page, ts).hover()
    await page.get_by_role("button", name="Inspect").click()
    pane = page.get_by_role("complementary", name="Inspect message")
    await expect(pane.get_by_role("tab", name="JSON")).to_be_focused()
    await expect(pane).to_contain_text('"text": "Running, 20%"')
    await expect(pane).not_to_contain_text("_html")
    await page.keyboard.press("ArrowRight")
    await expect(pane.get_by_role("tabpanel")).to_contain_text("Slack would take this message")
    await page.keyboard.press("ArrowRight")
    versions = pane.get_by_role("tabpanel").get_by_role("listitem")
    await expect(versions).to_have_count(2)
    await expect(versions).to_contain_text(["Running, 10%", "Running, 20%"])
    await pane.get_by_role("tab", name="Calls").click()
    calls = pane.locator("details.entry.is-call .entry-name")
    await expect(calls).to_have_text(["chat.postMessage", "chat.update"])
    await page.keyboard.press("Escape")
    await expect(pane).to_have_count(0)


async def test_a_message_shortcut_runs_from_its_menu(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The app answers a message shortcut to the one who used it."""
    ts = await post(desk, playground, "*Import* failed")
    page = await open_page()
    await message(page, ts).hover()
    await page.get_by_role("button", name="More message actions").click()
    await page.get_by_role("menuitem", name="Explain").click()
    await expect(page.get_by_role("log")).to_contain_text("Because you asked.")


async def test_messages_missed_while_offline_are_fetched(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """After a lost connection the page shows what happened meanwhile, old edits included."""
    ts = await post(desk, playground, "Running")
    page = await open_page()
    await expect(message(page, ts)).to_contain_text("Running")
    await page.context.set_offline(True)
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    await edit(desk, playground, ts, "Done")
    playground.write("ben", "ops", "It is through")
    await page.context.set_offline(False)
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await expect(message(page, ts)).to_contain_text("Done")
    await expect(page.get_by_role("log")).to_contain_text("It is through")


async def test_a_long_channel_is_read_upwards(playground: Playground, open_page: OpenPage):
    """Of 1,100 messages the newest are shown first; scrolling up brings the rest, each once."""
    for number in range(1_100):
        playground.write("ada", "ops", f"number {number}")
    page = await open_page()
    rows = page.get_by_role("log").get_by_role("article")
    await expect(rows.last).to_contain_text("number 1099")

    async def are_all_there() -> bool:
        await page.get_by_role("log").evaluate("log => log.scrollTo(0, 0)")
        return await rows.count() >= 1_100

    await until(are_all_there)
    assert await rows.count() == 1_100
    await expect(rows.first).to_contain_text("number 0")
