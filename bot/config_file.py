"""`opsbell.toml`: tasks, runners, destinations, rights, retention. Unknown keys are errors."""

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.errors import ConfigError
from bot.leaderboard_config import BoardName, Leaderboard, LeaderboardColumn


class Section(BaseModel):
    """A table of the file; refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TaskKind(Section):
    """`[tasks.<kind>]`: what is the same for every task of one kind."""

    channel: str | None = None
    log_url: str | None = None
    grafana_url: str | None = None
    runner: str | None = None
    expected_minutes: float | None = Field(None, gt=0, allow_inf_nan=False)
    money_per_failure: float | None = Field(None, ge=0, allow_inf_nan=False)
    retry_roles: list[str] = []
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class HttpRunner(Section):
    """`[runners.<name>] type = "http"`: an orchestrator that takes tasks over HTTP."""

    type: Literal["http"]
    url: str = Field(pattern="^https?://")
    cancel_url: str | None = Field(None, pattern="^https?://")
    timeout_seconds: float = Field(10, gt=0, le=60)


class CommandRunner(Section):
    """`[runners.<name>] type = "command"`: a program and its arguments; never a shell."""

    type: Literal["command"]
    argv: list[str] = Field(min_length=1)
    cwd: Path | None = None
    env: dict[str, str] = Field({}, repr=False)  # may hold secrets


Runner = Annotated[HttpRunner | CommandRunner, Field(discriminator="type")]


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
        found = self.url_file.read_text(encoding="utf-8").strip() if self.url_file else ""
        if not found:
            raise ValueError("it is empty")
        return found


#: In small letters, so that it is never mistaken for the id of a workspace.
DestinationName = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9._-]{0,63}$")]


class Access(Section):
    """`[access]`: user ids or user-group ids. Nobody named as operator means everybody is one."""

    operators: list[str] = []
    admins: list[str] = []


class Retention(Section):
    """`[retention]`: how long ended things are kept."""

    days: int = Field(30, ge=1)


class ConfigFile(Section):
    """The whole file; an absent file is an empty one."""

    tasks: dict[str, TaskKind] = {}
    runners: dict[str, Runner] = {}
    destinations: dict[DestinationName, Destination] = {}
    leaderboards: dict[BoardName, Leaderboard] = {}
    access: Access = Access()
    retention: Retention = Retention()

    def kind(self, task: str) -> TaskKind:
        """Return what the file says about this kind of task; nothing said is the default."""
        return self.tasks.get(task) or TaskKind()


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
    found = [*unknown_runners(config), *shared_folders(config)]
    problems = [f"{path}: {problem}" for problem in found]
    if problems:
        raise ConfigError(problems)
    return config


def unknown_runners(config: ConfigFile) -> Iterator[str]:
    for name, kind in config.tasks.items():
        if kind.runner and kind.runner not in config.runners:
            hint = nearest(kind.runner, config.runners)
            yield f"tasks.{name}.runner: there is no [runners.{kind.runner}]{hint}"


def shared_folders(config: ConfigFile) -> Iterator[str]:
    folders: dict[str, str] = {}
    for name, board in config.leaderboards.items():
        if board.files is None:
            continue
        first = folders.setdefault(str(board.files.resolve()), name)
        if first != name:
            yield f"leaderboards.{name}.files: `{first}` writes there; name another folder"


def describe(item: Any) -> str:
    """Say what is wrong with one key, and for an unknown one which known key is nearest."""
    location = [str(part) for part in item["loc"]]
    path = ".".join(location)
    if item["type"] == "extra_forbidden":
        return f"{path}: unknown key{nearest(location[-1], known_keys(location[:-1]))}"
    return f"{path}: {item['msg'].removeprefix('Value error, ')}"


def known_keys(table: list[str]) -> list[str]:
    """Return the keys allowed in the table at this place of the file."""
    section: type[BaseModel]
    match table:
        case []:
            section = ConfigFile
        case ["tasks", _]:
            section = TaskKind
        case ["runners", _, kind]:  # The last part is the runner's type.
            section = HttpRunner if kind == "http" else CommandRunner
        case ["destinations", _]:
            section = Destination
        case ["leaderboards", _]:
            section = Leaderboard
        case ["leaderboards", *_]:
            section = LeaderboardColumn
        case ["access"]:
            section = Access
        case _:
            section = Retention
    return list(section.model_fields)


def nearest(word: str, known: Any) -> str:
    """Return ` (did you mean …?)` for the nearest known word, or the list of known ones."""
    close = difflib.get_close_matches(word, list(known), n=1)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known: {', '.join(sorted(known)) or 'none'}"
