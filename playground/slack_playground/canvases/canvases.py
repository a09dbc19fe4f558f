"""The canvases of a workspace: made, changed, and seen by those who may."""

import secrets

from slack_playground.canvases.document import read_sections
from slack_playground.state import Canvas, Channel, Record, Section, Sections, State
from slack_playground.workspace import Workspace

LEVELS = ("read", "write", "owner")


def make_canvas(
    workspace: Workspace, owner: str, title: str, sections: Sections, channel: Channel | None
) -> Canvas:
    """Make a canvas, with a channel as a tab in it that its members may write to."""
    canvas = Canvas(
        workspace.state.next_id("F"),
        title,
        owner,
        sections,
        created=int(workspace.clock.now()),
        access={} if channel is None else {channel.id: "write"},
    )
    workspace.state.canvases[canvas.id] = canvas
    if channel is not None:
        channel.canvases.append(canvas.id)
    workspace.was_born("canvas", canvas.id, canvas.title)
    workspace.tell_state()
    return canvas


def delete_canvas(workspace: Workspace, canvas: Canvas) -> None:
    """Delete a canvas for good; its channels lose the tab."""
    state = workspace.state
    del state.canvases[canvas.id]
    state.deleted_canvases.add(canvas.id)
    for channel in state.channels.values():
        if canvas.id in channel.canvases:
            channel.canvases.remove(canvas.id)
        if channel.canvas == canvas.id:
            channel.canvas = ""
    workspace.tell_state()


def new_sections(markdown: str) -> Sections:
    """Return Markdown as sections with ids of their own; raise UnfitMarkdownError."""
    return tuple(
        Section(f"temp:C:{secrets.token_hex(14)}", kind, words)
        for kind, words in read_sections(markdown)
    )


def level_of(state: State, canvas: Canvas, user: str) -> str | None:
    """Return what a person may do with a canvas: the best of their own and of their channels."""
    if user == canvas.owner:
        return "owner"
    levels = [canvas.access.get(user)]
    for channel_id, level in canvas.access.items():
        channel = state.channels.get(channel_id)
        if channel is not None and user in channel.members:
            levels.append(level)
        elif channel is not None and channel.is_public:
            levels.append("read")
    return next((level for level in reversed(LEVELS) if level in levels), None)


def canvas_record(workspace: Workspace, canvas: Canvas) -> Record:
    """Return a canvas as the file that it is to files.info."""
    state = workspace.state
    address = f"{workspace.address}/docs/{state.team_id}/{canvas.id}"
    channels = [state.channels[one] for one in canvas.access if one in state.channels]
    return {
        "id": canvas.id,
        "created": canvas.created,
        "timestamp": canvas.created,
        "name": canvas.title,
        "title": canvas.title,
        "mimetype": "application/vnd.slack-docs",
        "filetype": "quip",
        "pretty_type": "Canvas",
        "user": canvas.owner,
        "mode": "quip",
        "editable": True,
        "is_external": False,
        "is_public": any(one.is_public for one in channels),
        "permalink": address,
        "url_private": address,
        "channels": [one.id for one in channels if one.is_public],
        "groups": [one.id for one in channels if one.is_private],
        "ims": [],
    }
