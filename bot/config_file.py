"""`opsbell.toml`: tasks, runners, destinations, reports, access. Unknown keys are errors."""

import tomllib
from collections.abc import Iterator, Mapping
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

from bot.config_sections.bus import BusSettings
from bot.config_sections.leaderboards import BoardName, Leaderboard, LeaderboardColumn
from bot.config_sections.reports import (
    OWN_SOURCE,
    MetricSettings,
    ReportName,
    ReportSettings,
    SourceSettings,
    default_source,
    metric_problems,
    source_problems,
)
from bot.config_sections.workspaces import AccessSettings, TeamId, WorkspaceSettings
from bot.errors import ConfigError
from bot.outgoing.web_addresses import require_address_template, require_web_address
from bot.process.secret_files import read_secret
from bot.scheduling.quiet_hours import parse_quiet_hours
from bot.scheduling.schedule_parser import parse_cron, parse_timezone
from bot.scheduling.schedules import Frequency, Schedule
from bot.suggestions import did_you_mean

_WebAddress = Annotated[str, AfterValidator(require_web_address)]
_AddressTemplate = Annotated[str, AfterValidator(require_address_template)]


class _Section(BaseModel):
    """A table of the file; refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# Beyond a year a time leaves the calendar, and each check fails.
_YEAR_MINUTES = 366 * 24 * 60
_SaidMinutes = Annotated[float, Field(gt=0, le=_YEAR_MINUTES, allow_inf_nan=False, strict=True)]
_SaidHours = Annotated[float, Field(gt=0, le=366 * 24, allow_inf_nan=False, strict=True)]


class TaskKind(_Section):
    """`[tasks.<kind>]`: what is the same for every task of one kind."""

    channel: str | None = None
    log_url: _AddressTemplate | None = None
    grafana_url: _AddressTemplate | None = None
    runner: str | None = None
    expected_minutes: _SaidMinutes | None = None
    stuck_after_minutes: _SaidMinutes | None = None
    cron: str | None = None
    timezone: str = "UTC"
    grace_minutes: float = Field(5, ge=0, le=_YEAR_MINUTES, allow_inf_nan=False, strict=True)
    money_per_failure: float | None = Field(None, ge=0, le=1e12, allow_inf_nan=False, strict=True)
    alert_after_failures: int = Field(1, ge=1, le=1_000, strict=True)
    retry_roles: list[str] = []
    workflow_step: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    _cron = field_validator("cron")(parse_cron)
    _timezone = field_validator("timezone")(parse_timezone)

    @property
    def schedule(self) -> Schedule | None:
        """Return when it is to run, if that is known."""
        return Schedule(Frequency.CRON, self.timezone, cron=self.cron) if self.cron else None


class RunnerSection(_Section):
    """What every kind of runner has; `tenants` may start it, `*` means all of them."""

    tenants: list[str] = Field(["default"], min_length=1)

    def serves(self, tenant: str) -> bool:
        """Tell whether a tenant may start it."""
        return tenant in self.tenants or "*" in self.tenants


class HttpRunner(RunnerSection):
    """`[runners.<name>] type = "http"`: an orchestrator that takes tasks over HTTP."""

    type: Literal["http"]
    url: _WebAddress = Field(repr=False)  # may hold a password
    cancel_url: _WebAddress | None = Field(None, repr=False)
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
        return _require_scheme(url, "redis", "rediss", "unix")


class CeleryRunner(RunnerSection):
    """`[runners.<name>] type = "celery"`: a Celery application, known by its broker."""

    type: Literal["celery"]
    broker_url: SecretStr
    result_backend: SecretStr | None = None
    queue: str = Field("celery", min_length=1)

    @field_validator("broker_url")
    @classmethod
    def _of_a_broker(cls, url: SecretStr) -> SecretStr:
        return _require_scheme(url, "redis", "rediss", "amqp", "amqps", "pyamqp", "sqs")


def _require_scheme(url: SecretStr, *schemes: str) -> SecretStr:
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
_AnyRunner = Annotated[RunnerSettings, Field(discriminator="type")]


class DestinationSettings(_Section):
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
        known = ImmutableSandboxedEnvironment()
        known.filters["from_json"] = list  # `bot.tasks.event_mapping` has the real one.
        known.compile_expression(text)
    except TemplateSyntaxError as error:
        raise ValueError(f"is no Jinja expression: {error.message}") from None
    return text


Expression = Annotated[str, StringConstraints(min_length=1), AfterValidator(_an_expression)]
#: Less could be guessed.
MIN_SECRET_CHARACTERS = 16
_MappedStatus = Literal["queued", "running", "completed", "failed", "cancelled"]


class WebhookMapping(_Section):
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
    statuses: dict[str, _MappedStatus] = {}
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
_DestinationName = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9._-]{0,63}$")]


class RetentionSettings(_Section):
    """`[retention]`: how long ended things are kept."""

    days: int = Field(30, ge=1, le=36_500, strict=True)


class TaskTable(_Section):
    """`[alerts.tables.<name>]`: tasks in the table of another system, which checks look at."""

    source: str = Field(min_length=1)
    query: str = Field(min_length=1)
    statuses: dict[str, _MappedStatus] = {}
    tenant: str = Field("default", min_length=1)


class AlertSettings(_Section):
    """`[alerts]`: what is an alert, who is told, and when. Patterns are as in `nightly-*`."""

    stuck_after_minutes: _SaidMinutes = 30
    failed_window_minutes: _SaidMinutes = 30
    every_minutes: float = Field(1, ge=0.05, le=24 * 60, allow_inf_nan=False, strict=True)
    quiet_hours: str | None = None
    timezone: str = "UTC"
    digest_at: str | None = None
    severity: dict[str, Literal["warning", "critical"]] = {}  # pattern of kinds -> how loud
    routes: dict[str, str] = {}  # pattern of kinds -> channel
    repeat_after_hours: _SaidHours = 24
    escalate_after_minutes: _SaidMinutes | None = None
    escalate_to: str | None = None
    also_notify: list[SecretStr] = Field([], repr=False)  # Apprise addresses
    storm_after: int = Field(5, ge=1, le=10_000, strict=True)
    tables: dict[_DestinationName, TaskTable] = {}

    _timezone = field_validator("timezone")(parse_timezone)

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.quiet_hours is not None:
            try:
                parse_quiet_hours(self.quiet_hours, self.timezone)
            except ValueError as error:
                raise ValueError(f"quiet_hours: {error}") from error
            try:
                parse_quiet_hours(self.quiet_hours, self.timezone, self.digest_at)
            except ValueError as error:
                raise ValueError(f"digest_at: {error}") from error
        elif self.digest_at is not None:
            raise ValueError("digest_at needs quiet_hours")
        if (self.escalate_after_minutes is None) != (self.escalate_to is None):
            raise ValueError("set both escalate_after_minutes and escalate_to, or neither")
        return self


class Http(_Section):
    """`[http]`: how often one token may call the API, and how many requests of it run at once."""

    requests_per_second: float = Field(1_000, gt=0, le=1_000_000, allow_inf_nan=False)
    burst: float = Field(2_000, ge=1, le=1_000_000, allow_inf_nan=False)
    concurrent_requests: int = Field(200, ge=1, le=100_000)


class ConfigFile(_Section):
    """The whole file; an absent file is an empty one."""

    tasks: dict[str, TaskKind] = {}
    runners: dict[str, _AnyRunner] = {}
    destinations: dict[_DestinationName, DestinationSettings] = {}
    webhooks: dict[_DestinationName, WebhookMapping] = {}
    leaderboards: dict[BoardName, Leaderboard] = {}
    sources: dict[ReportName, SourceSettings] = {}
    metrics: dict[ReportName, MetricSettings] = {}
    reports: ReportSettings = ReportSettings()
    access: AccessSettings = AccessSettings()
    workspaces: dict[TeamId, WorkspaceSettings] = {}
    alerts: AlertSettings = AlertSettings()
    retention: RetentionSettings = RetentionSettings()
    http: Http = Http()
    bus: BusSettings | None = None

    def of_tenant(self, tenant: str) -> "ConfigFile":
        """Return what the file says to a tenant: nothing, except to the one that it belongs to."""
        return self if tenant == "default" else ConfigFile()

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


_RUNNERS: dict[str, type[_Section]] = {
    "http": HttpRunner,
    "command": CommandRunner,
    "bullmq": BullRunner,
    "celery": CeleryRunner,
}


def read_config_file(path: Path) -> ConfigFile:
    """Return the file's content; raise `ConfigError` naming file, key and nearest known key."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise ConfigError([f"OPSBELL_CONFIG: cannot read {path}: {error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: {error}"]) from error
    except RecursionError as error:
        raise ConfigError([f"{path}: is nested too deeply"]) from error
    try:
        config = ConfigFile.model_validate(content)
    except ValidationError as error:
        raise ConfigError(
            [f"{path}: {_describe_problem(item)}" for item in error.errors()]
        ) from error
    found = [*_unknown_runners(config), *_scheduled_patterns(config), *_shared_folders(config)]
    found += [
        *source_problems(config.sources),
        *metric_problems(config.metrics, config.sources),
        *_unfed_boards(config),
        *_unknown_sources(config),
    ]
    problems = [f"{path}: {problem}" for problem in found]
    if problems:
        raise ConfigError(problems)
    return config


