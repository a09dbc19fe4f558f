"""
The environment, read once. Every problem is reported together, by the variable's name.

`NAME_FILE` reads `NAME` from a file, for secrets. SECRETS_FROM names a store that gives what
neither says. `bot.config_file` reads `opsbell.toml`.
"""

import base64
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.config_file import MIN_SECRET_CHARACTERS, ConfigFile, read_config_file
from bot.config_sections.bus import bus_address_problem
from bot.config_sections.reports import source_address_problem
from bot.errors import ConfigError
from bot.outgoing.proxies import PROXY_VARIABLES as PROXY_NAMES
from bot.outgoing.proxies import Proxies, proxy_problem
from bot.outgoing.web_addresses import (
    require_address_template,
    require_web_address,
    webhook_address_problem,
)
from bot.process.secret_files import QUOTED, is_quoted, read_secret, why_unreadable
from bot.process.secret_stores import read_secret_store

_JWT_SECRET_BYTES = 32
#: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
_CALLBACK_SECRET_BYTES = 24
_FERNET_KEY_BYTES = 32
#: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
_OTLP_HEADER = re.compile(r" *[\w.-]+ *=[ -~]*", re.ASCII)
_DEFAULT_CONFIG = Path("opsbell.toml")
#: What the webhook of the environment is called among the destinations.
WEBHOOK = "webhook"
#: What the runner of ORCHESTRATOR_URL is called among the runners.
ORCHESTRATOR = "orchestrator"
#: They say where the store is; it cannot say so itself.
_WAY_TO_SECRETS = ("secrets_from", "vault_", "aws_")

# An empty variable means the same as none: compose files and Procfiles leave many of them empty.
_Secret = Annotated[SecretStr | None, BeforeValidator(lambda value: value or None)]
Text = Annotated[str | None, BeforeValidator(lambda value: value or None)]


