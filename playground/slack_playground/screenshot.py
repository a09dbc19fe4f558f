"""`slack-playground screenshot`: a picture of a channel of a running workspace."""

import argparse
import asyncio
import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

_FLAGS = ("--no-sandbox", "--disable-gpu")
_NO_BROWSER = "There is no Chromium. Run: playwright install chromium, or name one with --browser"
_NEEDED = "A screenshot needs Playwright: pip install 'slack-playground[screenshot]'\n"


def main(arguments: list[str]) -> int:
    """Write a PNG; return 2 if there is no browser, or nothing to see."""
    options = _parse(arguments)
    try:
        # Only this command needs a browser.
        from playwright.async_api import Error
    except ImportError:
        sys.stderr.write(_NEEDED)
        return 2
    try:
        asyncio.run(take(options))
    except (Error, LookupError) as error:
        sys.stderr.write(f"{_why(str(error), options.url)}\n")
        return 2
    sys.stdout.write(f"{options.file}\n")
    return 0


def _why(said: str, url: str) -> str:
    if "ECONNREFUSED" in said:
        return f"There is no playground at {url}. Start one with: slack-playground"
    if "playwright install" in said:
        return _NO_BROWSER
    return said.splitlines()[0]


async def take(options: argparse.Namespace) -> None:
    """Open the page as `user` in `channel` and write what is seen to `file`."""
    from playwright.async_api import async_playwright

    url = options.url.rstrip("/")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=options.browser or shutil.which("chromium"), args=_FLAGS
        )
        page = await browser.new_page(
            viewport={"width": options.width, "height": options.height},
            color_scheme="dark" if options.dark else "light",
        )
        asked = urlencode({"user": options.user, "channel": options.channel})
        answer = await page.request.get(f"{url}/_playground/messages?{asked}")
        found = await answer.json()
        if not answer.ok:
            raise LookupError(found["message"])
        state = await (await page.request.get(f"{url}/_playground/state?{asked}")).json()
        query = urlencode({"user": state["me"], "channel": found["channel"]})
        await page.goto(f"{url}/?{query}")
        await page.locator("article.message" if found["messages"] else "main").first.wait_for()
        if options.contains:
            await page.get_by_text(options.contains).first.wait_for()
        await page.screenshot(path=options.file)
        await browser.close()


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="slack-playground screenshot", description="A picture of a channel, as PNG."
    )
    parser.add_argument("channel", help="its name or id, or a person's for a direct message")
    parser.add_argument("file", type=Path, help="where the PNG is written")
    parser.add_argument("--url", default="http://127.0.0.1:3900", help="of the running playground")
    parser.add_argument("--user", default="ada", help="who looks")
    parser.add_argument("--contains", help="wait until this text is seen")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=800)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument(
        "--browser", help="path of a Chromium; else one on the PATH, or Playwright's"
    )
    return parser.parse_args(arguments)
