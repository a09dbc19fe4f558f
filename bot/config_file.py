"""`opsbell.toml`: tasks, runners, destinations, rights, retention. Unknown keys are errors."""

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.addresses import require_address_template, require_web_address
from bot.errors import ConfigError
from bot.secret_files import read_secret
from bot.suggestions import did_you_mean

WebAddress = Annotated[str, AfterValidator(require_web_address)]
AddressTemplate = Annotated[str, AfterValidator(require_address_template)]


class Section(BaseModel):
    """A table of the file; refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TaskKind(Section):
    """`[tasks.<kind>]`: what is the same for every task of one kind."""

    channel: str | None = None
    log_url: AddressTemplate | None = None
    grafana_url: AddressTemplate | None = None
    runner: str | None = None
    expected_minutes: float | None = Field(None, gt=0, allow_inf_nan=False)
    retry_roles: list[str] = []
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class RunnerSection(Section):
    """What every kind of runner has; `tenants` may start it, `*` means all of them."""

    tenants: list[str] = Field(["default"], min_length=1)

    def serves(self, tenant: str) -> bool:
        """Tell whether a tenant may start it."""
        return tenant in self.tenants or "*" in self.tenants


class HttpRunner(RunnerSection):
    """`[runners.<name>] type = "http"`: an orchestrator that takes tasks over HTTP."""

    type: Literal["http"]
    url: WebAddress = Field(repr=False)  # may hold a password
    cancel_url: WebAddress | None = Field(None, repr=False)
    timeout_seconds: float = Field(10, gt=0, le=60)
    private_addresses: bool = False


class CommandRunner(RunnerSection):
    """`[runners.<name>] type = "command"`: a program and its arguments; never a shell."""

    type: Literal["command"]
    argv: list[str] = Field(min_length=1)
    cwd: Path | None = None
    env: dict[str, str] = Field({}, repr=False)  # may hold secrets


class BullRunner(RunnerSection):
    """`[runners.<name>] type = "bullmq"`: a queue in Redis whose workers are written for Node."""

    type: Literal["bullmq"]
    redis_url: SecretStr
    queue: str = Field(min_length=1, pattern="^[^:]+$")
    prefix: str = Field("bull", min_length=1)

    @field_validator("redis_url")
    @classmethod
    def _of_redis(cls, url: SecretStr) -> SecretStr:
        return require_scheme(url, "redis", "rediss", "unix")


class CeleryRunner(RunnerSection):
    """`[runners.<name>] type = "celery"`: a Celery application, known by its broker."""

    type: Literal["celery"]
    broker_url: SecretStr
    result_backend: SecretStr | None = None
    queue: str = Field("celery", min_length=1)

    @field_validator("broker_url")
    @classmethod
    def _of_a_broker(cls, url: SecretStr) -> SecretStr:
        return require_scheme(url, "redis", "rediss", "amqp", "amqps", "pyamqp", "sqs")


def require_scheme(url: SecretStr, *schemes: str) -> SecretStr:
    """Return an address of one of these kinds; raise `ValueError` that does not repeat it."""
    address = url.get_secret_value()
    scheme, found, rest = address.partition("://")
    try:
        port_is_fine = (urlsplit(address).port or 1) > 0
    except ValueError:
        port_is_fine = False
    if not found or scheme not in schemes or not port_is_fine or not (rest or scheme == "sqs"):
        raise ValueError(f"must be {schemes[0]}://HOST:PORT/…, or {', '.join(schemes[1:])}")
    return url


RunnerSettings = HttpRunner | CommandRunner | BullRunner | CeleryRunner
Runner = Annotated[RunnerSettings, Field(discriminator="type")]


class Destination(Section):
    """`[destinations.<name>]`: a Slack webhook or an Apprise address, outside any workspace."""

    url: SecretStr | None = Field(None, min_length=1)
    url_file: Path | None = None
    tenant: str = Field("default", min_length=1)

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("set either url or url_file")
        return self

    def address(self) -> str:
        """Return the secret address; raise `OSError` or `ValueError` if its file is unreadable."""
        if self.url is not None:
            return self.url.get_secret_value()
        found = read_secret(self.url_file) if self.url_file else ""
        if not found:
            raise ValueError("it is empty")
        return found


def _an_expression(text: str) -> str:
    try:
        ImmutableSandboxedEnvironment().compile_expression(text)
    except TemplateSyntaxError as error:
        raise ValueError(f"is no Jinja expression: {error.message}") from None
    return text


Expression = Annotated[str, StringConstraints(min_length=1), AfterValidator(_an_expression)]
#: Less could be guessed.
MIN_SECRET_CHARACTERS = 16
TaskStatus = Literal["queued", "running", "completed", "failed", "cancelled"]


class WebhookMapping(Section):
    """`[webhooks.<name>]`: what another system's event says of a task, as Jinja expressions."""

    preset: Literal["prefect", "kestra", "argo", "trigger.dev", "dbt"] | None = None
    id: Expression | None = None
    task: Expression | None = None
    subject: Expression | None = None
    status: Expression | None = None
    error: Expression | None = None
    progress: Expression | None = None
    attempt: Expression | None = None
    log_url: Expression | None = None
    statuses: dict[str, TaskStatus] = {}
    channel: str | None = None
    secret: SecretStr | None = Field(None, min_length=MIN_SECRET_CHARACTERS)
    secret_file: Path | None = None

    def read_secret(self) -> str | None:
        """Return the secret, or None; raise `OSError` or `ValueError` if its file is unreadable."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        if self.secret_file is None:
            return None
        found = read_secret(self.secret_file)
        if len(found) < MIN_SECRET_CHARACTERS:
            raise ValueError(f"must hold {MIN_SECRET_CHARACTERS} characters or more")
        return found

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.secret is not None and self.secret_file is not None:
            raise ValueError("set either secret or secret_file")
        missing = [name for name in ("id", "task", "status") if getattr(self, name) is None]
        if self.preset is None and missing:
            raise ValueError(f"set preset, or {', '.join(missing)}")
        return self


#: In small letters, so that it is never mistaken for the id of a workspace.
DestinationName = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9._-]{0,63}$")]


class Access(Section):
    """`[access]`: user ids or user-group ids. Nobody named as operator means everybody is one."""

    operators: list[str] = []
    admins: list[str] = []


class Retention(Section):
    """`[retention]`: how long ended things are kept."""

    days: int = Field(30, ge=1)


class Http(Section):
    """`[http]`: how often one token may call the API, and how often at once after a rest."""

    requests_per_second: float = Field(1_000, gt=0, le=1_000_000, allow_inf_nan=False)
    burst: float = Field(2_000, ge=1, le=1_000_000, allow_inf_nan=False)


class ConfigFile(Section):
    """The whole file; an absent file is an empty one."""

    tasks: dict[str, TaskKind] = {}
    runners: dict[str, Runner] = {}
    destinations: dict[DestinationName, Destination] = {}
    webhooks: dict[DestinationName, WebhookMapping] = {}
    access: Access = Access()
    retention: Retention = Retention()
    http: Http = Http()

    def kind(self, task: str) -> TaskKind:
        """
        Return what the file says about this kind of task; nothing said is the default.

        `[tasks.<kind>]` goes before `[tasks."<pattern>"]`, and of the patterns that fit the longest
        goes first; each key is taken from the first of them that has it.
        """
        said = [self.tasks[task]] if task in self.tasks else []
        said += [self.tasks[pattern] for pattern in self._patterns if fnmatchcase(task, pattern)]
        if len(said) < 2:
            return said[0] if said else TaskKind()
        merged: dict[str, Any] = {}
        for one in reversed(said):
            merged.update({name: getattr(one, name) for name in one.model_fields_set})
        return TaskKind.model_construct(**merged)

    @cached_property
    def _patterns(self) -> list[str]:
        """The names of kinds that are patterns, the longest first."""
        patterns = [name for name in self.tasks if is_pattern(name)]
        return sorted(patterns, key=lambda name: (-len(name), name))


def is_pattern(kind: str) -> bool:
    """Tell whether the name of a kind stands for all that fit it, like `nightly-*`."""
    return not set("*?[").isdisjoint(kind)


RUNNERS: dict[str, type[Section]] = {
    "http": HttpRunner,
    "command": CommandRunner,
    "bullmq": BullRunner,
    "celery": CeleryRunner,
}


def read_config_file(path: Path) -> ConfigFile:
    """Return the file's content; raise `ConfigError` naming file, key and nearest known key."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise ConfigError([f"OPSBELL_CONFIG: cannot read {path}: {error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: {error}"]) from error
    try:
        config = ConfigFile.model_validate(content)
    except ValidationError as error:
        raise ConfigError([f"{path}: {describe(item)}" for item in error.errors()]) from error
    problems = [f"{path}: {problem}" for problem in unknown_runners(config)]
    if problems:
        raise ConfigError(problems)
    return config


