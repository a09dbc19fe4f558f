"""Modals in their stack of three, and the Home of each person."""

import secrets
from typing import Any

from slack_playground.blocks import normalise_blocks, validate_view
from slack_playground.errors import SlackError
from slack_playground.requests.refusals import error_messages, line
from slack_playground.state import Record, View
from slack_playground.views.inputs import starting_values
from slack_playground.workspace import Workspace

MAX_STACK = 3
_EMPTY: Record = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "title": None,
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
    "submit_disabled": False,
}


def open_modal(workspace: Workspace, user: str, sent: Any) -> View:
    """Show `user` a modal in place of whatever modals stood open."""
    view = _make(workspace, user, checked_view(sent, "modal"))
    close_all(workspace, user)
    workspace.state.modals[user] = [view.id]
    workspace.tell_view("view_opened", user, view_record(workspace, view))
    return view


def push_modal(workspace: Workspace, user: str, sent: Any) -> View:
    """Put a modal on top of the open ones."""
    stack = workspace.state.modals.get(user, [])
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= MAX_STACK:
        raise SlackError("push_limit_reached")
    view = _make(workspace, user, checked_view(sent, "modal"))
    view.previous = stack[-1]
    view.root = stack[0]
    stack.append(view.id)
    workspace.tell_view("view_pushed", user, view_record(workspace, view))
    return view


def update_view(workspace: Workspace, view: View, sent: Any, view_hash: str | None = None) -> View:
    """Replace what a view shows; what people filled in stays where the ids stay."""
    fields = checked_view(sent, view.body["type"])
    if view_hash and view_hash != view.body["hash"]:
        raise SlackError("hash_conflict")
    _claim_external_id(workspace, fields, view)
    view.body = _body(fields)
    view.values = starting_values(view.body["blocks"], view.values)
    is_home = view.body["type"] == "home"
    workspace.tell_view(
        "home" if is_home else "view_updated", view.user, view_record(workspace, view)
    )
    return view


def publish_home(workspace: Workspace, user: str, sent: Any, view_hash: str | None = None) -> View:
    """Show a Home to `user`, new or in place of the last one."""
    standing = home_of(workspace, user)
    if standing is not None:
        return update_view(workspace, standing, sent, view_hash)
    view = _make(workspace, user, checked_view(sent, "home"))
    workspace.state.homes[user] = view.id
    workspace.tell_view("home", user, view_record(workspace, view))
    return view


def home_of(workspace: Workspace, user: str) -> View | None:
    return workspace.state.views.get(workspace.state.homes.get(user, ""))


def close_top(workspace: Workspace, user: str) -> list[View]:
    """Take the top modal away, or all when it clears on close; return what closed."""
    stack = workspace.state.modals.get(user, [])
    if not stack:
        return []
    if workspace.state.views[stack[-1]].body["clear_on_close"]:
        return close_all(workspace, user)
    return [close_submitted(workspace, user)]


def close_submitted(workspace: Workspace, user: str) -> View:
    """Take the top modal away; what lies under it shows again."""
    stack = workspace.state.modals[user]
    view = _forget(workspace, stack.pop())
    workspace.tell_view_closed(user, view.id, is_all=not stack)
    return view


def close_all(workspace: Workspace, user: str) -> list[View]:
    """Take every modal of `user` away; return them, the top one first."""
    stack = workspace.state.modals.pop(user, [])
    closed = [_forget(workspace, view_id) for view_id in reversed(stack)]
    if closed:
        workspace.tell_view_closed(user, closed[0].id, is_all=True)
    return closed


def view_record(workspace: Workspace, view: View) -> Record:
    """Return a view as Slack answers and sends it."""
    state = workspace.state
    return {
        "id": view.id,
        "team_id": state.team_id,
        **view.body,
        "state": {"values": view.values},
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": state.app_id,
        "app_installed_team_id": state.team_id,
        "bot_id": state.bot_id,
    }


def checked_view(sent: Any, kind: str) -> Record:
    """Return the view if Slack would take it, else raise what views.* answers."""
    problems = validate_view(sent)
    if any(problem.code == "view_too_large" for problem in problems):
        raise SlackError("view_too_large")
    lines = [line(problem, "/view") for problem in problems]
    if not lines and sent["type"] != kind:
        lines = [f"unsupported type: {sent['type']} [json-pointer:/view/type]"]
    if lines:
        raise SlackError("invalid_arguments", response_metadata=error_messages(lines))
    fields: Record = sent
    return fields


def _make(workspace: Workspace, user: str, fields: Record) -> View:
    _claim_external_id(workspace, fields, None)
    body = _body(fields)
    view_id = workspace.state.next_id("V")
    view = View(view_id, user, body, starting_values(body["blocks"]), root=view_id)
    workspace.state.views[view_id] = view
    workspace.was_born("view", view_id, user)
    if body["external_id"]:
        workspace.state.external_ids[body["external_id"]] = view_id
    return view


def _body(fields: Record) -> Record:
    return {
        **_EMPTY,
        **{
            name: _with_emoji(value)
            for name, value in fields.items()
            if name in _EMPTY or name == "type"
        },
        "blocks": normalise_blocks(fields["blocks"]),
        "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
    }


def _with_emoji(value: Any) -> Any:
    """Return a title or a button's words as Slack stores plain text; other fields as they are."""
    return {"emoji": True, **value} if isinstance(value, dict) else value


def _claim_external_id(workspace: Workspace, fields: Record, view: View | None) -> None:
    external_id = fields.get("external_id")
    ids = workspace.state.external_ids
    if external_id and ids.get(external_id, view and view.id) != (view and view.id):
        raise SlackError("duplicate_external_id")
    if view is not None and external_id != view.body["external_id"]:
        ids.pop(view.body["external_id"], None)
        if external_id:
            ids[external_id] = view.id


def _forget(workspace: Workspace, view_id: str) -> View:
    view = workspace.state.views.pop(view_id)
    workspace.state.external_ids.pop(view.body["external_id"], None)
    return view
