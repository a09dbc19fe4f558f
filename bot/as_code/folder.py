"""
Reads a folder of settings, templates, senders and reports; what is wrong is reported together.

`templates/<code>.json` is a body, `templates/<code>.schema.json` the JSON Schema of its payload;
`senders/<code>.toml` has the fields of `PUT /api/senders/{code}`, `reports/<code>.toml` those of
`POST /api/scheduling/reports`, with the owner. `opsbell.toml` holds what is read at the start.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from bot.redaction import redact
from bot.strict_json import STRICT
from bot.workspaces.directory import read_id

_CODES = TypeAdapter(Code)
SETTINGS_FILE = "opsbell.toml"
_SCHEMA_END = ".schema.json"
_MAX_FILE_BYTES = 1_048_576
_MAX_FILES = 2_000
_NUL = "it holds a NUL character, which PostgreSQL cannot store"
_NO_FILE, _TOO_LARGE = "it is no file", "it is larger than 1 MiB"
_OUTSIDE = "leads out of the folder: put the file itself here"
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


@dataclass
class FolderProblems:
    """What is wrong with a folder, each thing with its file and field."""

    found: list[FieldProblem] = field(default_factory=list)

    def note(self, place: str, message: str, name: str = "") -> None:
        """Remember what is wrong with a file, and with which of its fields."""
        self.found.append(FieldProblem(f"{place}, {name}" if name else place, message))

    def take(self, place: str, error: InvalidError) -> None:
        """Remember what an error says of a file."""
        for one in error.problems or [FieldProblem("", str(error))]:
            self.note(place, one.message, one.field)

    def refuse(self) -> None:
        """Raise `InvalidError` with all of them, if there are any."""
        if self.found:
            lines = "\n".join(f"{one.field}: {one.message}" for one in self.found)
            raise InvalidError(f"Nothing was changed.\n{lines}", self.found)


def read_folder(path: Path, problems: FolderProblems) -> CodeFolder:
    """
    Return what the files say; *problems* take what is wrong with them.

    Raises `InvalidError` if there is nothing to read: then it is hardly the folder that is meant.
    """
    if not path.is_dir():
        raise InvalidError(f"{path} is no folder.", [FieldProblem("DIR", "name a folder")])
    reading = _FolderReading(path, problems)
    files = sorted(reading.files())
    settings = path / SETTINGS_FILE
    has_settings = settings.is_file()
    if not files and not has_settings and not problems.found:
        fix = f"holds no {SETTINGS_FILE}, templates, senders or reports: name the folder with them"
        raise InvalidError(f"{path} {fix}.", [FieldProblem("DIR", fix)])
    bodies = [file for file in files if not file.name.endswith(_SCHEMA_END)]
    found: dict[str, list[Any]] = {kind: [] for kind in _ENDINGS}
    readers = {"templates": _template, "senders": _sender, "reports": _report_in_file}
    for file in bodies:
        kind = file.parent.name
        one = reading.take(file, readers[kind])
        found[kind] += [one] if one is not None else []
    _refuse_same_reports(problems, found["reports"])
    for file in files:
        if file.name.endswith(_SCHEMA_END) and _template_beside(file) not in bodies:
            reading.note(file, "there is no template of this code")
    return CodeFolder(
        *(found["templates"], found["senders"], found["reports"]),
        settings if has_settings else None,
    )


class _FolderReading:
    """The reading of one folder."""

    def __init__(self, path: Path, problems: FolderProblems) -> None:
        self._path = path
        self._problems = problems

    def note(self, file: Path, message: str, name: str = "") -> None:
        """Remember what is wrong with a file."""
        self._problems.note(str(file.relative_to(self._path)), message, name)

    def files(self) -> Iterator[Path]:
        """Yield the files to read; others are problems, so that no typing error is overlooked."""
        for number, file in enumerate(self._walk(self._path)):
            if number >= _MAX_FILES:
                self._problems.note("DIR", f"holds more than {_MAX_FILES:,} files")
                return
            relative = file.relative_to(self._path)
            if relative == Path(SETTINGS_FILE):
                if problem := _settings_problem(file, self._path):
                    self.note(file, problem)
                continue
            ending = _ENDINGS.get(relative.parts[0], "\0")
            if len(relative.parts) == 2 and file.name.endswith(ending):
                if _is_outside(file, self._path):
                    self.note(file, _OUTSIDE)
                else:
                    yield file
            elif file.suffix not in (".md", ".txt"):
                fix = (
                    "is not read: opsbell.toml, templates/*.json, templates/*.schema.json, "
                    "senders/*.toml and reports/*.toml are"
                )
                self.note(file, fix)

    def _walk(self, folder: Path) -> Iterator[Path]:
        """Yield all files but hidden ones; a link to a folder is not followed, but a file."""
        try:
            inside = sorted(folder.iterdir())
        except OSError as error:
            self.note(folder, f"cannot be read: {error}")
            return
        for one in inside:
            if one.name.startswith("."):
                continue
            if one.is_dir() and not one.is_symlink():
                yield from self._walk(one)
            else:
                yield one

    def take(self, file: Path, read: Callable[[str, Path], Any]) -> Any:
        """Return what *read* makes of a file, or None if there is a problem."""
        code = file.name.removesuffix(_ENDINGS[file.parent.name])
        try:
            return read(_CODES.validate_python(code), file)
        except InvalidError as error:
            self._problems.take(str(file.relative_to(self._path)), error)
        except ValidationError:
            fix = "its name must be 1 to 100 letters, digits and . _ : - before the ending"
            self.note(file, fix)
        except RecursionError:
            self.note(file, "is nested too deeply")
        except UnicodeError as error:
            self.note(file, f"is not UTF-8: {error}")
        except (OSError, ValueError) as error:
            self.note(file, f"cannot be read: {error}")
        return None


def _template_beside(schema: Path) -> Path:
    return schema.with_name(schema.name.removesuffix(_SCHEMA_END) + _ENDINGS["templates"])


def _is_outside(file: Path, folder: Path) -> bool:
    """Tell whether a link leads out of the folder: what is applied must stand in it."""
    return file.is_symlink() and not file.resolve().is_relative_to(folder.resolve())


def _settings_problem(file: Path, folder: Path) -> str | None:
    if _is_outside(file, folder):
        return _OUTSIDE
    if not file.is_file():  # E.g. a link that leads nowhere.
        return _NO_FILE
    return _TOO_LARGE if file.stat().st_size > _MAX_FILE_BYTES else None


def _read_limited(file: Path) -> str:
    """
    Return a text of at most 1 MiB, without the mark that some editors begin UTF-8 with.

    Its lines end as those of a file that was checked out elsewhere. Raises `OSError`, `ValueError`,
    and `InvalidError` for one with a secret in it.
    """
    if not file.is_file():
        raise ValueError(_NO_FILE)
    with file.open("rb") as opened:
        found = opened.read(_MAX_FILE_BYTES + 1)
    if len(found) > _MAX_FILE_BYTES:
        raise ValueError(_TOO_LARGE)
    text = found.decode("utf-8-sig").replace("\r\n", "\n")
    if "\0" in text:
        raise ValueError(_NUL)
    if redact(text) != text:
        fix = "holds what looks like a secret, which would be masked: take it out of the file"
        raise InvalidError(fix, [FieldProblem("", fix)])
    return text


def _read_toml(file: Path) -> dict[str, Any]:
    """Return what a file says; raise as `_read_limited` does."""
    said = tomllib.loads(_read_limited(file))
    if "\\u0000" in json.dumps(said, default=str):
        raise ValueError(_NUL)
    return said


def _template(code: str, file: Path) -> NewTemplate:
    schema = file.with_name(f"{code}{_SCHEMA_END}")
    read = STRICT.decode(_read_limited(schema)) if schema.is_file() else None
    said = {"body": _read_limited(file), "schema": read}
    bound = bind(PutTemplate, said)
    body = bound.body if isinstance(bound.body, str) else json.dumps(bound.body, indent=1)
    return NewTemplate(code=code, body=body, schema=bound.schema_, description=None)


def _sender(code: str, file: Path) -> NamedSender:
    said = bind(PutSender, _read_toml(file))
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
        channel=wanted.channel and _id_of(wanted.channel, "channel"),
        allowed_channels=allowed and [_id_of(one, "allowedChannels") for one in allowed],
    )


def _report_in_file(code: str, file: Path) -> NamedReport:
    said = bind(CreateReport, _read_toml(file))
    owner = said.user_id
    if not isinstance(owner, str) or not owner:
        raise InvalidError("", [FieldProblem("user_id", "name the owner: a Slack user id")])
    name = " ".join(str(said.name).split())
    return NamedReport(code, owner, name, said.model_dump(exclude_unset=True))


def _refuse_same_reports(problems: FolderProblems, reports: Sequence[NamedReport]) -> None:
    first: dict[tuple[str, str], str] = {}
    for one in reports:
        other = first.setdefault((one.owner, one.name), one.code)
        if other != one.code:
            place = f"reports/{one.code}.toml, name"
            fix = f"reports/{other}.toml is of the same owner and name"
            problems.note(place, fix)


def _id_of(channel: str, name: str) -> str:
    """Return the id of a channel or a person: names mean something only to Slack."""
    found = channel if is_slack_user_id(channel) else read_id(channel)
    if found is None:
        raise InvalidError("", [FieldProblem(name, f"give the id of {channel}: C…")])
    return found
