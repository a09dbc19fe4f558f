"""Cursors: one page of a longer list, and the word that leads to the next."""

import base64
from typing import TypeVar

from slack_playground.errors import SlackError
from slack_playground.state import Record
from slack_playground.web_api.call import Call

Item = TypeVar("Item")


def take_page(call: Call, items: list[Item], *, default: int, most: int) -> tuple[list[Item], str]:
    """Return the page that `cursor` and `limit` ask for, and the next cursor or ""."""
    limit = call.arguments.number("limit", default) or default
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    start = read_cursor(call)
    end = start + limit
    return items[start:end], make_cursor(end) if end < len(items) else ""


def read_cursor(call: Call) -> int:
    cursor = call.arguments.text("cursor")
    if not cursor:
        return 0
    try:
        start = int(base64.b64decode(cursor.encode()).removeprefix(b"next:"))
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if start < 0:
        raise SlackError("invalid_cursor")
    return start


def make_cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def next_cursor(cursor: str) -> Record:
    return {"response_metadata": {"next_cursor": cursor}}
