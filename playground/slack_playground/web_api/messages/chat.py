"""chat.*: what the bot writes, changes and takes back."""

import re
from typing import Any

from slack_playground.blocks.markup import store_typed
from slack_playground.conversations import messages
from slack_playground.conversations.content import MAX_TEXT, Content, read_content
from slack_playground.conversations.direct_messages import open_group
from slack_playground.errors import SlackError
from slack_playground.pictures import OF_APPS, pictures
from slack_playground.state import Channel, Message, Record
from slack_playground.web_api.call import Call

MAX_UPDATED_TEXT = 4_000
TIMESTAMP = re.compile(r"\d{1,12}\.\d{6}")


def post_message(call: Call) -> Record:
    channel = channel_to_write(call)
    known = known_post(call)
    if known is not None:
        return known
    call.workspace.limits.admit_post(channel.id)
    content = read_content(call.arguments.values)
    if content.is_empty:
        raise SlackError("no_text")
    warnings = _warnings(call, content)
    if content.text is not None:
        # Slack cuts new messages but refuses edited ones.
        content.text = content.text[:MAX_TEXT]
    body = {**author_fields(call), **content.stored(), **thread_fields(call, channel)}
    posted = messages.post(call.workspace, channel, body, author=call.actor)
    channel.messages[posted["ts"]].execution = call.held.execution
    client_msg_id = call.arguments.text("client_msg_id")
    if client_msg_id:
        call.state.client_msg_ids[call.actor, client_msg_id] = (channel.id, posted["ts"])
    return {"channel": channel.id, "ts": posted["ts"], "message": posted, **warnings}


def _warnings(call: Call, content: Content) -> Record:
    """Return what Slack warns of, at both of its places: no text, or one that was cut."""
    said = call.arguments.text("text") or call.arguments.text("markdown_text")
    found = [] if said else ["missing_text_in_message"]
    if len(content.text or "") > MAX_TEXT:
        found.append("message_truncated")
    if not found:
        return {}
    return {"warning": ",".join(found), "response_metadata": {"warnings": found}}


def post_me_message(call: Call) -> Record:
    """Say what the app does, as somebody who types `/me` does: a text and nothing else."""
    channel = channel_to_write(call)
    text = call.arguments.text("text") or ""
    if not text.strip():
        raise SlackError("no_text")
    if len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    content = read_content({"text": text})
    body = {"subtype": "me_message", **author_fields(call), **content.stored()}
    posted = messages.post(call.workspace, channel, body, author=call.actor)
    return {"channel": channel.id, "ts": posted["ts"]}


def known_post(call: Call) -> Record | None:
    """
    Return the answer to a post that was taken before, where `client_msg_id` is honoured.

    The first copy is handed back as it is now, and nothing is posted. Raises SlackError if it is
    gone.
    """
    client_msg_id = call.arguments.text("client_msg_id")
    if not client_msg_id or call.workspace.config.client_msg_id != "honoured":
        return None
    place = call.state.client_msg_ids.get((call.actor, client_msg_id))
    if place is None:
        return None
    channel = call.state.channels.get(place[0])
    if channel is None:
        raise SlackError("duplicate_channel_not_found")
    message = channel.messages.get(place[1])
    if message is None or message.body.get("subtype") == "tombstone":
        raise SlackError("duplicate_message_not_found")
    body = messages.shown(channel, message)
    return {"channel": channel.id, "ts": body["ts"], "message": body}