class Settings(BaseModel):
    """What the process was told. Frozen; secrets do not show when printed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slack_bot_token: _Secret = None
    slack_app_token: _Secret = None
    slack_client_id: Text = None
    slack_client_secret: _Secret = None
    slack_signing_secret: _Secret = None
    slack_api_url: str = Field("https://slack.com/api/", repr=False)
    slack_default_channel: Text = None
    slack_alerts_channel: Text = None
    slack_users_channel: Text = None
    slack_leaderboard_channel: Text = None
    slack_webhook: _Secret = None
    slack_webhook_url: _Secret = None
    https_proxy: _Secret = None
    http_proxy: _Secret = None
    no_proxy: Text = None
    slack_notify_on_task_creation: bool = True
    # Not printed: it may hold the password of the database.
    database_url: str = Field("sqlite:///opsbell.db", repr=False)
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    app_url: Text = None
    jwt_secret: _Secret = None
    oidc_issuer: Text = None
    oidc_audience: Text = None
    token_encryption_key: _Secret = None
    orchestrator_url: Text = Field(None, repr=False)  # may hold a password
    callback_secret: _Secret = None
    grafana_url: Text = None
    environment: Text = None
    opsbell_config: Text = None
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    analyst: Literal["builtin", "gemini", "openai", "google-generativeai"] | None = None
    google_api_key: _Secret = None
    gemini_quick_model: Text = None
    gemini_deep_model: Text = None
    gemini_api_url: Text = Field(None, repr=False)
    openai_api_key: _Secret = None
    openai_base_url: Text = Field(None, repr=False)
    openai_quick_model: Text = None
    openai_deep_model: Text = None
    secrets_from: Text = Field(None, repr=False)
    vault_addr: Text = Field(None, repr=False)
    vault_namespace: Text = None
    vault_cacert: Text = None
    vault_token: _Secret = None
    vault_role: Text = None
    vault_role_id: Text = None
    vault_secret_id: _Secret = None
    vault_auth_path: Text = None
    aws_region: Text = None
    otel_exporter_otlp_endpoint: Text = Field(None, repr=False)  # may hold a password
    otel_exporter_otlp_headers: _Secret = None
    otel_service_name: str = "opsbell"
    config: ConfigFile = ConfigFile()

    @property
    def config_path(self) -> Path:
        """Return which file holds the configuration; there may be none."""
        return Path(self.opsbell_config) if self.opsbell_config else _DEFAULT_CONFIG

    @field_validator(
        *("slack_api_url", "app_url", "orchestrator_url", "gemini_api_url", "openai_base_url"),
        "otel_exporter_otlp_endpoint",
    )
    @classmethod
    def _a_web_address(cls, url: str | None) -> str | None:
        return require_web_address(url) if url else url

    @field_validator("otel_exporter_otlp_headers")
    @classmethod
    def _named_values(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not all(map(_OTLP_HEADER.fullmatch, secret.get_secret_value().split(","))):
            raise ValueError("must be name=value, comma separated, with percent-encoded values")
        return secret

    @field_validator("slack_api_url")
    @classmethod
    def _end_with_slash(cls, url: str) -> str:
        if "@" in urlsplit(url).netloc:  # The token is sent in its place.
            raise ValueError("must not contain a user name or a password")
        return url if url.endswith("/") else f"{url}/"

    @field_validator("grafana_url")
    @classmethod
    def _an_address_template(cls, url: str | None) -> str | None:
        return require_address_template(url) if url else url

    @field_validator("database_url")
    @classmethod
    def _a_known_database(cls, url: str) -> str:
        scheme, _, rest = url.partition("://")
        if not rest or scheme not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("must be sqlite:///FILE or postgresql://…")
        try:
            make_url(url)
        except (ArgumentError, ValueError):  # The reason would repeat the address.
            raise ValueError("must be sqlite:///FILE or postgresql://…") from None
        return url

    @field_validator("jwt_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and len(secret.get_secret_value().encode()) < _JWT_SECRET_BYTES:
            raise ValueError(f"needs at least {_JWT_SECRET_BYTES} bytes for HS256")
        return secret

    @field_validator("oidc_issuer")
    @classmethod
    def _an_issuer(cls, url: str | None) -> str | None:
        if url:
            parts = urlsplit(require_web_address(url))
            if parts.query or parts.fragment or "@" in parts.netloc:
                raise ValueError("must be the issuer's address as its tokens say it in `iss`")
        return url

    @field_validator("callback_secret")
    @classmethod
    def _a_webhook_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None:
            return None
        for one in split_secrets(secret):
            try:
                key = base64.b64decode(one.removeprefix("whsec_"), validate=True)
            except ValueError:
                raise ValueError("must be base64, with or without `whsec_` in front") from None
            if len(key) < _CALLBACK_SECRET_BYTES:
                raise ValueError(f"needs at least {_CALLBACK_SECRET_BYTES} bytes in base64")
        return secret

    @field_validator("token_encryption_key")
    @classmethod
    def _fernet_keys(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not all(map(_is_fernet_key, secret.get_secret_value().split(","))):
            raise ValueError("must be Fernet keys, comma separated: 32 bytes in URL-safe base64")
        return secret

    @field_validator("log_level", "log_format", "analyst", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("slack_webhook", "slack_webhook_url")
    @classmethod
    def _a_secret_address(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret:
            require_web_address(secret.get_secret_value())
            if problem := webhook_address_problem(secret.get_secret_value()):
                raise ValueError(problem)
        return secret

    @field_validator("https_proxy", "http_proxy")
    @classmethod
    def _a_proxy(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and (problem := proxy_problem(secret.get_secret_value())):
            raise ValueError(problem)
        return secret

    @property
    def proxies(self) -> Proxies:
        """The proxies that calls to Slack go through."""
        https, http = (
            one.get_secret_value() if one else None for one in (self.https_proxy, self.http_proxy)
        )
        return Proxies(https, http, self.no_proxy)

    @property
    def analyst_name(self) -> str:
        """The analyst that is asked for; else Gemini if it has a key, else the built-in one."""
        return self.analyst or ("gemini" if self.google_api_key else "builtin")

    @property
    def webhook(self) -> SecretStr | None:
        """The incoming webhook, under either of its names."""
        return self.slack_webhook or self.slack_webhook_url

    @property
    def speaks_by_webhook(self) -> bool:
        """Tell whether there is no bot but a webhook to speak through."""
        return self.webhook is not None and self.slack_bot_token is None

    @property
    def public_url(self) -> str:
        """How orchestrators reach us, without a slash at the end."""
        return (self.app_url or f"http://{self.host}:{self.port}").rstrip("/")


def read_settings(environ: Mapping[str, str], *, need_slack: bool = True) -> Settings:
    """
    Return the settings of *environ* and of the configuration file it names.

    *need_slack* is False for commands that never talk to Slack (`migrate`, `token`).
    Raises `ConfigError` with every problem found, and `SecretsUnavailableError`.
    """
    values, problems = _read_values(environ)
    if "secrets_from" in values:
        values = _add_from_store(values, problems)
    config, config_problems = _read_config(values)
    problems += config_problems + _two_webhooks(values, config) + _two_runners(values, config)
    problems += _half_an_issuer(values) + _half_a_slack_app(values)
    problems += _unusable_analyst(values)
    if _is_webhook_enough(values):
        # It has one channel of its own, whatever messages say; tasks need not name any.
        values.setdefault("slack_default_channel", WEBHOOK)
    elif need_slack:
        problems += _missing_tokens(values)
    try:
        settings = Settings(**values, config=config)
    except ValidationError as error:
        problems += [_describe_setting(item) for item in error.errors()]
    if problems:
        raise ConfigError(problems)
    return settings


def _read_values(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the variables by field name, those of `NAME_FILE` included, and what went wrong."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in (one for one in Settings.model_fields if one != "config"):
        name = field.upper()
        value = environ.get(name, "").strip()
        if name in PROXY_NAMES:  # Most programs know these in small letters as well.
            value = value or environ.get(field, "").strip()
        path = environ.get(f"{name}_FILE", "").strip()
        if value and path:
            problems.append(f"{name}: set either {name} or {name}_FILE, not both")
            continue
        quoted = f"{name}_FILE" if is_quoted(path) else name if is_quoted(value) else None
        if quoted:
            problems.append(f"{quoted}: {QUOTED}")
            continue
        try:
            value = read_secret(Path(path)) if path else value
        except (OSError, ValueError) as error:
            problems.append(f"{name}_FILE: cannot use the file it names: {why_unreadable(error)}")
        if value:
            values[field] = value
    return values, problems


def _add_from_store(values: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    """
    Return the variables with those of the store that SECRETS_FROM names.

    Raises `ConfigError` with the *problems* so far if the store has one: what would have come from
    it is not missing.
    """
    fields = {one for one in Settings.model_fields if not one.startswith(_WAY_TO_SECRETS)}
    try:
        return {**read_secret_store(values, fields - {"config"}), **values}
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from None


def _read_config(values: Mapping[str, Any]) -> tuple[ConfigFile, list[str]]:
    """Return the configuration file that the variables name, or an empty one, and its problems."""
    named = values.get("opsbell_config")
    path = Path(named) if named else _DEFAULT_CONFIG
    if not named and not path.exists():
        return ConfigFile(), []
    try:
        config = read_config_file(path)
    except ConfigError as error:
        return ConfigFile(), list(error.problems)
    problems = [*_unreadable_addresses(config), *_unusable_secrets(config)]
    problems += [*_unreadable_sources(config), *_unreadable_bus(config)]
    return config, [f"{path}: {problem}" for problem in problems]


def _unusable_secrets(config: ConfigFile) -> Iterator[str]:
    """Yield why the file with the secret of a webhook cannot be used."""
    for name, mapping in config.webhooks.items():
        place = f"webhooks.{name}.secret_file"
        try:
            found = read_secret(mapping.secret_file) if mapping.secret_file else None
        except (OSError, ValueError) as error:
            yield f"{place}: cannot use the file it names: {why_unreadable(error)}"
            continue
        if found is not None and len(found) < MIN_SECRET_CHARACTERS:
            yield f"{place}: its file must hold {MIN_SECRET_CHARACTERS} characters or more"


def _unreadable_addresses(config: ConfigFile) -> Iterator[str]:
    """Yield why the address of a destination cannot be read, or is none to send messages to."""
    for name, destination in config.destinations.items():
        try:
            address = destination.address()
        except (OSError, ValueError) as error:
            reason = why_unreadable(error)
            yield f"destinations.{name}.url_file: cannot use the file it names: {reason}"
            continue
        if problem := webhook_address_problem(address):
            yield f"destinations.{name}: {problem}"


def _unreadable_sources(config: ConfigFile) -> Iterator[str]:
    """Yield why the file with the address of a source cannot be used."""
    for name, source in config.sources.items():
        place = f"sources.{name}.url_file"
        try:
            problem = source_address_problem(source.address())
        except (OSError, ValueError) as error:
            problem = f"cannot use the file it names: {why_unreadable(error)}"
        if problem:
            yield f"{place}: {problem}"


def _unreadable_bus(config: ConfigFile) -> Iterator[str]:
    """Yield why the file with the address of the event bus cannot be used."""
    try:
        problem = bus_address_problem(config.bus.address()) if config.bus else None
    except (OSError, ValueError) as error:
        problem = f"cannot use the file it names: {why_unreadable(error)}"
    if problem:
        yield f"bus.url_file: {problem}"


def _two_webhooks(values: Mapping[str, Any], config: ConfigFile) -> list[str]:
    """Say where more than one webhook claims the same name."""
    first, second = values.get("slack_webhook"), values.get("slack_webhook_url")
    problems = []
    if first and second and first != second:
        problems.append("SLACK_WEBHOOK, SLACK_WEBHOOK_URL: two names of one thing; set one of them")
    if (first or second) and WEBHOOK in config.destinations:
        problems.append(f"SLACK_WEBHOOK: is the destination `{WEBHOOK}`; rename the other one")
    return problems


def _two_runners(values: Mapping[str, Any], config: ConfigFile) -> list[str]:
    """Say if the runner of ORCHESTRATOR_URL and one of opsbell.toml claim the same name."""
    if values.get("orchestrator_url") and ORCHESTRATOR in config.runners:
        return [
            f"ORCHESTRATOR_URL: is the runner `{ORCHESTRATOR}`; rename [runners.{ORCHESTRATOR}] "
            "or leave the variable out"
        ]
    return []


def _half_a_slack_app(values: Mapping[str, Any]) -> list[str]:
    """Say which half of what installs the app by OAuth is missing."""
    halves = ("slack_client_id", "slack_client_secret")
    missing = [name for name in halves if not values.get(name)]
    if len(missing) != 1:
        return []
    place = "Basic Information → App Credentials"
    return [f"{missing[0].upper()}: is missing beside the other; find it at {place}"]


def _half_an_issuer(values: Mapping[str, Any]) -> list[str]:
    """Say if one of the two settings for OpenID Connect is missing."""
    issuer, audience = values.get("oidc_issuer"), values.get("oidc_audience")
    if bool(issuer) == bool(audience):
        return []
    missing = "OIDC_AUDIENCE" if issuer else "OIDC_ISSUER"
    return [f"{missing}: is missing; tokens are accepted from one issuer for one audience"]


def _unusable_analyst(values: Mapping[str, Any]) -> list[str]:
    """Say what the analyst that is asked for lacks."""
    name = str(values.get("analyst", "")).lower()
    if name in ("gemini", "google-generativeai") and not values.get("google_api_key"):
        return [f"GOOGLE_API_KEY: is missing; ANALYST={name} needs it (aistudio.google.com/apikey)"]
    if name != "openai":
        return []
    if not values.get("openai_api_key") and not values.get("openai_base_url"):
        return [
            "OPENAI_API_KEY: is missing; ANALYST=openai needs it, or OPENAI_BASE_URL of a server "
            "that wants none"
        ]
    if not values.get("openai_quick_model"):
        return ["OPENAI_QUICK_MODEL: is missing; ANALYST=openai needs the name of a model"]
    return []


def _is_webhook_enough(values: Mapping[str, Any]) -> bool:
    """Tell whether the bot can do without Slack's tokens, and nobody has begun to set them."""
    tokens = values.get("slack_bot_token") or values.get("slack_app_token")
    return not tokens and bool(values.get("slack_webhook") or values.get("slack_webhook_url"))


