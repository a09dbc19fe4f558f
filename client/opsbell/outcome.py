"""How a piece of work ended: its final status and what to say about it."""

from __future__ import annotations

from .shield import describe
from .values.masking import mask
from .values.plain import plain_text

MAX_ERROR_CHARS = 4000
# By name, because importing asyncio to compare classes costs more than everything else here.
CANCELLED = {
    ("asyncio.exceptions", "CancelledError"),
    ("concurrent.futures._base", "CancelledError"),
    ("trio", "Cancelled"),
}


def outcome_of(error: BaseException | None) -> tuple[str, str | None]:
    """Return the status and error text for work that ended with *error*, or well with None."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0, False)):
        return "completed", None
    kinds = {(kind.__module__, kind.__name__) for kind in type(error).__mro__}
    if kinds & CANCELLED or isinstance(error, (KeyboardInterrupt, GeneratorExit)):
        return "cancelled", f"stopped by {type(error).__name__}"
    if isinstance(error, SystemExit):
        text = f"exit code {error.code}" if isinstance(error.code, int) else str(error.code)
        return "failed", plain_text(text, MAX_ERROR_CHARS)
    return "failed", error_text(error)


def error_text(error: BaseException) -> str:
    """Return the error in one line, then the end of its traceback. Never raises."""
    import traceback

    summary = f"{type(error).__name__}: {describe(error)}".rstrip(": ")
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
    return shortened(plain_text(summary, 500), "".join(frames))


def shortened(summary: str, details: str) -> str:
    """Return *summary* and as much of the end of *details* as fits."""
    # Before anything is cut, because half a secret would not be known as one.
    summary, details = mask(summary), mask(details[-4 * MAX_ERROR_CHARS :])
    room = MAX_ERROR_CHARS - len(summary) - 1
    if len(details) > room:
        details = "…" + details[len(details) - room + 1 :]
    return plain_text(f"{summary}\n{details}".strip(), MAX_ERROR_CHARS)
