"""A person submits or closes a modal."""

from collections.abc import Iterator
from typing import Any

from slack_playground.blocks.interactive import blocks_with_nested
from slack_playground.conversations.files import chosen_files
from slack_playground.errors import SlackError
from slack_playground.people.outcome import Outcome, failed, failure_of
from slack_playground.people.payloads import function_fields, interaction, response_url
from slack_playground.people.permissions import is_not_interactive
from slack_playground.state import Record, User, View
from slack_playground.views import modals
from slack_playground.views.filling import Person, refused_inputs
from slack_playground.views.inputs import FIELDS, Values, merged
from slack_playground.workspace import Workspace

_TROUBLE = "We had some trouble connecting. Try again?"


async def submit(workspace: Workspace, user: User, view: View, filled: Values) -> Outcome:
    """
    Submit a modal and do what the app answers: errors, update, push, clear or close.

    Inputs that Slack's own client refuses never reach the app.
    """
    workspace.did("views/submit", user, view_id=view.id, values=filled)
    view.values = merged(view.values, _with_files(workspace, user, filled))
    person = Person(workspace.state, user.id)
    errors = refused_inputs(view.body["blocks"], view.values, person)
    if errors:
        return Outcome(ok=False, error="validation", errors=errors)
    if is_not_interactive(workspace, user, None):
        return failed("interactivity_disabled")
    trigger_id = workspace.triggers.issue(workspace.state, user.id, view.id)
    payload = {
        **interaction(workspace, "view_submission", user),
        **function_fields(workspace, user, view.execution, trigger_id),
        "trigger_id": trigger_id,
        "view": modals.view_record(workspace, view),
        "response_urls": list(_response_urls(workspace, user, view)),
    }
    delivery = await workspace.deliveries.deliver("interactive", payload)
    error = failure_of(delivery)
    if error is not None:
        workspace.tell_notice(user.id, _TROUBLE)
        return failed(error)
    try:
        return _follow(workspace, user, view, delivery.answer or {})
    except SlackError as refused:
        details = refused.details.get("response_metadata", {}).get("messages", [])
        workspace.tell_notice(user.id, " ".join([f"{_TROUBLE} ({refused.error})", *details]))
        return failed(refused.error)


async def close(workspace: Workspace, user: User, *, is_all: bool) -> Outcome:
    """Close the top modal, or all; tell the app about those that asked for it."""
    workspace.did("views/close", user, all=is_all)
    closed = (modals.close_all if is_all else modals.close_top)(workspace, user.id)
    for view in closed:
        if view.body["notify_on_close"]:
            payload = {
                **interaction(workspace, "view_closed", user),
                **function_fields(workspace, user, view.execution, ""),
                "view": modals.view_record(workspace, view),
                "is_cleared": is_all or len(closed) > 1,
            }
            await workspace.deliveries.deliver("interactive", payload)
    return Outcome()


def _response_urls(workspace: Workspace, user: User, view: View) -> Iterator[Record]:
    """Yield a response URL into each conversation that a menu with `response_url_enabled` chose."""
    for block in blocks_with_nested(view.body["blocks"]):
        element = block.get("element", {})
        if block["type"] != "input" or not element.get("response_url_enabled"):
            continue
        action_id = element["action_id"]
        value = view.values[block["block_id"]][action_id]
        channel_id = value.get(FIELDS[element["type"]][0])
        if channel_id:
            secret = workspace.response_urls.issue(channel_id, user.id)
            yield {
                "block_id": block["block_id"],
                "action_id": action_id,
                "channel_id": channel_id,
                "response_url": response_url(workspace, "app", secret),
            }


def _with_files(workspace: Workspace, user: User, filled: Values) -> Values:
    """Put whole files in the place of the ids a file input was filled with."""
    return {
        block_id: {
            action_id: {**value, "files": chosen_files(workspace, user, value["files"])}
            if isinstance(value, dict) and value.get("files")
            else value
            for action_id, value in actions.items()
        }
        for block_id, actions in filled.items()
    }


def _follow(workspace: Workspace, user: User, view: View, answer: Record) -> Outcome:
    match answer.get("response_action"):
        case "errors":
            return _refuse(workspace, user, view, answer.get("errors"))
        case "update":
            modals.update_view(workspace, view, answer.get("view"))
        case "push":
            modals.push_modal(workspace, user.id, answer.get("view"))
        case "clear":
            modals.close_all(workspace, user.id)
        case None:
            # An app may have opened another modal meanwhile; only this one closes.
            if view.id in workspace.state.modals.get(user.id, [])[-1:]:
                modals.close_submitted(workspace, user.id)
        case unknown:
            raise SlackError("invalid_response_action", got=unknown)
    return Outcome()


def _refuse(workspace: Workspace, user: User, view: View, errors: Any) -> Outcome:
    """Show the app's errors at their inputs; what Slack cannot show there is trouble instead."""
    blocks = blocks_with_nested(view.body["blocks"])
    inputs = {block["block_id"] for block in blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        wrong = "errors must be an object of texts by block_id"
    elif strangers := sorted(errors.keys() - inputs):
        wrong = f"errors for {', '.join(strangers)}, which is not an input block"
    elif not all(isinstance(one, str) and one for one in errors.values()):
        wrong = "an error that is not a text"
    else:
        wrong = ""
    if wrong:
        workspace.tell_notice(user.id, f"{_TROUBLE} ({wrong})")
        return failed("invalid_errors")
    return Outcome(ok=False, error="validation", errors=errors)
