"""Strings with a format of their own: dates, times, numbers, time zones."""

import re

from slack_playground.blocks.schema import Text

DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*", re.ASCII)
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def date() -> Text:
    return Text(10, pattern=DATE, wanted="be a valid date in the format YYYY-MM-DD")


def time() -> Text:
    return Text(5, pattern=TIME, wanted="be a valid time in the format HH:mm")


def decimal() -> Text:
    """A number written as a string, as number inputs want it."""
    return Text(40, pattern=_DECIMAL, wanted="be a number in a string")


def time_zone() -> Text:
    """An IANA name; whether the zone exists is not checked."""
    return Text(64, pattern=_ZONE, wanted="be a valid IANA time zone")


def colour() -> Text:
    return Text(7, pattern=_COLOUR, wanted="be a hex colour")
