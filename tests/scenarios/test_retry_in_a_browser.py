"""The Retry of a failed task, clicked by a person in a real browser."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.chromium import FLAGS, chromium_path
from tests.patience import PATIENCE_SECONDS
from tests.scenarios.prices import importing, write_prices

pytestmark = pytest.mark.browser


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A window of its own; nothing may go wrong in its console."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = await browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        await browser.close()
    assert errors == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_person_retries_a_failed_task(bot, playground, page, tmp_path):
    """Ada sees it fail, presses Retry, submits the modal, and the same message turns green."""
    prices = tmp_path / "prices.csv"
    write_prices(prices, 40)
    bot.config = importing(prices)
    await bot.start()
    await page.goto(f"{playground.page_url}?user={playground.user('ada').id}#{ops(playground)}")
    await bot.post("/api/tasks", {"task": "import_prices", "subject": "spring", "run": True})

    message = page.get_by_role("article").filter(has_text="import_prices")
    await expect(message).to_contain_text("Failed", timeout=PATIENCE_SECONDS * 1000)
    await message.get_by_role("button", name="Retry").click()
    modal = page.get_by_role("dialog")
    await modal.get_by_label("Reason").fill("the list is mended")
    await modal.get_by_role("button", name="Retry").click()

    await expect(modal).to_have_count(0)
    await expect(message).to_contain_text("Completed", timeout=PATIENCE_SECONDS * 1000)
    await expect(message).to_contain_text("Attempt 2")
    await expect(message.get_by_role("button", name="Retry")).to_have_count(0)
    assert len(playground.messages("ops")) == 1


def ops(playground) -> str:
    """Return the id of #ops."""
    return str(playground.channel("ops").id)
