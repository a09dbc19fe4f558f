"""
How fast the playground starts and draws: `python -m tests.playground.opening [messages]`.

The start is the time until a new process answers its first call, and the processor's share of it,
which a busy machine stretches less. The drawing is the page's own, in a headless Chromium: every
tenth message has blocks, and what lies above the newest 500 is fetched by scrolling.
"""

import asyncio
import os
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright
from slack_playground import Playground
from slack_playground.conversations.messages import post

from tests.chromium import FLAGS, chromium_path
from tests.playground.speed import BLOCKS

ROOT = Path(__file__).parents[2]
PAGE_OF_MESSAGES = 500
_MEASURED = """() => performance.getEntriesByName("messages")
  .map(({ detail, duration }) => ({ count: detail, milliseconds: duration }))"""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process to its first answer."""

    seconds: float
    processor_seconds: float


async def measure_start() -> Start:
    """Start a playground as a process of its own and ask it something."""
    began = time.perf_counter()
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "slack_playground", "--port", "0"),
        env={**os.environ, "PYTHONPATH": str(ROOT / "playground")},
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None
    try:
        address = (await server.stdout.readline()).decode().split()[-1]
        await asyncio.to_thread(_ask, f"{address}api/api.test")
        return Start(time.perf_counter() - began, _processor_seconds(server.pid))
    finally:
        server.terminate()
        await server.wait()


async def measure_drawing(messages: int) -> list[dict[str, Any]]:
    """Return count and milliseconds of each stretch of messages that the page drew."""
    async with Playground(limits="off") as playground, async_playwright() as playwright:
        channel = playground.channel("ops")
        author = {"user": playground.state.bot_user_id, "bot_id": playground.state.bot_id}
        for number in range(messages):
            blocks = {"blocks": BLOCKS} if number % 10 == 0 else {}
            post(playground.workspace, channel, {**author, "text": f"Run {number}", **blocks})
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            page = await browser.new_page()
            await page.goto(f"{playground.page_url}?user={playground.user('ada').id}#{channel.id}")
            return await _draw_all(page, messages)
        finally:
            await browser.close()


async def _draw_all(page: Page, messages: int) -> list[dict[str, Any]]:
    rows = page.locator(".message")
    for shown in (*range(PAGE_OF_MESSAGES, messages, PAGE_OF_MESSAGES), messages):
        await page.wait_for_function(
            "count => document.querySelectorAll('.message').length >= count", arg=shown
        )
        if shown < messages:
            await rows.first.scroll_into_view_if_needed()
    return list(await page.evaluate(_MEASURED))


def _ask(url: str) -> None:
    with urllib.request.urlopen(url, timeout=60) as answer:
        answer.read()


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def main(messages: int) -> None:
    starts = [await measure_start() for _ in range(3)]
    best = min(starts, key=lambda one: one.seconds)
    sys.stdout.write(
        f"first answer after {best.seconds:.2f} s, {best.processor_seconds:.2f} s of processor\n"
    )
    drawn = await measure_drawing(messages)
    total = sum(one["milliseconds"] for one in drawn)
    count = sum(one["count"] for one in drawn)
    sys.stdout.write(f"{count} messages drawn in {total:.0f} ms\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
