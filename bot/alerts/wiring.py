"""Builds the services of alerts, once, at the start."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.alerts.announcer import AlertAnnouncer
from bot.alerts.configured_rules import Rules
from bot.alerts.reruns import Reruns, Retry
from bot.alerts.service import Alerts
from bot.alerts.tables.reader import FindSource, TableReader
from bot.alerts.watch import AlertWatch, FindChannel
from bot.clock import Clock
from bot.db import Database
from bot.settings import Settings
from bot.tasks.display import Links


@dataclass(frozen=True)
class AlertServices:
    """The services of alerts."""

    alerts: Alerts
    watch: AlertWatch
    reruns: Reruns
    every_seconds: float


def open_alerts(
    settings: Settings,
    database: Database,
    clock: Clock,
    tasks: Retry,
    *,
    wake: Callable[[str], None],
    tenants: Callable[[], Awaitable[Sequence[str]]],
    home_of: Callable[[str], str | None],
    workspaces_of: Callable[[str], Awaitable[Sequence[str]]],
    find_channel: FindChannel,
    find_source: FindSource | None = None,
) -> AlertServices:
    """
    Return the services; *wake* tells a workspace's lane that something was committed for it.

    *find_source* returns a source by its name and tenant; None where none are read.
    """
    rules = Rules(settings.config)
    announcer = AlertAnnouncer(rules, Links(settings.config, settings.grafana_url))
    tables = TableReader(settings.config.alerts.tables, find_source)
    alerts = Alerts(database, announcer, rules, clock, wake, tables.states)
    watch = AlertWatch(
        alerts,
        database,
        rules,
        tenants=tenants,
        home_of=home_of,
        workspaces_of=workspaces_of,
        find_channel=find_channel,
        default_channel=settings.slack_alerts_channel or settings.slack_default_channel,
        tables=tables,
    )
    return AlertServices(
        alerts, watch, Reruns(database, tasks, clock), settings.config.alerts.every_minutes * 60
    )
