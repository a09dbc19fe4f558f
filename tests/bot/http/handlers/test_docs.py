"""The page on which people read the API."""

import re

from bot.http.routes import ROUTES
from tests.bot.http.calling import ONE_DATABASE

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
    No script, no picture, no style from anywhere; and the browser is told to allow none.
    """
    reply = await client.get("/api/docs", token=None)

    assert re.findall(r"<script|<img|<link|@import|url\(|src=", reply.text) == []
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


async def test_links_on_the_page_lead_somewhere(client):
    """
    Every jump within the page has its target, and every target is there once.
    """
    page = (await client.get("/api/docs", token=None)).text
    targets = re.findall(r' id="([^"]+)"', page)

    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(targets)
    assert len(targets) == len(set(targets))
