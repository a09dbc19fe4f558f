"""Any Python value as one that JSON can carry."""

from __future__ import annotations

from opsbell.output.sequences import without_sequences
from opsbell.shield import describe

from .masking import MASK, OPEN, SECRET, mask, secrecy
from .number import as_number, is_numeric, is_truth_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 6
MAX_ITEMS = 100
MAX_CHARS = 3000
# The server's limit for the names of tasks and subjects.
MAX_NAME_CHARS = 200
# What cannot be a number stands among counts, where there is little room.
MAX_COUNT_CHARS = 100


def plain(value: Any, depth: int = 0, *, secret: int = OPEN) -> Any:
    """
    Return a JSON-safe copy of *value*, without secrets, cut where it is deep, wide or long.

    What stands under the name of a secret is masked whole, as *secret* says.
    Never raises: the job may hand over objects whose `repr` fails.
    """
    if value is None or is_truth_value(value):
        return None if value is None else bool(value)
    if depth < MAX_DEPTH and isinstance(value, dict):
        items = list(value.items())[:MAX_ITEMS]
        return {
            plain_name(key): plain(item, depth + 1, secret=max(secret, secrecy(key)))
            for key, item in items
        }
    if depth < MAX_DEPTH and isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, depth + 1, secret=secret) for item in list(value)[:MAX_ITEMS]]
    number = as_number(value)
    if number is not None and secret <= SECRET:
        return number
    return MASK if secret else plain_text(described(value))


def plain_text(text: str, limit: int = MAX_CHARS) -> str:
    """Return *text* as a reader sees it, without secrets and half characters, cut to *limit*."""
    text = text[: 4 * limit].encode("utf-8", "replace").decode("utf-8")
    text = mask(without_sequences(text))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain_name(name: object) -> str:
    """Return *name* as a short text that is never empty."""
    return plain_text(described(name), MAX_NAME_CHARS).strip() or "unnamed"


def counts(result: object) -> dict[str, Any]:
    """
    Return the numbers of a job's result if it is a dictionary, for its statistics.

    Numbers that JSON cannot carry, as a complex one, are shown as text. Texts,
    truth values and lists are left out.
    """
    if not isinstance(result, dict):
        return {}
    found: dict[str, Any] = {}
    for key, value in list(result.items()):
        if len(found) < MAX_ITEMS and is_numeric(value):
            number = as_number(value)
            found[plain_name(key)] = _short(value) if number is None else number
    return found


def described(value: object) -> str:
    """Return the text of *value*; one whose `__str__` fails still has one."""
    if isinstance(value, str):
        return value
    try:
        return str(value)
    # The job's own code runs here, and it may raise anything at all.
    except Exception as error:  # noqa: BLE001
        return f"<{type(value).__name__}: {describe(error)}>"


def _short(value: object) -> str:
    return plain_text(" ".join(described(value).split()), MAX_COUNT_CHARS)
