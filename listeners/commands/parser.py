"""Parses words into a request, by the grammar. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.errors import InvalidError
from bot.suggestions import closest
from listeners.commands.grammar import AREAS, Area, Argument, Kind, Verb, find_area, usage
from listeners.commands.help import usage_block
from listeners.word_splitting import Word, split

_DURATION = re.compile(
    r"(?:(\d{1,3})w)?(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m(?:in)?)?(?:(\d{1,6})s)?"
)
_ID = re.compile(r"[^\x00-\x1f\x7f]{1,300}")
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Request:
    """A parsed command; arguments that were not given are missing in `values`."""

    area: str
    verb: str
    values: Mapping[str, Any] = field(default_factory=dict)


def parse(line: str, area: str = "") -> Request:
    """
    Return the request in *line*, which is what follows `/ops`, or follows the short cut of *area*.

    Raises `InvalidError` with the nearest known word and the usage that applies.
    """
    words = split(f"{area} {line}")
    if not words:
        return Request("help", "")
    found = find_area(words[0].text.lower())
    if found is None:
        raise InvalidError(_unknown_area(words[0].text))
    return _parse_in(found, words[1:])


def _parse_in(area: Area, words: list[Word]) -> Request:
    """Return the request in the words that follow an area's name."""
    alone = area.verb("")
    asks_help = bool(words) and words[0].text.lower() == "help" and area.name != "help"
    if alone is not None and not (asks_help and len(words) == 1):
        return Request(area.name, "", arguments(area, alone, words))
    if not words or asks_help:
        return Request("help", "", {"area": area.name})
    verb = area.verb(words[0].text.lower())
    if verb is None:
        near = _nearest(words[0].text.lower(), [one.name for one in area.verbs])
        hint = f" Did you mean `{area.name} {near}`?" if near else ""
        wrong = f"Unknown command `{area.name} {_quoted_word(words[0].text)}`."
        raise InvalidError(f"{wrong}{hint}\n{usage_block(area)}")
    return Request(area.name, verb.name, arguments(area, verb, words[1:]))


def _nearest(text: str, names: list[str]) -> str | None:
    """Return the only name that begins so, such as `acknowledge` for `ack`; else the likest."""
    begun = [name for name in names if name.startswith(text)]
    return begun[0] if len(begun) == 1 else closest(text, names)


def arguments(area: Area, verb: Verb, words: list[Word]) -> dict[str, Any]:
    """Return the values of a verb's arguments by name."""
    pairs = next((one for one in verb.arguments if one.kind is Kind.PAIRS), None)
    plain = [word for word in words if pairs is None or word.key is None]
    places = [one for one in verb.arguments if one is not pairs]
    written = f"Usage: `{usage(area, verb)}`"
    if places and places[-1].kind is Kind.PHRASE and len(words) > len(places):
        first = len(places) - 1
        plain = [*words[:first], Word(" ".join(word.text for word in words[first:]))]
    missing = [one for one in places[len(plain) :] if one.required]
    if missing:
        raise InvalidError(f"Missing argument: {missing[0].name}. {written}")
    if len(plain) > len(places):
        extra = _quoted_word(plain[len(places)].text)
        raise InvalidError(f"Unexpected argument: `{extra}`. {written}")
    values = {
        one.name: _value_of(one, word.text, written)
        for one, word in zip(places, plain, strict=False)
    }
    if pairs is not None and len(plain) < len(words):
        values[pairs.name] = _pairs_of(words)
    return values


def _pairs_of(words: list[Word]) -> dict[str, Any]:
    problem = next((word.problem for word in words if word.problem), None)
    if problem:
        raise InvalidError(problem)
    return {word.key: word.value for word in words if word.key is not None}


def _value_of(argument: Argument, text: str, written: str) -> Any:
    """Return the value of an argument."""
    if argument.kind is Kind.DURATION and text.lower() not in argument.choices:
        return _parse_duration(text, written)
    if argument.kind is Kind.ID and not _ID.fullmatch(text):
        raise InvalidError(f"Invalid {argument.name}: `{_quoted_word(text)}`. {written}")
    if argument.kind is Kind.CHOICE:
        return choice(argument, text, written)
    return text


def choice(argument: Argument, text: str, written: str) -> str:
    if text.lower() in argument.choices:
        return text.lower()
    near = closest(text.lower(), argument.choices)
    hint = f" Did you mean `{near}`?" if near else ""
    raise InvalidError(f"Invalid {argument.name}: `{_quoted_word(text)}`.{hint} {written}")


def _parse_duration(text: str, written: str) -> timedelta:
    found = _DURATION.fullmatch(text.lower())
    if not text or found is None:
        raise InvalidError(
            f"Invalid duration: `{_quoted_word(text)}`. "
            f"Write it like 90m, 2h, 1d12h or 1w. {written}"
        )
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _unknown_area(text: str) -> str:
    """Return the answer to an unknown first word, which may be a verb without its area."""
    ways = {area.name: area.name for area in AREAS}
    for area in AREAS:
        for verb in area.verbs:
            ways.setdefault(verb.name or area.name, f"{area.name} {verb.name}")
    near = _nearest(text.lower(), list(ways))
    if near is None:
        return f"Unknown command `{_quoted_word(text)}`.\n{usage_block()}"
    block = usage_block(find_area(ways[near].split()[0]))
    return f"Unknown command `{_quoted_word(text)}`. Did you mean `{ways[near]}`?\n{block}"


def _quoted_word(text: str) -> str:
    """Return a typed word, shortened and safe between backticks."""
    return " ".join(text.replace("`", "\u02cb").split())[:_SHOWN_CHARACTERS] or "…"
