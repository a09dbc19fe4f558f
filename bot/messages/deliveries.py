"""The delivery service: everything people and programs do with messages, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.db import Database
from bot.errors import UserError
from bot.messages.dead_letters import DeadLetters
from bot.messages.rendering import Renderer
from bot.messages.requests import Requests
from bot.messages.retention import Retention
from bot.messages.senders import Senders
from bot.messages.stored_templates import Templates
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
    renderer: Renderer,
    clock: Clock,
    *,
    wake: Callable[[str], None],
    directory: Directory,
    alerts_channel: str | None,
    kept_days: int,
) -> Deliveries:
    """Return the service. *wake* tells a workspace's lane that something was committed for it."""

    async def alerts() -> str | None:
        try:
            return await directory.channel_id(alerts_channel) if alerts_channel else None
        except UserError:  # There is none of that name: owners are told all the same.
            return None

    return Deliveries(
        requests=Requests(database, clock, wake),
        templates=Templates(database, renderer, clock),
        senders=Senders(database, clock),
        dead_letters=DeadLetters(database, clock, wake, alerts),
        retention=Retention(database, clock, kept_days),
    )
