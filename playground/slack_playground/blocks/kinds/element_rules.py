"""Rules of elements that concern several fields at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from slack_playground.blocks import problem
from slack_playground.blocks.formats import DATE
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import Rule
from slack_playground.blocks.walker import is_number


def initial_option_is_offered(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if "initial_option" in value:
        yield from _not_offered([value["initial_option"]], value, f"{at}/initial_option")


def initial_options_are_offered(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    yield from _not_offered(_items(value.get("initial_options")), value, f"{at}/initial_options")


def _not_offered(initial: list[Any], value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    offered = {key for option in _offered(value) if (key := _identity(option))}
    for option in initial:
        key = _identity(option)
        if key and key not in offered:
            yield problem.failed(at, "must be one of the provided options", "enum", got=key[1])
            return


def _offered(value: Mapping[str, Any]) -> Iterator[Any]:
    yield from _items(value.get("options"))
    for group in _items(value.get("option_groups")):
        if isinstance(group, dict):
            yield from _items(group.get("options"))


def _identity(option: object) -> tuple[str, str] | None:
    """Slack wants an initial option to equal the offered one; text and value decide here."""
    if not isinstance(option, dict):
        return None
    text = option.get("text")
    words = text.get("text") if isinstance(text, dict) else None
    value = option.get("value")
    return (words, value) if isinstance(words, str) and isinstance(value, str) else None


def initials_within_maximum(name: str) -> Rule:
    """A rule: no more initial items than `max_selected_items`."""

    def rule(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
        most = value.get("max_selected_items")
        given = len(_items(value.get(name)))
        if isinstance(most, int) and given > most:
            yield problem.too_many(f"{at}/{name}", most, given)

    return rule


def length_range(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    yield from _ordered(value, at, "min_length", "max_length")


def line_range(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    yield from _ordered(value, at, "min_lines", "max_lines")


def value_range(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """The bounds of a number input are in order and its initial value between them."""
    yield from _ordered(value, at, "min_value", "max_value")
    yield from _ordered(value, at, "min_value", "initial_value")
    yield from _ordered(value, at, "initial_value", "max_value")
    if value.get("is_decimal_allowed") is False:
        for name in ("initial_value", "min_value", "max_value"):
            number = value.get(name)
            if isinstance(number, str) and "." in number:
                yield problem.failed(f"{at}/{name}", "must be a whole number", "pattern")


def _ordered(value: Mapping[str, Any], at: str, low: str, high: str) -> Iterator[Problem]:
    lower, upper = _number(value.get(low)), _number(value.get(high))
    if lower is not None and upper is not None and lower > upper:
        yield problem.failed(f"{at}/{high}", f"must not be less than `{low}`", "minimum")


def _number(value: object) -> Decimal | None:
    if is_number(value):
        return Decimal(value)
    if not isinstance(value, str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def day_exists(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """The thirtieth of February has the form of a date and is none."""
    day = value.get("initial_date")
    if not isinstance(day, str) or not DATE.fullmatch(day):
        return
    try:
        date.fromisoformat(day)
    except ValueError:
        yield problem.failed(f"{at}/initial_date", "must be a valid date", "format", got=day)


def agent_prompt_alone(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """What Slackbot shows instead of the prompt makes sense only with a prompt."""
    if "agent_prompt_display" in value and "agent_prompt" not in value:
        yield problem.missing(at, "agent_prompt")


def files_are_not_dispatched(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """An input of files sends nothing before its modal is submitted."""
    element = value.get("element")
    kind = element.get("type") if isinstance(element, dict) else None
    if value.get("dispatch_action") is True and kind == "file_input":
        yield problem.failed(
            f"{at}/dispatch_action", "must not be set for a `file_input`", "not", got=True
        )


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