def _unknown_runners(config: ConfigFile) -> Iterator[str]:
    for name, kind in config.tasks.items():
        if kind.runner and kind.runner not in config.runners:
            hint = did_you_mean(kind.runner, config.runners)
            yield f"tasks.{name}.runner: there is no [runners.{kind.runner}]{hint}"


def _unknown_sources(config: ConfigFile) -> Iterator[str]:
    known = [*config.sources, OWN_SOURCE]
    for name, table in config.alerts.tables.items():
        if table.source not in known:
            hint = did_you_mean(table.source, known)
            yield f"alerts.tables.{name}.source: there is no [sources.{table.source}]{hint}"


def _scheduled_patterns(config: ConfigFile) -> Iterator[str]:
    for name, kind in config.tasks.items():
        if is_pattern(name) and kind.cron:
            yield f"tasks.{name}.cron: a pattern cannot be missed; give each kind its own cron"


def _unfed_boards(config: ConfigFile) -> Iterator[str]:
    """Yield boards whose source or metrics are missing, or cannot be asked by their subject."""
    for name, board in config.leaderboards.items():
        place = f"leaderboards.{name}"
        if board.query is not None:
            source = board.source or default_source(config.sources)
            known = [*config.sources, OWN_SOURCE]
            if source is None:
                yield f"{place}.source: name one of {', '.join(sorted(known))}"
            elif source not in known:
                yield f"{place}.source: there is no [sources.{source}]{did_you_mean(source, known)}"
        if board.metric is not None:
            yield from _unfit_metrics(place, board, config)


