"""usergroups.*: people who are mentioned together."""

from slack_playground.errors import SlackError
from slack_playground.state import Record, UserGroup
from slack_playground.web_api.call import Call


def list_usergroups(call: Call) -> Record:
    is_whole = call.arguments.flag("include_users")
    has_disabled = call.arguments.flag("include_disabled")
    return {
        "usergroups": [
            _record(call, group, is_whole=is_whole)
            for group in call.state.usergroups.values()
            if has_disabled or not group.disabled_at
        ]
    }


def create(call: Call) -> Record:
    name = call.arguments.required("name")
    group = UserGroup(call.state.next_id("S"), _handle(call, name), name)
    _check_free(call, group)
    group.description = call.arguments.text("description") or ""
    group.created_by, group.created = call.actor, int(call.workspace.clock.now())
    call.state.usergroups[group.id] = group
    call.workspace.tell_state()
    return {"usergroup": _record(call, group)}


def update(call: Call) -> Record:
    """Change what is given; handle and name stay free for one group each."""
    group = _group(call)
    name = call.arguments.text("name") or group.name
    handle = _handle(call, group.handle)
    changed = UserGroup(group.id, handle, name, group.users)
    _check_free(call, changed)
    group.name, group.handle = name, handle
    group.description = call.arguments.text("description") or group.description
    call.workspace.tell_state()
    return {"usergroup": _record(call, group)}


def disable(call: Call) -> Record:
    group = _group(call)
    group.disabled_at = int(call.workspace.clock.now())
    return {"usergroup": _record(call, group)}


def enable(call: Call) -> Record:
    group = _group(call)
    group.disabled_at = 0
    return {"usergroup": _record(call, group)}


def list_usergroup_users(call: Call) -> Record:
    return {"users": list(_group(call).users)}


def update_users(call: Call) -> Record:
    """Put these people in the place of those in the group."""
    group, users = _group(call), call.arguments.words("users")
    if not users:
        raise SlackError("no_users_provided")
    if any(user not in call.state.users for user in users):
        raise SlackError("invalid_users")
    group.users = users
    call.workspace.tell_state()
    return {"usergroup": _record(call, group, is_whole=True)}


def _group(call: Call) -> UserGroup:
    group = call.state.usergroups.get(call.arguments.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _handle(call: Call, otherwise: str) -> str:
    return (call.arguments.text("handle") or otherwise).lstrip("@").lower().replace(" ", "-")


def _check_free(call: Call, group: UserGroup) -> None:
    others = [one for one in call.state.usergroups.values() if one.id != group.id]
    if any(one.name == group.name for one in others):
        raise SlackError("name_already_exists")
    people = {user.name for user in call.state.users.values()}
    taken = {*(one.handle for one in others), *people, *call.state.channel_ids}
    if group.handle in taken:
        raise SlackError("handle_already_exists")


def _record(call: Call, group: UserGroup, *, is_whole: bool = False) -> Record:
    record: Record = {
        "id": group.id,
        "team_id": call.state.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "is_external": False,
        "name": group.name,
        "handle": group.handle,
        "description": group.description,
        "date_create": group.created,
        "date_update": group.created,
        "date_delete": group.disabled_at,
        "created_by": group.created_by,
        "prefs": {"channels": [], "groups": []},
    }
    if call.arguments.flag("include_count"):
        record["user_count"] = len(group.users)
    if is_whole:
        record["users"] = list(group.users)
    return record
