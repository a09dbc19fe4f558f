"""Asks Slack about the tokens, their scopes, the channels and the time; changes nothing there."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.doctor.findings import Finding, split_problem
from bot.errors import ConfigError, NoAnswerError
from bot.settings import Settings
from bot.wiring.credentials import tokens_of
from bot.workspaces.directory import read_id
from bot.workspaces.preflight import Identity, call, check_tokens
from bot.workspaces.scopes import NEEDED_SCOPES, USEFUL_SCOPES

_MOST_SKEW_SECONDS = 30
_MAX_PAGES = 20
_TIME_SECONDS = 5.0
_REFUSALS = {
    "channel_not_found": (
        "does not exist, or is a private one that the bot is not in",
        "correct {name}, or type `/invite {bot}` in that channel",
    ),
    "missing_scope": (
        "cannot be checked: the token lacks channels:read and groups:read",
        "add both scopes and install the app again",
    ),
}


class SlackExamination:
    """One workspace, asked with its token."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings, clock: Clock) -> None:
        self._session = session
        self._settings = settings
        self._clock = clock
        self._url = settings.slack_api_url
        self._proxy = settings.proxies.for_url(self._url)

    async def examine(self) -> list[Finding]:
        """Return how tokens, scopes, channels and clock are."""
        if self._settings.speaks_by_webhook:
            return [
                Finding.note(
                    "tokens", "no bot token is set; notices go through the webhook, without edits"
                )
            ]
        bot_token, app_token = tokens_of(self._settings)
        try:
            identity = await check_tokens(
                self._session, self._url, bot_token, app_token, proxy=self._proxy
            )
        except NoAnswerError as error:
            reach = f"let this machine reach {self._url} (firewall, HTTPS_PROXY); status.slack.com"
            return [Finding.problem("tokens", one, reach) for one in error.problems]
        except ConfigError as error:
            return [
                *(split_problem("tokens", sentence) for sentence in error.problems),
                *await self._clock_findings(),
            ]
        where = f"{identity.workspace_name} ({identity.workspace_id})"
        return [
            Finding.ok("tokens", f"both are accepted, in {where}"),
            *self._app_findings(identity),
            *scope_findings(identity.scopes),
            *await self._channel_findings(bot_token, identity),
            *await self._clock_findings(),
        ]

    def _app_findings(self, identity: Identity) -> Iterator[Finding]:
        if identity.app_id is None:
            yield Finding.note("tokens", "Slack does not say whether both tokens belong to one app")
        else:
            yield Finding.ok("tokens", f"both belong to app {identity.app_id}")

    async def _channel_findings(self, token: str, identity: Identity) -> list[Finding]:
        wanted = channels_of(self._settings)
        if not wanted:
            return [
                Finding.problem(
                    "channels",
                    "no channel is set: a task that names none is refused",
                    "set SLACK_DEFAULT_CHANNEL to a channel's id",
                )
            ]
        ids = await self._ids(token) if any(read_id(one) is None for one in wanted) else {}
        found = []
        for channel, names in wanted.items():
            channel_id = read_id(channel) or ids.get(channel.strip().removeprefix("#").lower())
            name = " and ".join(names)
            if channel_id is None:
                found.append(
                    Finding.problem(
                        "channels",
                        f"{name}: the bot is in no channel called {channel}",
                        f"type `/invite @{identity.bot_name}` in {channel}, or set {name} "
                        "to the channel's id",
                    )
                )
            elif channel_id.startswith(("C", "G")):
                found.append(await self._one_channel(token, identity, channel_id, name))
        return found

    async def _one_channel(
        self, token: str, identity: Identity, channel_id: str, name: str
    ) -> Finding:
        reply = await call(
            self._session, f"{self._url}conversations.info", token, self._proxy, channel=channel_id
        )
        bot = f"@{identity.bot_name}"
        if reply.why:
            what, fix = _REFUSALS.get(
                reply.code, (f"cannot be checked: {reply.why}", "run doctor again in a minute")
            )
            return Finding.problem(
                "channels", f"{name}: {channel_id} {what}", fix.format(name=name, bot=bot)
            )
        info = reply.body.get("channel")
        channel: dict[str, Any] = info if isinstance(info, dict) else {}
        shown = f"#{channel.get('name') or channel_id}"
        if channel.get("is_archived"):
            return Finding.problem(
                "channels", f"{name}: {shown} is archived", f"set {name} to another channel"
            )
        if channel.get("is_member"):
            return Finding.ok("channels", f"{name}: the bot is in {shown}")
        if not channel.get("is_private") and "channels:join" in identity.scopes:
            return Finding.note(
                "channels", f"{name}: the bot is not in {shown} yet, and enters by itself"
            )
        return Finding.problem(
            "channels", f"{name}: the bot is not in {shown}", f"type `/invite {bot}` in {shown}"
        )

    async def _ids(self, token: str) -> dict[str, str]:
        """Return the ids of the channels that the bot is in, by their names."""
        ids: dict[str, str] = {}
        asked = {
            "types": "public_channel,private_channel",
            "exclude_archived": "true",
            "limit": "200",
        }
        for _ in range(_MAX_PAGES):
            reply = await call(
                self._session, f"{self._url}users.conversations", token, self._proxy, **asked
            )
            for one in _channel_objects(reply.body.get("channels")):
                ids[str(one.get("name")).lower()] = str(one.get("id"))
            following = reply.body.get("response_metadata")
            cursor = following.get("next_cursor") if isinstance(following, dict) else None
            if not isinstance(cursor, str) or not cursor:
                break
            asked["cursor"] = cursor
        return ids

    async def _clock_findings(self) -> list[Finding]:
        try:
            async with self._session.post(
                f"{self._url}api.test",
                proxy=self._proxy,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=_TIME_SECONDS),
            ) as response:
                told = parsedate_to_datetime(response.headers["Date"])
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError, TypeError):
            return [Finding.note("clock", "Slack does not say what time it is")]
        return [clock_finding("Slack's", told, self._clock.now(), _MOST_SKEW_SECONDS)]


