"""All checks in their order; none of them changes anything, and none ends the others."""

import asyncio
import sqlite3
from collections.abc import Mapping

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.doctor.bus import bus_findings, lag_findings
from bot.doctor.database import database_findings, open_existing
from bot.doctor.findings import Finding
from bot.doctor.load import load_findings
from bot.doctor.probe import Probe
from bot.doctor.settings import settings_findings, try_settings
from bot.doctor.slack import SlackExamination
from bot.doctor.sources import source_findings
from bot.http.security.oidc import OidcTokens, fetch_json
from bot.outgoing.limited_reading import read_json
from bot.process.database_lock import is_locked
from bot.redaction import learn
from bot.settings import Settings
from bot.wiring.credentials import secrets_of

_BOT_ANSWERS_SECONDS = 3.0


async def examine(
    environ: Mapping[str, str], clock: Clock, channel: str | None = None
) -> list[Finding]:
    """
    Return everything that was looked at; raises nothing for what *environ* says.

    If a *channel* is named, test messages are posted there and deleted again.
    """
    found, findings = try_settings(environ)
    if found is None:
        return findings
    learn(secrets_of(found))
    return findings + await examine_settings(found, environ, clock, channel)


async def examine_settings(
    found: Settings, environ: Mapping[str, str], clock: Clock, channel: str | None = None
) -> list[Finding]:
    """Return what was looked at with settings that can be used, as those of a running bot."""
    findings = list(settings_findings(found, environ))
    findings += await asyncio.to_thread(_database_findings, found, clock)
    async with aiohttp.ClientSession(trust_env=False) as session:
        if found.speaks_by_webhook or (found.slack_bot_token and found.slack_app_token):
            findings += await SlackExamination(session, found, clock).examine()
        if channel is not None and found.slack_bot_token and found.slack_app_token:
            findings += await Probe(session, found, channel).examine()
        findings += await _issuer(session, found, clock)
        findings += await source_findings(found, clock)
        findings += await bus_findings(found)
        findings += await _running_bot(session, found)
    return findings


def _database_findings(found: Settings, clock: Clock) -> list[Finding]:
    database, findings = open_existing(found)
    if database is None:
        return findings
    try:
        findings += database_findings(database, found, clock)
        now = clock.now()
        findings += database.snapshot(lambda session: list(load_findings(session, now)))
        if bus := found.config.bus:
            findings += database.snapshot(lambda session: list(lag_findings(session, bus, now)))
        if database.is_sqlite and is_locked(database.url):
            findings.append(Finding.note("database", "a bot runs on it"))
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        findings.append(
            Finding.problem(
                "database", f"it cannot be read: {reason}", "look into the database's own log"
            )
        )
    finally:
        database.close()
    return findings


async def _issuer(session: aiohttp.ClientSession, found: Settings, clock: Clock) -> list[Finding]:
    """Return whether the keys of OIDC_ISSUER can be read."""
    issuer = found.oidc_issuer
    if issuer is None or found.oidc_audience is None:
        return []
    fetch = fetch_json(session, found.proxies.for_url(issuer))
    reason = await OidcTokens(issuer, found.oidc_audience, clock, fetch).read_keys()
    if reason is None:
        return [Finding.ok("api", f"the keys of {issuer} can be read")]
    return [
        Finding.problem(
            "api",
            f"OIDC_ISSUER: the keys of {issuer} cannot be read: {reason}",
            f"`curl {issuer.rstrip('/')}/.well-known/openid-configuration` must answer, and its "
            "`issuer` must be OIDC_ISSUER to the letter",
        )
    ]


async def _running_bot(session: aiohttp.ClientSession, found: Settings) -> list[Finding]:
    """Return what a bot that runs beside us says of itself."""
    url = f"http://{found.host}:{found.port}" if found.app_url is None else found.public_url
    try:
        async with session.get(
            f"{url}/readyz",
            timeout=aiohttp.ClientTimeout(total=_BOT_ANSWERS_SECONDS),
            allow_redirects=False,
        ) as response:
            said = await read_json(response)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return [Finding.note("bot", f"none answers at {url}")]
    if not isinstance(said, dict) or "ready" not in said:
        return [
            Finding.problem(
                "bot",
                f"what answers at {url} is not Opsbell",
                "correct PORT or APP_URL, or stop what listens there",
            )
        ]
    if said["ready"]:
        return [Finding.ok("bot", f"one runs at {url}, and is ready")]
    parts = [name for name in ("database", "socket", "lanes") if said.get(name) is False]
    return [
        Finding.problem(
            "bot",
            f"the one at {url} is not ready: {', '.join(parts)}",
            "`GET /api/health` with a token, or `/ops health`, says why",
        )
    ]
