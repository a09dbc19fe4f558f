"""users.getPresence and setPresence: who is there."""

from slack_playground.errors import SlackError
from slack_playground.state import Record
from slack_playground.web_api.call import Call


def get_presence(call: Call) -> Record:
    """Answer whether somebody is active; who asks for themself is told more."""
    asked = call.user() if "user" in call.arguments else call.state.users[call.actor]
    pages = call.workspace.feed.pages_of(asked.id)
    is_away = asked.id in call.state.away
    is_active = not is_away and (asked.is_bot or pages > 0)
    answer: Record = {"presence": "active" if is_active else "away"}
    if asked.id == call.actor and not call.is_of_bot:
        answer.update(
            online=pages > 0, auto_away=pages == 0, manual_away=is_away, connection_count=pages
        )
    return answer


def set_presence(call: Call) -> Record:
    presence = call.arguments.required("presence")
    if presence not in ("auto", "away"):
        raise SlackError("invalid_presence")
    if presence == "away":
        call.state.away.add(call.actor)
    else:
        call.state.away.discard(call.actor)
    call.workspace.tell_state()
    return {}
