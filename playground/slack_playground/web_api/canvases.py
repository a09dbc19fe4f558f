"""
canvases.* and conversations.canvases.create: documents beside the messages.

See https://docs.slack.dev/reference/methods/canvases.create and its neighbours.
"""

from typing import Any

from slack_playground.canvases import canvases
from slack_playground.canvases.document import (
    MOST_CHARACTERS,
    UnfitMarkdownError,
    changed,
    found_sections,
    written,
)
from slack_playground.drawing import draw_markdown
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import invalid_arguments, wrong_argument
from slack_playground.state import Canvas, Channel, Record, Sections
from slack_playground.web_api.call import Call

UNTITLED = "Untitled"
MOST_NAMED = 20
# What each operation has to be said with.
_OPERATIONS = {
    "insert_after": ("section_id", "document_content"),
    "insert_before": ("section_id", "document_content"),
    "insert_at_start": ("document_content",),
    "insert_at_end": ("document_content",),
    "replace": ("document_content",),
    "delete": ("section_id",),
    "rename": ("title_content",),
}
_SECTION_TYPES = ("any_header", "h1", "h2", "h3")


def create(call: Call) -> Record:
    """Make a canvas of the caller's own, in a tab of `channel_id` if that is said."""
    channel = _channel_to_write(call) if "channel_id" in call.arguments else None
    sections = _sections(_document(call.arguments.structure("document_content"), "/"), "creation")
    title = call.arguments.text("title") or UNTITLED
    return {
        "canvas_id": canvases.make_canvas(call.workspace, call.actor, title, sections, channel).id
    }


def create_in_channel(call: Call) -> Record:
    """Make the one canvas that is a channel's own: who is in the channel may write to it."""
    call.arguments.required("channel_id")
    channel = _channel_to_write(call)
    if channel.canvas:
        raise SlackError("channel_canvas_already_exists")
    sections = _sections(_document(call.arguments.structure("document_content"), "/"), "creation")
    title = call.arguments.text("title") or ("" if channel.is_im else channel.name) or UNTITLED
    canvas = canvases.make_canvas(call.workspace, call.actor, title, sections, channel)
    channel.canvas = canvas.id
    return {"canvas_id": canvas.id}


def edit(call: Call) -> Record:
    """Do the one change that a call may ask for."""
    canvas = _canvas(call, "write")
    changes = call.arguments.structure("changes")
    if not isinstance(changes, list) or not changes:
        raise invalid_arguments("missing required field: changes")
    if len(changes) > 1:
        raise wrong_argument("changes", "no more than 1 items allowed")
    change = changes[0]
    operation = change.get("operation") if isinstance(change, dict) else None
    if not isinstance(operation, str) or operation not in _OPERATIONS:
        raise wrong_argument("changes/0/operation", "value is not one of the allowed options")
    _check_fields(change, operation)
    if operation == "rename":
        canvas.title = _document(change["title_content"], "/changes/0/title_content")
    else:
        canvas.sections = _changed(canvas, operation, change)
    call.workspace.tell_state()
    return {}


def delete(call: Call) -> Record:
    canvases.delete_canvas(call.workspace, _canvas(call, "owner"))
    return {}


def get_content(call: Call) -> Record:
    canvas = _canvas(call, "read")
    kind = call.arguments.text("content_type") or "markdown"
    if kind not in ("markdown", "html"):
        raise wrong_argument("content_type", "value is not one of the allowed options")
    content = written(canvas.sections)
    return {"content": draw_markdown(content, headings={}) if kind == "html" else content}


def look_up_sections(call: Call) -> Record:
    if call.arguments.text("canvas_id") in call.state.deleted_canvases:
        raise SlackError("canvas_deleted")
    canvas = _canvas(call, "read")
    criteria = call.arguments.structure("criteria")
    if not isinstance(criteria, dict):
        raise invalid_arguments("missing required field: criteria")
    kinds, text = criteria.get("section_types", []), criteria.get("contains_text")
    if not kinds and not text:
        raise wrong_argument("criteria", "section_types or contains_text is needed")
    if (
        not isinstance(kinds, list)
        or len(kinds) > 3
        or any(one not in _SECTION_TYPES for one in kinds)
    ):
        raise wrong_argument("criteria/section_types", "value is not one of the allowed options")
    if text is not None and not isinstance(text, str):
        raise wrong_argument("criteria/contains_text", "must provide a string")
    return {"sections": [{"id": one} for one in found_sections(canvas.sections, kinds, text)]}


