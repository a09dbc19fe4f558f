"""
Reads a folder of settings, templates, senders and reports; what is wrong is reported together.

`templates/<code>.json` is a body, `templates/<code>.schema.json` the JSON Schema of its payload;
`senders/<code>.toml` has the fields of `PUT /api/senders/{code}`, `reports/<code>.toml` those of
`POST /api/scheduling/reports`, with the owner. `opsbell.toml` holds what is read at the start.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.errors import FieldProblem, InvalidError
from bot.http.schemas.base import bind
from bot.http.schemas.message_fields import Code
from bot.http.schemas.reports import CreateReport
from bot.http.schemas.templates import PutSender, PutTemplate
from bot.ids import is_slack_user_id
from bot.messages.models import Ambiguous
from bot.messages.requests.sender_settings import NamedSender
from bot.messages.templates.store import NewTemplate
from bot.strict_json import STRICT
from bot.workspaces.directory import read_id

_CODES = TypeAdapter(Code)
SETTINGS_FILE = "opsbell.toml"
_SCHEMA_END = ".schema.json"
_MAX_FILE_BYTES = 1_048_576
_MAX_FILES = 2_000
_ENDINGS = {"templates": ".json", "senders": ".toml", "reports": ".toml"}


@dataclass(frozen=True)
class NamedReport:
    """A report; an owner has one of a name."""

    code: str
    owner: str
    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class CodeFolder:
    """What the folder wants; in the order of the codes."""

    templates: list[NewTemplate]
    senders: list[NamedSender]
    reports: list[NamedReport]
    settings: Path | None = None  # an `opsbell.toml`, still to be read


def read_folder(path: Path) -> CodeFolder:
    """Return what the files say; raise `InvalidError` with a problem for each wrong one."""
    if not path.is_dir():
        raise InvalidError(f"{path} is no folder.", [FieldProblem("DIR", "name a folder")])
    reading = _FolderReading(path)
    files = sorted(reading.files())
    bodies = [file for file in files if not file.name.endswith(_SCHEMA_END)]
    found: dict[str, list[Any]] = {kind: [] for kind in _ENDINGS}
    readers = {"templates": _template, "senders": _sender, "reports": _report_in_file}
    for file in bodies:
        kind = file.parent.name
        one = reading.take(file, readers[kind])
        found[kind] += [one] if one is not None else []
    _refuse_same_reports(reading, found["reports"])
    for file in files:
        if file.name.endswith(_SCHEMA_END) and _template_beside(file) not in bodies:
            reading.note(file, "there is no template of this code")
    if reading.problems:
        lines = "\n".join(f"{one.field}: {one.message}" for one in reading.problems)
        raise InvalidError(f"Nothing was changed.\n{lines}", reading.problems)
    settings = path / SETTINGS_FILE
    return CodeFolder(
        *(found["templates"], found["senders"], found["reports"]),
        settings if settings.is_file() else None,
    )


class _FolderReading:
    """The reading of one folder, and the problems so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[FieldProblem] = []

    def note(self, file: Path, message: str, field: str = "") -> None:
        """Remember what is wrong with a file."""
        place = str(file.relative_to(self._path))
        self.problems.append(FieldProblem(f"{place}, {field}" if field else place, message))

    def files(self) -> Iterator[Path]:
        """Yield the files to read; others are problems, so that no typing error is overlooked."""
        for number, file in enumerate(self._path.rglob("*")):
            if number > _MAX_FILES:
                self.problems.append(FieldProblem("DIR", f"holds more than {_MAX_FILES:,} files"))
                return
            relative = file.relative_to(self._path)
            if file.is_dir() or any(part.startswith(".") for part in relative.parts):
                continue
            if relative == Path(SETTINGS_FILE):
                continue
            ending = _ENDINGS.get(relative.parts[0], "\0")
            if len(relative.parts) == 2 and file.name.endswith(ending):
                yield file
            elif file.suffix not in (".md", ".txt"):
                fix = (
                    "is not read: opsbell.toml, templates/*.json, templates/*.schema.json, "
                    "senders/*.toml and reports/*.toml are"
                )
                self.note(file, fix)

    def take(self, file: Path, read: Callable[[str, Path], Any]) -> Any:
        """Return what *read* makes of a file, or None if there is a problem."""
        code = file.name.removesuffix(_ENDINGS[file.parent.name])
        try:
            return read(_CODES.validate_python(code), file)
        except InvalidError as error:
            for one in error.problems or [FieldProblem("", str(error))]:
                self.note(file, one.message, one.field)
        except ValidationError:
            fix = "its name must be 1 to 100 letters, digits and . _ : - before the ending"
            self.note(file, fix)
        except (OSError, ValueError, RecursionError) as error:
            self.note(file, f"cannot be read: {error}")
        return None


def _template_beside(schema: Path) -> Path:
    return schema.with_name(schema.name.removesuffix(_SCHEMA_END) + _ENDINGS["templates"])


def _read_limited(file: Path) -> str:
    if file.stat().st_size > _MAX_FILE_BYTES:
        raise ValueError("it is larger than 1 MiB")
    return file.read_text(encoding="utf-8")


def _template(code: str, file: Path) -> NewTemplate:
    schema = file.with_name(f"{code}{_SCHEMA_END}")
    read = STRICT.decode(_read_limited(schema)) if schema.is_file() else None
    said = {"body": _read_limited(file), "schema": read}
    bound = bind(PutTemplate, said)
    body = bound.body if isinstance(bound.body, str) else json.dumps(bound.body, indent=1)
    return NewTemplate(code=code, body=body, schema=bound.schema_, description=None)


def _sender(code: str, file: Path) -> NamedSender:
    said = bind(PutSender, tomllib.loads(_read_limited(file)))
    wanted = NamedSender(
        code=code,
        workspace_id=said.workspace,
        channel=said.channel,
        queue=said.queue,
        priority=said.priority,
        max_attempts=said.max_attempts,
        allowed_channels=said.allowed_channels,
        ambiguous=Ambiguous(said.ambiguous),
    )
    allowed = wanted.allowed_channels
    return replace(
        wanted,
        channel=wanted.channel and _id_of(wanted.channel),
        allowed_channels=allowed and [_id_of(channel) for channel in allowed],
    )


def _report_in_file(code: str, file: Path) -> NamedReport:
    said = bind(CreateReport, tomllib.loads(_read_limited(file)))
    owner = said.user_id
    if not isinstance(owner, str) or not owner:
        raise InvalidError("", [FieldProblem("user_id", "name the owner: a Slack user id")])
    name = " ".join(str(said.name).split())
    return NamedReport(code, owner, name, said.model_dump(exclude_unset=True))


def _refuse_same_reports(reading: _FolderReading, reports: Sequence[NamedReport]) -> None:
    first: dict[tuple[str, str], str] = {}
    for one in reports:
        other = first.setdefault((one.owner, one.name), one.code)
        if other != one.code:
            place = f"reports/{one.code}.toml, name"
            fix = f"reports/{other}.toml is of the same owner and name"
            reading.problems.append(FieldProblem(place, fix))


def _id_of(channel: str) -> str:
    """Return the id of a channel or a person: names mean something only to Slack."""
    found = channel if is_slack_user_id(channel) else read_id(channel)
    if found is None:
        raise InvalidError("", [FieldProblem("channel", f"give the id of {channel}: C…")])
    return found
