"""The words after a command: options, `name=value` pairs and the rest."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class UsageError(Exception):
    """The command line makes no sense; the text says why."""


class Words:
    """What stands after a command, sorted."""

    def __init__(self, options: dict[str, str], rest: list[str]) -> None:
        self.options = options
        self.rest = rest


def sort_words(words: Sequence[str], known: Sequence[str], usage: str) -> Words:
    """
    Take `--name VALUE` and `--name=VALUE` out of *words*; raises UsageError for unknown names.

    After `--` nothing is an option.
    """
    options: dict[str, str] = {}
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            return Words(options, rest + left)
        if not word.startswith("--"):
            rest.append(word)
            continue
        name, has_value, value = word[2:].partition("=")
        if name not in known:
            raise UsageError(f"unknown option --{name}\nusage: {usage}")
        if not has_value and not left:
            raise UsageError(f"--{name} needs a value\nusage: {usage}")
        options[name] = value if has_value else left.pop(0)
    return Words(options, rest)


def read_pairs(words: Sequence[str], usage: str) -> dict[str, Any]:
    """Return `name=value` words as a dictionary, numbers as numbers; raises UsageError."""
    pairs: dict[str, Any] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise UsageError(f"{word} is not name=value\nusage: {usage}")
        pairs[name] = _number(value)
    return pairs


def _number(text: str) -> Any:
    # Only what is written as a number is one: `0012` is an id, `1_000` and `nan` are words.
    plain = text.lstrip("-")
    if plain[:1] == "0" and plain[1:2] not in ("", "."):
        return text
    if not text.isascii() or not plain.replace(".", "", 1).isdigit() or len(plain) > 15:
        return text
    return float(text) if "." in text else int(text)
