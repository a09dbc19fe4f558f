"""
Slack's side of an installation: the address that a browser is sent to, and the exchange of a code.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from pydantic import SecretStr

from bot.errors import InvalidError, UnavailableError
from bot.outgoing.limited_reading import read_json
from bot.workspaces.scopes import NEEDED_SCOPES, USEFUL_SCOPES

_EXCHANGE_SECONDS = 10.0
_SLACK_CODE = re.compile("[a-z_]{1,60}")
#: The installation was not finished in time, or twice.
_STALE_CODES = frozenset({"invalid_code", "code_already_used"})
_OUR_MISTAKES = {
    "invalid_client_id": "SLACK_CLIENT_ID is not this app's",
    "bad_client_secret": "SLACK_CLIENT_SECRET is not this app's",
    "bad_redirect_uri": "the redirect URL is not among those of the app: see docs/workspaces.md",
}


@dataclass(frozen=True)
class OAuthApp:
    """The app as Slack knows it, and our own public address."""

    client_id: str
    client_secret: SecretStr
    api_url: str
    public_url: str

    @property
    def redirect_uri(self) -> str:
        """Where Slack sends people back to."""
        return f"{self.public_url}/slack/oauth_redirect"

    def install_url(self, invitation: str) -> str:
        """Return the link that somebody with an invitation opens."""
        return f"{self.public_url}/slack/install?{urlencode({'invitation': invitation})}"

    def authorize_url(self, state: str) -> str:
        """Return the page on which a person lets the app in."""
        asked = {
            "client_id": self.client_id,
            "scope": ",".join(sorted({*NEEDED_SCOPES, *USEFUL_SCOPES})),
            "redirect_uri": self.redirect_uri,
            "state": state,
        }
        return f"{self.api_url.removesuffix('api/')}oauth/v2/authorize?{urlencode(asked)}"


@dataclass(frozen=True)
class Grant:
    """What a person allowed: the app's bot token in a workspace."""

    team_id: str
    team_name: str
    token: SecretStr
    installed_by: str


async def exchange_code(
    session: aiohttp.ClientSession, app: OAuthApp, code: str, proxy: str | None = None
) -> Grant:
    """
    Return the token for a code.

    Raises `InvalidError` with what the person, or whoever runs Opsbell, can do about a refusal, and
    `UnavailableError` if Slack does not answer.
    """
    sent = {
        "client_id": app.client_id,
        "client_secret": app.client_secret.get_secret_value(),
        "code": code,
        "redirect_uri": app.redirect_uri,
    }
    try:
        async with session.post(
            f"{app.api_url}oauth.v2.access",
            data=sent,
            proxy=proxy,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=_EXCHANGE_SECONDS),
        ) as response:
            body = await read_json(response)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise UnavailableError("Slack does not answer just now: open the link again.") from error
    return read_grant(body)


def read_grant(body: Any) -> Grant:
    """Return what `oauth.v2.access` granted; raise `InvalidError` for what cannot be used. Pure."""
    if not isinstance(body, dict) or not body.get("ok"):
        code = str(body.get("error")) if isinstance(body, dict) else ""
        raise InvalidError(_words_for(code if _SLACK_CODE.fullmatch(code) else "unreadable_error"))
    team, token = body.get("team"), body.get("access_token")
    if body.get("is_enterprise_install") or not isinstance(team, Mapping) or not team.get("id"):
        raise InvalidError(
            "Opsbell is installed in one workspace at a time, not in a whole organisation: "
            "open the link again and choose a workspace."
        )
    if not isinstance(token, str) or not token.startswith("xoxb-") or body.get("expires_in"):
        raise InvalidError(
            "Slack granted a token that expires, or none for a bot: switch token rotation off in "
            "the settings of the app, then open the link again."
        )
    user = body.get("authed_user")
    by = user.get("id") if isinstance(user, Mapping) else None
    return Grant(
        team_id=str(team["id"]),
        team_name=str(team.get("name") or team["id"]),
        token=SecretStr(token),
        installed_by=str(by or "unknown"),
    )


def _words_for(code: str) -> str:
    if code in _STALE_CODES:
        return "This installation took too long, or was finished before: open the link again."
    why = _OUR_MISTAKES.get(code, "Slack refused the installation")
    return f"Nothing was installed, because {why} ({code}). Ask whoever runs Opsbell."
