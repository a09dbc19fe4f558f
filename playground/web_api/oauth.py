"""oauth.v2.access, auth.revoke and apps.uninstall: tokens come and go."""

from playground.errors import SlackError
from playground.installations import add_webhook, install, revoke, uninstall
from playground.seed import CLIENT_ID, CLIENT_SECRET
from playground.state import Record
from playground.web_api.call import Call


def access(call: Call) -> Record:
    """Exchange the code of the authorisation page for a token of that workspace."""
    _check_client(call)
    code = call.arguments.text("code")
    if not code:
        raise SlackError("invalid_code")
    platform = call.workspace.platform
    grant = platform.installations.exchange(code, call.arguments.text("redirect_uri"))
    workspace = platform.workspaces[grant.team]
    token, state = install(workspace, grant), workspace.state
    answer: Record = {
        "app_id": state.app_id,
        "authed_user": {"id": grant.user},
        "scope": ",".join(sorted(grant.scopes)),
        "token_type": "bot",
        "access_token": token,
        "bot_user_id": state.bot_user_id,
        "team": {"id": state.team_id, "name": state.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if grant.channel:
        answer["incoming_webhook"] = {
            "channel": f"#{state.channels[grant.channel].name}",
            "channel_id": grant.channel,
            "configuration_url": platform.address,
            "url": add_webhook(workspace, grant.channel),
        }
    return answer


def revoke_token(call: Call) -> Record:
    """Make the calling token worthless, or with `test` only say that it could be."""
    is_test = call.arguments.flag("test")
    if not is_test:
        revoke(call.workspace, call.token)
    return {"revoked": not is_test}


def uninstall_app(call: Call) -> Record:
    _check_client(call)
    uninstall(call.workspace)
    return {}


def _check_client(call: Call) -> None:
    if call.arguments.text("client_id") != CLIENT_ID:
        raise SlackError("invalid_client_id")
    if call.arguments.text("client_secret") != CLIENT_SECRET:
        raise SlackError("bad_client_secret")
