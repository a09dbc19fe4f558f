"""
search.messages, search.files and search.all: what a person finds.

https://docs.slack.dev/reference/methods/search.messages
"""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from slack_playground.conversations import messages
from slack_playground.conversations.files import file_record
from slack_playground.errors import SlackError
from slack_playground.searching.finding import channels_of, found_files, found_messages
from slack_playground.searching.query import Query, read_query
from slack_playground.state import Channel, File, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import take_numbered_page

MOST_MATCHES = 100
# What Slack puts around a word that was found: characters of private use.
_OPENING, _CLOSING = "\ue000", "\ue001"
_Found = TypeVar("_Found")


def search_messages(call: Call) -> Record:
    said, query = asked(call)
    return {"query": said, "messages": _messages(call, query)}


def search_files(call: Call) -> Record:
    said, query = asked(call)
    return {"query": said, "files": _files(call, query)}


def search_all(call: Call) -> Record:
    said, query = asked(call)
    posts: Record = {"matches": [], "total": 0}
    found = {"messages": _messages(call, query), "files": _files(call, query)}
    return {"query": said, **found, "posts": posts}


def asked(call: Call) -> tuple[str, Query]:
    """Return the query as it was said and as it is understood."""
    said = call.arguments.text("query") or ""
    if not said.strip():
        raise SlackError("no_query")
    zone = timezone(timedelta(seconds=call.state.users[call.actor].tz_offset))
    today = datetime.fromtimestamp(call.workspace.clock.now(), zone).date()
    return said, read_query(said, today)


def highlighted(text: str, words: list[str]) -> str:
    """Return a text with marks around the words that were looked for."""
    if not words:
        return text
    pattern = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    return pattern.sub(lambda found: f"{_OPENING}{found[0]}{_CLOSING}", text)


def _messages(call: Call, query: Query) -> Record:
    channels = list(channels_of(call.state, call.actor))
    found = found_messages(call.state, query, call.actor, channels)

    def match(one: tuple[Channel, Record]) -> Record:
        return _match(call, query, *one)

    return _page(call, found, match)


def _files(call: Call, query: Query) -> Record:
    found = found_files(call.state, query, call.actor, list(channels_of(call.state, call.actor)))

    def match(file: File) -> Record:
        return file_record(call.workspace, file)

    return _page(call, found, match)


def _page(call: Call, found: list[_Found], match: Callable[[_Found], Record]) -> Record:
    """Return one page of matches in the order that was asked for, with both kinds of paging."""
    if call.arguments.text("sort_dir") == "asc":
        found = found[::-1]
    page, paging = take_numbered_page(call, found, default=20, most=MOST_MATCHES)
    first = (paging["page"] - 1) * paging["count"]
    pagination = {
        "total_count": paging["total"],
        "page": paging["page"],
        "per_page": paging["count"],
        "page_count": paging["pages"],
        "first": first + 1 if page else 0,
        "last": first + len(page) if page else 0,
    }
    return {
        "total": paging["total"],
        "pagination": pagination,
        "paging": paging,
        "matches": [match(one) for one in page],
    }


def _match(call: Call, query: Query, channel: Channel, body: Record) -> Record:
    text = body.get("text", "")
    if call.arguments.flag("highlight"):
        text = highlighted(text, query.words)
    writer = call.state.users.get(body.get("user", ""))
    found = {
        "iid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{channel.id}/{body['ts']}")),
        "team": call.state.team_id,
        "score": 1,
        "channel": _place(channel),
        "type": "message",
        "user": body.get("user"),
        "username": body.get("username") or (writer.name if writer else ""),
        "ts": body["ts"],
        "text": text,
        "permalink": messages.permalink(call.workspace, channel, channel.messages[body["ts"]]),
    }
    for name in ("blocks", "attachments", "files"):
        if name in body:
            found[name] = body[name]
    return found


def _place(channel: Channel) -> Record:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.is_public,
        "is_group": channel.is_private,
        "is_im": channel.is_im,
        "is_mpim": channel.is_mpim,
        "is_private": not channel.is_public,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
    }
