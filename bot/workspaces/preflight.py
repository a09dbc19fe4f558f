"""Checks Slack's tokens before they are used."""

import asyncio
import os
import re
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from bot.errors import (
    ConfigError,
    FieldProblem,
    InvalidError,
    NoAnswerError,
    UnavailableError,
)
from bot.outgoing.limited_reading import read_json

_CHECK_SECONDS = 5.0

_REASONS = {
    "invalid_auth": "Slack does not know this token: copy it again",
    "not_authed": "Slack got no token: copy it again",
    "account_inactive": "the app was removed from the workspace: install it again",
    "token_revoked": "the token was revoked: install the app again and copy the new one",
    "token_expired": "the token has expired: copy the new one",
    "missing_scope": "the token lacks a scope: for the app token it is connections:write",
    "not_allowed_token_type": "this is a token of another kind (xoxb- and xapp- are swapped?)",
    "forbidden_team": "the app may not connect from this workspace: ask its owner",
}
#: `xapp-1-<the app's id>-<number>-<secret>`
_APP_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-\S+")
_ERROR_CODE = re.compile("[a-z_]{1,60}")
ORG_WIDE = "is for a whole organisation: install the app in one workspace, and use that token"
#: These say nothing about the token.
_PASSING_ERRORS = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable"})


@dataclass(frozen=True)
class Identity:
    """The app, bot user and workspace of the bot token."""

    workspace_id: str
    workspace_name: str
    workspace_url: str
    bot_user_id: str
    scopes: frozenset[str]
    enterprise_id: str | None = None
    bot_name: str = "Opsbell"
    app_id: str | None = None  # None where Slack does not tell: without the scope users:read
    is_org_wide: bool = False  # of a whole organisation (Enterprise Grid), not of one workspace


@dataclass(frozen=True)
class _Reply:
    """Slack's response: the error ("" if none), the body, the token's scopes."""

    why: str
    body: dict[str, Any] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    code: str = ""  # of Slack, where it gave one
    is_answer: bool = True  # False: no answer, or none in Slack's format


async def check_tokens(
    session: aiohttp.ClientSession,
    api_url: str,
    bot_token: str,
    app_token: str,
    *,
    proxy: str | None = None,
) -> Identity:
    """
    Return our identity; raise `ConfigError` naming each bad token and the reason, or
    `NoAnswerError` if Slack cannot be asked.

    The SDK silently retries a refused app token for ever (slack_sdk.socket_mode), so both tokens
    are checked here, at once. Tokens of two apps are refused: commands and clicks would go to the
    other app.
    """
    replies = await asyncio.gather(
        call(session, f"{api_url}auth.test", bot_token, proxy),
        call(session, f"{api_url}apps.connections.open", app_token, proxy),
    )
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    problems = [
        f"{name}: {reply.why}" for name, reply in zip(names, replies, strict=True) if reply.why
    ]
    if problems:
        is_away = not any(reply.is_answer for reply in replies if reply.why)
        raise NoAnswerError(problems) if is_away else ConfigError(problems)
    identity = _identity_of(replies[0])
    if identity is None:
        raise ConfigError(["SLACK_BOT_TOKEN: cannot be checked, SLACK_API_URL is not Slack's API"])
    if identity.is_org_wide:
        raise ConfigError([f"SLACK_BOT_TOKEN: {ORG_WIDE}"])
    identity = replace(
        identity, app_id=await _app_of(session, api_url, bot_token, replies[0], proxy)
    )
    named = _APP_TOKEN.fullmatch(app_token)
    if named:
        _require_one_app(identity, named[1])
    return identity


async def _app_of(
    session: aiohttp.ClientSession,
    api_url: str,
    bot_token: str,
    reply: _Reply,
    proxy: str | None = None,
) -> str | None:
    """Return the id of a bot token's app; None if Slack does not tell."""
    bot_id = reply.body.get("bot_id")
    if not isinstance(bot_id, str):
        return None
    told = await call(session, f"{api_url}bots.info", bot_token, proxy, bot=bot_id)
    found = told.body.get("bot")
    app_id = found.get("app_id") if isinstance(found, dict) else None
    return app_id if isinstance(app_id, str) else None


def _require_one_app(identity: Identity, app_id: str) -> None:
    """Raise `ConfigError` if the app-level token is another app's than the bot token."""
    if identity.app_id not in (None, app_id):
        raise ConfigError(
            [
                f"SLACK_APP_TOKEN: belongs to app {app_id}, but SLACK_BOT_TOKEN to app "
                f"{identity.app_id}; copy both from the same app at api.slack.com/apps"
            ]
        )


async def identify(
    session: aiohttp.ClientSession, api_url: str, bot_token: str, *, proxy: str | None = None
) -> Identity:
    """
    Return whose bot token this is.

    Raises `InvalidError` if Slack refuses it, `UnavailableError` if Slack cannot be asked.
    """
    reply = await call(session, f"{api_url}auth.test", bot_token, proxy)
    identity = None if reply.why else _identity_of(reply)
    if identity is not None:
        return replace(identity, app_id=await _app_of(session, api_url, bot_token, reply, proxy))
    if reply.why and reply.is_answer:
        raise InvalidError(reply.why, [FieldProblem("bot_token", reply.why)])
    raise UnavailableError("Slack cannot be asked about the token just now: try again.")


def _identity_of(reply: _Reply) -> Identity | None:
    body = reply.body
    if not (isinstance(body.get("team_id"), str) and isinstance(body.get("user_id"), str)):
        return None
    return Identity(
        workspace_id=body["team_id"],
        workspace_name=body.get("team", body["team_id"]),
        workspace_url=body.get("url", ""),
        bot_user_id=body["user_id"],
        scopes=reply.scopes,
        enterprise_id=body.get("enterprise_id") or None,
        bot_name=str(body.get("user") or "Opsbell"),
        is_org_wide=bool(body.get("is_enterprise_install")),
    )


async def call(
    session: aiohttp.ClientSession,
    url: str,
    token: str,
    proxy: str | None = None,
    **arguments: str,
) -> _Reply:
    """Ask Slack with this token."""
    try:
        async with session.post(
            url,
            data=arguments,
            headers={"Authorization": f"Bearer {token}"},
            proxy=proxy,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=_CHECK_SECONDS),
        ) as response:
            body = await read_json(response)
            scopes = response.headers.get("x-oauth-scopes", "")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        why = f"SLACK_API_URL does not answer as Slack does ({_why_unreachable(error)})"
        return _Reply(f"cannot be checked, {why}", is_answer=False)
    if not isinstance(body, dict) or not body.get("ok"):
        code = str(body.get("error", "no_error")) if isinstance(body, dict) else "no_json_object"
        # Another server in Slack's place may answer anything, even repeat the token.
        code = code if _ERROR_CODE.fullmatch(code) else "unreadable_error"
        why = f"{_REASONS.get(code, 'Slack refuses it')} ({code})"
        is_answer = isinstance(body, dict) and code not in _PASSING_ERRORS
        return _Reply(why, code=code, is_answer=is_answer)
    return _Reply("", body, frozenset(part.strip() for part in scopes.split(",") if part.strip()))


def _why_unreachable(error: Exception) -> str:
    """Return why Slack cannot be reached, without the address, which may contain a secret."""
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = error.os_error
        code = refused.errno or 0
        words = os.strerror(code) if code > 0 else refused.strerror
        return words or type(refused).__name__
    return type(error).__name__
