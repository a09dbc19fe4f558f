"""Response models of the health endpoints."""

from typing import Any

from bot.http.schemas.base import Shown


class Alive(Shown):
    """The process answers."""

    ok: bool


class Ready(Shown):
    """What is ready and what is not."""

    ready: bool
    database: bool
    socket: bool
    lanes: bool


class Health(Shown):
    """How the bot is, with the reasons."""

    ready: bool
    database: dict[str, Any]
    socket: dict[str, Any]
    lanes: list[dict[str, Any]]
    lane_counts: dict[str, int]
    analyst: str
    sources: dict[str, str]
    task_tables: dict[str, str]
    scheduler: dict[str, Any]
    queues: list[dict[str, Any]]
    bus: dict[str, Any] | None
