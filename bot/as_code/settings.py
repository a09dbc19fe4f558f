"""The `opsbell.toml` of a folder: alert rules, metrics, leaderboards, all that is read at start."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.as_code.folder import SETTINGS_FILE
from bot.as_code.plan import Action, Change
from bot.config_file import ConfigFile
from bot.errors import UnavailableError

#: Only that these change is printed: their addresses may hold passwords.
_UNSHOWN = frozenset({"runners", "destinations", "webhooks", "sources"})
_VALUE_CHARACTERS = 80
_ONLY_LAYOUT = "only comments or layout differ"
_RESTART_NOTE = "takes effect once the bot is restarted"


def settings_change(
    candidate: Path, config: ConfigFile, in_force: Path, current: ConfigFile
) -> Change:
    """Return how a candidate, already read as *config*, differs from the file in force."""
    is_there = in_force.is_file()
    if is_there and candidate.read_bytes() == in_force.read_bytes():
        return Change(Action.NONE, "settings", SETTINGS_FILE)
    lines = list(_differences(_as_tables(current), _as_tables(config))) or [_ONLY_LAYOUT]
    action = Action.CHANGE if is_there else Action.CREATE
    return Change(action, "settings", SETTINGS_FILE, (*lines, _RESTART_NOTE))


def _as_tables(config: ConfigFile) -> dict[str, Any]:
    return {name: _as_table(getattr(config, name)) for name in ConfigFile.model_fields}


def _as_table(value: Any) -> Any:
    """Return tables as dicts; secrets stay objects that do not show what they hold."""
    if isinstance(value, BaseModel):
        return {name: _as_table(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(name): _as_table(one) for name, one in value.items()}
    return value


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], path: str = ""
) -> Iterator[str]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        place = f"{path}{name}"
        if old == new:
            continue
        if path == "" and name in _UNSHOWN:
            yield f"{place}: changed"
        elif name not in before or name not in after:
            yield f"{place}: {'added' if name in after else 'removed'}"
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{place}.")
        else:
            yield f"{place}: {_setting_shown(old)} → {_setting_shown(new)}"


def _setting_shown(value: Any) -> str:
    shown = "not set" if value is None else str(value)
    if "SecretStr(" in repr(value):
        return "(not shown)"
    return shown if len(shown) <= _VALUE_CHARACTERS else f"{shown[: _VALUE_CHARACTERS - 1]}…"


def replace_settings(candidate: Path, in_force: Path) -> None:
    """
    Put a copy of the candidate in the place of the file in force, all of it or nothing.

    The file keeps its permissions, and a link still points to it. Raises `UnavailableError` where
    the folder cannot be written.
    """
    target = in_force.resolve()
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(candidate.read_bytes())
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UnavailableError(f"{target} cannot be replaced: {error}") from error
