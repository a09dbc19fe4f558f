"""Everything there is to know about one message."""

import json
from typing import Any

from slack_playground.blocks import validate_message
from slack_playground.conversations.messages import shown
from slack_playground.errors import PageError
from slack_playground.journal import Birth, Call, Entry, Envelope
from slack_playground.page_api.recording import as_record
from slack_playground.requests.refusals import entry
from slack_playground.state import Channel, Record
from slack_playground.workspace import Workspace

# What the app was sent this long before a call may have led to it.
CAUSE_SECONDS = 60.0
MOST_CAUSES = 3


def read_history(channel: Channel, ts: str) -> Record:
    """Return a message with everything it said before, oldest first."""
    message = channel.messages.get(ts)
    if message is None:
        raise PageError("message_not_found", f"{channel.name} has no message {ts}.", status=404)
    history = [
        {"at": revision.at, "text": revision.text, "blocks": revision.blocks}
        for revision in message.history
    ]
    return {"message": shown(channel, message), "history": history}


def inspect(workspace: Workspace, channel: Channel, ts: str) -> Record:
    """
    Return a message, its history, what the validator says, and its traffic.

    `calls` and `envelopes` name the message for certain. `causes` were sent to
    the app shortly before it wrote the message: likely, not certain.
    """
    found = read_history(channel, ts)
    problems = [
        one for one in validate_message(_content(found["message"])) if one.code != "no_text"
    ]
    entries = workspace.journal.entries()
    calls = [one for one in entries if isinstance(one, Call) and _names(one, channel, ts)]
    envelopes = [one for one in entries if isinstance(one, Envelope) and _mentions(one.payload, ts)]
    return {
        **found,
        "validation": {"ok": not problems, "problems": [entry(one) for one in problems]},
        "calls": [as_record(one) for one in calls],
        "envelopes": [as_record(one) for one in envelopes],
        "causes": [as_record(one) for one in _causes(entries, ts)],
    }


def _content(body: Record) -> Record:
    names = ("text", "blocks", "attachments", "metadata")
    return {name: body[name] for name in names if body.get(name)}


def _names(call: Call, channel: Channel, ts: str) -> bool:
    answer = call.answer or {}
    said = {call.arguments.get(name) for name in ("ts", "message_ts", "timestamp", "thread_ts")}
    is_made = answer.get("channel") == channel.id and answer.get("ts") == ts
    return is_made or (ts in said and call.arguments.get("channel") == channel.id)


def _mentions(payload: Any, ts: str) -> bool:
    return f'"{ts}"' in json.dumps(payload)


def _causes(entries: list[Entry], ts: str) -> list[Envelope]:
    """Return what was last sent to the app before the message came to be."""
    birth = next((one for one in entries if isinstance(one, Birth) and one.id == ts), None)
    if birth is None:
        return []
    before = [
        one
        for one in entries
        if isinstance(one, Envelope)
        and one.number < birth.number
        and birth.at - one.at <= CAUSE_SECONDS
        and not _mentions(one.payload, ts)
    ]
    return before[-MOST_CAUSES:]
