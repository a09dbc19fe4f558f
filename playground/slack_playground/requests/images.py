"""Pictures, files and calls that blocks point to, looked for before the blocks are taken."""

import asyncio
import json
from typing import Any, TypeVar

import aiohttp

from slack_playground.blocks.places import blocks_in
from slack_playground.conversations.files import content_type
from slack_playground.errors import SlackError
from slack_playground.requests.refusals import error_messages
from slack_playground.state import Record
from slack_playground.workspace import Workspace

_Kind = TypeVar("_Kind")

FETCH_SECONDS = 3.0
# By what a block names a file or a call.
_MENTIONS = frozenset({"slack_file", "external_id", "call_id"})


async def refused_images(arguments: Record) -> SlackError | None:
    """Return how Slack refuses blocks whose pictures it cannot fetch, or None."""
    places = _pointers(arguments, "image_url", str)
    if not places:
        return None
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(FETCH_SECONDS)) as session:
        found = await asyncio.gather(*(_is_picture(session, url) for _, url in places))
    lines = [
        f"downloading image failed [json-pointer:{at}]"
        for (at, _), is_picture in zip(places, found, strict=True)
        if not is_picture
    ]
    return _refusal(arguments, lines) if lines else None


def refused_files(workspace: Workspace, arguments: Record) -> SlackError | None:
    """Return how Slack refuses blocks that show files or calls which are not there."""
    if not any(_mentions_file(arguments.get(name)) for name in ("blocks", "view", "attachments")):
        return None
    lines = [
        f"invalid slack file [json-pointer:{at}]"
        for at, named in _pointers(arguments, "slack_file", dict)
        if not _is_shown(workspace, named)
    ]
    remote = {file.external_id for file in workspace.state.files.values()}
    for name, known in (("external_id", remote), ("call_id", workspace.state.calls)):
        lines += [
            f"invalid {name} [json-pointer:{at}]"
            for at, named in _pointers(arguments, name, str)
            if named not in known
        ]
    return _refusal(arguments, lines) if lines else None


def _mentions_file(value: Any) -> bool:
    """Say whether these blocks may show a file or a call; most do not, and go no further."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if not _MENTIONS.isdisjoint(one):
                return True
            waiting.extend(inner for inner in one.values() if isinstance(inner, dict | list))
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str) and any(name in one for name in _MENTIONS):
            return True
    return False


def _is_shown(workspace: Workspace, named: Record) -> bool:
    """Say whether it is a finished picture; what names no file at all is refused elsewhere."""
    if not named.keys() & {"id", "url"}:
        return True
    file_id = named.get("id") or _last_part(str(named.get("url")))
    file = workspace.state.files.get(str(file_id))
    return file is not None and file.is_complete and content_type(file.name).startswith("image/")


def _last_part(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _refusal(arguments: Record, lines: list[str]) -> SlackError:
    if "view" in arguments:
        return SlackError("invalid_arguments", response_metadata=error_messages(lines))
    return SlackError("invalid_blocks", errors=lines, response_metadata=error_messages(lines))


def _pointers(arguments: Record, name: str, kind: type[_Kind]) -> list[tuple[str, _Kind]]:
    """Return the pointer and the value of every field called so in the blocks of a call."""
    view = _read(arguments.get("view"))
    inside = [("/blocks", _read(arguments.get("blocks")))]
    if isinstance(view, dict):
        inside.append(("/view/blocks", view.get("blocks")))
    attachments = _read(arguments.get("attachments"))
    for position, one in enumerate(attachments if isinstance(attachments, list) else []):
        if isinstance(one, dict):
            inside.append((f"/attachments/{position}/blocks", one.get("blocks")))
    return [
        (f"{found.at}/{name}", found.value[name])
        for at, blocks in inside
        for place in blocks_in(blocks, at)
        for found in place.objects
        if isinstance(found.value.get(name), kind)
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
