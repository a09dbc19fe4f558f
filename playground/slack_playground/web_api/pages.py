"""One page of a longer list: by a cursor that leads to the next, or by its number."""

import base64
from typing import TypeVar

from slack_playground.errors import SlackError
from slack_playground.requests.arguments import wrong_argument
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


def take_numbered_page(
    call: Call, items: list[Item], *, default: int, most: int
) -> tuple[list[Item], Record]:
    """Return the page that `page` and `count` ask for, and what an answer says of the pages."""
    count, page = call.arguments.number("count", default), call.arguments.number("page", 1)
    if count < 1 or page < 1:
        raise wrong_argument("count" if count < 1 else "page", "must be greater than 0")
    count = min(count, most)
    start = (page - 1) * count
    pages = -(-len(items) // count)
    paging = {"count": count, "total": len(items), "page": page, "pages": pages}
    return items[start : start + count], paging


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
