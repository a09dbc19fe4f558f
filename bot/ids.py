"""Identifiers: our own, which sort by creation time, and the shapes of Slack's."""

import os
import re
import time
from typing import TypeGuard

# Crockford's alphabet: no I, L, O, U, so an id can be read aloud. https://www.crockford.com/base32.html
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_BITS = 48
_RANDOM_BITS = 72
LENGTH = (_TIME_BITS + _RANDOM_BITS) // 5
#: Two letters at a time are half the work.
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
# Since 2014 Slack's ids have a zero behind their first letter; older ones have nine characters.
_USER_ID = re.compile("[UW](?:[0-9][A-Z0-9]{1,29}|[A-Z][A-Z0-9]{7})")
_CHANNEL_ID = re.compile("[CDG](?:[0-9][A-Z0-9]{1,29}|[A-Z][A-Z0-9]{7})")
#: What JSON Schema says of a user id.
USER_ID_PATTERN = f"^{_USER_ID.pattern}$"
_SHIFTS = range((LENGTH - 2) * 5, -1, -10)


def new_id(prefix: str) -> str:
    """Return e.g. `t_06f2k9…`: 24 characters of milliseconds and chance behind the prefix."""
    chance = int.from_bytes(os.urandom(_RANDOM_BITS // 8))
    number = (time.time_ns() // 1_000_000) << _RANDOM_BITS | chance
    letters = [PAIRS[number >> shift & 1023] for shift in _SHIFTS]
    return f"{prefix}_{''.join(letters)}"


def is_slack_user_id(text: str | None) -> TypeGuard[str]:
    """Tell whether this is the id of somebody in Slack, not a program's name like `WORKER`."""
    return text is not None and _USER_ID.fullmatch(text) is not None


def is_slack_channel_id(text: str) -> bool:
    """Tell whether this is the id of a channel or of a direct message."""
    return _CHANNEL_ID.fullmatch(text) is not None
