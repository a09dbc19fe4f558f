"""
What a person can put into an input: what Slack's own client refuses before it sends anything.

A menu offers what it offers, a picker knows real people and places, and a text input checks its
text. https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_playground.blocks.fitting import fits
from slack_playground.blocks.formats import DATE, TIME
from slack_playground.blocks.interactive import blocks_with_nested
from slack_playground.blocks.kinds.composition import OPTION
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.state import Channel, Record, State
from slack_playground.views.inputs import FIELDS, LISTS, Values

_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_WRONG = "This is not what this input takes."
_UNKNOWN = "Choose one of what is offered."


@dataclass(frozen=True, slots=True)
class Person:
    """Who fills something in, and the workspace they see."""

    state: State
    id: str


def refused_inputs(blocks: list[Record], values: Values, person: Person) -> dict[str, str]:
    """Return what Slack's own client says about inputs, per block_id, before it submits."""
    errors = {}
    for block in blocks_with_nested(blocks):
        if block["type"] != "input":
            continue
        element = block["element"]
        value = values.get(block["block_id"], {}).get(element["action_id"], {})
        said = value.get(FIELDS.get(element["type"], ("value", ""))[0])
        if said in (None, "", []):
            error = None if block.get("optional") else "Please complete this required field."
        else:
            error = refused_value(element, said, person)
        if error is not None:
            errors[block["block_id"]] = error
    return errors


def refused_value(element: Record, said: Any, person: Person) -> str | None:
    """Return why a person could not have put `said` into this element, or None."""
    kind = element["type"]
    if kind not in LISTS:
        return _refused_one(element, said, person)
    if not isinstance(said, list):
        return _WRONG
    if kind == "file_input":
        return _refused_files(element, said)
    most = element.get("max_selected_items")
    if most is not None and len(said) > most:
        return f"Choose at most {most}."
    refused = (_refused_one(element, one, person) for one in said)
    return next((error for error in refused if error is not None), None)


def _refused_one(element: Record, said: Any, person: Person) -> str | None:
    return _CHECKS[element["type"].removeprefix("multi_")](element, said, person)


def _option(element: Record, said: Any, _: Person) -> str | None:
    groups = element.get("option_groups", [])
    offered = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    return None if any(_is_same(said, one) for one in offered) else _UNKNOWN


def _is_same(said: Any, offered: Record) -> bool:
    """Text and value decide: what else an option has, Slack may have added."""
    if not isinstance(said, dict) or said.get("value") != offered.get("value"):
        return False
    text = said.get("text")
    return isinstance(text, dict) and text.get("text") == offered["text"]["text"]


def _loaded_option(_: Record, said: Any, __: Person) -> str | None:
    """An external menu's options come from the app, a moment ago."""
    return None if fits(OPTION, said) else _WRONG


def _user(_: Record, said: Any, person: Person) -> str | None:
    user = person.state.users.get(said) if isinstance(said, str) else None
    return None if user is not None and not user.deleted else _UNKNOWN


def _channel(_: Record, said: Any, person: Person) -> str | None:
    channel = person.state.channels.get(said) if isinstance(said, str) else None
    return None if channel is not None and channel.is_public else _UNKNOWN


def _conversation(element: Record, said: Any, person: Person) -> str | None:
    channel = person.state.channels.get(said) if isinstance(said, str) else None
    if channel is None or not (channel.is_public or person.id in channel.members):
        return _UNKNOWN
    wanted = element.get("filter", {})
    include = wanted.get("include", ("public", "private", "im", "mpim"))
    users = person.state.users
    is_with_bot = channel.is_im and any(users[one].is_bot for one in channel.members)
    if _kind(channel) not in include or (wanted.get("exclude_bot_users") and is_with_bot):
        return _UNKNOWN
    return None


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "private" if channel.is_private else "public"


def _text(element: Record, said: Any, _: Person) -> str | None:
    if not isinstance(said, str):
        return _WRONG
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(said) < least:
        return f"Must be at least {least} characters."
    return f"Must be at most {most} characters." if len(said) > most else None


def _number(element: Record, said: Any, _: Person) -> str | None:
    if not isinstance(said, str) or not _DECIMAL.fullmatch(said):
        return "Please enter a number."
    number = float(said)
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if number < float(element.get("min_value", number)):
        return f"Must be at least {element['min_value']}."
    if number > float(element.get("max_value", number)):
        return f"Must be at most {element['max_value']}."
    return None


def _pattern(pattern: re.Pattern[str], words: str) -> "Check":
    def check(_: Record, said: Any, __: Person) -> str | None:
        return None if isinstance(said, str) and pattern.fullmatch(said) else words

    return check


def _day(_: Record, said: Any, __: Person) -> str | None:
    words = "Please enter a date."
    if not isinstance(said, str) or not DATE.fullmatch(said):
        return words
    try:
        date.fromisoformat(said)
    except ValueError:
        return words
    return None


def _moment(_: Record, said: Any, __: Person) -> str | None:
    is_whole = isinstance(said, int) and not isinstance(said, bool)
    return None if is_whole and 10**9 <= said < 10**10 else "Please enter a date and a time."


def _rich_text(_: Record, said: Any, __: Person) -> str | None:
    return None if fits(RICH_TEXT.shape, said) else _WRONG


def _refused_files(element: Record, said: list[Record]) -> str | None:
    most, kinds = element.get("max_files", 10), element.get("filetypes")
    if len(said) > most:
        return f"Choose at most {most} files."
    if kinds and any(file["filetype"] not in kinds for file in said):
        return f"Choose files of these types: {', '.join(kinds)}."
    return None


Check = Callable[[Record, Any, Person], str | None]
_CHECKS: dict[str, Check] = {
    **dict.fromkeys(("static_select", "radio_buttons", "checkboxes", "overflow"), _option),
    "external_select": _loaded_option,
    "users_select": _user,
    "channels_select": _channel,
    "conversations_select": _conversation,
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _pattern(_MAIL, "Please enter a valid email address."),
    "url_text_input": _pattern(_WEB, "Please enter a valid URL."),
    "rich_text_input": _rich_text,
    "datepicker": _day,
    "timepicker": _pattern(TIME, "Please enter a time."),
    "datetimepicker": _moment,
}
