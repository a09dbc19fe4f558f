"""Asks `[sources.*]`, and the task tables in them that the checks for alerts read."""

from collections.abc import Awaitable, Callable

from bot.alerts.tables.reader import read_task_table
from bot.clock import Clock
from bot.doctor.findings import Finding
from bot.errors import InvalidError
from bot.settings import Settings
from bot.sources.base import QueryError
from bot.sources.registry import Sources


async def source_findings(found: Settings, clock: Clock) -> list[Finding]:
    """Return which sources and task tables answer; the built-in source needs no question."""
    if not found.config.sources and not found.config.alerts.tables:
        return []
    sources = Sources(found.config.sources, database_url=found.database_url, clock=clock)
    try:
        return [
            *[await _finding_of(name, found, sources) for name in found.config.sources],
            *[await _of_table(name, found, sources) for name in found.config.alerts.tables],
        ]
    finally:
        sources.close()


async def _finding_of(name: str, found: Settings, sources: Sources) -> Finding:
    tenant = next(iter(found.config.sources[name].tenants), "default")

    async def ask() -> str:
        tables = await sources.get(name, "default" if tenant == "*" else tenant).tables()
        return f"{name} answers, {len(tables)} tables"

    return await _ask_source(name, ask, f"correct [sources.{name}], or its user's rights to read")


async def _of_table(name: str, found: Settings, sources: Sources) -> Finding:
    settings = found.config.alerts.tables[name]

    async def ask() -> str:
        read = await read_task_table(name, settings, sources.get)
        return f"alerts.tables.{name} can be read, {len(read.tasks)} tasks"

    fix = f"correct [alerts.tables.{name}], or the rights to read of [sources.{settings.source}]"
    return await _ask_source(f"alerts.tables.{name}", ask, fix)


async def _ask_source(name: str, ask: Callable[[], Awaitable[str]], fix: str) -> Finding:
    try:
        return Finding.ok("sources", await ask())
    except (QueryError, InvalidError, OSError, ValueError) as error:
        return Finding.problem("sources", f"{name}: {error}", fix)
