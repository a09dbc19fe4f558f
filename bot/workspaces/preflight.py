"""Check both Slack tokens before anything else starts."""

import asyncio
from dataclasses import dataclass

import aiohttp

from bot.errors import ConfigError

TIMEOUT_SECONDS = 5.0

REASONS = {
    "invalid_auth": "Slack does not know this token: copy it anew",
    "not_authed": "Slack got no token: copy it anew",
    "account_inactive": "the app was removed from the workspace: install it again",
    "token_revoked": "the token was revoked: install the app again and copy the new one",
    "token_expired": "the token has expired: copy the new one",
    "missing_scope": "the token lacks a scope: for the app token it is connections:write",
    "not_allowed_token_type": "this is a token of another kind (xoxb- and xapp- are swapped?)",
    "forbidden_team": "the app may not connect from this workspace: ask its owner",
}


@dataclass(frozen=True)
class Identity:
    """Who the bot token belongs to."""

    workspace_id: str
    workspace_name: str
    workspace_url: str
    bot_user_id: str
    scopes: frozenset[str]


async def check_tokens(
    session: aiohttp.ClientSession, api_url: str, bot_token: str, app_token: str
) -> Identity:
    """
    Return who we are; raise `ConfigError` naming each bad token and the reason.

    The SDK would retry a refused app token for ever without a word
    (slack_sdk.socket_mode), so both are asked for here, at once.
    """
    results = await asyncio.gather(
        call(session, f"{api_url}auth.test", bot_token),
        call(session, f"{api_url}apps.connections.open", app_token),
    )
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    problems = [f"{name}: {why}" for name, (why, _, _) in zip(names, results, strict=True) if why]
    if problems:
        raise ConfigError(problems)
    _, body, scopes = results[0]
    if not (isinstance(body.get("team_id"), str) and isinstance(body.get("user_id"), str)):
        raise ConfigError([f"SLACK_BOT_TOKEN: cannot be checked, {api_url} is not Slack's API"])
    return Identity(
        workspace_id=body["team_id"],
        workspace_name=body.get("team", body["team_id"]),
        workspace_url=body.get("url", ""),
        bot_user_id=body["user_id"],
        scopes=scopes,
    )


async def call(
    session: aiohttp.ClientSession, url: str, token: str
) -> tuple[str, dict[str, str], frozenset[str]]:
    """Return what is wrong ("" if nothing), the answer, and the token's scopes."""
    try:
        async with session.post(
            url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        ) as response:
            body = await response.json(content_type=None)
            scopes = response.headers.get("x-oauth-scopes", "")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        reason = str(error) or type(error).__name__
        return f"cannot be checked, {url} does not answer: {reason}", {}, frozenset()
    if not isinstance(body, dict) or not body.get("ok"):
        code = body.get("error", "no error named") if isinstance(body, dict) else "no JSON object"
        return f"{REASONS.get(code, 'Slack refuses it')} ({code})", {}, frozenset()
    return "", body, frozenset(part.strip() for part in scopes.split(",") if part.strip())
