"""Identifiers that sort by the time they were made and say nothing else."""

import os
import time

# Crockford's alphabet: no I, L, O, U, so an id can be read aloud. https://www.crockford.com/base32.html
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TIME_BITS = 48
RANDOM_BITS = 72
LENGTH = (TIME_BITS + RANDOM_BITS) // 5
#: Two letters at a time are half the work.
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
SHIFTS = range((LENGTH - 2) * 5, -1, -10)


def new_id(prefix: str) -> str:
    """Return e.g. `t_06f2k9…`: 24 characters of milliseconds and chance behind the prefix."""
    chance = int.from_bytes(os.urandom(RANDOM_BITS // 8))
    number = (time.time_ns() // 1_000_000) << RANDOM_BITS | chance
    letters = [PAIRS[number >> shift & 1023] for shift in SHIFTS]
    return f"{prefix}_{''.join(letters)}"