def set_access(call: Call) -> Record:
    """Give channels or people a level; an owner is one person, and made by the owner."""
    level = call.arguments.required("access_level")
    if level not in canvases.LEVELS:
        raise wrong_argument("access_level", "value is not one of the allowed options")
    users, channels = _named(call)
    if bool(users) == bool(channels):
        raise SlackError("invalid_parameters")
    canvas = _canvas(call, "owner" if level == "owner" else "write")
    if level == "owner":
        if len(users) != 1:
            raise SlackError("invalid_parameters")
        canvas.access[canvas.owner] = "write"
        canvas.owner = users[0]
    else:
        canvas.access.update(dict.fromkeys([*users, *channels], level))
    call.workspace.tell_state()
    return {}


def delete_access(call: Call) -> Record:
    users, channels = _named(call)
    if not users and not channels:
        raise SlackError("invalid_parameters")
    canvas = _canvas(call, "write")
    for one in (*users, *channels):
        canvas.access.pop(one, None)
    call.workspace.tell_state()
    return {}


def _canvas(call: Call, needed: str) -> Canvas:
    """Return the canvas, if the caller may at least that; what one may not see is not there."""
    canvas = call.state.canvases.get(call.arguments.required("canvas_id"))
    level = None if canvas is None else canvases.level_of(call.state, canvas, call.actor)
    if canvas is None or level is None:
        raise SlackError("canvas_not_found")
    if canvases.LEVELS.index(level) < canvases.LEVELS.index(needed):
        raise SlackError("restricted_action")
    return canvas


def _channel_to_write(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if channel.is_archived:
        raise SlackError("restricted_action")
    return channel


def _named(call: Call) -> tuple[list[str], list[str]]:
    """Return the people and channels a call names, all of them known; no direct messages."""
    users, channels = call.arguments.words("user_ids"), call.arguments.words("channel_ids")
    if max(len(users), len(channels)) > MOST_NAMED:
        name = "user_ids" if len(users) > MOST_NAMED else "channel_ids"
        raise wrong_argument(name, f"no more than {MOST_NAMED} items allowed")
    if any(user not in call.state.users for user in users):
        raise SlackError("user_not_found")
    for channel_id in channels:
        channel = call.state.channels.get(channel_id)
        if channel is None or channel.is_im or channel.is_mpim:
            raise SlackError("channel_not_found")
        if not channel.is_public and call.actor not in channel.members:
            raise SlackError("channel_not_found")
    return users, channels


def _check_fields(change: Record, operation: str) -> None:
    for name in _OPERATIONS[operation]:
        if not change.get(name):
            raise invalid_arguments(f"missing required field: {name} [json-pointer:/changes/0]")


def _changed(canvas: Canvas, operation: str, change: Record) -> Sections:
    words = _document(change.get("document_content"), "/changes/0/document_content")
    new = () if operation == "delete" else _sections(words, "editing")
    try:
        after = changed(canvas.sections, operation, change.get("section_id"), new)
    except LookupError:
        raise SlackError("canvas_editing_failed", detail="section not found") from None
    if len(written(after)) > MOST_CHARACTERS:
        raise SlackError("canvas_too_large")
    return after


def _document(sent: Any, pointer: str) -> str:
    """Return the Markdown of a document as it is sent; nothing for none."""
    if sent is None:
        return ""
    at = pointer.strip("/") or "document_content"
    if not isinstance(sent, dict) or not isinstance(sent.get("markdown"), str):
        raise wrong_argument(at, "must provide an object with type and markdown")
    if sent.get("type") != "markdown":
        raise wrong_argument(f"{at}/type", "must be a valid enum value")
    return str(sent["markdown"])


def _sections(markdown: str, doing: str) -> Sections:
    try:
        return canvases.new_sections(markdown)
    except UnfitMarkdownError as error:
        raise SlackError(f"canvas_{doing}_failed", detail=str(error)) from None
