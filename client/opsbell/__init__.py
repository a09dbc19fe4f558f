"""Show a job's life in Slack without ever being able to break the job."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .task import Task
    from .tracking import run_with_slack, track

__all__ = ["Task", "run_with_slack", "track"]


def __getattr__(name: str) -> object:
    # On first use: `opsbell run` needs none of them, and its command waits for our imports.
    if name == "Task":
        from .task import Task

        return Task
    if name in __all__:
        from . import tracking

        return getattr(tracking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
