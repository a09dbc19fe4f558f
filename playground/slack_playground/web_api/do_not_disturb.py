"""dnd.*: who does not want to be disturbed for a while; nobody has quiet hours here."""

from slack_playground.errors import SlackError
from slack_playground.state import Record
from slack_playground.web_api.call import Call

MOST_USERS = 50
# Far more than anybody sleeps; what is larger does not count as a time.
MOST_MINUTES = 10**9
# What Slack says for "never".
_NEVER = 1


def info(call: Call) -> Record:
    user = call.user().id if "user" in call.arguments else call.actor
    return {**_quiet_hours(), **_snooze(call, user)}


def team_info(call: Call) -> Record:
    """Answer for several people; those whom nobody knows are left out."""
    users = call.arguments.words("users")
    if not users or len(users) > MOST_USERS:
        raise SlackError("too_many_users" if users else "missing_users")
    return {"users": {user: _quiet_hours() for user in users if user in call.state.users}}


def set_snooze(call: Call) -> Record:
    if "num_minutes" not in call.arguments:
        raise SlackError("missing_duration")
    minutes = call.arguments.number("num_minutes", 0)
    if not 1 <= minutes <= MOST_MINUTES:
        raise SlackError("snooze_failed")
    call.state.snoozes[call.actor] = call.workspace.clock.now() + minutes * 60
    return _snooze(call, call.actor)


def end_snooze(call: Call) -> Record:
    if not _snooze(call, call.actor)["snooze_enabled"]:
        raise SlackError("snooze_not_active")
    del call.state.snoozes[call.actor]
    return {**_quiet_hours(), "snooze_enabled": False}


def end(call: Call) -> Record:
    call.state.snoozes.pop(call.actor, None)
    return {}


def _quiet_hours() -> Record:
    return {"dnd_enabled": False, "next_dnd_start_ts": _NEVER, "next_dnd_end_ts": _NEVER}


def _snooze(call: Call, user: str) -> Record:
    left = int(call.state.snoozes.get(user, 0) - call.workspace.clock.now())
    if left <= 0:
        return {"snooze_enabled": False}
    until = int(call.state.snoozes[user])
    return {"snooze_enabled": True, "snooze_endtime": until, "snooze_remaining": left}
