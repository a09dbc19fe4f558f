"""auth.test, apps.connections.open and what the app may know of itself."""

from slack_playground.errors import SlackError
from slack_playground.pictures import OF_APPS, pictures
from slack_playground.state import Record
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import next_cursor, take_page


def api_test(call: Call) -> Record:
    error = call.arguments.text("error")
    if error:
        raise SlackError(error, args=dict(call.arguments.values))
    return {"args": dict(call.arguments.values)}


def auth_test(call: Call) -> Record:
    state = call.state
    answer: Record = {
        "url": f"{call.workspace.address}/",
        "team": state.team_name,
        "user": state.users[call.actor].name,
        "team_id": state.team_id,
        "user_id": call.actor,
        "is_enterprise_install": False,
    }
    if call.is_of_bot:
        answer["bot_id"] = state.bot_id
    return answer


def open_connection(call: Call) -> Record:
    ticket = call.workspace.sockets.issue_ticket()
    address = call.workspace.address.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.state.app_id}"}


def bot_info(call: Call) -> Record:
    state = call.state
    if call.arguments.text("bot") not in (None, state.bot_id):
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": state.bot_id,
            "deleted": False,
            "name": call.workspace.manifest.bot_name,
            "app_id": state.app_id,
            "user_id": state.bot_user_id,
            "icons": pictures(call.workspace.address, state.bot_id, OF_APPS),
        }
    }


def list_authorizations(call: Call) -> Record:
    """Answer apps.event.authorizations.list: which installations an event was for."""
    context = call.arguments.required("event_context")
    found = call.workspace.events.authorizations_of(context)
    if found is None:
        raise SlackError("invalid_event_context")
    page, cursor = take_page(call, found, default=100, most=1000)
    return {"authorizations": page, **next_cursor(cursor)}
