"""What a page shows: the workspace, the messages, the history of one."""

import time
from bisect import bisect_left
from dataclasses import asdict
from datetime import UTC, datetime

from slack_playground.app.installations import webhook_url
from slack_playground.canvases.canvases import level_of
from slack_playground.canvases.document import written
from slack_playground.conversations.direct_messages import other_in
from slack_playground.conversations.messages import shown
from slack_playground.delivery.signing import SIGNING_SECRET
from slack_playground.drawing import draw_markdown
from slack_playground.drawn import draw_inside, draw_message, names_of
from slack_playground.seed import CLIENT_ID, CLIENT_SECRET
from slack_playground.state import Channel, Record, Scheduled, User
from slack_playground.timing.clock import HandClock, MovableClock
from slack_playground.views.modals import home_of, view_record
from slack_playground.workspace import Workspace

MOST_MESSAGES = 500
# On the page they stand below the canvas's title.
_CANVAS_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5"}


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
        "usergroups": [{"id": one.id, "handle": one.handle} for one in state.usergroups.values()],
        "commands": [asdict(one) for one in manifest.commands.values()],
        "shortcuts": [asdict(one) for one in manifest.shortcuts.values()],
        "app": {
            "id": state.app_id,
            "name": manifest.name,
            "bot_user_id": state.bot_user_id,
            "home_tab": manifest.home_tab,
            "messages_tab": manifest.messages_tab,
            "messages_read_only": manifest.messages_read_only,
            "is_assistant": manifest.has_assistant,
            "has_manifest": manifest.is_known,
            "shows_outside_pictures": workspace.config.images == "fetched",
        },
        "connected": workspace.sockets.count,
        "unsupported": sorted(state.unsupported),
        "unsupported_counts": dict(state.unsupported),
        "workspaces": [_workspace(one) for one in workspace.platform.workspaces.values()],
        "webhooks": [
            {"url": webhook_url(workspace, secret), "channel": channel}
            for secret, channel in state.webhooks.items()
        ],
        "oauth": {
            "authorize_url": f"{workspace.address}/oauth/v2/authorize",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        },
        "connect": connection(workspace),
        "refused": [asdict(one) for one in state.refused.values()],
        "clock": read_clock(workspace),
        "limits": workspace.config.limits,
        "faults": len(workspace.faults.standing()),
        "statuses": [
            {"channel": channel, "thread_ts": thread_ts, **asdict(one)}
            for (channel, thread_ts), one in state.statuses.items()
        ],
        "assistants": [
            asdict(one) for one in state.assistant_threads.values() if one.user == user.id
        ],
        "executions": [asdict(one) for one in state.executions.values()],
        "scheduled": [_scheduled(one) for one in state.scheduled.values()],
        "views": draw_inside(open_views(workspace, user), names_of(state)),
    }


def connection(workspace: Workspace) -> Record:
    """Return what an app reads from its environment to come here: nothing if it has no tokens."""
    tokens = {one.kind: token for token, one in reversed(workspace.state.tokens.items())}
    if "bot" not in tokens:
        return {}
    return {
        "SLACK_API_URL": f"{workspace.address}/api/",
        "SLACK_BOT_TOKEN": tokens["bot"],
        "SLACK_APP_TOKEN": tokens.get("app", ""),
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }


def read_clock(workspace: Workspace) -> Record:
    """Return the time as the workspaces see it, and how far it is ahead of this machine's."""
    clock = workspace.clock
    now = clock.now()
    return {
        "now": now,
        "iso": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
        "ahead_seconds": round(now - time.time(), 3),
        "can_jump": isinstance(clock, MovableClock),
        "is_by_hand": isinstance(clock, HandClock),
    }


def read_canvas(workspace: Workspace, canvas_id: str, user: User) -> Record | None:
    """Return a canvas, drawn, if `user` may read it."""
    state = workspace.state
    canvas = state.canvases.get(canvas_id)
    level = None if canvas is None else level_of(state, canvas, user.id)
    if canvas is None or level is None:
        return None
    return {
        "ok": True,
        "id": canvas.id,
        "title": canvas.title,
        "owner": canvas.owner,
        "level": level,
        "_html": draw_markdown(
            written(canvas.sections), headings=_CANVAS_HEADINGS, names=names_of(state)
        ),
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
    before: str | None = None,
) -> Record:
    """
    Return the newest messages `user` sees in a channel or thread, oldest first, drawn.

    With `before`, those of the channel that stand just above that message.
    """
    names = names_of(workspace.state)
    if before is None:
        found = visible_messages(channel, user, thread_ts)
    else:
        found = messages_above(channel, before)
    return {"channel": channel.id, "messages": [draw_message(body, names) for body in found]}


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


def messages_above(channel: Channel, before: str, limit: int = MOST_MESSAGES) -> list[Record]:
    """Return what stands in the channel just above a message, oldest first."""
    end = bisect_left(channel.timeline, before)
    stamps = channel.timeline[max(0, end - limit) : end]
    return [shown(channel, channel.messages[ts]) for ts in stamps]


def _user(user: User) -> Record:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "is_bot": user.is_bot,
        "tz": user.tz,
        "tz_offset": user.tz_offset,
    }


def _workspace(workspace: Workspace) -> Record:
    state = workspace.state
    return {
        "id": state.team_id,
        "name": state.team_name,
        "domain": state.team_domain,
        "is_installed": state.is_installed,
        "owner": next((user.id for user in state.users.values() if user.is_owner), ""),
    }


def _scheduled(one: Scheduled) -> Record:
    return {
        "id": one.id,
        "channel": one.channel,
        "post_at": one.post_at,
        "text": one.body.get("text", ""),
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
        "canvases": [
            {"id": canvas.id, "title": canvas.title}
            for canvas in (workspace.state.canvases[one] for one in channel.canvases)
        ],
    }
    if channel.is_im:
        other = workspace.state.users[other_in(channel, user.id)]
        record.update(name=other.real_name, user=other.id)
    return record
