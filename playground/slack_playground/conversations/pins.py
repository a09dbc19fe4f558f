"""A message pinned to its channel and taken down again, by a person or by the app."""

from slack_playground.conversations.messages import shown, tell_changed
from slack_playground.delivery.message_events import send_pin
from slack_playground.errors import SlackError
from slack_playground.state import Channel, Message, Record
from slack_playground.workspace import Workspace

MOST_PINS = 100


def pin(workspace: Workspace, channel: Channel, message: Message, actor: str) -> None:
    ts = message.body["ts"]
    _check_member(channel, actor)
    if channel.is_archived:
        raise SlackError("is_archived")
    if ts in channel.pins:
        raise SlackError("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    channel.pins.append(ts)
    channel.pinned_by[ts] = (actor, int(workspace.clock.now()))
    tell_changed(workspace, channel, message)
    send_pin(workspace, channel, actor, "pin_added", pin_record(channel, ts))


def unpin(workspace: Workspace, channel: Channel, message: Message, actor: str) -> None:
    ts = message.body["ts"]
    _check_member(channel, actor)
    if ts not in channel.pins:
        raise SlackError("no_pin")
    record = pin_record(channel, ts)
    channel.pins.remove(ts)
    tell_changed(workspace, channel, message)
    send_pin(workspace, channel, actor, "pin_removed", record)


def pin_record(channel: Channel, ts: str) -> Record:
    """Return a pin as pins.list and the events have it."""
    actor, at = channel.pinned_by[ts]
    return {
        "type": "message",
        "channel": channel.id,
        "created": at,
        "created_by": actor,
        "message": shown(channel, channel.messages[ts]),
    }


def _check_member(channel: Channel, actor: str) -> None:
    if actor not in channel.members:
        raise SlackError("not_in_channel")
