"""The interface of runners, and the data they are sent."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import OpsbellError
from bot.tasks.models import TaskStatus

#: How often a sign of life is told, as often as by the client; the lease is four of them.
BEAT_SECONDS = 15.0


class RunnerError(OpsbellError):
    """The runner did not take the task; the message is shown on it."""


@dataclass(frozen=True)
class Attempt:
    """Which attempt of which task; two tenants may call their tasks the same."""

    tenant: str
    task_id: str
    number: int
    #: Where the task is shown.
    workspace_id: str = field(default="", compare=False)


@dataclass(frozen=True)
class Launch:
    """One attempt, handed to its runner."""

    task_id: str
    tenant: str
    workspace_id: str
    task: str
    subject: str | None
    attempt: int
    payload: Any
    channel: str
    ts: str | None
    callback_url: str
    callback_token: str | None

    @property
    def key(self) -> Attempt:
        """Return which attempt this starts."""
        return Attempt(self.tenant, self.task_id, self.attempt, self.workspace_id)

    def as_json(self) -> dict[str, Any]:
        """Return the body that every kind of runner is sent, names as in the contract."""
        return {
            "taskId": self.task_id,
            "task": self.task,
            "dealer": self.subject,
            "subject": self.subject,
            "attempt": self.attempt,
            "payload": self.payload,
            "slackContext": {"channel": self.channel, "ts": self.ts},
            "callbackUrl": self.callback_url,
            "callbackToken": self.callback_token,
        }


class RunnerReports(Protocol):
    """Receives what a runner learns about the attempts it has started."""

    async def tell(
        self,
        attempt: Attempt,
        status: TaskStatus,
        *,
        error: str | None = None,
        progress: int | None = None,
        note: str | None = None,
        stats: dict[str, Any] | None = None,
    ) -> None:
        """Report the state of the attempt; outdated reports are ignored."""
        ...

    async def live(self, runner: str) -> list[Attempt]:
        """Return the attempts of a runner that have not ended."""
        ...

    async def beat(self, attempt: Attempt) -> bool:
        """Say that the attempt runs; return False if it was cancelled and has to end."""
        ...


class Runner(Protocol):
    """Starts work elsewhere."""

    #: Whether the same launch may be sent again when it is not known to have arrived.
    repeatable: bool

    async def start(self, launch: Launch) -> None:
        """Hand the attempt over; raise `RunnerError` if it is refused."""
        ...

    async def cancel(self, attempt: Attempt) -> None:
        """Ask for the attempt to be stopped; nothing happens if it has ended."""
        ...

    async def follow(self) -> None:
        """
        Report on attempts, including those started before this process, until cancelled.

        A runner whose work reports for itself returns at once.
        """
        ...

    async def stop(self) -> None:
        """Stop following; running work continues elsewhere."""
        ...
