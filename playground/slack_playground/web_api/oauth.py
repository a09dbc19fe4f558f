"""oauth.v2.*, auth.revoke and apps.uninstall: tokens come and go."""

from slack_playground.app.installations import (
    Grant,
    add_webhook,
    install,
    issue,
    refresh,
    refreshable,
    revoke,
    uninstall,
)
from slack_playground.app.web_tokens import signed_token
from slack_playground.errors import SlackError
from slack_playground.seed import CLIENT_ID, CLIENT_SECRET
from slack_playground.state import Record, Token
from slack_playground.web_api.call import Call
from slack_playground.web_api.personal.identity import claims
from slack_playground.workspace import Workspace


def access(call: Call) -> Record:
    """Exchange the code of the authorisation page, or a refresh token, for tokens."""
    _check_client(call)
    if call.arguments.text("grant_type") == "refresh_token":
        return _refreshed(call)
    code = call.arguments.text("code")
    if not code:
        raise SlackError("invalid_code")
    platform = call.workspace.platform
    grant = platform.installations.exchange(code, call.arguments.text("redirect_uri"))
    workspace = platform.workspaces[grant.team]
    answer: Record = {**_installation(workspace), "authed_user": _authed_user(workspace, grant)}
    if grant.scopes:
        answer.update(_of_token(workspace, install(workspace, grant)))
    if grant.channel:
        answer["incoming_webhook"] = {
            "channel": f"#{workspace.state.channels[grant.channel].name}",
            "channel_id": grant.channel,
            "configuration_url": platform.address,
            "url": add_webhook(workspace, grant.channel),
        }
    return answer


def sign_in(call: Call) -> Record:
    """Answer openid.connect.token: a person's token, and an `id_token` that says who they are."""
    _check_client(call)
    kind = call.arguments.text("grant_type") or "authorization_code"
    if kind not in ("authorization_code", "refresh_token"):
        raise SlackError("invalid_grant_type")
    if kind == "refresh_token":
        workspace, token = _fresh_token(call, "openid")
        nonce = ""
    else:
        platform = call.workspace.platform
        code, uri = call.arguments.text("code") or "", call.arguments.text("redirect_uri")
        grant = platform.installations.exchange(code, uri)
        if "openid" not in grant.user_scopes:
            raise SlackError("oauth_authorization_url_mismatch")
        workspace, nonce = platform.workspaces[grant.team], grant.nonce
        token = issue(workspace, "user", grant.user, grant.user_scopes)
    held = workspace.state.tokens[token]
    said = claims(workspace, workspace.state.users[held.user], held.scopes)
    now = int(workspace.clock.now())
    about: Record = {"iss": workspace.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
    if nonce:
        about["nonce"] = nonce
    id_token = signed_token({**about, "auth_time": now, **said}, CLIENT_SECRET)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "id_token": id_token,
        **refreshable(workspace, token),
    }


def exchange(call: Call) -> Record:
    """Turn a token from before rotation was turned on into one that expires."""
    _check_client(call)
    if not call.workspace.manifest.has_rotation:
        raise SlackError("token_rotation_not_enabled")
    held = call.state.tokens.get(call.token)
    if held is None or held.kind not in ("bot", "user", "exchanged"):
        raise SlackError("invalid_token")
    if held.kind == "exchanged" or held.expires_at is not None:
        raise SlackError("token_already_exchanged")
    token = issue(call.workspace, held.kind, held.user, held.scopes)
    call.state.tokens[call.token] = Token("exchanged")
    return {**_installation(call.workspace), **_of_token(call.workspace, token)}


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


def _refreshed(call: Call) -> Record:
    workspace, token = _fresh_token(call)
    return {**_installation(workspace), **_of_token(workspace, token)}


def _fresh_token(call: Call, scope: str = "") -> tuple[Workspace, str]:
    """
    Use the refresh token of a call up; return where it was good, and what it brings.

    With `scope` only a token that has it is good.
    """
    wanted = call.arguments.text("refresh_token") or ""
    for workspace in call.workspace.platform.workspaces.values():
        held = workspace.state.refresh_tokens.get(wanted)
        if held is not None and (not scope or scope in held.scopes):
            return workspace, refresh(workspace, wanted)
    raise SlackError("invalid_refresh_token")


def _authed_user(workspace: Workspace, grant: Grant) -> Record:
    if not grant.user_scopes:
        return {"id": grant.user}
    token = issue(workspace, "user", grant.user, grant.user_scopes)
    return {"id": grant.user, **_of_token(workspace, token)}


def _of_token(workspace: Workspace, token: str) -> Record:
    """Return what an answer says of a token: its kind, its scopes, when it ends."""
    state = workspace.state
    held = state.tokens[token]
    scopes = held.scopes if held.kind == "user" else state.scopes
    answer: Record = {
        "access_token": token,
        "token_type": held.kind,
        "scope": ",".join(sorted(scopes)),
        **refreshable(workspace, token),
    }
    if held.kind == "bot":
        answer["bot_user_id"] = state.bot_user_id
    return answer


def _installation(workspace: Workspace) -> Record:
    state = workspace.state
    return {
        "app_id": state.app_id,
        "team": {"id": state.team_id, "name": state.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _check_client(call: Call) -> None:
    if call.arguments.text("client_id") != CLIENT_ID:
        raise SlackError("invalid_client_id")
    if call.arguments.text("client_secret") != CLIENT_SECRET:
        raise SlackError("bad_client_secret")
