"""What people write and run."""

import pytest
from playwright.async_api import Page, expect
from slack_playground import Playground
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.page.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def composer(page: Page):
    return page.get_by_role("textbox", name="Message #ops")


async def test_enter_sends_and_shift_enter_breaks_the_line(
    playground: Playground, open_page: OpenPage
):
    """What is written stands in the channel as text with its line break."""
    page = await open_page()
    await composer(page).fill("One")
    await composer(page).press("Shift+Enter")
    await composer(page).press_sequentially("<b>Two</b> & @ben ")
    await composer(page).press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("<b>Two</b> & @Ben")
    await expect(composer(page)).to_have_value("")
    ben = playground.user("ben").id
    assert f"One\n&lt;b&gt;Two&lt;/b&gt; &amp; <@{ben}>" == playground.messages("ops")[-1]["text"]


async def test_a_completed_name_is_no_part_of_a_longer_one(
    playground: Playground, open_page: OpenPage
):
    """Who was picked from the list is mentioned where the name ends, and nowhere else."""
    page = await open_page()
    await composer(page).press_sequentially("@Be")
    await page.keyboard.press("Tab")
    await composer(page).press_sequentially("and @Benno and @ben.")
    await composer(page).press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("@Ben and @Benno and @Ben.")
    ben = playground.user("ben").id
    assert playground.messages("ops")[-1]["text"] == f"<@{ben}> and @Benno and <@{ben}>."


async def test_a_slash_command_is_completed_and_run(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Typing / offers the app's commands with their usage; Tab completes, Enter runs."""
    page = await open_page()
    await composer(page).press_sequentially("/d")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await expect(options).to_have_count(2)
    await expect(options.first).to_contain_text("/desk run | list")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    await expect(composer(page)).to_have_value("/desk ")
    await composer(page).press_sequentially("list")
    await expect(page.get_by_text("/desk run | list", exact=True)).to_be_visible()
    await page.keyboard.press("Enter")
    answer = page.get_by_role("article")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("You said list.")


async def test_an_ephemeral_answer_is_for_its_asker_alone(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """Another person in the same channel does not see it."""
    ada, ben = await open_page(), await open_page(user="ben")
    await composer(ada).fill("/desk hello")
    await composer(ada).press("Enter")
    await expect(ada.get_by_role("article")).to_contain_text("You said hello.")
    playground.write("cleo", "ops", "Good morning")
    await expect(ben.get_by_role("article")).to_have_count(1)
    await expect(ben.get_by_role("article")).to_contain_text("Good morning")


@pytest.mark.usefixtures("impatient")
async def test_slackbot_says_what_failed(
    desk: AsyncWebClient, playground: Playground, open_page: OpenPage
):
    """A command nobody acknowledges is answered by Slackbot, to its writer alone."""
    page = await open_page()
    await composer(page).fill("/deaf now")
    await composer(page).press("Enter")
    notice = page.get_by_role("article").filter(has_text="/deaf failed with the error")
    await expect(notice).to_contain_text("operation_timeout")
    await expect(notice).to_contain_text("Slackbot")


async def test_a_command_without_a_connected_app_is_not_dispatched(open_page: OpenPage):
    """The sidebar says that the app is away, and Slackbot says dispatch_failed."""
    page = await open_page()
    await expect(page.get_by_role("navigation", name="Workspace")).to_contain_text("not connected")
    await composer(page).fill("/desk run")
    await composer(page).press("Enter")
    await expect(page.get_by_role("article")).to_contain_text(
        '/desk failed with the error "dispatch_failed"'
    )


async def test_an_unknown_command_is_given_back(desk: AsyncWebClient, open_page: OpenPage):
    """A mistyped command is explained and stays in the composer to be mended."""
    page = await open_page()
    await composer(page).fill("/dsk run")
    await composer(page).press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("/dsk is not a command of this app")
    await expect(composer(page)).to_have_value("/dsk run")


async def test_people_and_channels_are_completed(playground: Playground, open_page: OpenPage):
    """@ offers people and # channels; what is picked becomes a mention."""
    page = await open_page()
    await composer(page).press_sequentially("Ask @cl")
    await page.get_by_role("option", name="Cleo").click()
    await composer(page).press_sequentially("in #gen")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    cleo, general = playground.user("cleo").id, playground.channel("general").id
    await expect(page.get_by_role("article")).to_contain_text("Ask @Cleo in #general")
    assert f"Ask <@{cleo}> in <#{general}>" == playground.messages("ops")[-1]["text"]
