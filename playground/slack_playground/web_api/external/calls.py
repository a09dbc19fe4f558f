"""
calls.*: calls that another service holds and that people join from Slack.

Errors and arguments: https://docs.slack.dev/reference/methods/calls.add
"""

from typing import Any

from slack_playground.errors import SlackError
from slack_playground.requests.arguments import wrong_argument
from slack_playground.state import Record
from slack_playground.web_api.call import Call

_TEXTS = ("join_url", "desktop_app_join_url", "title")


def add(call: Call) -> Record:
    arguments = call.arguments
    created_by = arguments.text("created_by") or call.actor
    if created_by not in call.state.users:
        raise SlackError("invalid_created_by")
    started = arguments.number("date_start", int(call.workspace.clock.now()))
    if started < 1:
        raise SlackError("invalid_start_time")
    standing: Record = {
        "id": call.state.next_id("R"),
        "date_start": started,
        "external_unique_id": arguments.required("external_unique_id"),
        "join_url": arguments.required("join_url"),
        "desktop_app_join_url": arguments.text("desktop_app_join_url"),
        "external_display_id": arguments.text("external_display_id"),
        "title": arguments.text("title"),
        "users": _people(call) if "users" in arguments else [],
        "created_by": created_by,
    }
    call.state.calls[standing["id"]] = standing
    return _answer(standing)


def info(call: Call) -> Record:
    return _answer(_standing(call))


def update(call: Call) -> Record:
    standing = _active(call)
    given = {name: call.arguments.text(name) for name in _TEXTS if name in call.arguments}
    return _keep(call, {**standing, **given})


def end(call: Call) -> Record:
    standing = _active(call)
    lasted = call.arguments.number("duration", 0)
    now = int(call.workspace.clock.now())
    ended_at = standing["date_start"] + lasted if lasted > 0 else now
    return _keep(call, {**standing, "date_end": ended_at})


def add_participants(call: Call) -> Record:
    standing = _active(call)
    known = {_key(one) for one in standing["users"]}
    new = [one for one in _people(call) if _key(one) not in known]
    return _keep(call, {**standing, "users": [*standing["users"], *new]})


def remove_participants(call: Call) -> Record:
    standing = _active(call)
    gone = {_key(one) for one in _people(call)}
    left = [one for one in standing["users"] if _key(one) not in gone]
    return _keep(call, {**standing, "users": left})


def _standing(call: Call) -> Record:
    found = call.state.calls.get(call.arguments.required("id"))
    if found is None:
        raise SlackError("invalid_call_id")
    return found


def _active(call: Call) -> Record:
    standing = _standing(call)
    if "date_end" in standing:
        raise SlackError("inactive_call")
    return standing


def _keep(call: Call, changed: Record) -> Record:
    call.state.calls[changed["id"]] = changed
    return _answer(changed)


def _people(call: Call) -> list[Record]:
    """Return the people a call names: by their Slack id, or by an id elsewhere and a name."""
    users: Any = call.arguments.structure("users")
    if not isinstance(users, list) or not users:
        raise wrong_argument("users", "must provide an array")
    for position, one in enumerate(users):
        if not isinstance(one, dict) or not _key(one):
            raise wrong_argument(
                f"users/{position}", "must define either `slack_id` or `external_id`"
            )
        if "slack_id" in one and _key(one) not in call.state.users:
            raise SlackError("user_not_found")
        if "slack_id" not in one and not one.get("display_name"):
            raise wrong_argument(f"users/{position}", "missing required field: display_name")
    return users


def _key(person: Record) -> str:
    return str(person.get("slack_id") or person.get("external_id") or "")


def _answer(standing: Record) -> Record:
    kept = {name: one for name, one in standing.items() if one is not None}
    return {"call": {name: one for name, one in kept.items() if name != "created_by"}}
