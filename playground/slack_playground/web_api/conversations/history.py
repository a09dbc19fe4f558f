"""conversations.history and conversations.replies: what was said."""

from bisect import bisect_left, bisect_right

from slack_playground.conversations.messages import shown
from slack_playground.conversations.rich_text import rich_text_of
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import make_cursor, read_cursor

MOST = 999


def history(call: Call) -> Record:
    """Answer the channel's messages, newest first."""
    channel = _readable(call)
    start, end = _span(call, channel.timeline)
    limit, skip = _limit(call, 100), read_cursor(call)
    newest = end - skip
    oldest = max(start, newest - limit)
    page = channel.timeline[oldest:newest][::-1] if newest > start else []
    answer = _answer(call, channel, page, skip + limit if oldest > start else None)
    return {**answer, "pin_count": len(channel.pins)}


def replies(call: Call) -> Record:
    """Answer a thread: its parent, then the replies, oldest first."""
    channel = _readable(call)
    ts = call.arguments.required("ts")
    message = channel.messages.get(ts)
    if message is None and ts not in channel.threads:
        raise SlackError("thread_not_found")
    thread_ts = ts if message is None else message.body.get("thread_ts", ts)
    found = channel.threads.get(thread_ts)
    thread = [] if found is None else found.replies
    start, end = _span(call, thread)
    skip, limit = read_cursor(call), _limit(call, MOST)
    page = thread[start + skip : min(end, start + skip + limit)]
    rest = start + skip + limit < end
    if thread_ts in channel.messages:
        page = [thread_ts, *page]
    return _answer(call, channel, page, skip + limit if rest else None)


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.needs_channel_scope(channel, "history")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _limit(call: Call, default: int) -> int:
    limit = call.arguments.number("limit", default)
    if limit < 1:
        raise SlackError("invalid_limit")
    return min(limit, MOST)


def _span(call: Call, ordered: list[str]) -> tuple[int, int]:
    """Return the slice between `oldest` and `latest`."""
    oldest, latest = call.arguments.text("oldest"), call.arguments.text("latest")
    is_inclusive = call.arguments.flag("inclusive")
    start, end = 0, len(ordered)
    if oldest:
        start = (bisect_left if is_inclusive else bisect_right)(ordered, _full(oldest, "oldest"))
    if latest:
        end = (bisect_right if is_inclusive else bisect_left)(ordered, _full(latest, "latest"))
    return start, end


def _full(ts: str, name: str) -> str:
    """Write a time as timestamps are stored, so that text order is time order."""
    try:
        seconds, _, micros = ts.partition(".")
        return f"{int(seconds):010d}.{int(micros[:6].ljust(6, '0')):06d}"
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _answer(call: Call, channel: Channel, page: list[str], following: int | None) -> Record:
    is_whole = call.arguments.flag("include_all_metadata")
    answer: Record = {
        "messages": [_read(channel, ts, is_whole=is_whole) for ts in page],
        "has_more": following is not None,
    }
    if following is not None:
        answer["response_metadata"] = {"next_cursor": make_cursor(following)}
    return answer


def _read(channel: Channel, ts: str, *, is_whole: bool) -> Record:
    body = shown(channel, channel.messages[ts])
    if body.get("text") and "subtype" not in body and not {"blocks", "attachments"} & body.keys():
        # Slack keeps plain text as rich text too, and Bolt's assistants count on it.
        body = {**body, "blocks": [rich_text_of(body["text"])]}
    if "metadata" in body and not is_whole:
        # Slack tells what kind it is, and the payload only to who asks for it.
        body = {**body, "metadata": {"event_type": body["metadata"].get("event_type")}}
    return body
