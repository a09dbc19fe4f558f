"""Build the services of tasks, once, at the start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db import Database
from bot.settings import Settings
from bot.tasks.announcer import Announcer, OnEnd
from bot.tasks.display import Links
from bot.tasks.intake import Intake
from bot.tasks.models import Task
from bot.tasks.runners.launcher import Launcher
from bot.tasks.runners.registry import build_runners, may_run, runner_name
from bot.tasks.runners.reporter import Reporter
from bot.tasks.service import Tasks
from bot.tasks.transactions import Transactions, Waker
from bot.tokens import Tokens


@dataclass(frozen=True)
class TaskServices:
    """The services of tasks. The launcher does nothing until it is run."""

    tasks: Tasks
    intake: Intake
    launcher: Launcher


def open_tasks(
    settings: Settings,
    database: Database,
    clock: Clock,
    *,
    lanes: Waker,
    base_url: Callable[[], str],
    tokens: Tokens | None,
    on_end: OnEnd,
) -> TaskServices:
    """Build the services; `base_url` gives the callback address, known once HTTP has started."""

    def runner_of(task: Task) -> str | None:
        return runner_name(task, settings)

    launcher = Launcher(
        database,
        clock,
        build_runners(settings, Reporter(lambda: intake), clock),
        base_url=base_url,
        tokens=tokens,
        may_run=lambda task: may_run(task, settings),
    )
    announcer = Announcer(
        Links(settings.config, settings.grafana_url),
        can_retry=launcher.knows,
        on_creation=settings.slack_notify_on_task_creation,
        on_end=on_end,
    )
    transactions = Transactions(database, lanes=lanes, launcher=launcher)
    intake = Intake(
        transactions,
        announcer,
        clock,
        runner_of,
        kept=timedelta(days=settings.config.retention.days),
    )
    tasks = Tasks(transactions, announcer, clock, runner_of, launcher.cancel)
    return TaskServices(tasks, intake, launcher)
