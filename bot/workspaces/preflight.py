"""Check Slack's tokens before anything relies on them."""

import asyncio
from dataclasses import dataclass, field

import aiohttp

from bot.errors import ConfigError, FieldProblem, InvalidError, UnavailableError

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
#: These say nothing about the token.
PASSING = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable"})


@dataclass(frozen=True)
class Identity:
    """Who the bot token belongs to."""

    workspace_id: str
    workspace_name: str
    workspace_url: str
    bot_user_id: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Reply:
    """What Slack said: what is wrong ("" if nothing), the body, the token's scopes."""

    why: str
    body: dict[str, str] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    is_answer: bool = True  # False: nobody answered, or nobody that speaks like Slack


async def check_tokens(
    session: aiohttp.ClientSession,
    api_url: str,
    bot_token: str,
    app_token: str,
    *,
    proxy: str | None = None,
) -> Identity:
    """
    Return who we are; raise `ConfigError` naming each bad token and the reason.

    The SDK would retry a refused app token for ever without a word
    (slack_sdk.socket_mode), so both are asked for here, at once.
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
        raise ConfigError(problems)
    identity = identity_of(replies[0])
    if identity is None:
        raise ConfigError([f"SLACK_BOT_TOKEN: cannot be checked, {api_url} is not Slack's API"])
    return identity


async def identify(
    session: aiohttp.ClientSession, api_url: str, bot_token: str, *, proxy: str | None = None
) -> Identity:
    """
    Return whose bot token this is.

    Raises `InvalidError` if Slack refuses it, `UnavailableError` if Slack cannot be asked.
    """
    reply = await call(session, f"{api_url}auth.test", bot_token, proxy)
    identity = None if reply.why else identity_of(reply)
    if identity is not None:
        return identity
    if reply.why and reply.is_answer:
        raise InvalidError(reply.why, [FieldProblem("bot_token", reply.why)])
    raise UnavailableError("Slack cannot be asked about the token just now: try again.")


def identity_of(reply: Reply) -> Identity | None:
    body = reply.body
    if not (isinstance(body.get("team_id"), str) and isinstance(body.get("user_id"), str)):
        return None
    return Identity(
        workspace_id=body["team_id"],
        workspace_name=body.get("team", body["team_id"]),
        workspace_url=body.get("url", ""),
        bot_user_id=body["user_id"],
        scopes=reply.scopes,
    )


async def call(
    session: aiohttp.ClientSession, url: str, token: str, proxy: str | None = None
) -> Reply:
    """Ask Slack with this token."""
    try:
        async with session.post(
            url,
            headers={"Authorization": f"Bearer {token}"},
            proxy=proxy,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        ) as response:
            body = await response.json(content_type=None)
            scopes = response.headers.get("x-oauth-scopes", "")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        reason = str(error) or type(error).__name__
        return Reply(f"cannot be checked, {url} does not answer: {reason}", is_answer=False)
    if not isinstance(body, dict) or not body.get("ok"):
        code = body.get("error", "no error named") if isinstance(body, dict) else "no JSON object"
        why = f"{REASONS.get(code, 'Slack refuses it')} ({code})"
        return Reply(why, is_answer=isinstance(body, dict) and code not in PASSING)
    return Reply("", body, frozenset(part.strip() for part in scopes.split(",") if part.strip()))
