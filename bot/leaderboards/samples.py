"""
Samples as callers send them, checked: all are taken, or none with every problem named.

A problem's place is written as the caller sees it: `[3].score` in JSON, `line 4, score` in CSV.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_camel

from bot.config_sections.leaderboards import Leaderboard, LeaderboardColumn
from bot.errors import FieldProblem, InvalidError, nothing_changed
from bot.messages.rendering.truncation import units
from bot.suggestions import did_you_mean

_MAX_SUBJECT_CHARACTERS = 100
MAX_VALUE = 1e15
_MAX_SAMPLE_PROBLEMS = 100
#: A clock may be wrong by some hours; a sample of next month would rank until then.
_AHEAD = timedelta(days=1)
_SAMPLE_YEARS = range(2000, 2101)
_SAMPLE_TIME = re.compile(
    r"([0-9]{4})-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)

#: Returns the number that a caller means; raises `ValueError` with the fix.
ReadNumber = Callable[[Any], float | None]


@dataclass(frozen=True)
class Sample:
    """What was measured of one subject at one time; None is a value that there was none of."""

    subject: str
    at: datetime
    values: Mapping[str, float | None]


@dataclass(frozen=True)
class RawSample:
    """A sample as it was sent, and what it and its fields are called in a problem."""

    place: str
    fields: Mapping[str, Any]
    is_line: bool = False

    def at(self, field: str) -> str:
        """Return the place of one of its fields."""
        return f"{self.place}, {field}" if self.is_line else f"{self.place}.{field}"


def from_json(items: Iterable[Mapping[str, Any]]) -> list[RawSample]:
    """Return the items of a JSON list, whose names may be in camelCase."""
    return [RawSample(f"[{number}]", item) for number, item in enumerate(items)]


def names_of(board: Leaderboard) -> dict[str, str]:
    """Return every spelling that a field may have in a sample, and the field."""
    columns = [column.name for column in board.columns]
    words = (board.subject, board.subject.lower(), "subject")
    own = {**dict.fromkeys(words, "subject"), "at": "at"}
    return {to_camel(name): name for name in columns} | {name: name for name in columns} | own


def read_samples(
    board: Leaderboard, raw: Iterable[RawSample], now: datetime, read_number: ReadNumber
) -> list[Sample]:
    """Return the samples; raise `InvalidError` with the problems of all of them."""
    reader = _Reader(board, now, read_number)
    samples = [sample for one in raw if (sample := reader.read(one)) is not None]
    reader.finish()
    return samples


def json_number(value: Any) -> float | None:
    """Return a number of JSON; a text is none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004 - the caller's value
    return within_limits(value)


def within_limits(value: float) -> float:
    """Return a number that can be ranked; raise `ValueError` for NaN and for what is too large."""
    if not abs(value) <= MAX_VALUE:  # False for NaN as well.
        raise ValueError("must be a number, at most 1e15 in size")
    return float(value)


def _parse_at(value: Any, zone: ZoneInfo, now: datetime) -> datetime:
    """
    Return when something was measured; a time without an offset is one on the wall of *zone*.

    Raises `ValueError` with the fix.
    """
    match = _SAMPLE_TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a time such as 2026-11-23T09:00:00Z, or a day such as 2026-11-23")
    if int(match[1]) not in _SAMPLE_YEARS:
        raise ValueError("must be in the years 2000 to 2100")
    try:
        written = datetime.fromisoformat(match[0])
    except ValueError:
        raise ValueError("there is no such day or time") from None
    at = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
    if at > now + _AHEAD:
        raise ValueError("is in the future")
    return at


class _Reader:
    def __init__(self, board: Leaderboard, now: datetime, read_number: ReadNumber) -> None:
        self._board = board
        self._now = now
        self._zone = ZoneInfo(board.timezone)
        self._read_number = read_number
        self._names = names_of(board)
        self._columns = {column.name: column for column in board.columns}
        self._seen: dict[tuple[str, datetime], str] = {}
        self._problems: list[FieldProblem] = []

    def finish(self) -> None:
        """Raise `InvalidError` if anything was refused."""
        if not self._problems:
            return
        shown = self._problems[:_MAX_SAMPLE_PROBLEMS]
        raise InvalidError(nothing_changed(shown, len(self._problems)), shown)

    def read(self, raw: RawSample) -> Sample | None:
        """Return the sample, or None after noting what is wrong with it."""
        before = len(self._problems)
        fields = self._named(raw)
        subject = self._subject(raw, fields.pop("subject", None))
        at = self._at(raw, fields.pop("at", None))
        values = {
            name: self._value(raw, self._columns[name], given) for name, given in fields.items()
        }
        if not values and len(self._problems) == before:
            self._refuse(raw.place, f"give at least one of {', '.join(self._columns)}")
        if len(self._problems) > before:
            return None
        first = self._seen.setdefault((subject, at), raw.place)
        if first is not raw.place:
            self._refuse(raw.at("subject"), f"the same {self._board.subject} and time as {first}")
            return None
        return Sample(subject, at, values)

    def _refuse(self, place: str, fix: str) -> None:
        self._problems.append(FieldProblem(place, fix))

    def _named(self, raw: RawSample) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in raw.fields.items():
            field = self._names.get(name)
            if field is None:
                self._refuse(
                    raw.at(name[:40]), f"unknown field{did_you_mean(name[:40], self._names)}"
                )
            elif field in fields:
                self._refuse(raw.at(name), f"the same as `{field}`, given twice")
            else:
                fields[field] = value
        return fields

    def _subject(self, raw: RawSample, given: Any) -> str:
        # As people see it: spaces at the end and letters put together make no other subject.
        text = unicodedata.normalize("NFC", " ".join(given.split())) if type(given) is str else ""
        text = "".join(
            letter for letter in text if unicodedata.category(letter) not in _UNSEEN_CHARACTERS
        )
        if not text:
            self._refuse(raw.at("subject"), f"give the {self._board.subject}'s name")
        elif units(text) > _MAX_SUBJECT_CHARACTERS:
            self._refuse(raw.at("subject"), f"at most {_MAX_SUBJECT_CHARACTERS} characters")
        return text

    def _at(self, raw: RawSample, given: Any) -> datetime:
        if given is None or given == "":
            return self._now
        try:
            return _parse_at(given, self._zone, self._now)
        except ValueError as error:
            self._refuse(raw.at("at"), str(error))
            return self._now

    def _value(self, raw: RawSample, column: LeaderboardColumn, given: Any) -> float | None:
        try:
            value = self._read_number(given)
        except ValueError as error:
            self._refuse(raw.at(column.name), str(error))
            return None
        if column.is_money and value is not None and value < 0:
            self._refuse(raw.at(column.name), "money must not be negative")
        return value if value is None else value + 0.0  # There is no -0 to rank.


#: Categories of characters that nobody sees in a name: control, halves of pairs.
_UNSEEN_CHARACTERS = frozenset({"Cc", "Cs"})
