"""team.* and auth.teams.list: what an app may know of the workspace."""

from slack_playground.errors import SlackError
from slack_playground.pictures import OF_TEAMS, pictures
from slack_playground.state import Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import next_cursor, take_numbered_page

_SECONDS_A_MINUTE = 60


def info(call: Call) -> Record:
    state = call.state
    return {
        "team": {
            "id": state.team_id,
            "name": state.team_name,
            "domain": state.team_domain,
            "email_domain": "",
            "icon": {
                **pictures(call.workspace.address, state.team_id, OF_TEAMS),
                "image_default": True,
            },
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


def access_logs(call: Call) -> Record:
    """Answer team.accessLogs: nobody signs in to a workspace on this machine."""
    return {"logins": [], "paging": _nothing(call)}


def integration_logs(call: Call) -> Record:
    """Answer team.integrationLogs: nobody sees apps come and go here."""
    return {"logs": [], "paging": _nothing(call)}


def billable_info(call: Call) -> Record:
    """Answer team.billableInfo: every person who is not gone is paid for."""
    named = call.arguments.text("user")
    if named and named not in call.state.users:
        raise SlackError("user_not_found")
    return {
        "billable_info": {
            user.id: {"billing_active": not user.deleted and not user.is_bot}
            for user in call.state.users.values()
            if named in (None, "", user.id)
        }
    }


def _nothing(call: Call) -> Record:
    empty: list[Record] = []
    return take_numbered_page(call, empty, default=100, most=1000)[1]
