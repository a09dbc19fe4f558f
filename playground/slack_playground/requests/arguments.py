"""A call's arguments and what Slack says to those of a wrong type."""

import json
from collections.abc import Mapping
from typing import Any

from slack_playground.errors import SlackError

# What Slack takes for false among texts; everything else is true.
_FALSE = frozenset({"", "0", "false"})


class Arguments:
    """Typed access to what was sent; every wrong type is the SlackError Slack answers."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            raise wrong_argument(name, "must provide a string")
        return str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        return value.lower() not in _FALSE if isinstance(value, str) else bool(value)

    def number(self, name: str, default: int) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (OverflowError, TypeError, ValueError):
            raise wrong_argument(name, "must provide a number") from None

    def words(self, name: str) -> list[str]:
        """Return a list sent as a comma-separated string, JSON, or a JSON string."""
        value = self.values.get(name)
        if isinstance(value, str):
            if value.startswith("["):
                value = self.structure(name)
            else:
                return [word.strip() for word in value.split(",") if word.strip()]
        if value is None:
            return []
        if not isinstance(value, list):
            return [str(value)]
        if any(isinstance(word, dict | list) for word in value):
            raise wrong_argument(name, "must provide a string")
        return [str(word) for word in value]

    def structure(self, name: str, error: str | None = None) -> Any:
        """Return an argument that is JSON, also when it came as a string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            if error is not None:
                raise SlackError(error) from None
            raise wrong_argument(name, "must be valid JSON") from None


def wrong_argument(name: str, words: str) -> SlackError:
    """Return the refusal of one argument, with its place as Slack names it."""
    return invalid_arguments(f"{words} [json-pointer:/{name}]")


def invalid_arguments(*problems: str) -> SlackError:
    messages = [f"[ERROR] {problem}" for problem in problems]
    return SlackError("invalid_arguments", response_metadata={"messages": messages})
