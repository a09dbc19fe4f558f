"""The app coming into a workspace and leaving it again: codes, tokens, farewells."""

import secrets
from dataclasses import dataclass

from slack_playground.errors import SlackError
from slack_playground.state import Record, Token
from slack_playground.timing.clock import Clock
from slack_playground.workspace import Workspace

# https://docs.slack.dev/authentication/installing-with-oauth: a code expires in ten minutes.
CODE_SECONDS = 600.0
# https://docs.slack.dev/authentication/using-token-rotation
TOKEN_SECONDS = 43_200.0
# https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests
CONFIG_SECONDS = 43_200.0


@dataclass(slots=True)
class Grant:
    """What a person allowed on the authorisation page, until the app fetches its token."""

    team: str
    user: str
    scopes: frozenset[str]
    redirect_uri: str
    expires_at: float
    channel: str = ""
    user_scopes: frozenset[str] = frozenset()
    nonce: str = ""
    is_used: bool = False


class Installations:
    """The codes of grants that were not fetched yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._grants: dict[str, Grant] = {}

    def allow(
        self,
        team: str,
        user: str,
        scopes: frozenset[str],
        redirect_uri: str,
        *,
        channel: str = "",
        user_scopes: frozenset[str] = frozenset(),
        nonce: str = "",
    ) -> str:
        """Return the code that the app exchanges for its token."""
        code = secrets.token_hex(16)
        expires_at = self._clock.now() + CODE_SECONDS
        self._grants[code] = Grant(
            team, user, scopes, redirect_uri, expires_at, channel, user_scopes, nonce
        )
        return code

    def exchange(self, code: str, redirect_uri: str | None) -> Grant:
        """Use a code, once; raise the SlackError that says why not."""
        grant = self._grants.get(code)
        if grant is None or self._clock.now() > grant.expires_at:
            raise SlackError("invalid_code")
        if grant.is_used:
            raise SlackError("code_already_used")
        if grant.redirect_uri != (redirect_uri or grant.redirect_uri):
            raise SlackError("bad_redirect_uri")
        grant.is_used = True
        return grant

    def reset(self) -> None:
        self._grants.clear()


def install(workspace: Workspace, grant: Grant) -> str:
    """Let the app into the workspace; return its token there."""
    state = workspace.state
    token = issue(workspace, "bot")
    state.scopes = grant.scopes
    state.is_installed = True
    state.users[state.bot_user_id].deleted = False
    workspace.tell_state()
    return token


def issue(
    workspace: Workspace, kind: str, user: str = "", scopes: frozenset[str] = frozenset()
) -> str:
    """Return a new token; of an app with token rotation it lives for twelve hours."""
    state, now = workspace.state, workspace.clock.now()
    sign = "xoxb" if kind == "bot" else "xoxp"
    secret = f"{state.team_id.lower()}-{secrets.token_hex(12)}"
    if workspace.manifest.has_rotation:
        token = f"xoxe.{sign}-1-{secret}"
        state.tokens[token] = Token(kind, user, scopes, now + TOKEN_SECONDS)
    else:
        token = f"{sign}-{secret}"
        state.tokens[token] = Token(kind, user, scopes)
    return token


def refreshable(workspace: Workspace, token: str) -> Record:
    """Return what an answer says beside a token that expires; nothing for one that stays."""
    held = workspace.state.tokens[token]
    if held.expires_at is None:
        return {}
    refresh = f"xoxe-1-{secrets.token_hex(24)}"
    workspace.state.refresh_tokens[refresh] = held
    return {"refresh_token": refresh, "expires_in": int(TOKEN_SECONDS)}


def refresh(workspace: Workspace, refresh_token: str) -> str:
    """Use a refresh token up; return the access token it brings."""
    held = workspace.state.refresh_tokens.get(refresh_token)
    if held is None or held.kind == "config":
        raise SlackError("invalid_refresh_token")
    del workspace.state.refresh_tokens[refresh_token]
    return issue(workspace, held.kind, held.user, held.scopes)


def rotate(workspace: Workspace, refresh_token: str) -> tuple[str, str]:
    """Use a refresh token up; return a new configuration token and its own refresh token."""
    state = workspace.state
    held = state.refresh_tokens.get(refresh_token)
    if held is None or held.kind != "config":
        raise SlackError("invalid_refresh_token")
    del state.refresh_tokens[refresh_token]
    token = f"xoxe.xoxp-1-{secrets.token_hex(24)}"
    state.tokens[token] = Token("config", expires_at=workspace.clock.now() + CONFIG_SECONDS)
    following = f"xoxe-1-{secrets.token_hex(24)}"
    state.refresh_tokens[following] = Token("config")
    return token, following


def add_webhook(workspace: Workspace, channel: str) -> str:
    """Return the address of a new incoming webhook into `channel`."""
    secret = secrets.token_hex(12)
    workspace.state.webhooks[secret] = channel
    return webhook_url(workspace, secret)


def webhook_url(workspace: Workspace, secret: str) -> str:
    state = workspace.state
    return f"{workspace.address}/services/{state.team_id}/{state.bot_id}/{secret}"


def revoke(workspace: Workspace, token: str) -> None:
    """Make one token worthless; with the last one the app is gone."""
    state = workspace.state
    held, state.tokens[token] = state.tokens[token], Token("revoked")
    if held.kind == "user":
        _tell(workspace, "tokens_revoked", tokens={"oauth": [held.user], "bot": []})
        return
    _tell(workspace, "tokens_revoked", tokens={"oauth": [], "bot": [state.bot_user_id]})
    if all(one.kind != "bot" for one in state.tokens.values()):
        _leave(workspace)


def uninstall(workspace: Workspace) -> None:
    """Take the app out of the workspace: its tokens, its webhooks, its user."""
    state = workspace.state
    people = sorted({held.user for held in state.tokens.values() if held.kind == "user"})
    for token, held in list(state.tokens.items()):
        if held.kind in ("bot", "user"):
            state.tokens[token] = Token("revoked")
    state.refresh_tokens.clear()
    _tell(workspace, "tokens_revoked", tokens={"oauth": people, "bot": [state.bot_user_id]})
    _leave(workspace)


def _leave(workspace: Workspace) -> None:
    state = workspace.state
    _tell(workspace, "app_uninstalled")
    state.is_installed = False
    state.webhooks.clear()
    state.users[state.bot_user_id].deleted = True
    workspace.tell_state()


def _tell(workspace: Workspace, kind: str, **fields: object) -> None:
    if workspace.has_app and workspace.manifest.subscribes(kind):
        event = {"type": kind, "event_ts": workspace.next_ts(), **fields}
        workspace.events.send(workspace.state, event, at=workspace.clock.now())
