"""Splits a command line, as people type it on phones and keyboards, into words. Pure."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from bot.errors import InvalidError
from bot.strict_json import STRICT


@dataclass(frozen=True)
class Word:
    """
    One word; `key=value` has a key, and then a value of the type it looks like.

    `problem` says why the value cannot be read, which matters only where pairs are wanted.
    """

    text: str
    key: str | None = None
    value: Any = None
    problem: str | None = None


#: Slack puts only addresses with a scheme between brackets.
_SLACK_LINK = re.compile(r"<((?:mailto:|[a-z][a-z0-9+.-]*:)[^<>|\s]+)(?:\|([^<>]*))?>")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\x00]")
_KEY = re.compile(r"([^\W\d][\w.-]*)=")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMBER_CHARACTERS = 15  # Beyond this, programs that read JSON begin to round.
_WORD = re.compile(r"\S+")
#: What can be typed as it is: no white space, no quotation mark in front, no `key=`.
_BARE = re.compile("[^\\s=\"'\u2018\u201c\u201d\u201e][^\\s=]*")
_LITERALS = {"true": True, "false": False, "null": None}
_DOUBLE = '"“”„'
# What opens a quotation -> what may close it; phones turn the straight ones into the others.
_CLOSING = {**dict.fromkeys(_DOUBLE, _DOUBLE), "'": "'", "\u2018": "\u2019'"}
_STRAIGHT = str.maketrans(dict.fromkeys(_DOUBLE, '"'))


def split(line: str) -> list[Word]:
    """
    Return the words of what follows a slash command.

    Raises `InvalidError` for a word that begins with a double quote which is never closed.
    """
    line = typed(line)
    found: list[Word] = []
    at = 0
    while match := _WORD.search(line, at):
        word, at = _read_word(line, match.start())
        found.append(word)
    return found


def typed(line: str) -> str:
    """Undo Slack's changes to typed text: links in brackets, entities, invisible characters."""
    line = _SLACK_LINK.sub(_typed_link, line)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        line = line.replace(entity, sign)
    return _INVISIBLE.sub("", line)


def _typed_link(found: re.Match[str]) -> str:
    """Return what was typed where Slack made a link: `clip.mov`, not `http://clip.mov`."""
    address, label = found[1].removeprefix("mailto:"), found[2] or ""
    is_made_up = address.removeprefix("http://").rstrip("/").lower() == label.rstrip("/").lower()
    return label if is_made_up else address


def _read_word(line: str, at: int) -> tuple[Word, int]:
    """Return the word that starts at *at*, and where it ends."""
    key = _KEY.match(line, at)
    if key is None:
        text, end, _ = read_text(line, at)
        return Word(text), end
    start = key.end()
    try:
        if line[start : start + 1] in ("{", "["):
            value, end = _json_value(line, start, key[1])
        else:
            text, end, is_quoted = read_text(line, start)
            value = text if is_quoted else _typed_value(text)
    except InvalidError as error:
        word = _WORD.match(line, at)
        end = word.end() if word else len(line)
        return Word(line[at:end], key[1], None, str(error)), end
    return Word(line[at:end], key[1], value), end


def read_text(line: str, at: int) -> tuple[str, int, bool]:
    """Return the text from *at* up to a space or the closing quote, its end, and if quoted."""
    opening = line[at : at + 1]
    if opening in _CLOSING and opening:
        quoted = re.compile(
            rf"{re.escape(opening)}((?:\\[\s\S]|[^\\{re.escape(_CLOSING[opening])}])*)"
            rf"[{re.escape(_CLOSING[opening])}](?=\s|$)"
        ).match(line, at)
        if quoted:
            return re.sub(r"\\([\s\S])", r"\1", quoted[1]), quoted.end(), True
        if opening in _DOUBLE:
            raise InvalidError(f"Missing closing quotation mark after {line[at : at + 20]}…")
    plain = _WORD.match(line, at)
    return (plain[0], plain.end(), False) if plain else ("", at, False)


def _json_value(line: str, at: int, key: str) -> tuple[Any, int]:
    try:
        value, end = STRICT.raw_decode(line.translate(_STRAIGHT), at)
    except (ValueError, RecursionError) as error:
        raise InvalidError(f"The value of `{key}` is not valid JSON: {error}") from error
    return value, int(end)


def _typed_value(text: str) -> Any:
    """Return a number, true, false or null if *text* is one in JSON, else the text."""
    if text in _LITERALS:
        return _LITERALS[text]
    if len(text) > _NUMBER_CHARACTERS or not _NUMBER.fullmatch(text):
        return text
    number = json.loads(text)
    return number if math.isfinite(number) else text


def as_word(text: str) -> str:
    """Return *text* as one word of a command, in quotation marks if it needs them."""
    if _BARE.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
