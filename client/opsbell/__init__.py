"""Show a job's life in Slack without ever being able to break the job."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .notices.client import Opsbell
    from .notices.notifier import SlackNotifier
    from .task import Task
    from .tracking import run_with_slack, track

__all__ = ["Opsbell", "SlackNotifier", "Task", "run_with_slack", "track"]

_MODULES = {
    "Opsbell": "notices.client",
    "SlackNotifier": "notices.notifier",
    "Task": "task",
    "run_with_slack": "tracking",
    "track": "tracking",
}


def __getattr__(name: str) -> object:
    # On first use: `opsbell run` needs none of them, and its command waits for our imports.
    if name in _MODULES:
        module = __import__(f"{__name__}.{_MODULES[name]}", fromlist=[name])
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
