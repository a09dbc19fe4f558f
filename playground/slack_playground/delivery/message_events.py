"""Which events a message gives rise to, for an app that asked for them."""

import re
from typing import Any

from slack_playground.requests.addresses import host_of
from slack_playground.state import Channel, Message, Record
from slack_playground.workspace import Workspace

_LINK = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")


def tell_app_posted(workspace: Workspace, channel: Channel, body: Record) -> None:
    """Send `message` and, if the bot is named in it, `app_mention`."""
    if not is_in_reach(workspace, channel):
        return
    event = {**body, "channel": channel.id, "event_ts": body["ts"], "team": workspace.state.team_id}
    kind = channel_kind(channel)
    if workspace.manifest.subscribes(f"message.{kind}"):
        send_event(workspace, {**event, "channel_type": _TYPES[kind]})
    tell_links(workspace, channel, body)
    tell_metadata(workspace, channel, "posted", body, None)
    is_named = f"<@{workspace.state.bot_user_id}>" in body.get("text", "")
    # Slack sends no app_mention for direct messages, nor for the bot's own words.
    is_heard = is_named and kind in ("channels", "groups") and "bot_id" not in body
    if is_heard and workspace.manifest.subscribes("app_mention"):
        send_event(workspace, {**event, "type": "app_mention"})


def tell_app_changed(workspace: Workspace, channel: Channel, body: Record, before: Record) -> None:
    is_tombstone = body.get("subtype") == "tombstone"
    tell_metadata(workspace, channel, "deleted" if is_tombstone else "updated", body, before)
    _tell_hidden(
        workspace,
        channel,
        {"subtype": "message_changed", "message": body, "previous_message": before},
    )


def tell_app_deleted(workspace: Workspace, channel: Channel, before: Record) -> None:
    tell_metadata(workspace, channel, "deleted", {}, before)
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


def tell_links(workspace: Workspace, channel: Channel, body: Record) -> None:
    """Tell the app of links to its own domains that somebody else wrote."""
    domains = workspace.manifest.unfurl_domains
    if not domains or "bot_id" in body:
        return
    links = [
        {"url": url, "domain": domain}
        for url in dict.fromkeys(_LINK.findall(body.get("text", "")))
        for domain in domains
        if _is_of(host_of(url), domain)
    ]
    if not links:
        return
    fields: Record = {
        "channel": channel.id,
        "is_bot_user_member": True,
        "user": body.get("user", ""),
        "message_ts": body["ts"],
        "unfurl_id": f"{channel.id}-{body['ts']}",
        "source": "conversations_history",
        "links": links,
    }
    if "thread_ts" in body:
        fields["thread_ts"] = body["thread_ts"]
    send_from(workspace, channel, "link_shared", **fields)


def tell_metadata(
    workspace: Workspace, channel: Channel, what: str, body: Record, before: Record | None
) -> None:
    """Tell the app of a message's metadata: that it was `posted`, `updated` or `deleted`."""
    now, then = (one.get("metadata", {}) if one else {} for one in (body, before))
    wanted = {now.get("event_type"), then.get("event_type")} & workspace.manifest.metadata_events
    if not wanted or (what == "updated" and now == then):
        return
    about = body or before or {}
    fields: Record = {
        "app_id": about.get("app_id", ""),
        "bot_id": about.get("bot_id", ""),
        "user_id": about.get("user", ""),
        "team_id": workspace.state.team_id,
        "channel_id": channel.id,
        "message_ts": about["ts"],
    }
    if what != "deleted":
        fields["metadata"] = now
    if then:
        fields["previous_metadata"] = then
    if what == "deleted":
        fields["deleted_ts"] = workspace.next_ts()
    send_from(workspace, channel, f"message_metadata_{what}", **fields)


def _is_of(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def tell_file_shared(workspace: Workspace, channel: Channel, file_id: str, user: str) -> None:
    """Tell the app that a file was shared where it is."""
    about = {"channel_id": channel.id, "user_id": user, "file_id": file_id}
    send_from(workspace, channel, "file_shared", **about, file={"id": file_id})


def send_reaction(
    workspace: Workspace, channel: Channel, message: Message, kind: str, name: str, user: str
) -> None:
    """Tell the app of an emoji given or taken back where it is, its own too."""
    item = {"type": "message", "channel": channel.id, "ts": message.body["ts"]}
    about = {"user": user, "reaction": name, "item": item, "item_user": message.author}
    send_from(workspace, channel, kind, **about)


def send_pin(workspace: Workspace, channel: Channel, user: str, kind: str, item: Record) -> None:
    """Tell the app of a message pinned where it is, or taken down."""
    fields: Record = {"user": user, "channel_id": channel.id, "item": item}
    if kind == "pin_removed":
        fields["has_pins"] = bool(channel.pins)
    send_from(workspace, channel, kind, **fields)


def send_from(workspace: Workspace, channel: Channel, kind: str, /, **fields: Any) -> None:
    """Send an event that comes from a channel, if the app is there and wants to hear of it."""
    if is_in_reach(workspace, channel) and workspace.manifest.subscribes(kind):
        send_event(workspace, {"type": kind, **fields, "event_ts": workspace.next_ts()})


_TYPES = {"im": "im", "mpim": "mpim", "groups": "group", "channels": "channel"}


def _tell_hidden(workspace: Workspace, channel: Channel, fields: Record) -> None:
    kind = channel_kind(channel)
    if not is_in_reach(workspace, channel):
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


def is_in_reach(workspace: Workspace, channel: Channel) -> bool:
    """Events come only from where the bot is; without an app there is nobody to tell."""
    return workspace.state.bot_user_id in channel.members and workspace.has_app
