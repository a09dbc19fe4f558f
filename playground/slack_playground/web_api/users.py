"""users.*: the people."""

from slack_playground.errors import SlackError
from slack_playground.pictures import OF_PEOPLE, colour_of, pictures
from slack_playground.requests.arguments import invalid_arguments
from slack_playground.state import Record, User
from slack_playground.web_api.call import Call
from slack_playground.web_api.pages import next_cursor, take_page

MOST_STATUS = 100
# What is shown together, and is cleared together.
_STATUS = frozenset({"status_text", "status_emoji"})
_OWN_FIELDS = frozenset(
    {
        *("real_name", "display_name", "first_name", "last_name", "title", "phone", "pronouns"),
        *("status_text", "status_emoji", "status_expiration", "fields"),
    }
)


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


def get_profile(call: Call) -> Record:
    """Answer a person's profile, or that of who asks."""
    user = call.user() if "user" in call.arguments else call.state.users[call.actor]
    return {"profile": _profile(call, user)}


def set_profile(call: Call) -> Record:
    """Change one field (`name`, `value`) or several (`profile`) of one's own profile."""
    changes = call.arguments.structure("profile", "invalid_profile")
    if changes is None:
        changes = {call.arguments.required("name"): call.arguments.text("value") or ""}
    if not isinstance(changes, dict):
        raise SlackError("invalid_profile")
    if not changes.keys() <= _OWN_FIELDS:
        raise SlackError("profile_set_failed")
    _check_profile(changes, call.state.users[call.actor].profile)
    user = call.state.users[call.actor]
    user.profile = {**user.profile, **changes}
    user.real_name = str(user.profile.get("real_name") or user.real_name)
    call.workspace.tell_state()
    return {"profile": _profile(call, user), "username": user.name}


def _check_profile(changes: Record, standing: Record) -> None:
    """Raise what Slack says to names and a status that are wrong."""
    if len(str(changes.get("status_text", ""))) > MOST_STATUS:
        raise SlackError("too_long")
    for name in ("real_name", "display_name", "first_name", "last_name"):
        said = str(changes.get(name, ""))
        if said.startswith("@"):
            raise SlackError("invalid_starts_with_at")
        if "://" in said:
            raise SlackError("name_not_allowed")
    named = changes.keys() & _STATUS
    is_cleared = len(named) == 1 and all(changes[name] == "" for name in named)
    if is_cleared and all(standing.get(name) for name in _STATUS):
        raise SlackError("must_clear_both_status_text_and_status_emoji")


def set_photo(call: Call) -> Record:
    """Change one's own picture: a PNG, GIF or JPEG in a multipart body."""
    photo = call.picture("image")
    if photo is None:
        raise invalid_arguments("missing required field: image")
    user = call.state.users[call.actor]
    user.photo = photo
    call.workspace.tell_state()
    return {"profile": _profile(call, user)}


def delete_photo(call: Call) -> Record:
    call.state.users[call.actor].photo = b""
    call.workspace.tell_state()
    return {}


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
        "status_expiration": 0,
        "title": "",
        "phone": "",
        "team": call.state.team_id,
        **user.profile,
    }
    if user.is_bot:
        profile.update(bot_id=call.state.bot_id, api_app_id=call.state.app_id)
    elif call.has_scope("users:read.email"):
        profile["email"] = user.email
    return profile
