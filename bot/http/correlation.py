"""The id under which everything that a request caused can be found."""

import re

from bot.ids import new_id

HEADER = "X-Correlation-Id"
# Printable ASCII only: the id is sent back in a header and stands in logs.
ACCEPTED = re.compile(r"[ -~]{1,128}")


def correlation_id(given: str | None) -> str:
    """Return the caller's id if it is one of at most 128 printable characters, else a new one."""
    return given if given and ACCEPTED.fullmatch(given) else new_id("c")
