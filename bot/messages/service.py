"""Builds the message services that people and programs use."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.db import Database
from bot.errors import UserError
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.destinations import NO_DESTINATIONS, Destinations, no_home
from bot.messages.history.retention import Retention
from bot.messages.requests.sender_settings import Senders
from bot.messages.requests.service import Requests
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.store import Templates
from bot.workspaces.directory import Directory


@dataclass(frozen=True)
class Deliveries:
    """The parts of the delivery service."""

    requests: Requests
    templates: Templates
    senders: Senders
    dead_letters: DeadLetters
    retention: Retention
    alerts_channel: Callable[[], Awaitable[str | None]]


def open_deliveries(
    database: Database,
    clock: Clock,
    *,
    wake: Callable[[str], None],
    directory: Directory,
    alerts_channel: str | None,
    kept_days: int,
    isolation: Isolation,
    destinations: Destinations = NO_DESTINATIONS,
    home_of: Callable[[str], str | None] = no_home,
) -> Deliveries:
    """
    Return the service. *wake* tells a workspace's lane that work was committed for it.

    *home_of* returns the workspace in which a tenant is notified of what happens outside any
    workspace.
    """

    async def alerts() -> str | None:
        try:
            return await directory.channel_id(alerts_channel) if alerts_channel else None
        except UserError:  # There is none of that name: owners are told all the same.
            return None

    return Deliveries(
        requests=Requests(database, clock, wake, destinations, isolation),
        templates=Templates(database, isolation, clock),
        senders=Senders(database, clock, destinations),
        dead_letters=DeadLetters(database, clock, wake, alerts, home_of),
        retention=Retention(database, clock, kept_days),
        alerts_channel=alerts,
    )
