"""users.* and usergroups.*: the people."""

from slack_playground.errors import SlackError
from slack_playground.pictures import OF_PEOPLE, colour_of, pictures
from slack_playground.state import Record, User
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import next_cursor, take_page


def info(call: Call) -> Record:
    return {"user": user_record(call, call.user())}


def list_users(call: Call) -> Record:
    page, cursor = take_page(call, list(call.state.users.values()), default=1000, most=1000)
    return {
        "members": [user_record(call, user) for user in page],
        "cache_ts": int(call.workspace.clock.now()),
        **next_cursor(cursor),
    }


def lookup_by_email(call: Call) -> Record:
    email = call.arguments.required("email").lower()
    for user in call.state.users.values():
        if user.email.lower() == email and not user.deleted:
            return {"user": user_record(call, user)}
    raise SlackError("users_not_found")


def list_usergroups(call: Call) -> Record:
    include_users = call.arguments.flag("include_users")
    groups = []
    for group in call.state.usergroups.values():
        record: Record = {
            "id": group.id,
            "team_id": call.state.team_id,
            "is_usergroup": True,
            "name": group.name,
            "handle": group.handle,
            "description": "",
            "date_delete": 0,
            "user_count": len(group.users),
        }
        if include_users:
            record["users"] = list(group.users)
        groups.append(record)
    return {"usergroups": groups}


def list_usergroup_users(call: Call) -> Record:
    group = call.state.usergroups.get(call.arguments.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def user_record(call: Call, user: User) -> Record:
    team = user.team_id or call.state.team_id
    record = _user_record(call, user, team)
    if user.enterprise_id:
        record["enterprise_user"] = {"enterprise_id": user.enterprise_id, "teams": [team]}
    return record


def _user_record(call: Call, user: User, team: str) -> Record:
    return {
        "id": user.id,
        "team_id": team,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset,
        "profile": _profile(call, user),
        "is_admin": user.is_owner,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_stranger": team != call.state.team_id and not user.enterprise_id,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_email_confirmed": not user.is_bot,
        "color": colour_of(user.id).hex(),
        "who_can_share_contact_card": "EVERYONE",
        "updated": 1_700_000_000,
    }


def _profile(call: Call, user: User) -> Record:
    profile: Record = {
        "real_name": user.real_name,
        "display_name": user.name,
        "real_name_normalized": user.real_name,
        "display_name_normalized": user.name,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": f"g{user.id[-8:].lower()}",
        **pictures(call.workspace.address, user.id, OF_PEOPLE),
        "team": call.state.team_id,
    }
    if user.is_bot:
        profile.update(bot_id=call.state.bot_id, api_app_id=call.state.app_id)
    elif call.has_scope("users:read.email"):
        profile["email"] = user.email
    return profile