def _unfit_metrics(place: str, board: Leaderboard, config: ConfigFile) -> Iterator[str]:
    for column in board.columns:
        metric = config.metrics.get(column.name)
        if metric is None:
            hint = did_you_mean(column.name, config.metrics)
            yield f"{place}: there is no [metrics.{column.name}]{hint}"
        elif metric.time is None:
            yield f"{place}: [metrics.{column.name}] needs `time`, or no week can be asked for"
        elif board.subject not in metric.dimensions:
            hint = did_you_mean(board.subject, metric.dimensions)
            yield (
                f"{place}.subject: `{board.subject}` is no dimension of"
                f" [metrics.{column.name}]{hint}"
            )


def _shared_folders(config: ConfigFile) -> Iterator[str]:
    folders: dict[str, str] = {}
    for name, board in config.leaderboards.items():
        if board.files is None:
            continue
        first = folders.setdefault(str(board.files.resolve()), name)
        if first != name:
            yield f"leaderboards.{name}.files: `{first}` writes there; name another folder"


def _describe_problem(item: Any) -> str:
    """Say what is wrong with one key, and for an unknown one which known key is nearest."""
    location = [str(part) for part in item["loc"]]
    path = ".".join(location)
    if item["type"] == "extra_forbidden":
        return f"{path}: unknown key{did_you_mean(location[-1], _known_keys(location[:-1]))}"
    return f"{path}: {item['msg'].removeprefix('Value error, ')}"


_TABLES: Mapping[str, type[BaseModel]] = {
    "tasks": TaskKind,
    "destinations": DestinationSettings,
    "access": AccessSettings,
    "alerts": AlertSettings,
    "http": Http,
    "bus": BusSettings,
    "retention": RetentionSettings,
    "webhooks": WebhookMapping,
    "sources": SourceSettings,
    "metrics": MetricSettings,
    "reports": ReportSettings,
    "workspaces": WorkspaceSettings,
}


def _known_keys(table: list[str]) -> list[str]:
    """Return the keys allowed in the table at this place of the file."""
    section: type[BaseModel]
    match table:
        case []:
            section = ConfigFile
        case ["runners", _, kind]:  # The last part is the runner's type.
            section = _RUNNERS[kind]
        case ["alerts", "tables", _]:
            section = TaskTable
        case ["leaderboards", _]:
            section = Leaderboard
        case ["leaderboards", *_]:
            section = LeaderboardColumn
        case [name, *_]:
            section = _TABLES[name]
    return list(section.model_fields)
