"""The POST of the asyncio peers, over kept connections."""

import os

import aiohttp

sessions: list[aiohttp.ClientSession] = []


async def send(channel: str, text: str) -> None:
    """Send one message."""
    if not sessions:
        sessions.append(aiohttp.ClientSession())
    block = {"type": "section", "text": {"type": "plain_text", "text": text}}
    body = {"channel": channel, "text": text, "blocks": [block]}
    url = f"{os.environ['SLACK_URL']}chat.postMessage"
    async with sessions[0].post(url, json=body) as response:
        if not (await response.json())["ok"]:
            raise RuntimeError("not ok")
