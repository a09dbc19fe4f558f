"""chat.scheduleMessage and its kin: what the bot will write later."""

from slack_playground.conversations.content import MAX_TEXT, read_content
from slack_playground.conversations.scheduling import schedule_message
from slack_playground.errors import SlackError
from slack_playground.state import Record, Scheduled
from slack_playground.web_api.call import Call
from slack_playground.web_api.messages.chat import author_fields, channel_to_write, thread_fields
from slack_playground.web_api.pages import next_cursor, take_page


def schedule(call: Call) -> Record:
    channel = channel_to_write(call)
    post_at = _time(call)
    content = read_content(call.arguments.values)
    if content.is_empty:
        raise SlackError("no_text")
    if len(content.text or "") > MAX_TEXT:
        raise SlackError("msg_too_long")
    body = {**author_fields(call), **content.stored(), **thread_fields(call, channel)}
    one = schedule_message(call.workspace, channel.id, post_at, body)
    return {
        "channel": channel.id,
        "scheduled_message_id": one.id,
        "post_at": post_at,
        "message": {"type": "delayed_message", **body},
    }


def list_scheduled(call: Call) -> Record:
    """Answer what is still to come, the soonest first."""
    channel = call.arguments.text("channel")
    oldest, latest = call.arguments.number("oldest", 0), call.arguments.number("latest", 2**62)
    found = [
        one
        for one in call.state.scheduled.values()
        if oldest <= one.post_at <= latest and channel in (None, "", one.channel)
    ]
    found.sort(key=lambda one: one.post_at)
    page, cursor = take_page(call, found, default=100, most=1000)
    return {"scheduled_messages": [_record(one) for one in page], **next_cursor(cursor)}


def delete_scheduled(call: Call) -> Record:
    call.channel()
    scheduled_id = call.arguments.required("scheduled_message_id")
    one = call.state.scheduled.get(scheduled_id)
    if one is None or one.channel != call.arguments.text("channel"):
        raise SlackError("invalid_scheduled_message_id")
    del call.state.scheduled[scheduled_id]
    call.workspace.schedule.cancel(scheduled_id)
    return {}


def _time(call: Call) -> int:
    try:
        return int(call.arguments.required("post_at"))
    except ValueError:
        raise SlackError("invalid_time") from None


def _record(one: Scheduled) -> Record:
    return {
        "id": one.id,
        "channel_id": one.channel,
        "post_at": one.post_at,
        "date_created": one.created,
        "text": one.body.get("text", ""),
    }