def unknown_runners(config: ConfigFile) -> Iterator[str]:
    for name, kind in config.tasks.items():
        if kind.runner and kind.runner not in config.runners:
            hint = did_you_mean(kind.runner, config.runners)
            yield f"tasks.{name}.runner: there is no [runners.{kind.runner}]{hint}"


def describe(item: Any) -> str:
    """Say what is wrong with one key, and for an unknown one which known key is nearest."""
    location = [str(part) for part in item["loc"]]
    path = ".".join(location)
    if item["type"] == "extra_forbidden":
        return f"{path}: unknown key{did_you_mean(location[-1], known_keys(location[:-1]))}"
    return f"{path}: {item['msg'].removeprefix('Value error, ')}"


def known_keys(table: list[str]) -> list[str]:
    """Return the keys allowed in the table at this place of the file."""
    section: type[Section]
    match table:
        case []:
            section = ConfigFile
        case ["tasks", _]:
            section = TaskKind
        case ["runners", _, kind]:  # The last part is the runner's type.
            section = RUNNERS[kind]
        case ["webhooks", _]:
            section = WebhookMapping
        case ["destinations", _]:
            section = Destination
        case ["access"]:
            section = Access
        case ["http"]:
            section = Http
        case _:
            section = Retention
    return list(section.model_fields)
