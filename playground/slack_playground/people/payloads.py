"""The parts that all interaction payloads share."""

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


def channel_fields(channel: Channel) -> Record:
    name = "directmessage" if channel.is_im else channel.name
    return {"id": channel.id, "name": name}


def response_url(workspace: Workspace, kind: str, secret: str) -> str:
    return f"{workspace.address}/{kind}/{workspace.state.team_id}/{secret}"


def action_ts(workspace: Workspace) -> str:
    return f"{workspace.clock.now():.6f}"
