"""
reminders.*: what a person wants to be told later.

Errors and arguments: https://docs.slack.dev/reference/methods/reminders.add
"""

from datetime import datetime, timedelta, timezone

from slack_playground.errors import SlackError
from slack_playground.requests.arguments import wrong_argument
from slack_playground.state import SLACKBOT_ID, Record
from slack_playground.timing.phrases import UnclearTimeError, read_time
from slack_playground.web_api.call import Call

_FREQUENCIES = ("daily", "weekly", "monthly", "yearly")
_MOST_AHEAD_SECONDS = 5 * 366 * 24 * 3600


def add(call: Call) -> Record:
    """Keep a reminder for the person whose token it is: nobody can be reminded by others."""
    text = call.arguments.required("text")
    said = call.arguments.required("time")
    _check_person(call)
    recurrence = _recurrence(call)
    now = call.workspace.clock.now()
    zone = timezone(timedelta(seconds=call.state.users[call.actor].tz_offset))
    try:
        when, repeats = read_time(said, datetime.fromtimestamp(now, zone))
    except UnclearTimeError:
        raise SlackError("cannot_parse") from None
    at = int(when.timestamp())
    if not now < at <= now + _MOST_AHEAD_SECONDS:
        raise SlackError("cannot_parse")
    reminder: Record = {
        "id": call.state.next_id("Rm"),
        "creator": call.actor,
        "user": call.actor,
        "text": text,
        "recurring": repeats or recurrence is not None,
    }
    if not reminder["recurring"]:
        reminder.update(time=at, complete_ts=0)
    if recurrence is not None:
        reminder["recurrence"] = recurrence
    call.state.reminders[reminder["id"]] = reminder
    return {"reminder": reminder}


def complete(call: Call) -> Record:
    reminder = _own(call)
    if reminder["recurring"]:
        raise SlackError("cannot_complete_recurring")
    done = {**reminder, "complete_ts": int(call.workspace.clock.now())}
    call.state.reminders[reminder["id"]] = done
    return {}


def delete(call: Call) -> Record:
    del call.state.reminders[_own(call)["id"]]
    return {}


def info(call: Call) -> Record:
    return {"reminder": _own(call)}


def list_reminders(call: Call) -> Record:
    return {
        "reminders": [one for one in call.state.reminders.values() if one["user"] == call.actor]
    }


def _own(call: Call) -> Record:
    reminder = call.state.reminders.get(call.arguments.required("reminder"))
    if reminder is None or reminder["user"] != call.actor:
        raise SlackError("not_found")
    return reminder


def _check_person(call: Call) -> None:
    user_id = call.arguments.text("user")
    if not user_id or user_id == call.actor:
        return
    if user_id == SLACKBOT_ID:
        raise SlackError("cannot_add_slackbot")
    user = call.state.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    raise SlackError("cannot_add_bot" if user.is_bot else "cannot_add_others")


def _recurrence(call: Call) -> Record | None:
    said = call.arguments.structure("recurrence")
    if not said:
        return None
    if not isinstance(said, dict) or said.get("frequency") not in _FREQUENCIES:
        raise wrong_argument("recurrence", "must be a valid enum value")
    recurrence: Record = said
    return recurrence
