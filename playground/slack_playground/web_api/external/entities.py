"""
entity.presentDetails: what an app shows of a Work Object to who opened it.

Errors and arguments: https://docs.slack.dev/reference/methods/entity.presentDetails
"""

from typing import Any

from slack_playground.errors import SlackError
from slack_playground.state import Record
from slack_playground.web_api.call import Call


def present_details(call: Call) -> Record:
    """Show data, an error or a way to sign in; it counts for the person of the trigger alone."""
    arguments = call.arguments
    metadata = arguments.structure("metadata", "invalid_metadata")
    error = arguments.structure("error")
    needs_sign_in = arguments.flag("user_auth_required")
    if needs_sign_in and not arguments.text("user_auth_url"):
        raise SlackError("user_auth_url_missing")
    if metadata is not None:
        _check_metadata(metadata)
    trigger_id = arguments.required("trigger_id")
    trigger = call.workspace.triggers.find(trigger_id)
    if not trigger.entity:
        raise SlackError("invalid_trigger_id")
    if metadata is not None and metadata["external_ref"]["id"] != trigger.entity:
        raise SlackError("entity_metadata_does_not_match_trigger")
    call.workspace.triggers.exchange(trigger_id)
    shown: Record = {"entity": trigger.entity}
    if metadata is not None:
        shown["metadata"] = metadata
    if error:
        shown["error"] = error
    if needs_sign_in:
        shown["user_auth_url"] = arguments.text("user_auth_url")
    call.state.entity_details[trigger.user] = shown
    call.workspace.tell_state()
    return {}


def _check_metadata(metadata: Any) -> None:
    """Refuse what is no Work Object: it has a type, an address, a reference and attributes."""
    try:
        title = metadata["entity_payload"]["attributes"]["title"]["text"]
        texts = (metadata["entity_type"], metadata["url"], metadata["external_ref"]["id"], title)
    except (KeyError, TypeError):
        raise SlackError("invalid_metadata") from None
    if not all(isinstance(one, str) and one for one in texts):
        raise SlackError("invalid_metadata")
