"""Which runner a task is for."""

from collections.abc import Awaitable, Callable

import aiohttp

from bot.clock import Clock
from bot.config_file import CommandRunner, HttpRunner
from bot.errors import FieldProblem, InvalidError
from bot.settings import Settings
from bot.suggestions import did_you_mean
from bot.tasks.models import Status, Task
from bot.tasks.runners.command import Command
from bot.tasks.runners.http import HttpOrchestrator
from bot.tasks.runners.runner import Launch, Runner

#: The name of the runner that ORCHESTRATOR_URL makes.
DEFAULT = "orchestrator"


def build_runners(
    settings: Settings,
    session: aiohttp.ClientSession,
    clock: Clock,
    ended: Callable[[Launch, Status, str | None], Awaitable[None]],
) -> dict[str, Runner]:
    """Return the runners of the settings by name; the default one too if there is an address."""
    secret = settings.callback_secret.get_secret_value() if settings.callback_secret else None
    runners: dict[str, Runner] = {}
    if settings.orchestrator_url:
        described = HttpRunner(type="http", url=settings.orchestrator_url)
        runners[DEFAULT] = HttpOrchestrator(session, described, secret, clock)
    for name, described_runner in settings.config.runners.items():
        if isinstance(described_runner, CommandRunner):
            runners[name] = Command(described_runner, ended)
        else:
            runners[name] = HttpOrchestrator(session, described_runner, secret, clock)
    return runners


def runner_name(task: Task, settings: Settings) -> str | None:
    """
    Return the task's own runner, else its kind's, else the default one if there is any.

    Raises `InvalidError` when the task names a runner that the settings do not have.
    """
    known = set(settings.config.runners) | ({DEFAULT} if settings.orchestrator_url else set())
    if task.runner and task.runner not in known:
        raise InvalidError(
            f"There is no runner `{task.runner}`{did_you_mean(task.runner, known)}.",
            [FieldProblem("runner", "is not in opsbell.toml")],
        )
    named = task.runner or settings.config.kind(task.task).runner
    return named or (DEFAULT if DEFAULT in known else None)
