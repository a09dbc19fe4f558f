"""Filters that templates can apply to a value: `{{ elapsed_seconds|duration }}` and others."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from jinja2 import Undefined

from bot.ids import is_slack_channel_id, is_slack_user_id
from bot.messages.rendering.escaping import (
    CLOSE,
    OPEN,
    Fragment,
    OwnWords,
    clean,
    mark,
    mark_date,
    own,
)
from bot.messages.rendering.truncation import truncate
from bot.terminal_sequences import strip_sequences

_BAR_CELLS = 10
#: Python refuses to print an integer of more than 4,300 digits; JSON from callers has fewer.
_PRINTED_BELOW = 10**1_000
#: Larger integers are embedded as text: what reads the JSON would round them or give up.
_EMBEDDED_BELOW = 10**24
_MAX_JSON_DEPTH = 12  # Slack's own blocks nest to about eight; deeper data is shown as one string.
_LAST_EPOCH = 253_402_300_799  # 9999-12-31

# Named date formats: Slack's tokens, and the UTC text for clients that cannot show them.
DATE_FORMATS = {
    "time": ("{time}", "%H:%M UTC"),
    "day": ("{date_short_pretty}", "%Y-%m-%d"),
    "moment": ("{date_short_pretty} at {time}", "%Y-%m-%d %H:%M UTC"),
}


def finalize(value: Any) -> str:
    """Return what Jinja prints for a value: marked data; numbers unchanged."""
    if type(value) is str:  # The usual case first: this runs for everything that is printed.
        return mark(value) if value else ""
    if isinstance(value, Fragment):
        return value
    if isinstance(value, OwnWords):
        return own(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    text = printed(value)
    return mark(text) if text else ""


def printed(value: Any) -> str:
    """The same as plain text, for filters that work on texts and count what is seen of them."""
    if isinstance(value, str):
        return strip_sequences(value)
    if value is None or isinstance(value, bool | int | float):
        return finalize(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return json.dumps(_plain(value, _MAX_JSON_DEPTH, clean), ensure_ascii=False)
    return str(value)


def as_json(value: Any) -> Fragment:
    """Embed any value as JSON; every string in it is still data."""
    return Fragment(json.dumps(_plain(value, _MAX_JSON_DEPTH, _marked), ensure_ascii=False))


def duration(seconds: Any) -> str:
    """`200` → "3 min 20 s": the two largest units, which is what people compare."""
    whole = _whole(seconds)
    if whole is None:
        return ""
    if whole < 1:
        return "under 1 s"
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour} h" if hour else f"{days} d"
    if hours:
        return f"{hour} h {minute} min" if minute else f"{hour} h"
    if minutes:
        return f"{minute} min {second} s" if second else f"{minute} min"
    return f"{second} s"


def bar(percent: Any) -> str:
    """A text bar of ten cells; full only at 100, empty only at 0."""
    value = _whole(percent)
    if value is None:
        return ""
    value = min(100, value)
    filled = value * _BAR_CELLS // 100
    if value and not filled:
        filled = 1
    return "▓" * filled + "░" * (_BAR_CELLS - filled)


def date(epoch: Any, form: str = "moment") -> str:
    """
    Show a time in each reader's own zone.

    Becomes Slack's date token or element where Slack has one and UTC text
    elsewhere. What is no epoch time is printed as it is.
    """
    whole = _whole(epoch)
    if whole is None or whole > _LAST_EPOCH:
        return "" if epoch is None else str(epoch)
    return mark_date(whole, form if form in DATE_FORMATS else "moment")


def date_fallback(epoch: int, form: str) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime(DATE_FORMATS[form][1])


def clock(epoch: Any) -> str:
    """`14:02:07` in UTC, for lines where Slack cannot show a time in the reader's zone."""
    whole = _whole(epoch)
    if whole is None or whole > _LAST_EPOCH:
        return "" if epoch is None else str(epoch)
    return datetime.fromtimestamp(whole, UTC).strftime("%H:%M:%S")


def shorten(value: Any, limit: int, end: str = "") -> str:
    """Truncate data to `most` characters; `end` is added only if something was removed."""
    text = printed(value)
    kept = truncate(text, limit)
    return kept if kept == text else kept + end


def first_line(value: Any) -> str:
    """The first line that says something."""
    lines = printed(value).strip().splitlines()
    return lines[0].strip() if lines else ""


def user(value: Any) -> str:
    """
    Name a Slack user by id, in mrkdwn of our own templates only.

    Slack gave us the id with the click it belongs to; anything that is not
    an id is printed as plain text. Not available to stored templates: there
    a mention could come from data.
    """
    text = str(value)
    return Fragment(f"<@{text}>") if is_slack_user_id(text) else text


def place(value: Any) -> str:
    """Name a channel or a person by id, as `user` does; a destination's name is plain text."""
    text = str(value)
    return Fragment(f"<#{text}>") if is_slack_channel_id(text) and text[0] != "D" else user(text)


def number(value: Any) -> str:
    """`12450.0` → "12,450"; anything but a number is printed as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return f"{value:,}" if abs(value) < 1e15 else _number(value)


FILTERS: dict[str, Callable[..., Any]] = {
    "json": as_json,
    "tojson": as_json,
    "duration": duration,
    "bar": bar,
    "date": date,
    "clock": clock,
    "cut": shorten,
    "line": first_line,
    "number": number,
}


def _number(value: float) -> str:
    if isinstance(value, int) and abs(value) >= _PRINTED_BELOW:
        return f"about 2^{value.bit_length()}"
    return str(value)


def _whole(value: Any) -> int | None:
    """A count of seconds or percent, or None for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        return None
    return int(value) if not math.isinf(value) else None


def _marked(text: str) -> str:
    # json.dumps escapes later, so only the marks are needed here.
    return OPEN + clean(text) + CLOSE if text else ""


def _plain(value: Any, depth: int, convert: Callable[[str], str]) -> Any:
    """A copy of `value` that JSON can say, no deeper than `depth`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Undefined):
        return None
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < _EMBEDDED_BELOW else convert(_number(value))
    if isinstance(value, Mapping) and depth:
        return {clean(str(key)): _plain(each, depth - 1, convert) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_plain(each, depth - 1, convert) for each in value]
    return convert("…" if isinstance(value, Mapping | list | tuple) else str(value))
