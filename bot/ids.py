"""Identifiers that sort by the time they were made and say nothing else."""

import secrets
import time

# Crockford's alphabet: no I, L, O, U, so an id can be read aloud. https://www.crockford.com/base32.html
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TIME_BITS = 48
RANDOM_BITS = 72
LENGTH = (TIME_BITS + RANDOM_BITS) // 5


def new_id(prefix: str) -> str:
    """Return e.g. `t_06f2k9…`: 24 characters of milliseconds and chance behind the prefix."""
    number = (time.time_ns() // 1_000_000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
    letters = [ALPHABET[number >> shift & 31] for shift in range((LENGTH - 1) * 5, -1, -5)]
    return f"{prefix}_{''.join(letters)}"
