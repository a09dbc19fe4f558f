"""The delivery service: everything people and programs do with messages, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.db import Database
from bot.errors import UserError
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.destinations import NO_OUTLETS, Outlets, no_home
from bot.messages.history.retention import Retention
from bot.messages.requests.senders import Senders
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


def open_deliveries(
    database: Database,
    clock: Clock,
    *,
    wake: Callable[[str], None],
    directory: Directory,
    alerts_channel: str | None,
    kept_days: int,
    isolation: Isolation,
    outlets: Outlets = NO_OUTLETS,
    home_of: Callable[[str], str | None] = no_home,
) -> Deliveries:
    """
    Return the service. *wake* tells a workspace's lane that something was committed for it.

    *home_of* returns the workspace in which a tenant is told of what happens outside of any.
    """

    async def alerts() -> str | None:
        try:
            return await directory.channel_id(alerts_channel) if alerts_channel else None
        except UserError:  # There is none of that name: owners are told all the same.
            return None

    return Deliveries(
        requests=Requests(database, clock, wake, outlets, isolation),
        templates=Templates(database, isolation, clock),
        senders=Senders(database, clock, outlets),
        dead_letters=DeadLetters(database, clock, wake, alerts, home_of),
        retention=Retention(database, clock, kept_days),
    )
