"""Any Python value as one that JSON can carry."""

from __future__ import annotations

import math

from .shield import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 6
MAX_ITEMS = 100
MAX_CHARS = 3000
# The server's limit for the names of tasks and subjects.
MAX_NAME_CHARS = 200
LARGEST_SAFE_INTEGER = 2**53


def plain(value: Any, depth: int = 0) -> Any:
    """
    Return a JSON-safe copy of *value*, cut where it is deep, wide or long.

    Never raises: the job may hand over objects whose `repr` fails.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return plain_number(value)
    if isinstance(value, str):
        return plain_text(value)
    if depth < MAX_DEPTH and isinstance(value, dict):
        items = list(value.items())[:MAX_ITEMS]
        return {plain_name(key): plain(item, depth + 1) for key, item in items}
    if depth < MAX_DEPTH and isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, depth + 1) for item in list(value)[:MAX_ITEMS]]
    return plain_text(_described(value))


def plain_text(text: str, limit: int = MAX_CHARS) -> str:
    """Return *text* without NULs and half characters, at most *limit* long."""
    text = text[: 2 * limit].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain_name(name: object) -> str:
    """Return *name* as a short text that is never empty."""
    text = name if isinstance(name, str) else _described(name)
    return plain_text(text, MAX_NAME_CHARS).strip() or "unnamed"


def plain_number(value: float) -> float | str:
    """Return the number, or its text where JSON or JavaScript would not keep it."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    return int(value) if abs(value) <= LARGEST_SAFE_INTEGER else _described(value)


def counts(result: object) -> dict[str, Any]:
    """Return the numbers of a job's result if it is a dictionary, for its statistics."""
    if not isinstance(result, dict):
        return {}
    numbers = {
        plain_name(key): plain_number(value)
        for key, value in list(result.items())
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    return dict(list(numbers.items())[:MAX_ITEMS])


def _described(value: object) -> str:
    try:
        return str(value)
    # The job's own code runs here, and it may raise anything at all.
    except Exception as error:  # noqa: BLE001
        return f"<{type(value).__name__}: {describe(error)}>"
