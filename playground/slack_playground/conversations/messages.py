"""Messages coming to be, changing and going away in a channel."""

from bisect import bisect_left, insort
from collections import Counter

from slack_playground.conversations.statuses import clear_status
from slack_playground.delivery.message_events import (
    tell_app_changed,
    tell_app_deleted,
    tell_app_posted,
)
from slack_playground.state import SLACKBOT_ID, Channel, Message, Record, Revision, Thread
from slack_playground.workspace import Workspace

# A status message may be edited for days; the newest edits are kept for the inspector.
KEPT_REVISIONS = 200


def post(workspace: Workspace, channel: Channel, body: Record, *, author: str = "") -> Record:
    """
    Put a new message into `channel`; return it as Slack shows it.

    `body` holds what the writer sent; the timestamp is set here. `author` says
    who may edit it where `body` has no user. A reply is
    also shown in the channel only if its subtype is `thread_broadcast`; one whose parent is gone
    stands in the channel, without `thread_ts`.
    """
    ts = workspace.next_ts()
    body = {"type": "message", "ts": ts, **_in_thread(channel, body)}
    message = Message(body, body.get("user", author))
    workspace.was_born("message", ts, channel.id)
    _record(workspace, message)
    channel.messages[ts] = message
    thread_ts = body.get("thread_ts")
    if thread_ts is not None:
        thread = channel.threads.setdefault(thread_ts, Thread())
        thread.replies.append(ts)
        thread.writers[_writer(body)] += 1
    if thread_ts is None or body.get("subtype") == "thread_broadcast":
        channel.timeline.append(ts)
    workspace.tell_message("message", channel, lambda: body)
    if thread_ts is not None:
        _tell_parent(workspace, channel, thread_ts)
        if "bot_id" in body:
            clear_status(workspace, channel.id, thread_ts)
    tell_app_posted(workspace, channel, body)
    return body


def change(workspace: Workspace, channel: Channel, ts: str, body: Record) -> Record:
    """Replace the body of a standing message and tell everyone."""
    message = channel.messages[ts]
    before, message.body = message.body, body
    _record(workspace, message)
    tell_changed(workspace, channel, message)
    tell_app_changed(workspace, channel, body, before)
    return body


def broadcast(workspace: Workspace, channel: Channel, ts: str) -> None:
    """Show a reply, which stays where it is, in the channel as well."""
    body = channel.messages[ts].body
    root = channel.messages[body["thread_ts"]]
    insort(channel.timeline, ts)
    shown_too = {"subtype": "thread_broadcast", "root": shown(channel, root)}
    change(workspace, channel, ts, {**body, **shown_too})


def remove(workspace: Workspace, channel: Channel, ts: str) -> None:
    """Delete a message; one with replies leaves a tombstone, as in Slack."""
    message = channel.messages[ts]
    if ts in channel.threads:
        tombstone = {
            "type": "message",
            "subtype": "tombstone",
            "user": SLACKBOT_ID,
            "text": "This message was deleted.",
            "ts": ts,
            "thread_ts": ts,
            "hidden": True,
        }
        before, message.body = message.body, tombstone
        tell_changed(workspace, channel, message)
        tell_app_changed(workspace, channel, tombstone, before)
        return
    del channel.messages[ts]
    if ts in channel.pins:
        channel.pins.remove(ts)
    _drop(channel.timeline, ts)
    _leave_thread(workspace, channel, message)
    workspace.tell_removal("message_deleted", channel, ts)
    tell_app_deleted(workspace, channel, message.body)


def shown(channel: Channel, message: Message) -> Record:
    """Return a message with its thread and its reactions, as history shows it."""
    body = message.body
    thread = channel.threads.get(body["ts"])
    if thread is not None:
        body = {
            **body,
            "thread_ts": body["ts"],
            "reply_count": len(thread.replies),
            "reply_users_count": len(thread.writers),
            "reply_users": list(thread.writers)[:5],
            "latest_reply": thread.replies[-1],
            "is_locked": False,
            "subscribed": False,
        }
    if body["ts"] in channel.pins:
        body = {**body, "pinned_to": [channel.id]}
    if message.reactions:
        reactions = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
        body = {**body, "reactions": reactions}
    return body


def tell_changed(workspace: Workspace, channel: Channel, message: Message) -> None:
    """Tell the pages how a message looks now."""
    workspace.tell_message("message_changed", channel, lambda: shown(channel, message))


def post_ephemeral(workspace: Workspace, channel: Channel, user: str, body: Record) -> str:
    """Show a message to `user` alone; return its timestamp."""
    ts = workspace.next_ts()
    stored = {"type": "message", "ts": ts, "is_ephemeral": True, **body}
    channel.ephemerals.setdefault(user, {})[ts] = stored
    workspace.was_born("ephemeral", ts, channel.id)
    workspace.tell_message("ephemeral", channel, lambda: stored, only=user)
    return ts


def change_ephemeral(
    workspace: Workspace, channel: Channel, user: str, ts: str, body: Record
) -> None:
    """Replace an ephemeral message; one that is gone stays gone."""
    own = channel.ephemerals.get(user, {})
    if ts in own:
        changed = {"type": "message", "ts": ts, "is_ephemeral": True, **body}
        own[ts] = changed
        workspace.tell_message("ephemeral_changed", channel, lambda: changed, only=user)


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
        tell_changed(workspace, channel, parent)


def _in_thread(channel: Channel, body: Record) -> Record:
    thread_ts = body.get("thread_ts")
    root = None if thread_ts is None else channel.messages.get(thread_ts)
    if thread_ts is None or (root is not None and root.body.get("subtype") != "tombstone"):
        return body
    is_broadcast = body.get("subtype") == "thread_broadcast"
    gone = {"thread_ts", "parent_user_id", "root"} | ({"subtype"} if is_broadcast else set())
    return {name: value for name, value in body.items() if name not in gone}


def _writer(body: Record) -> str:
    """Return who wrote it, as `reply_users` names people and bots without a user."""
    name: str = body.get("user") or body.get("bot_id", "")
    return name


def _leave_thread(workspace: Workspace, channel: Channel, message: Message) -> None:
    thread_ts: str = message.body.get("thread_ts", "")
    thread = channel.threads.get(thread_ts)
    if thread is None:
        return
    _drop(thread.replies, message.body["ts"])
    thread.writers[_writer(message.body)] -= 1
    thread.writers += Counter()
    if not thread.replies:
        del channel.threads[thread_ts]
    _tell_parent(workspace, channel, thread_ts)


def _drop(ordered: list[str], ts: str) -> None:
    at = bisect_left(ordered, ts)
    if at < len(ordered) and ordered[at] == ts:
        del ordered[at]