def update(call: Call) -> Record:
    channel = call.channel()
    message = _own_message(call, channel, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    if message.stream is not None:
        raise SlackError("streaming_state_conflict")
    _check_edit_window(call, message)
    content = read_content(call.arguments.values)
    if content.text is not None and call.arguments.text("parse") not in ("none", "full"):
        # An edit's own default is `client`: markup counts as words somebody typed.
        content.text = store_typed(content.text)
    if _says_nothing(content):
        raise SlackError("no_text")
    if content.text is not None and len(content.text) > MAX_UPDATED_TEXT:
        raise SlackError("msg_too_long")
    _check_block_kinds(message, content)
    body = _updated(call, message, content)
    is_broadcast = _is_broadcast(call, channel, message.body, body)
    if not any(body.get(name) for name in ("text", "blocks", "attachments", "files")):
        raise SlackError("no_text")
    messages.change(call.workspace, channel, body["ts"], body)
    if is_broadcast:
        messages.broadcast(call.workspace, channel, body["ts"])
    changed = message.body
    return {
        "channel": channel.id,
        "ts": changed["ts"],
        "text": changed["text"],
        # Its timestamp stands beside it and not inside, unlike that of a new message.
        "message": {name: value for name, value in changed.items() if name != "ts"},
    }


def _is_broadcast(call: Call, channel: Channel, before: Record, after: Record) -> bool:
    """Say whether an edit shows a reply in the channel, which changes nothing of what it says."""
    if not call.arguments.flag("reply_broadcast") or not _is_hidden_reply(channel, after):
        return False
    if any(before.get(name) != after.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_dual_broadcast_content_update")
    return True


def _is_hidden_reply(channel: Channel, body: Record) -> bool:
    """Say whether it stands in a thread only; what is in the channel already stays as it is."""
    thread_ts, ts = body.get("thread_ts", body["ts"]), body["ts"]
    return thread_ts != ts and thread_ts in channel.messages and ts not in channel.timeline


def delete(call: Call) -> Record:
    channel = call.channel()
    message = _own_message(call, channel, "cant_delete_message")
    messages.remove(call.workspace, channel, message.body["ts"])
    return {"channel": channel.id, "ts": message.body["ts"]}


def post_ephemeral(call: Call) -> Record:
    channel = channel_to_write(call)
    user = call.arguments.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = read_content({**call.arguments.values, "metadata": _only_entities(call)})
    if content.is_empty:
        raise SlackError("no_text")
    if content.text is not None and len(content.text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    body = {**author_fields(call), **content.stored(), **thread_fields(call, channel)}
    return {"message_ts": messages.post_ephemeral(call.workspace, channel, user, body)}


def _only_entities(call: Call) -> Record | None:
    """Return the Work Objects of the metadata: an event means nothing where nothing is kept."""
    metadata = call.arguments.structure("metadata", "invalid_metadata_format")
    entities = metadata.get("entities") if isinstance(metadata, dict) else None
    return {"entities": entities} if entities else None


def get_permalink(call: Call) -> Record:
    channel = call.channel()
    message = channel.messages.get(call.arguments.required("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = messages.permalink(call.workspace, channel, message)
    return {"permalink": link, "channel": channel.id}


def author_fields(call: Call) -> Record:
    """
    Return what every message made by the app carries, dressed up if it may.

    With a user token it is that person's, and still shows the app behind it.
    """
    state = call.state
    fields: Record = {
        "user": call.actor,
        "bot_id": state.bot_id,
        "app_id": state.app_id,
        "team": state.team_id,
        "bot_profile": {
            "id": state.bot_id,
            "app_id": state.app_id,
            "name": call.workspace.manifest.bot_name,
            "user_id": state.bot_user_id,
            "icons": pictures(call.workspace.address, state.bot_id, OF_APPS),
            "deleted": False,
            "updated": 1_700_000_000,
            "team_id": state.team_id,
        },
    }
    # Without the scope Slack ignores what would dress the message up.
    if call.has_scope("chat:write.customize") and (dress := _dress(call)):
        del fields["user"]
        fields.update(dress)
    return fields


def _dress(call: Call) -> Record:
    """Return what makes a message look like somebody else's; then it has no user."""
    username, emoji, icon = (
        call.arguments.text(name) for name in ("username", "icon_emoji", "icon_url")
    )
    if not (username or emoji or icon):
        return {}
    dress: Record = {"subtype": "bot_message"}
    dress["username"] = username or call.workspace.manifest.bot_name
    if emoji or icon:
        dress["icons"] = {"emoji": emoji} if emoji else {"image_48": icon}
    return dress


def channel_to_write(call: Call) -> Channel:
    """Return where to write: a channel id or name, or a person for a direct message."""
    reference = call.arguments.required("channel")
    state = call.state
    channel = state.channel(reference)
    if channel is None and reference in state.users:
        channel = open_group(call.workspace, [state.users[reference]], call.actor)
    if channel is None:
        raise SlackError("channel_not_found")
    _check_may_write(call, channel)
    return channel


def _check_may_write(call: Call, channel: Channel) -> None:
    if call.actor not in channel.members:
        if not channel.is_public:
            raise SlackError("channel_not_found")
        if not (call.is_of_bot and call.has_scope("chat:write.public")):
            raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.is_of_bot and channel.is_im and not call.workspace.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")


def thread_fields(call: Call, channel: Channel) -> Record:
    thread_ts = call.arguments.values.get("thread_ts")
    if not thread_ts:
        return {}
    _check_ts(thread_ts)
    parent = channel.messages.get(thread_ts)
    if parent is not None:
        # The ts of a reply leads to its thread.
        thread_ts = parent.body.get("thread_ts", thread_ts)
    root = channel.messages.get(thread_ts)
    if parent is None or root is None or root.body.get("subtype") == "tombstone":
        # Slack does not refuse it: it stands in the channel, and only `thread_ts` is missing.
        return {}
    fields: Record = {"thread_ts": thread_ts, "parent_user_id": parent.body.get("user")}
    if call.arguments.flag("reply_broadcast"):
        fields["subtype"] = "thread_broadcast"
        fields["root"] = messages.shown(channel, root)
    return fields


def _check_ts(thread_ts: Any) -> None:
    """Refuse what is no timestamp, numbers too: they lose the last digits on their way."""
    if not isinstance(thread_ts, str) or not TIMESTAMP.fullmatch(thread_ts):
        said = f"[ERROR] {thread_ts} is not a valid thread_ts"
        raise SlackError("invalid_thread_ts", response_metadata={"messages": [said]})


def _own_message(call: Call, channel: Channel, refusal: str) -> Message:
    ts = call.arguments.required("ts")
    message = channel.messages.get(ts)
    if message is None:
        if any(ts in own for own in channel.ephemerals.values()):
            raise SlackError(refusal)
        raise SlackError("message_not_found")
    if message.body.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message.author != call.actor:
        raise SlackError(refusal)
    return message


def _says_nothing(content: Content) -> bool:
    """An edit may clear blocks with an empty list, so only absence says nothing."""
    return not content.text and content.blocks is None and content.attachments is None


def _check_edit_window(call: Call, message: Message) -> None:
    """Refuse what is older than the workspace lets its members edit."""
    window = call.workspace.config.edit_window_seconds
    if window is not None and call.workspace.clock.now() - float(message.body["ts"]) > window:
        raise SlackError("edit_window_closed")


def _check_block_kinds(message: Message, content: Content) -> None:
    if not content.blocks:
        return
    was_rich = any(block.get("type") == "rich_text" for block in message.body.get("blocks", []))
    if was_rich and not any(block.get("type") == "rich_text" for block in content.blocks):
        raise SlackError("block_mismatch")


def _updated(call: Call, message: Message, content: Content) -> Record:
    """
    Return the message after an edit.

    Text alone takes the blocks away and marks the message as edited; blocks
    alone leave the text. Metadata stays unless it was sent.
    """
    body = dict(message.body)
    if content.text is not None:
        body["text"] = content.text
        if content.blocks is None:
            body.pop("blocks", None)
    for name in ("blocks", "attachments", "metadata"):
        value = getattr(content, name)
        if value:
            body[name] = value
        elif value is not None:
            body.pop(name, None)
    if content.text is not None and content.blocks is None:
        body["edited"] = {"user": call.actor, "ts": call.workspace.next_ts()}
    return body
