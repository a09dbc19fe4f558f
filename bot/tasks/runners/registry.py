"""Chooses the runner of a task."""

import hashlib
import os
import tempfile
from pathlib import Path

from bot.clock import Clock
from bot.config_file import (
    BullRunner,
    CeleryRunner,
    CommandRunner,
    HttpRunner,
    RunnerSettings,
)
from bot.db import driver_url
from bot.errors import FieldProblem, InvalidError
from bot.settings import ORCHESTRATOR, Settings, split_secrets
from bot.suggestions import did_you_mean
from bot.tasks.models import Task
from bot.tasks.runners.bullmq import BullQueue
from bot.tasks.runners.celery import CeleryQueue
from bot.tasks.runners.command import Command
from bot.tasks.runners.command_runs import Runs
from bot.tasks.runners.http import HttpOrchestrator
from bot.tasks.runners.runner import Runner, RunnerReports


def build_runners(settings: Settings, reports: RunnerReports, clock: Clock) -> dict[str, Runner]:
    """Return the runners of the settings by name; the default one too if there is an address."""
    secret = split_secrets(settings.callback_secret)[0] if settings.callback_secret else None
    runs = Runs(runs_folder(settings.database_url))
    runners: dict[str, Runner] = {}
    for name, described in _described_runners(settings).items():
        if isinstance(described, CommandRunner):
            runners[name] = Command(described, runs, reports)
        elif isinstance(described, BullRunner):
            runners[name] = BullQueue(name, described, reports)
        elif isinstance(described, CeleryRunner):
            runners[name] = CeleryQueue(name, described, reports)
        else:
            runners[name] = HttpOrchestrator(described, secret, clock)
    return runners


def _described_runners(settings: Settings) -> dict[str, RunnerSettings]:
    """Return what the settings say of each runner, that of ORCHESTRATOR_URL included."""
    if not settings.orchestrator_url:
        return dict(settings.config.runners)
    default = HttpRunner(type="http", url=settings.orchestrator_url)
    return {ORCHESTRATOR: default, **settings.config.runners}


def runner_name(task: Task, settings: Settings) -> str | None:
    """
    Return the task's own runner, else its kind's, else the default one if there is any.

    Raises `InvalidError` when the task names a runner that the settings do not have, or have for
    other tenants: those look the same.
    """
    described = _described_runners(settings)
    known = {name for name, one in described.items() if one.serves(task.tenant)}
    if task.runner and task.runner not in known:
        hint = did_you_mean(task.runner, known, is_sentence=True)
        raise InvalidError(
            f"There is no runner `{task.runner}`{hint}",
            [FieldProblem("runner", "is not in opsbell.toml")],
        )
    named = task.runner or settings.config.kind(task.task).runner or ORCHESTRATOR
    return named if named in known else None


def may_run(task: Task, settings: Settings) -> bool:
    """Tell whether the runner of a task exists for its tenant."""
    described = _described_runners(settings).get(task.runner or "")
    return described is not None and described.serves(task.tenant)


def runs_folder(database_url: str) -> Path:
    """Return where programs leave how they ended: beside a SQLite file, else the user's own."""
    url = driver_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.runs").absolute()
    place = url.set(password=None).render_as_string()
    name = f"{hashlib.sha256(place.encode()).hexdigest()[:16]}.runs"
    state = _state_folder()
    if state is None:  # Directly below, where nobody else can replace it.
        return Path(tempfile.gettempdir()) / f"opsbell-{os.geteuid()}-{name}"
    return state / "opsbell" / name


def _state_folder() -> Path | None:
    """Return where this user's programs keep their state; None in a container without a home."""
    named = os.environ.get("XDG_STATE_HOME")
    if named:
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ".local" / "state" if os.access(home, os.W_OK) else None
