"""The workshop: what goes wrong on purpose, and what can be seen of it."""

import re
import time

import pytest
from playwright.async_api import Locator, Page, expect
from slack_playground import Playground
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage
from tests.playground.page.desk import button, run_view, task_blocks

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def open_workshop(page: Page, tab: str = "Faults") -> Locator:
    await page.get_by_role("button", name="Workshop").click()
    workshop = page.get_by_role("complementary", name="Workshop")
    await expect(workshop.get_by_role("tab", name="Faults")).to_be_focused()
    await workshop.get_by_role("tab", name=tab).click()
    return workshop


async def choose_place(workshop: Locator, typed: str, place: str) -> None:
    box = workshop.get_by_role("combobox", name="Where")
    await box.click()
    await box.fill(typed)
    await workshop.page.get_by_role("option", name=place, exact=True).click()


def entry(workshop: Locator, name: str) -> Locator:
    return workshop.locator("details.entry").filter(has_text=name)


async def test_an_ordered_fault_makes_the_apps_call_fail(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """The app's chat.update after a click meets the ordered error, once, and the traffic tells."""
    blocks = task_blocks("*Import* failed", button("retry", "Retry"))
    ops = playground.channel("ops").id
    await desk.chat_postMessage(channel=ops, text="Import failed", blocks=blocks)
    page = await open_page()
    workshop = await open_workshop(page)
    await choose_place(workshop, "chat.up", "chat.update")
    await workshop.get_by_label("Error code").fill("cant_update_message")
    await workshop.get_by_role("button", name="Order fault").click()
    await expect(workshop.get_by_role("listitem")).to_contain_text("1 left · struck 0 times")
    await expect(page.get_by_role("button", name="Workshop, 1 fault is ordered")).to_be_visible()
    await page.get_by_role("button", name="Retry").click()
    await expect(workshop).to_contain_text("Nothing is ordered.")
    await workshop.get_by_role("tab", name="Traffic").click()
    await expect(entry(workshop, "chat.update")).to_contain_text("cant_update_message")
    await expect(page.get_by_role("article").first).to_contain_text("Import failed")


async def test_a_fault_by_chance_is_seeded_and_taken_back(
    playground: Playground, open_page: OpenPage
):
    """A 429 for a family of methods with a chance and a seed stands in the list until removed."""
    page = await open_page()
    workshop = await open_workshop(page)
    await choose_place(workshop, "chat.*", "chat.*")
    await workshop.get_by_label("What happens").select_option("429 with Retry-After")
    await workshop.get_by_label("Retry-After, seconds").fill("7")
    await workshop.get_by_label("How often").select_option("By chance")
    await workshop.get_by_label("Chance, %").fill("25")
    await workshop.get_by_label("Seed").fill("3")
    await workshop.get_by_role("button", name="Order fault").click()
    words = ["chat.*", "HTTP 429, Retry-After 7 s", "25 % of the time, seed 3"]
    for word in words:
        await expect(workshop.get_by_role("listitem")).to_contain_text(word)
    fault = playground.platform.faults.standing()[0]
    assert (
        fault.kind,
        fault.status,
        fault.retry_after,
        fault.probability,
        fault.seed,
    ) == ("http", 429, 7, 0.25, 3)
    await workshop.get_by_role("button", name="Remove: chat.*").click()
    await expect(workshop).to_contain_text("Nothing is ordered.")
    assert playground.platform.faults.standing() == []


async def test_what_the_server_refuses_is_said_beside_the_form(
    open_page: OpenPage, console_errors: list[str]
):
    """A fault the server does not take is not listed, and the reason is read aloud."""
    workshop = await open_workshop(await open_page())
    await choose_place(workshop, "envelope", "The next envelope to the app")
    kinds = workshop.get_by_label("What happens").get_by_role("option")
    await expect(kinds).to_have_text(["Is lost on the way", "Arrives twice", "Delay"])
    await workshop.get_by_label("Times").fill("1.5")
    await workshop.get_by_role("button", name="Order fault").click()
    await expect(workshop.get_by_role("alert")).to_contain_text("count must be int")
    assert "400" in console_errors.pop()


async def test_sockets_are_asked_to_reconnect(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Refresh makes the app open a new socket."""
    before = len(playground.calls("apps.connections.open"))
    workshop = await open_workshop(await open_page())
    await expect(workshop).to_contain_text("1 socket is open.")
    await workshop.get_by_role("button", name="Refresh", exact=True).click()
    await playground.wait_for(lambda: len(playground.calls("apps.connections.open")) > before)


async def test_a_jump_of_the_clock_expires_a_trigger(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """An hour later a trigger id opens nothing any more; the refusal stands in the traffic."""
    page = await open_page()
    await playground.run_command("ada", "ops", "/desk list")
    trigger_id = playground.envelopes("slash_commands")[-1].payload["trigger_id"]
    before = playground.config.clock.now()
    workshop = await open_workshop(page, "Clock")
    await workshop.get_by_role("button", name="+1 h").click()
    await playground.wait_for(lambda: playground.config.clock.now() >= before + 3600)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await desk.views_open(trigger_id=trigger_id, view=run_view())
    await workshop.get_by_role("tab", name="Traffic").click()
    await workshop.get_by_label("Only what went wrong").check()
    refused = workshop.locator("details.entry:visible")
    await expect(refused).to_have_count(1)
    await expect(refused).to_contain_text("expired_trigger_id")


async def test_a_scheduled_message_comes_with_the_jump(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """What waits is listed with its time; an hour later it stands in the channel."""
    at = int(playground.config.clock.now()) + 1800
    ops = playground.channel("ops").id
    page = await open_page()
    workshop = await open_workshop(page, "Clock")
    await desk.chat_scheduleMessage(channel=ops, text="Weekly report", post_at=at)
    await expect(workshop.get_by_role("listitem")).to_contain_text("Weekly report")
    await workshop.get_by_role("button", name="+1 h").click()
    await expect(page.get_by_role("log")).to_contain_text("Weekly report")
    await expect(workshop).to_contain_text("None waits.")


async def test_today_becomes_yesterday(playground: Playground, open_page: OpenPage):
    """A day later the line above older messages says so."""
    playground.write("ben", "ops", "See you tomorrow")
    page = await open_page()
    await expect(page.locator(".day")).to_have_text("Today")
    workshop = await open_workshop(page, "Clock")
    await workshop.get_by_role("button", name="+1 day").click()
    await expect(page.locator(".day")).to_have_text("Yesterday")


async def test_next_monday_is_at_nine_for_the_reader(
    playground: Playground, open_page: OpenPage, console_errors: list[str]
):
    """Ada's Monday 09:00 is Berlin's, within a week, and the clock never goes back."""
    page = await open_page()
    before, began = playground.config.clock.now(), time.monotonic()
    workshop = await open_workshop(page, "Clock")
    await workshop.get_by_role("button", name="Next Monday 09:00").click()
    await expect(workshop.locator(".clock-time")).to_contain_text("Monday")
    await expect(workshop.locator(".clock-time")).to_contain_text(re.compile(r" 9:0\d:\d\d"))
    took = time.monotonic() - began
    assert 0 < playground.config.clock.now() - before <= 7 * 24 * 3600 + 3600 + took + 1
    await workshop.get_by_label("Go to").fill("2020-01-01T09:00")
    await workshop.get_by_role("button", name="Set").click()
    await expect(workshop.get_by_role("alert")).to_contain_text("The clock goes forward")
    assert "400" in console_errors.pop()


async def test_the_traffic_is_live_and_filtered(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Calls, envelopes and people's deeds come in by themselves; one opens as JSON."""
    page = await open_page()
    workshop = await open_workshop(page, "Traffic")
    await playground.run_command("ada", "ops", "/desk list")
    await desk.chat_postMessage(channel=playground.channel("ops").id, text="Hello")
    await expect(entry(workshop, "slash_commands · /desk")).to_contain_text("acknowledged")
    await expect(entry(workshop, "Ada: /desk list")).to_be_visible()
    await workshop.get_by_label("Filter by method").fill("postmess")
    call = workshop.locator("details.entry:visible")
    await expect(call).to_have_count(1)
    await call.locator("summary").click()
    await expect(call).to_contain_text('"text": "Hello"')
    await expect(call).to_contain_text('"ok": true')
    playground.reset()
    await expect(call).to_have_count(0)


async def test_a_snapshot_brings_back_what_was_there(playground: Playground, open_page: OpenPage):
    """What was written after the snapshot is gone once it is restored."""
    playground.write("ben", "ops", "Before")
    page = await open_page()
    workshop = await open_workshop(page, "Workspace")
    await workshop.get_by_label("Name of the snapshot").fill("calm")
    await workshop.get_by_role("button", name="Take").click()
    await expect(workshop).to_contain_text("Kept: calm")
    playground.write("ben", "ops", "After")
    await expect(page.get_by_role("log")).to_contain_text("After")
    await workshop.get_by_role("button", name="Restore").click()
    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(page.get_by_role("article")).to_contain_text("Before")


async def test_methods_that_are_lacking_are_listed(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A call of a method nobody serves is counted on the last tab."""
    workshop = await open_workshop(await open_page(), "Workspace")
    with pytest.raises(SlackApiError, match="unknown_method"):
        await desk.api_call("admin.users.list")
    await expect(workshop.get_by_role("listitem")).to_have_text(["admin.users.listcalled once"])


async def test_escape_leaves_the_workshop(open_page: OpenPage):
    """Escape closes the drawer and gives the focus back to its button."""
    page = await open_page()
    workshop = await open_workshop(page)
    await page.keyboard.press("Escape")
    await expect(workshop).to_have_count(0)
    opener = page.get_by_role("button", name="Workshop")
    await expect(opener).to_be_focused()
    await expect(opener).to_have_attribute("aria-expanded", "false")
