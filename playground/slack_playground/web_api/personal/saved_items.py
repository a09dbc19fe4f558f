"""
stars.*: what a person saved for later.

Errors and arguments: https://docs.slack.dev/reference/methods/stars.add
"""

from slack_playground.conversations.files import file_record
from slack_playground.conversations.messages import shown
from slack_playground.errors import SlackError
from slack_playground.state import Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.files import is_visible_file
from slack_playground.web_api.messages.chat import TIMESTAMP
from slack_playground.web_api.pages import next_cursor, take_numbered_page, take_page


def add(call: Call) -> Record:
    item = _item(call)
    own = call.state.stars.setdefault(call.actor, [])
    if any(_place(one) == _place(item) for one in own):
        raise SlackError("already_starred")
    own.append({**item, "date_create": int(call.workspace.clock.now())})
    return {}


def remove(call: Call) -> Record:
    item = _item(call)
    own = call.state.stars.get(call.actor, [])
    for one in own:
        if _place(one) == _place(item):
            own.remove(one)
            return {}
    raise SlackError("not_starred")


def list_stars(call: Call) -> Record:
    """Answer what is still there of what was saved, the newest first."""
    saved = [_filled(call, one) for one in reversed(call.state.stars.get(call.actor, []))]
    items = [one for one in saved if one is not None]
    if "cursor" in call.arguments or "limit" in call.arguments:
        page, cursor = take_page(call, items, default=100, most=1000)
        return {"items": page, **next_cursor(cursor)}
    shown_items, paging = take_numbered_page(call, items, default=100, most=1000)
    per_page = paging.pop("count")
    return {"items": shown_items, "paging": {"per_page": per_page, "spill": 0, **paging}}


def _item(call: Call) -> Record:
    """Return what the arguments name: a file, a message or a channel; it must be there."""
    arguments = call.arguments
    if "file" in arguments:
        file = call.state.files.get(arguments.required("file"))
        if file is None or not file.is_complete or not is_visible_file(call, file):
            raise SlackError("file_not_found")
        return {"type": "file", "file": file.id}
    if "channel" not in arguments:
        raise SlackError("no_item_specified")
    channel = call.channel()
    if "timestamp" not in arguments:
        return {"type": "channel", "channel": channel.id}
    ts = arguments.required("timestamp")
    if not TIMESTAMP.fullmatch(ts):
        raise SlackError("bad_timestamp")
    if ts not in channel.messages:
        raise SlackError("message_not_found")
    return {"type": "message", "channel": channel.id, "ts": ts}


def _place(item: Record) -> tuple[str, ...]:
    return tuple(str(item.get(name, "")) for name in ("type", "channel", "ts", "file"))


def _filled(call: Call, item: Record) -> Record | None:
    """Return a saved item with what it holds, None if that is gone."""
    made = {"type": item["type"], "date_create": item["date_create"]}
    if item["type"] == "file":
        file = call.state.files.get(item["file"])
        return None if file is None else {**made, "file": file_record(call.workspace, file)}
    channel = call.state.channels.get(item["channel"])
    if channel is None:
        return None
    if item["type"] == "channel":
        return {**made, "channel": channel.id}
    message = channel.messages.get(item["ts"])
    if message is None:
        return None
    return {**made, "channel": channel.id, "message": shown(channel, message)}
