"""The parts that all interaction payloads share."""

import secrets

from slack_playground.state import Channel, Record, User
from slack_playground.workspace import Workspace


def interaction(workspace: Workspace, kind: str, user: User) -> Record:
    """Return what stands in every interactive payload."""
    state = workspace.state
    return {
        "type": kind,
        "token": "playground",
        "team": {"id": state.team_id, "domain": state.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id or state.team_id,
        },
        "api_app_id": state.app_id,
    }


def interactivity(workspace: Workspace, user: User, trigger_id: str | None = None) -> Record:
    """Return what lets a step of a workflow open a modal, as a trigger id does elsewhere."""
    pointer = trigger_id or workspace.triggers.issue(workspace.state, user.id)
    interactor = {"id": user.id, "secret": secrets.token_hex(16)}
    return {"interactor": interactor, "interactivity_pointer": pointer}


def function_fields(workspace: Workspace, user: User, execution_id: str, trigger_id: str) -> Record:
    """Return what tells of the step of a workflow that made a message or view; nothing for none."""
    execution = workspace.state.executions.get(execution_id)
    if execution is None:
        return {}
    return {
        "function_data": {
            "execution_id": execution.id,
            "function": {"callback_id": execution.callback_id},
            "inputs": execution.inputs,
        },
        "bot_access_token": execution.token,
        "interactivity": interactivity(workspace, user, trigger_id),
    }


def channel_fields(channel: Channel) -> Record:
    name = "directmessage" if channel.is_im else channel.name
    return {"id": channel.id, "name": name}


def response_url(workspace: Workspace, kind: str, secret: str) -> str:
    return f"{workspace.address}/{kind}/{workspace.state.team_id}/{secret}"


def action_ts(workspace: Workspace) -> str:
    return f"{workspace.clock.now():.6f}"