def _missing_tokens(values: Mapping[str, Any]) -> list[str]:
    """Say which Slack tokens are missing or are of the wrong kind, and where to get them."""
    problems = []
    for name, prefix, place in (
        ("SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions → Bot User OAuth Token"),
        ("SLACK_APP_TOKEN", "xapp-", "Basic Information → App-Level Tokens (connections:write)"),
    ):
        token = values.get(name.lower())
        if not token:
            problems.append(
                f"{name}: is missing; find it at api.slack.com/apps → {place}"
                " (without any token, SLACK_WEBHOOK is enough for notices)"
            )
        elif not token.startswith(prefix):
            problems.append(f"{name}: must start with {prefix}; find it at {place}")
    return problems


def _is_fernet_key(key: str) -> bool:
    """Tell whether this is a key as https://github.com/fernet/spec wants it."""
    try:
        return (
            len(base64.b64decode(key.strip(), altchars=b"-_", validate=True)) == _FERNET_KEY_BYTES
        )
    except ValueError:
        return False


def _describe_setting(item: Any) -> str:
    """Say what is wrong with one variable, without ever repeating its value."""
    name = ".".join(str(part) for part in item["loc"]).upper()
    message = item["msg"].removeprefix("Value error, ")
    return f"{name}: {message[0].lower()}{message[1:]}"


def environment() -> Mapping[str, str]:
    """Return the process's own environment; the one place that touches it."""
    return os.environ


def split_secrets(secret: SecretStr) -> list[str]:
    """Return the secrets of a comma-separated list, the newest first: that one signs."""
    return [one.strip() for one in secret.get_secret_value().split(",")]
