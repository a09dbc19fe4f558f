"""Messages coming to be, changing and going away in a channel."""

from bisect import bisect_left

from playground.message_events import tell_app_changed, tell_app_deleted, tell_app_posted
from playground.state import SLACKBOT_ID, Channel, Message, Record, Revision
from playground.workspace import Workspace

# A status message may be edited for days; the newest edits are kept for the inspector.
KEPT_REVISIONS = 200


def post(workspace: Workspace, channel: Channel, body: Record) -> Record:
    """
    Put a new message into `channel`; return it as Slack shows it.

    `body` holds what the writer sent; the timestamp is set here. A reply is
    also shown in the channel only if its subtype is `thread_broadcast`.
    """
    ts = workspace.next_ts()
    body = {"type": "message", "ts": ts, **body}
    message = Message(body)
    _record(workspace, message)
    channel.messages[ts] = message
    thread_ts = body.get("thread_ts")
    if thread_ts is not None:
        channel.threads.setdefault(thread_ts, []).append(ts)
    if thread_ts is None or body.get("subtype") == "thread_broadcast":
        channel.timeline.append(ts)
    workspace.tell_message("message", channel, body)
    if thread_ts is not None:
        _tell_parent(workspace, channel, thread_ts)
    tell_app_posted(workspace, channel, body)
    return body


def change(workspace: Workspace, channel: Channel, ts: str, body: Record) -> Record:
    """Replace the body of a standing message and tell everyone."""
    message = channel.messages[ts]
    before, message.body = message.body, body
    _record(workspace, message)
    workspace.tell_message("message_changed", channel, shown(channel, message))
    tell_app_changed(workspace, channel, body, before)
    return body


def remove(workspace: Workspace, channel: Channel, ts: str) -> None:
    """Delete a message; one with replies leaves a tombstone, as in Slack."""
    message = channel.messages[ts]
    if channel.threads.get(ts):
        tombstone = {
            "type": "message",
            "subtype": "tombstone",
            "user": SLACKBOT_ID,
            "text": "This message was deleted.",
            "ts": ts,
            "thread_ts": ts,
            "hidden": True,
        }
        message.body = tombstone
        workspace.tell_message("message_changed", channel, shown(channel, message))
        return
    del channel.messages[ts]
    _drop(channel.timeline, ts)
    thread_ts = message.body.get("thread_ts")
    if thread_ts in channel.threads:
        _drop(channel.threads[thread_ts], ts)
        _tell_parent(workspace, channel, thread_ts)
    workspace.tell_removal("message_deleted", channel, ts)
    tell_app_deleted(workspace, channel, message.body)


def shown(channel: Channel, message: Message) -> Record:
    """Return a message with its thread and its reactions, as history shows it."""
    body = message.body
    replies = channel.threads.get(body["ts"])
    if replies:
        writers = dict.fromkeys(channel.messages[ts].body.get("user", "") for ts in replies)
        body = {
            **body,
            "thread_ts": body["ts"],
            "reply_count": len(replies),
            "reply_users_count": len(writers),
            "reply_users": list(writers)[:5],
            "latest_reply": replies[-1],
            "is_locked": False,
            "subscribed": False,
        }
    if message.reactions:
        reactions = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
        body = {**body, "reactions": reactions}
    return body


def post_ephemeral(workspace: Workspace, channel: Channel, user: str, body: Record) -> str:
    """Show a message to `user` alone; return its timestamp."""
    ts = workspace.next_ts()
    stored = {"type": "message", "ts": ts, "is_ephemeral": True, **body}
    channel.ephemerals.setdefault(user, {})[ts] = stored
    workspace.tell_message("ephemeral", channel, stored, only=user)
    return ts


def change_ephemeral(
    workspace: Workspace, channel: Channel, user: str, ts: str, body: Record
) -> None:
    """Replace an ephemeral message; one that is gone stays gone."""
    own = channel.ephemerals.get(user, {})
    if ts in own:
        own[ts] = {"type": "message", "ts": ts, "is_ephemeral": True, **body}
        workspace.tell_message("ephemeral_changed", channel, own[ts], only=user)


def remove_ephemeral(workspace: Workspace, channel: Channel, user: str, ts: str) -> None:
    if channel.ephemerals.get(user, {}).pop(ts, None) is not None:
        workspace.tell_removal("ephemeral_deleted", channel, ts, only=user)


def permalink(workspace: Workspace, channel: Channel, message: Message) -> str:
    """Return the message's link: this machine's address in the shape Slack's have."""
    ts, thread_ts = message.body["ts"], message.body.get("thread_ts")
    link = f"{workspace.address}/archives/{channel.id}/p{ts.replace('.', '')}"
    if thread_ts is not None and thread_ts != ts:
        link += f"?thread_ts={thread_ts}&cid={channel.id}"
    return link


def _record(workspace: Workspace, message: Message) -> None:
    body = message.body
    message.history.append(
        Revision(workspace.clock.now(), body.get("text", ""), body.get("blocks", []))
    )
    if len(message.history) > KEPT_REVISIONS:
        del message.history[0]


def _tell_parent(workspace: Workspace, channel: Channel, thread_ts: str) -> None:
    parent = channel.messages.get(thread_ts)
    if parent is not None:
        workspace.tell_message("message_changed", channel, shown(channel, parent))


def _drop(ordered: list[str], ts: str) -> None:
    at = bisect_left(ordered, ts)
    if at < len(ordered) and ordered[at] == ts:
        del ordered[at]
