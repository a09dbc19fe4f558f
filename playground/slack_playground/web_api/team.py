"""team.* and auth.teams.list: what an app may know of the workspace."""

from slack_playground.pictures import OF_APPS, pictures
from slack_playground.state import Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import next_cursor

_SECONDS_A_MINUTE = 60


def info(call: Call) -> Record:
    state = call.state
    return {
        "team": {
            "id": state.team_id,
            "name": state.team_name,
            "domain": state.team_domain,
            "email_domain": "",
            "icon": pictures(call.workspace.address, state.team_id, OF_APPS),
        }
    }


def list_of_token(call: Call) -> Record:
    """Answer auth.teams.list: a token opens one workspace here."""
    team = {"id": call.state.team_id, "name": call.state.team_name}
    return {"teams": [team], **next_cursor("")}


def billing(call: Call) -> Record:  # noqa: ARG001
    """Answer team.billing.info: everything here needs a paid plan."""
    return {"plan": "plus"}


def preferences(call: Call) -> Record:
    """Answer team.preferences.list: -1 minutes let a message be edited for ever."""
    seconds = call.workspace.config.edit_window_seconds
    minutes = -1 if seconds is None else int(seconds // _SECONDS_A_MINUTE)
    return {
        "msg_edit_window_mins": minutes,
        "allow_message_deletion": True,
        "display_real_names": True,
        "disable_file_uploads": "allow_all",
        "who_can_post_general": "everyone",
    }


def profile(call: Call) -> Record:  # noqa: ARG001
    """Answer team.profile.get: the workspace asks for no fields of its own."""
    return {"profile": {"fields": [], "sections": []}}