def _channel_objects(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def clock_finding(whose: str, told: datetime, now: datetime, most: float) -> Finding:
    """Return how far our clock is from another one."""
    if told.tzinfo is None:
        return Finding.note("clock", f"{whose} clock names no zone")
    skew = (now - told).total_seconds()
    if abs(skew) <= most:
        return Finding.ok("clock", f"ours and {whose} agree within {max(abs(skew), 1):.0f} s")
    side = "ahead of" if skew > 0 else "behind"
    return Finding.problem(
        "clock",
        f"this machine's clock is {abs(skew):,.0f} s {side} {whose}",
        "set it, and let it be kept: `timedatectl set-ntp true`",
    )


def scope_findings(granted: frozenset[str]) -> Iterator[Finding]:
    """Yield the scopes that the bot token lacks, and what fails without them."""
    if not granted:
        yield Finding.note("scopes", "Slack does not say which scopes the bot token has")
        return
    missing = [one for one in (*NEEDED_SCOPES, *USEFUL_SCOPES) if one not in granted]
    for scope in missing:
        yield Finding.problem(
            "scopes",
            f"{scope} is not granted: {(NEEDED_SCOPES | USEFUL_SCOPES)[scope]}",
            f"add {scope} at api.slack.com/apps → OAuth & Permissions → Bot Token Scopes, "
            "then install the app again",
        )
    if not missing:
        yield Finding.ok("scopes", f"all {len(NEEDED_SCOPES) + len(USEFUL_SCOPES)} are granted")
    spare = sorted(granted - NEEDED_SCOPES.keys() - USEFUL_SCOPES.keys())
    if spare:
        yield Finding.note("scopes", f"granted and never used: {', '.join(spare)}")


def channels_of(settings: Settings) -> Mapping[str, list[str]]:
    """Return the channels that the settings name, and where they do."""
    config = settings.config
    named = [
        ("SLACK_DEFAULT_CHANNEL", settings.slack_default_channel),
        ("SLACK_ALERTS_CHANNEL", settings.slack_alerts_channel),
        ("SLACK_USERS_CHANNEL", settings.slack_users_channel),
        ("SLACK_LEADERBOARD_CHANNEL", settings.slack_leaderboard_channel),
        *((f"[tasks.{kind}] channel", one.channel) for kind, one in config.tasks.items()),
        *(
            (f"[leaderboards.{name}] channel", one.channel)
            for name, one in config.leaderboards.items()
        ),
        *((f"[alerts] routes.{kind}", channel) for kind, channel in config.alerts.routes.items()),
        ("[alerts] escalate_to", config.alerts.escalate_to),
    ]
    found: dict[str, list[str]] = {}
    for name, channel in named:
        if channel:
            found.setdefault(channel.strip(), []).append(name)
    return found
