"""
A file into a thread, in Slack's three steps: ask for an address, bring the bytes, share it.

Until the last step nobody sees anything, so only its answer can be lost in a way that matters. An
upload that was begun and not shared is forgotten by Slack.
https://docs.slack.dev/messaging/working-with-files#upload
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.messages.policy import Answer
from bot.messages.transports.base import File, Outgoing
from bot.messages.transports.http_client import LostError, UnreachableError, Wire

Ask = Callable[[str, dict[str, Any]], Awaitable[Answer]]

#: These refuse files, not the token as a whole: the lane goes on.
NOT_ALLOWED = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
BYTES = "application/octet-stream"


async def upload(outgoing: Outgoing, file: File, ask: Ask, seconds: float) -> Answer:
    """Bring the file into the message's thread. Where it stands Slack does not say."""
    length = len(file.encoded())
    begun = await ask("files.getUploadURLExternal", {"filename": file.name, "length": length})
    if not begun.ok:
        return not_shared(begun)
    body = begun.detail["body"]
    brought = await bring(str(body.get("upload_url")), file.encoded(), seconds)
    if not brought.ok:
        return brought
    arguments = {
        "files": json.dumps([{"id": body.get("file_id"), "title": file.name}]),
        "channel_id": outgoing.channel,
    }
    if outgoing.thread_ts:
        arguments["thread_ts"] = outgoing.thread_ts
    shared = await ask("files.completeUploadExternal", arguments)
    return replace(shared, ts=None, channel=None, error=named(shared.error))


async def bring(url: str, content: bytes, seconds: float) -> Answer:
    """Send the bytes to the address that Slack gave us for them; nothing is shared by that."""
    wire = Wire(url, {})
    try:
        response = await wire.send("", content, BYTES, seconds)
    except (UnreachableError, LostError):
        return Answer(unreachable=True)
    finally:
        wire.close()
    if response.status == 200:
        return Answer(ok=True)
    if response.status >= 500:
        return Answer(unreachable=True)
    return Answer(error="upload_refused", status=response.status)


def not_shared(answer: Answer) -> Answer:
    """Return an answer of the first step: whatever became of it, nothing was shared."""
    away = answer.lost or answer.unreachable or answer.status >= 500
    return replace(answer, lost=False, unreachable=away, error=named(answer.error))


def named(error: str) -> str:
    return "files_not_allowed" if error in NOT_ALLOWED else error


def carries(message: dict[str, Any], file: File) -> bool:
    """Tell whether a message has this file: Slack keeps no mark of ours on it."""
    length = len(file.encoded())
    found = message.get("files") or []
    return any(one.get("name") == file.name and one.get("size") == length for one in found)
