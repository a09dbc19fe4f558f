"""Which events a channel gives rise to, for an app that asked for them."""

from typing import Any

from slack_playground.delivery.message_events import send_event, send_from
from slack_playground.state import Channel, Record
from slack_playground.workspace import Workspace


def channel_fields(channel: Channel) -> Record:
    """Return what events tell of a channel."""
    return {"id": channel.id, "name": channel.name, "created": channel.created}


def send_created(workspace: Workspace, channel: Channel) -> None:
    """Tell the app of a new channel: of every public one, wherever it is."""
    is_heard = channel.is_public and workspace.manifest.subscribes("channel_created")
    if is_heard and workspace.has_app:
        about = {**channel_fields(channel), "creator": channel.creator}
        event = {"type": "channel_created", "channel": about, "event_ts": workspace.next_ts()}
        send_event(workspace, event)


def send_membership(
    workspace: Workspace, channel: Channel, user: str, kind: str, *, inviter: str = ""
) -> None:
    """Tell the app that somebody came into a channel it is in, maybe invited, or left it."""
    fields: Record = {
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": workspace.state.team_id,
    }
    if inviter:
        fields["inviter"] = inviter
    send_from(workspace, channel, kind, **fields)


def send_channel_event(workspace: Workspace, about: Channel, kind: str, **facts: Any) -> None:
    """Tell the app that a channel it is in was renamed, archived, brought back or left by it."""
    event = f"{'group' if about.is_private else 'channel'}_{kind}"
    send_from(workspace, about, event, **{"channel": about.id, **facts})
