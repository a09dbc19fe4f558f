"""The page on which people read the API."""

import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest
from playwright.async_api import async_playwright

from bot.http.routes import ROUTES
from tests.bot.http.calling import ONE_DATABASE
from tests.chromium import FLAGS, chromium_path
from tests.patience import PATIENCE_SECONDS

pytestmark = ONE_DATABASE


async def test_the_page_lists_every_operation(client):
    """
    Whoever opens the page needs no token and finds each address with its summary.
    """
    reply = await client.get("/api/docs", token=None)

    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for route in ROUTES:
        assert f"</span> {route.path}</h3>" in reply.text
        assert f'<p class="summary">{route.summary}</p>' in reply.text.replace("&#39;", "'")


async def test_the_page_loads_nothing(client):
    """
    No script, no picture, no style from anywhere; and the browser runs the page's own script alone.
    """
    reply = await client.get("/api/docs", token=None)

    assert re.findall(r"<script |<img|<link|@import|url\(|src=", reply.text) == []
    (script,) = re.findall(r"<script>(.*?)</script>", reply.text, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = reply.headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert f"script-src 'sha256-{digest}'" in policy


@pytest.mark.browser
@pytest.mark.long
async def test_an_operation_is_tried_on_the_page(client):
    """
    By mouse with a body, by keyboard with a path; what was typed stays one part of the address.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = await browser.new_page(viewport={"width": 400, "height": 800})
        page.set_default_timeout(PATIENCE_SECONDS * 1_000)
        await page.goto(f"{client.url}/api/docs")
        width = await page.evaluate("document.documentElement.scrollWidth")
        await page.fill("#token", client.token)
        create, show = page.locator("#create_task"), page.locator("#show_task")
        await create.get_by_text("Try it").click()
        example = await create.locator("textarea").input_value()
        await create.locator("textarea").fill('{"task": "import", "taskId": "a/b"}')
        await create.locator("button").click()
        await create.locator("output", has_text="201 Created").wait_for()
        await show.get_by_text("Try it").focus()
        for key in ("Enter", "Tab", "a", "/", "b", "Enter"):
            await page.keyboard.press(key)
        await show.locator("output", has_text="200 OK").wait_for()
        shown = await show.locator("output").inner_text()
        await browser.close()

    assert width == 400
    assert json.loads(example) == {"task": ""}
    assert '"taskId": "a/b"' in shown


async def test_links_on_the_page_lead_somewhere(client):
    """
    Every jump within the page has its target, and every target is there once.
    """
    page = (await client.get("/api/docs", token=None)).text
    targets = re.findall(r' id="([^"]+)"', page)

    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(targets)
    assert len(targets) == len(set(targets))
