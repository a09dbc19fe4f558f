"""A person changes, deletes, pins or shares something of their own."""

import base64

from slack_playground.conversations import messages
from slack_playground.conversations.files import keep, share
from slack_playground.conversations.pins import pin, unpin
from slack_playground.errors import PageError, SlackError
from slack_playground.people.outcome import Outcome, failed
from slack_playground.people.writing import typed_fields
from slack_playground.state import Channel, Message, User
from slack_playground.workspace import Workspace


def edit(workspace: Workspace, user: User, channel: Channel, ts: str, text: str) -> Outcome:
    """Change what `user` wrote; the app hears `message_changed`."""
    workspace.did("messages/edit", user, channel=channel.id, ts=ts, text=text)
    message = _message(channel, ts)
    if message.author != user.id:
        return failed("cant_update_message")
    if not text.strip():
        return failed("no_text")
    edited = {"user": user.id, "ts": workspace.next_ts()}
    body = {**message.body, **typed_fields(workspace.state, text), "edited": edited}
    return Outcome(answer={"message": messages.change(workspace, channel, ts, body)})


def delete(workspace: Workspace, user: User, channel: Channel, ts: str) -> Outcome:
    """Take back what `user` wrote; an owner may take back anybody's."""
    workspace.did("messages/delete", user, channel=channel.id, ts=ts)
    message = _message(channel, ts)
    if message.author != user.id and not user.is_owner:
        return failed("cant_delete_message")
    messages.remove(workspace, channel, ts)
    return Outcome()


def pin_message(
    workspace: Workspace, user: User, channel: Channel, ts: str, *, is_removed: bool = False
) -> Outcome:
    workspace.did("pins", user, channel=channel.id, ts=ts, remove=is_removed or None)
    change = unpin if is_removed else pin
    try:
        change(workspace, channel, _message(channel, ts), user.id)
    except SlackError as error:
        return failed(error.error)
    return Outcome()


def share_file(
    workspace: Workspace,
    user: User,
    channel: Channel,
    name: str,
    content: bytes,
    text: str = "",
    thread_ts: str | None = None,
) -> Outcome:
    """Post a file, with or without words; the app hears `file_shared` and the message."""
    said = {"name": name, "content": base64.b64encode(content).decode(), "text": text or None}
    workspace.did("files/share", user, channel=channel.id, thread_ts=thread_ts, **said)
    if channel.is_archived:
        return failed("is_archived")
    file = keep(workspace, user, name, content)
    body = {"user": user.id, "team": workspace.state.team_id, "text": ""}
    if text.strip():
        body.update(typed_fields(workspace.state, text))
    if thread_ts is not None:
        parent = _message(channel, thread_ts)
        body["thread_ts"] = parent.body.get("thread_ts", thread_ts)
    return Outcome(answer={"message": share(workspace, channel, [file], body)})


def _message(channel: Channel, ts: str) -> Message:
    message = channel.messages.get(ts)
    if message is None or message.body.get("subtype") == "tombstone":
        raise PageError("message_not_found", f"{channel.name} has no message {ts}.", status=404)
    return message
