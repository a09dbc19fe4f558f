"""Pictures that a call's blocks point to, fetched as Slack fetches them before it takes them."""

import asyncio
import json
from typing import Any

import aiohttp

from slack_playground.blocks.places import blocks_in
from slack_playground.errors import SlackError
from slack_playground.requests.refusals import error_messages
from slack_playground.state import Record

FETCH_SECONDS = 3.0


async def refused_images(arguments: Record) -> SlackError | None:
    """Return how Slack refuses blocks whose pictures it cannot fetch, or None."""
    places = list(_pictures(arguments))
    if not places:
        return None
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(FETCH_SECONDS)) as session:
        found = await asyncio.gather(*(_is_picture(session, url) for _, url in places))
    lines = [
        f"downloading image failed [json-pointer:{at}]"
        for (at, _), is_picture in zip(places, found, strict=True)
        if not is_picture
    ]
    if not lines:
        return None
    if "view" in arguments:
        return SlackError("invalid_arguments", response_metadata=error_messages(lines))
    return SlackError("invalid_blocks", errors=lines, response_metadata=error_messages(lines))


def _pictures(arguments: Record) -> list[tuple[str, str]]:
    """Return the pointer and the address of every picture in the blocks of a call."""
    view = _read(arguments.get("view"))
    inside = [("/blocks", _read(arguments.get("blocks")))]
    if isinstance(view, dict):
        inside.append(("/view/blocks", view.get("blocks")))
    attachments = _read(arguments.get("attachments"))
    for position, one in enumerate(attachments if isinstance(attachments, list) else []):
        if isinstance(one, dict):
            inside.append((f"/attachments/{position}/blocks", one.get("blocks")))
    return [
        (f"{found.at}/image_url", found.value["image_url"])
        for at, blocks in inside
        for place in blocks_in(blocks, at)
        for found in place.objects
        if isinstance(found.value.get("image_url"), str)
    ]


def _read(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


async def _is_picture(session: aiohttp.ClientSession, url: str) -> bool:
    return await _fetch(session, url) is not None


async def fetch_picture(url: str) -> tuple[bytes, str] | None:
    """Return a picture and its content type, or None for what is none or is gone."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(FETCH_SECONDS)) as session:
        return await _fetch(session, url)


async def _fetch(session: aiohttp.ClientSession, url: str) -> tuple[bytes, str] | None:
    try:
        async with session.get(url) as response:
            is_picture = response.ok and response.content_type.startswith("image/")
            return (await response.read(), response.content_type) if is_picture else None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
