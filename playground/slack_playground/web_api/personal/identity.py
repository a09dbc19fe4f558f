"""
users.identity and openid.connect.userInfo: who it is that signed in with Slack.

https://docs.slack.dev/authentication/sign-in-with-slack
"""

from slack_playground.pictures import OF_PEOPLE, OF_TEAMS, pictures
from slack_playground.state import Record, User
from slack_playground.web_api.call import Call
from slack_playground.workspace import Workspace

_LOCALE = "en-US"


def identity(call: Call) -> Record:
    """Answer as much of the person and their team as the token's `identity.*` scopes open."""
    user = call.state.users[call.actor]
    person: Record = {"name": user.real_name, "id": user.id}
    team: Record = {"id": call.state.team_id}
    if call.has_scope("identity.email"):
        person["email"] = user.email
    if call.has_scope("identity.avatar"):
        person.update(pictures(call.workspace.address, user.id, OF_PEOPLE))
    if call.has_scope("identity.team"):
        team["name"] = call.state.team_name
    return {"user": person, "team": team}


def user_info(call: Call) -> Record:
    """Answer the OpenID claims of the person whose token it is."""
    user = call.state.users[call.actor]
    return claims(call.workspace, user, call.scopes)


def claims(workspace: Workspace, user: User, scopes: frozenset[str]) -> Record:
    """Return what OpenID Connect says of a person, as far as `email` and `profile` open it."""
    state = workspace.state
    said: Record = {
        "sub": user.id,
        "https://slack.com/user_id": user.id,
        "https://slack.com/team_id": state.team_id,
    }
    if "email" in scopes:
        said.update(email=user.email, email_verified=True, date_email_verified=1_700_000_000)
    if "profile" in scopes:
        given, _, family = user.real_name.partition(" ")
        shown = pictures(workspace.address, user.id, OF_PEOPLE)
        icons = pictures(workspace.address, state.team_id, OF_TEAMS)
        said.update(
            {
                "name": user.real_name,
                "picture": shown.get("image_512", ""),
                "given_name": given,
                "family_name": family,
                "locale": _LOCALE,
                "https://slack.com/team_name": state.team_name,
                "https://slack.com/team_domain": state.team_domain,
                **{f"https://slack.com/user_{name}": one for name, one in shown.items()},
                **{f"https://slack.com/team_{name}": one for name, one in icons.items()},
                "https://slack.com/team_image_default": True,
            }
        )
    return said
