"""A person starts a workflow, of which the app does one step."""

import secrets

from slack_playground.delivery.message_events import send_event
from slack_playground.people.outcome import Outcome, failed
from slack_playground.people.payloads import interactivity
from slack_playground.people.permissions import hears, is_not_installed
from slack_playground.state import Execution, Record, Token, User
from slack_playground.workspace import Workspace

#: The type of an input that Slack fills itself.
INTERACTIVITY = "slack#/types/interactivity"


def run_function(workspace: Workspace, user: User, callback_id: str, inputs: Record) -> Outcome:
    """Send `function_executed`; how it goes on is in the execution, whose id is in `answer`."""
    workspace.did("functions", user, callback_id=callback_id, inputs=inputs)
    if is_not_installed(workspace, user):
        return failed("app_not_installed")
    manifest, state = workspace.manifest, workspace.state
    declared = manifest.functions.get(callback_id, {})
    if manifest.is_known and not declared:
        add = f'functions: {{"{callback_id}": {{"title": "…", "description": "…"}}}}'
        workspace.refuse(user.id, f"{callback_id} is no step of this app.", add)
        return failed("unknown_function")
    takes = declared.get("input_parameters", {})
    missing = [
        name
        for name, one in takes.items()
        if one.get("is_required") and name not in inputs and one.get("type") != INTERACTIVITY
    ]
    if missing:
        return failed(f"missing_inputs: {', '.join(missing)}")
    inputs = {**inputs, **_interactivity(workspace, user, takes)}
    execution = Execution(state.next_id("Fx"), callback_id, user.id, inputs)
    execution.token = f"xwfp-{secrets.token_hex(16)}"
    state.executions[execution.id] = execution
    state.tokens[execution.token] = Token("bot", execution=execution.id)
    if hears(workspace, user, "function_executed") and workspace.has_app:
        send_event(workspace, _event(workspace, execution, declared))
    return Outcome(answer={"function_execution_id": execution.id})


def _interactivity(workspace: Workspace, user: User, takes: Record) -> Record:
    """Return what a step gets that wants to open a modal: who started it, and for three seconds."""
    return {
        name: interactivity(workspace, user)
        for name, one in takes.items()
        if one.get("type") == INTERACTIVITY
    }


def _event(workspace: Workspace, execution: Execution, declared: Record) -> Record:
    state = workspace.state
    return {
        "type": "function_executed",
        "function": {
            "id": f"Fn{execution.callback_id.upper()[:9]}",
            "callback_id": execution.callback_id,
            "title": declared.get("title", execution.callback_id),
            "description": declared.get("description", ""),
            "type": "app",
            "input_parameters": _parameters(declared.get("input_parameters", {})),
            "output_parameters": _parameters(declared.get("output_parameters", {})),
            "app_id": state.app_id,
            "date_created": 1_700_000_000,
            "date_updated": 1_700_000_000,
            "date_deleted": 0,
            "form_enabled": False,
        },
        "inputs": execution.inputs,
        "function_execution_id": execution.id,
        "workflow_execution_id": f"Wx{execution.id[2:]}",
        "event_ts": workspace.next_ts(),
        "bot_access_token": execution.token,
    }


def _parameters(declared: Record) -> list[Record]:
    return [{"name": name, "is_required": False, **one} for name, one in declared.items()]
