"""The `opsbell.toml` of a folder: alert rules, metrics, leaderboards, all that is read at start."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy.engine import make_url

from bot.config_file import ConfigFile
from bot.errors import ConflictError, UnavailableError

#: Only that these change is printed: their addresses may hold passwords.
_UNSHOWN = frozenset({"runners", "destinations", "webhooks", "sources"})
_VALUE_CHARACTERS = 80
_ONLY_LAYOUT = "only comments or layout differ"


def settings_lines(current: ConfigFile, wanted: ConfigFile) -> list[str]:
    """Return what differs between two settings files, each key with its old and new value."""
    return list(_differences(_as_tables(current), _as_tables(wanted))) or [_ONLY_LAYOUT]


def secrets_in(config: ConfigFile) -> Iterator[str]:
    """Yield the keys of a settings file that hold a secret themselves, where a file could."""
    for name, source in config.sources.items():
        if source.url is not None and make_url(source.url.get_secret_value()).password:
            yield f"sources.{name}.url"
    bus_url = config.bus.url if config.bus is not None else None
    if bus_url is not None and "@" in bus_url.get_secret_value():  # NATS takes a token alone, too.
        yield "bus.url"
    yield from (f"destinations.{name}.url" for name, one in config.destinations.items() if one.url)
    yield from (f"webhooks.{name}.secret" for name, one in config.webhooks.items() if one.secret)


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


class SettingsSwap:
    """
    Puts a candidate in the place of the file in force, all of it or nothing.

    The file keeps its permissions, its owner if we may give it to them, and a link still points to
    it.
    """

    def __init__(self, candidate: bytes, in_force: Path) -> None:
        self._candidate = candidate
        self._target = in_force.resolve()
        self._before = self._target.read_bytes() if self._target.is_file() else None
        self._is_replaced = False

    @property
    def is_new(self) -> bool:
        """Tell whether there is no file in force."""
        return self._before is None

    @property
    def is_same(self) -> bool:
        """Tell whether the file in force holds just that."""
        return self._candidate == self._before

    def replace(self) -> None:
        """
        Replace the file, unless it is the same.

        Raises `ConflictError` if it was changed meanwhile, and `UnavailableError` where the folder
        cannot be written.
        """
        target = self._target
        try:
            now = target.read_bytes() if target.is_file() else None
            if now != self._before:
                raise ConflictError(f"{target} was changed meanwhile.")
            if not self.is_same:
                _write_whole(target, self._candidate)
                self._is_replaced = True
        except OSError as error:
            raise UnavailableError(f"{target} cannot be replaced: {error}") from error

    def put_back(self) -> None:
        """Undo `replace`, if it has replaced anything."""
        if self._is_replaced and self._before is not None:
            _write_whole(self._target, self._before)
        elif self._is_replaced:
            self._target.unlink(missing_ok=True)


def _write_whole(target: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, also after a power cut."""
    known = target.stat() if target.exists() else None
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if known is not None:
                _keep_access(file.fileno(), known)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _keep_access(file: int, known: os.stat_result) -> None:
    """Give a file the owner and the permissions of another, so that the bot can still read it."""
    with suppress(PermissionError):  # Only root may give a file away, and need do it.
        os.fchown(file, known.st_uid, known.st_gid)
    os.fchmod(file, known.st_mode & 0o777)
