"""functions.complete*: how a step of a workflow went."""

from slack_playground.errors import SlackError
from slack_playground.state import Execution, Record
from slack_playground.web_api.call import Call


def complete_success(call: Call) -> Record:
    """End a step with its outputs; those the manifest requires must be there."""
    execution = _running(call)
    outputs = call.arguments.structure("outputs")
    declared = call.workspace.manifest.functions.get(execution.callback_id, {})
    required = {
        name
        for name, one in declared.get("output_parameters", {}).items()
        if one.get("is_required")
    }
    if not isinstance(outputs, dict) or not required <= outputs.keys():
        raise SlackError("parameter_validation_failed")
    execution.status, execution.outputs = "completed", outputs
    call.workspace.tell_state()
    return {}


def complete_error(call: Call) -> Record:
    execution = _running(call)
    execution.status, execution.error = "failed", call.arguments.required("error")
    call.workspace.tell_notice(execution.user, f"The workflow failed: {execution.error}")
    call.workspace.tell_state()
    return {}


def _running(call: Call) -> Execution:
    execution_id = call.arguments.required("function_execution_id")
    execution = call.state.executions.get(execution_id)
    if execution is None:
        raise SlackError("function_execution_not_found")
    if execution.status != "running":
        raise SlackError("execution_not_in_running_state")
    return execution
