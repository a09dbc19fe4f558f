"""What a page shows: the workspace, the messages, the history of one."""

from dataclasses import asdict

from playground.drawn import draw_inside, draw_message, names_of
from playground.errors import PageError
from playground.messages import shown
from playground.modals import home_of, view_record
from playground.state import Channel, Record, User
from playground.workspace import Workspace

MOST_MESSAGES = 500


def read_state(workspace: Workspace, user: User) -> Record:
    state, manifest = workspace.state, workspace.manifest
    return {
        "ok": True,
        "workspace": {"id": state.team_id, "name": state.team_name, "domain": state.team_domain},
        "me": user.id,
        "users": [_user(one) for one in state.users.values()],
        "channels": [
            _channel(workspace, channel, user)
            for channel in state.channels.values()
            if channel.is_public or user.id in channel.members
        ],
        "commands": [asdict(one) for one in manifest.commands.values()],
        "shortcuts": [asdict(one) for one in manifest.shortcuts.values()],
        "app": {
            "id": state.app_id,
            "name": manifest.name,
            "bot_user_id": state.bot_user_id,
            "home_tab": manifest.home_tab,
            "messages_tab": manifest.messages_tab,
        },
        "connected": workspace.sockets.count,
        "unsupported": sorted(state.unsupported),
        "unsupported_counts": dict(state.unsupported),
        "views": draw_inside(open_views(workspace, user), names_of(state)),
    }


def open_views(workspace: Workspace, user: User) -> list[Record]:
    """Return the modals `user` has open, the top one last."""
    views = workspace.state.views
    return [
        view_record(workspace, views[view_id])
        for view_id in workspace.state.modals.get(user.id, [])
    ]


def read_home(workspace: Workspace, user: User) -> Record | None:
    view = home_of(workspace, user.id)
    return None if view is None else view_record(workspace, view)


def read_messages(
    workspace: Workspace,
    channel: Channel,
    user: User,
    thread_ts: str | None = None,
    limit: int = MOST_MESSAGES,
) -> Record:
    """Return the newest messages `user` sees in a channel or thread, oldest first, drawn."""
    names = names_of(workspace.state)
    found = visible_messages(channel, user, thread_ts, limit)
    return {"messages": [draw_message(body, names) for body in found]}


def visible_messages(
    channel: Channel, user: User, thread_ts: str | None = None, limit: int = MOST_MESSAGES
) -> list[Record]:
    if thread_ts is None:
        stamps = channel.timeline[-limit:]
    else:
        thread = channel.threads.get(thread_ts)
        stamps = [] if thread is None else thread.replies[-limit:]
        if thread_ts in channel.messages:
            stamps = [thread_ts, *stamps]
    found = [shown(channel, channel.messages[ts]) for ts in stamps]
    own = channel.ephemerals.get(user.id, {}).values()
    found += [body for body in own if body.get("thread_ts") == thread_ts]
    return sorted(found, key=lambda body: str(body["ts"]))


def inspect(channel: Channel, ts: str) -> Record:
    """Return a message with everything it said before, oldest first."""
    message = channel.messages.get(ts)
    if message is None:
        raise PageError("message_not_found", f"{channel.name} has no message {ts}.", status=404)
    history = [
        {"at": revision.at, "text": revision.text, "blocks": revision.blocks}
        for revision in message.history
    ]
    return {"message": shown(channel, message), "history": history}


def _user(user: User) -> Record:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "is_bot": user.is_bot,
        "tz": user.tz,
        "tz_offset": user.tz_offset,
    }


def _channel(workspace: Workspace, channel: Channel, user: User) -> Record:
    record: Record = {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_archived": channel.is_archived,
        "is_member": user.id in channel.members,
        "topic": channel.topic,
    }
    if channel.is_im:
        bot = workspace.state.users[workspace.state.bot_user_id]
        record.update(name=bot.real_name, user=bot.id)
    return record
