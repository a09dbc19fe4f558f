"""Which runner a task is for."""

import hashlib
import os
from pathlib import Path

import aiohttp

from bot.config_file import CommandRunner, HttpRunner, nearest
from bot.db import driver_url
from bot.errors import FieldProblem, InvalidError
from bot.settings import Settings
from bot.tasks.models import Task
from bot.tasks.runners.command import Command
from bot.tasks.runners.http import HttpOrchestrator
from bot.tasks.runners.runner import Reports, Runner
from bot.tasks.runners.runs import Runs

#: The name of the runner that ORCHESTRATOR_URL makes.
DEFAULT = "orchestrator"


def build_runners(
    settings: Settings,
    session: aiohttp.ClientSession,
    reports: Reports,
) -> dict[str, Runner]:
    """Return the runners of the settings by name; the default one too if there is an address."""
    secret = settings.callback_secret.get_secret_value() if settings.callback_secret else None
    runs = Runs(runs_folder(settings.database_url))
    runners: dict[str, Runner] = {}
    if settings.orchestrator_url:
        described = HttpRunner(type="http", url=settings.orchestrator_url)
        runners[DEFAULT] = HttpOrchestrator(session, described, secret)
    for name, described_runner in settings.config.runners.items():
        if isinstance(described_runner, CommandRunner):
            runners[name] = Command(described_runner, runs, reports)
        else:
            runners[name] = HttpOrchestrator(session, described_runner, secret)
    return runners


def runner_name(task: Task, settings: Settings) -> str | None:
    """
    Return the task's own runner, else its kind's, else the default one if there is any.

    Raises `InvalidError` when the task names a runner that the settings do not have.
    """
    known = set(settings.config.runners) | ({DEFAULT} if settings.orchestrator_url else set())
    if task.runner and task.runner not in known:
        raise InvalidError(
            f"There is no runner `{task.runner}`{nearest(task.runner, known)}.",
            [FieldProblem("runner", "is not in opsbell.toml")],
        )
    named = task.runner or settings.config.kind(task.task).runner
    return named or (DEFAULT if DEFAULT in known else None)


def runs_folder(database_url: str) -> Path:
    """Return where programs leave how they ended: beside a SQLite file, else the user's own."""
    url = driver_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.runs").absolute()
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    place = url.set(password=None).render_as_string()
    return Path(state) / "opsbell" / f"{hashlib.sha256(place.encode()).hexdigest()[:16]}.runs"
