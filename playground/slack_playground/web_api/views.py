"""views.*: modals and Home."""

from slack_playground.app.triggers import Trigger
from slack_playground.errors import SlackError
from slack_playground.state import Record, View
from slack_playground.views import modals
from slack_playground.web_api.call import Call


def open_view(call: Call) -> Record:
    sent = call.arguments.structure("view")
    modals.checked_view(sent, "modal")
    return _answer(call, modals.open_modal(call.workspace, _trigger(call).user, sent))


def push_view(call: Call) -> Record:
    sent = call.arguments.structure("view")
    modals.checked_view(sent, "modal")
    return _answer(call, modals.push_modal(call.workspace, _trigger(call).user, sent))


def update_view(call: Call) -> Record:
    state, arguments = call.state, call.arguments
    view_id = arguments.text("view_id") or state.external_ids.get(
        arguments.text("external_id") or "", ""
    )
    view = state.views.get(view_id)
    if view is None:
        raise SlackError("not_found")
    sent, view_hash = arguments.structure("view"), arguments.text("hash")
    return _answer(call, modals.update_view(call.workspace, view, sent, view_hash))


def publish_view(call: Call) -> Record:
    if not call.workspace.manifest.home_tab:
        raise SlackError("not_enabled")
    user = call.user("user_id")
    sent, view_hash = call.arguments.structure("view"), call.arguments.text("hash")
    return _answer(call, modals.publish_home(call.workspace, user.id, sent, view_hash))


def _trigger(call: Call) -> Trigger:
    """Use the trigger up. A view that Slack refuses has not cost it."""
    pointer = call.arguments.text("interactivity_pointer")
    return call.workspace.triggers.exchange(pointer or call.arguments.required("trigger_id"))


def _answer(call: Call, view: View) -> Record:
    view.execution = call.held.execution or view.execution
    return {"view": modals.view_record(call.workspace, view)}
