"""The tokens and secret addresses in the settings."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel, SecretStr

from bot.clock import Clock
from bot.config_file import CommandRunner
from bot.config_sections.bus import bus_servers
from bot.config_sections.reports import DIALECTS
from bot.errors import ConfigError
from bot.messages.destinations import Destination, Destinations, also_notified
from bot.redaction import MASK, redact_json
from bot.settings import WEBHOOK, Settings
from bot.tokens import Tokens
from bot.workspaces.oauth import OAuthApp

#: Variables called so say what everybody may read, such as a region or a folder.
_PUBLIC_NAME = re.compile(
    r"(?:.*_)?(?:REGION|ZONE|STAGE|MODE|LEVEL|ENV|ENVIRONMENT|HOST|PORT|PATH|DIR|FOLDER|HOME|LANG|TZ"
    r"|USER|USERNAME|NAME|VERSION|BRANCH|TIMEOUT|DATABASE|BUCKET|TABLE|FORMAT|LOCALE)",
    re.IGNORECASE,
)
#: Nor are these secrets: a word, a number, a path.
_PUBLIC_VALUE = re.compile(r"[A-Za-z]{0,15}|[0-9.,:-]{0,15}|[~.]{0,2}/[\w./-]*")


def secrets_of(settings: Settings) -> Iterator[str]:
    """Yield the secrets in the settings: keys, tokens, passwords, secret addresses."""
    yield from _secrets_within(settings)
    yield from _of_address(settings.database_url)
    for runner in settings.config.runners.values():
        if isinstance(runner, CommandRunner):
            yield from _of_environment(runner.env)
    for mapping in settings.config.webhooks.values():
        yield mapping.read_secret() or ""
    for destination in settings.config.destinations.values():
        yield from _of_address(destination.address())
    for source in settings.config.sources.values():
        yield from _of_source(source.address())
    if settings.config.bus:
        yield from _of_bus(settings.config.bus.address())


def _secrets_within(model: BaseModel) -> Iterator[str]:
    """Yield the fields declared secret, and secrets in addresses, at any depth."""
    for name in type(model).model_fields:
        yield from _of_value(getattr(model, name))


def _of_value(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        yield from (secret, *map(str.strip, secret.split(",")))  # There may be several keys.
        yield from _of_address(secret)
    elif isinstance(value, BaseModel):
        yield from _secrets_within(value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _of_value(one)
    elif isinstance(value, str) and "://" in value:
        yield from _of_address(value)


def _of_address(address: str) -> Iterator[str]:
    """Yield the password of an address, and query values whose names denote a secret."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    if parts.scheme in ("http", "https") and "hooks.slack" in (parts.hostname or ""):
        yield parts.path.strip("/")
    elif parts.scheme not in ("http", "https", "sqlite", "postgresql", "postgres", "redis", ""):
        yield address  # Of Apprise, where anything may be a token.
    if parts.password:
        yield from (parts.password, unquote(parts.password))
    yield from (value for name, value in parse_qsl(parts.query) if redact_json(value, name) == MASK)


def _of_source(address: str) -> Iterator[str]:
    """Yield the secrets in the address of a source; the name of a file or project is none."""
    scheme, found, rest = address.partition("://")
    if found and scheme in DIALECTS:
        yield from _of_address(f"postgresql://{rest}")


def _of_bus(address: str) -> Iterator[str]:
    """Yield the passwords of a broker's servers, or the tokens in place of user and password."""
    for parts in map(urlsplit, bus_servers(address)):
        secret = parts.username if parts.password is None else parts.password
        if secret:
            yield from (secret, unquote(secret))


def _of_environment(variables: dict[str, str]) -> Iterator[str]:
    for name, value in variables.items():
        is_named = redact_json(value, name) == MASK
        if is_named or not (_PUBLIC_NAME.fullmatch(name) or _PUBLIC_VALUE.fullmatch(value)):
            yield value
            yield from _of_address(value)


def tokens_of(settings: Settings) -> tuple[str, str]:
    """Return the bot and app tokens; `read_settings` has checked that they exist."""
    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise ConfigError(["SLACK_BOT_TOKEN, SLACK_APP_TOKEN: both are needed to start"])
    return (
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
    )


def oauth_app_of(settings: Settings) -> OAuthApp | None:
    """Return the app that workspaces install by OAuth; None without its id and secret."""
    if settings.slack_client_id is None or settings.slack_client_secret is None:
        return None
    return OAuthApp(
        settings.slack_client_id,
        settings.slack_client_secret,
        settings.slack_api_url,
        settings.public_url,
    )


def api_tokens(settings: Settings, clock: Clock) -> Tokens | None:
    """Return the issuer and verifier of API tokens; None without a secret."""
    return Tokens(settings.jwt_secret.get_secret_value(), clock) if settings.jwt_secret else None


def destinations_of(settings: Settings) -> Destinations:
    """Return the destinations of opsbell.toml, and the webhook of the environment."""
    named = [
        Destination(name, one.tenant, one.address())
        for name, one in settings.config.destinations.items()
    ]
    named += [
        Destination(also_notified(number), "default", address.get_secret_value(), is_mute=True)
        for number, address in enumerate(settings.config.alerts.also_notify, start=1)
    ]
    if settings.webhook:
        address = settings.webhook.get_secret_value()
        mute = settings.speaks_by_webhook
        named.append(Destination(WEBHOOK, "default", address, is_mute=mute))
    return Destinations(named)
