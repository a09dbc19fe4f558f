"""
Incoming webhooks: an address that posts into one channel without a token.

Answers are words, not JSON: `ok`, or what was wrong. See
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

import json
from typing import Any
from urllib.parse import parse_qs

from slack_playground.conversations import messages
from slack_playground.conversations.content import read_content
from slack_playground.errors import LimitedError, SlackError
from slack_playground.requests.serving import Answer
from slack_playground.state import Channel, Record
from slack_playground.workspace import Workspace

_STATUS = {"no_service": 404, "channel_not_found": 404, "channel_is_archived": 410}


def read_payload(body: bytes, content_type: str) -> Any:
    """Return the JSON that was sent as the body or in the form field `payload`, or None."""
    text = body.decode("utf-8", "replace")
    if content_type == "application/x-www-form-urlencoded" and text.startswith("payload="):
        text = parse_qs(text).get("payload", [""])[0]
    try:
        return json.loads(text)
    except ValueError:
        return None


def post_to_webhook(workspace: Workspace, secret: str, sent: Any) -> Answer:
    """Post what was sent; the answer is `ok` and does not tell the message's timestamp."""
    try:
        channel = _channel(workspace, secret)
        workspace.limits.admit_webhook(secret)
        _post(workspace, channel, sent)
    except LimitedError as error:
        return _said("rate_limited", 429, {"Retry-After": str(error.retry_after)})
    except SlackError as error:
        return _said(error.error, _STATUS.get(error.error, 400))
    return Answer({"ok": True}, text="ok")


def _channel(workspace: Workspace, secret: str) -> Channel:
    channel_id = workspace.state.webhooks.get(secret)
    if channel_id is None:
        raise SlackError("no_service")
    channel = workspace.state.channels.get(channel_id)
    if channel is None:
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("channel_is_archived")
    return channel


def _post(workspace: Workspace, channel: Channel, sent: Any) -> None:
    if not isinstance(sent, dict):
        raise SlackError("invalid_payload")
    content = read_content(sent)
    if content.is_empty:
        raise SlackError("no_text")
    body: Record = {
        "subtype": "bot_message",
        "bot_id": workspace.state.bot_id,
        "app_id": workspace.state.app_id,
        "team": workspace.state.team_id,
        "username": workspace.manifest.bot_name,
        **content.stored(),
    }
    if sent.get("thread_ts"):
        body["thread_ts"] = str(sent["thread_ts"])
    messages.post(workspace, channel, body)


def _said(error: str, status: int, headers: dict[str, str] | None = None) -> Answer:
    return Answer({"ok": False, "error": error}, status, headers or {}, text=error)
