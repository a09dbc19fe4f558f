"""Which events a message gives rise to, for an app that asked for them."""

from typing import Any

from slack_playground.state import Channel, Message, Record
from slack_playground.workspace import Workspace


def tell_app_posted(workspace: Workspace, channel: Channel, body: Record) -> None:
    """Send `message` and, if the bot is named in it, `app_mention`."""
    if not _is_in_reach(workspace, channel):
        return
    event = {**body, "channel": channel.id, "event_ts": body["ts"], "team": workspace.state.team_id}
    kind = channel_kind(channel)
    if workspace.manifest.subscribes(f"message.{kind}"):
        send_event(workspace, {**event, "channel_type": _TYPES[kind]})
    is_named = f"<@{workspace.state.bot_user_id}>" in body.get("text", "")
    # Slack sends no app_mention for direct messages, nor for the bot's own words.
    is_heard = is_named and kind in ("channels", "groups") and "bot_id" not in body
    if is_heard and workspace.manifest.subscribes("app_mention"):
        send_event(workspace, {**event, "type": "app_mention"})


def tell_app_changed(workspace: Workspace, channel: Channel, body: Record, before: Record) -> None:
    _tell_hidden(
        workspace,
        channel,
        {"subtype": "message_changed", "message": body, "previous_message": before},
    )


def tell_app_deleted(workspace: Workspace, channel: Channel, before: Record) -> None:
    _tell_hidden(
        workspace,
        channel,
        {
            "subtype": "message_deleted",
            "deleted_ts": before["ts"],
            "previous_message": before,
        },
    )


def channel_kind(channel: Channel) -> str:
    """Return the word Slack's scopes and events use for this kind of channel."""
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "groups" if channel.is_private else "channels"


def send_event(workspace: Workspace, event: Record) -> None:
    workspace.events.send(workspace.state, event, at=workspace.clock.now())


def send_membership(
    workspace: Workspace, channel: Channel, user: str, kind: str, *, inviter: str = ""
) -> None:
    """Tell the app that somebody came into a channel it is in, maybe invited, or left it."""
    if _is_in_reach(workspace, channel) and workspace.manifest.subscribes(kind):
        event = {
            "type": kind,
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": workspace.state.team_id,
            "event_ts": workspace.next_ts(),
        }
        if inviter:
            event["inviter"] = inviter
        send_event(workspace, event)


def send_channel_event(workspace: Workspace, about: Channel, kind: str, **facts: Any) -> None:
    """Tell the app that a channel it is in was renamed, archived or brought back."""
    event = f"{'group' if about.is_private else 'channel'}_{kind}"
    if _is_in_reach(workspace, about) and workspace.manifest.subscribes(event):
        told = {"type": event, "channel": about.id, "event_ts": workspace.next_ts(), **facts}
        send_event(workspace, told)


def tell_file_shared(workspace: Workspace, channel: Channel, file_id: str, user: str) -> None:
    """Tell the app that a file was shared where it is."""
    if _is_in_reach(workspace, channel) and workspace.manifest.subscribes("file_shared"):
        event = {
            "type": "file_shared",
            "channel_id": channel.id,
            "file_id": file_id,
            "user_id": user,
            "file": {"id": file_id},
            "event_ts": workspace.next_ts(),
        }
        send_event(workspace, event)


def send_reaction(
    workspace: Workspace, channel: Channel, message: Message, kind: str, name: str, user: str
) -> None:
    """Tell the app of an emoji given or taken back where it is, its own too."""
    if _is_in_reach(workspace, channel) and workspace.manifest.subscribes(kind):
        event = {
            "type": kind,
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.body["ts"]},
            "item_user": message.author,
            "event_ts": workspace.next_ts(),
        }
        send_event(workspace, event)


_TYPES = {"im": "im", "mpim": "mpim", "groups": "group", "channels": "channel"}


def _tell_hidden(workspace: Workspace, channel: Channel, fields: Record) -> None:
    kind = channel_kind(channel)
    if not _is_in_reach(workspace, channel):
        return
    if workspace.manifest.subscribes(f"message.{kind}"):
        ts = workspace.next_ts()
        event = {
            "type": "message",
            "hidden": True,
            "channel": channel.id,
            "ts": ts,
            "event_ts": ts,
            "channel_type": _TYPES[kind],
            **fields,
        }
        send_event(workspace, event)


def _is_in_reach(workspace: Workspace, channel: Channel) -> bool:
    """Events come only from where the bot is; without an app there is nobody to tell."""
    return workspace.state.bot_user_id in channel.members and workspace.has_app
