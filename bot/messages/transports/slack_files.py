"""
Uploads a file into a thread in Slack's three steps: get an address, send the bytes, share the file.

Until the last step nobody sees anything, so only the answer to that step matters if it is lost.
Slack discards an upload that is never shared.
https://docs.slack.dev/messaging/working-with-files#upload
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.messages.policy import SlackResponse
from bot.messages.rendering.truncation import truncate
from bot.messages.transports.base import File, Outgoing
from bot.messages.transports.http_client import LostError, UnreachableError, WireResponse
from bot.messages.transports.proxied_http import AnyConnection
from bot.messages.transports.responses import seconds as retry_after_seconds

Ask = Callable[[str, dict[str, Any]], Awaitable[SlackResponse]]

#: These refuse files, not the token as a whole: the lane goes on.
_NOT_ALLOWED = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
_BYTES = "application/octet-stream"
_OpenUpload = Callable[[str], AnyConnection | None]
_NOT_SLACKS = "the address for the upload is neither Slack's nor on the host of SLACK_API_URL"
#: "Request Timeout" and "Too Early".
_PASSING_STATUS = frozenset({408, 425})
#: What is the matter with the file, or with the address, which does not last.
_UPLOAD_ERRORS = {404: "upload_expired", 410: "upload_expired", 413: "file_too_large"}
#: So much of an answer goes into the timeline.
_UPLOAD_REPLY_BYTES = 200
#: https://docs.slack.dev/reference/methods/files.getUploadURLExternal
_ALT_CHARACTERS = 1_000


async def upload(
    outgoing: Outgoing, file: File, ask: Ask, seconds: float, open_upload: _OpenUpload
) -> SlackResponse:
    """
    Bring the file into the message's thread. Where it stands Slack does not say.

    *open_upload* opens the way to the address that Slack names for the bytes, or none to others.
    """
    content = file.encoded()
    wanted: dict[str, Any] = {"filename": file.name, "length": len(content)}
    if file.alt_text:
        wanted["alt_txt"] = truncate(file.alt_text, _ALT_CHARACTERS)
    begun = await ask("files.getUploadURLExternal", wanted)
    if not begun.ok:
        return _not_shared(begun)
    body = begun.detail["body"]
    wire = open_upload(str(body.get("upload_url")))
    if wire is None:
        return SlackResponse(error="upload_refused", detail={"said": _NOT_SLACKS})
    brought = await _bring(wire, content, seconds)
    if not brought.ok:
        return brought
    arguments = {
        "files": json.dumps([{"id": body.get("file_id"), "title": file.name}]),
        "channel_id": outgoing.channel,
    }
    if outgoing.thread_ts:
        arguments["thread_ts"] = outgoing.thread_ts
    shared = await ask("files.completeUploadExternal", arguments)
    return replace(shared, ts=None, channel=None, error=file_called(shared.error))


async def _bring(wire: AnyConnection, content: bytes, seconds: float) -> SlackResponse:
    """Send the bytes to the address that Slack gave us for them, and hang up."""
    try:
        response = await wire.send("", content, _BYTES, seconds)
    except (UnreachableError, LostError):
        return SlackResponse(unreachable=True)
    finally:
        wire.close()
    return read_brought(response)


def read_brought(response: WireResponse) -> SlackResponse:
    """
    Return what the file server's answer means. Pure.

    Nothing was shared yet, so whatever may pass is tried again from the first step; its wait is
    this file's alone, for Slack's methods have limits of their own.
    """
    status = response.status
    if status == 200:
        return SlackResponse(ok=True)
    said = response.body[:_UPLOAD_REPLY_BYTES].decode("utf-8", "replace").strip()
    detail = {"upload_status": status, **({"said": said} if said else {})}
    if status == 429:
        file_called = response.headers.get(b"retry-after")
        wait = retry_after_seconds(file_called.decode("latin-1") if file_called else None)
        return SlackResponse(
            error="rate_limited", status=status, retry_after=wait, is_own_wait=True, detail=detail
        )
    if status >= 500 or status in _PASSING_STATUS:
        return SlackResponse(unreachable=True, detail=detail)
    error = _UPLOAD_ERRORS.get(status, "upload_refused")
    return SlackResponse(error=error, status=status, detail=detail)


def _not_shared(answer: SlackResponse) -> SlackResponse:
    """Return an answer of the first step: whatever became of it, nothing was shared."""
    away = answer.lost or answer.unreachable or answer.status >= 500
    return replace(answer, lost=False, unreachable=away, error=file_called(answer.error))


def file_called(error: str) -> str:
    return "files_not_allowed" if error in _NOT_ALLOWED else error


def carries(message: dict[str, Any], file: File) -> bool:
    """Tell whether a message has this file: Slack keeps no mark of ours on it."""
    length = len(file.encoded())
    found = message.get("files") or []
    return any(one.get("name") == file.name and one.get("size") == length for one in found)
