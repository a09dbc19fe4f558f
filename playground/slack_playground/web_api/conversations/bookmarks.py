"""bookmarks.*: links at the top of a channel."""

import re

from slack_playground.errors import SlackError
from slack_playground.state import Channel, Record
from slack_playground.web_api.call import Call

# https://docs.slack.dev/reference/methods/bookmarks.add
MOST_BOOKMARKS = 100
_EMOJI = re.compile(r":[^\s:A-Z]{1,100}:(:skin-tone-[2-6]:)?")


def add(call: Call) -> Record:
    channel = _own(call)
    if call.arguments.required("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if len(channel.bookmarks) >= MOST_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    _check_emoji(call.arguments.text("emoji"))
    now = int(call.workspace.clock.now())
    bookmark_id = call.state.next_id("Bk")
    bookmark = {
        "id": bookmark_id,
        "channel_id": channel.id,
        "title": call.arguments.required("title"),
        "link": _link(call.arguments.required("link")),
        "emoji": call.arguments.text("emoji") or "",
        "icon_url": None,
        "type": "link",
        "entity_id": call.arguments.text("entity_id"),
        "date_created": now,
        "date_updated": 0,
        "rank": f"{len(channel.bookmarks):04d}",
        "last_updated_by_user_id": call.actor,
        "last_updated_by_team_id": call.state.team_id,
        "shortcut_id": None,
        "app_id": call.state.app_id,
    }
    channel.bookmarks[bookmark_id] = bookmark
    return {"bookmark": bookmark}


def edit(call: Call) -> Record:
    channel = _own(call)
    standing = _standing(call, channel)
    changes = {
        name: call.arguments.text(name)
        for name in ("title", "link", "emoji")
        if name in call.arguments
    }
    if changes.get("link"):
        _link(changes["link"] or "")
    _check_emoji(changes.get("emoji"))
    now = int(call.workspace.clock.now())
    changed = {**standing, **changes, "date_updated": now, "last_updated_by_user_id": call.actor}
    channel.bookmarks[standing["id"]] = changed
    return {"bookmark": changed}


def list_bookmarks(call: Call) -> Record:
    return {"bookmarks": list(_own(call).bookmarks.values())}


def remove(call: Call) -> Record:
    channel = _own(call)
    del channel.bookmarks[_standing(call, channel)["id"]]
    return {}


def _own(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _standing(call: Call, channel: Channel) -> Record:
    bookmark = channel.bookmarks.get(call.arguments.required("bookmark_id"))
    if bookmark is None:
        raise SlackError("not_found")
    return bookmark


def _check_emoji(emoji: str | None) -> None:
    if emoji and not _EMOJI.fullmatch(emoji):
        raise SlackError("invalid_emoji")


def _link(link: str) -> str:
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    return link
