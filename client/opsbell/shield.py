"""The wall between Opsbell's own troubles and the job it reports on."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


def note(text: str) -> None:
    """Say one line on stderr if `OPSBELL_DEBUG=1`, and nothing otherwise."""
    # Of a quoted value, too: whoever asks why nothing comes must not be met with silence.
    if os.environ.get("OPSBELL_DEBUG", "").strip(" \"'").lower() not in ("1", "true", "yes", "on"):
        return
    line = f"opsbell: {text}".replace("\n", " ")[:500] + "\n"
    try:
        os.write(2, line.encode("utf-8", "replace"))
    except OSError:
        return


class Shield:
    """
    Everything the client does on behalf of a job happens inside `with Shield():`.

    An error of ours ends here. `KeyboardInterrupt` and `SystemExit` are the
    job's own and pass.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing

    def __enter__(self) -> Shield:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, Exception):
            note(f"could not {self._doing}: {type(error).__name__}: {describe(error)}")
            return True
        return False


def describe(error: BaseException) -> str:
    """Return the error's text; an error whose `__str__` fails still has one."""
    text = f"<unprintable {type(error).__name__}>"
    try:
        text = str(error)
    # The job's own code runs here, and it may raise anything at all.
    except Exception:  # noqa: BLE001
        return text
    return text
