"""The id under which everything that a request caused can be found."""

import re

from bot.ids import new_id
from bot.redaction import redact

HEADER = "X-Correlation-Id"
# Printable ASCII only: the id is sent back in a header and stands in logs.
ACCEPTED = re.compile(r"[ -~]{1,128}")


def correlation_id(given: str | None) -> str:
    """Return the caller's id if it is at most 128 printable characters, no secret, or a new one."""
    is_usable = given and ACCEPTED.fullmatch(given) and redact(given) == given
    return given if given and is_usable else new_id("c")
