"""Asks the broker of `[bus]`; creates nothing there, and takes nothing."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.config_sections.bus import BusSettings
from bot.doctor.findings import Finding
from bot.errors import ConfigError
from bot.event_bus.brokers.broker import Broker, BrokerError
from bot.event_bus.brokers.choice import broker_maker
from bot.event_bus.models import BusCursor
from bot.event_bus.outgoing_events import rows_after
from bot.settings import Settings

_BROKER_ANSWERS_SECONDS = 20.0
#: What waits longer has been forgotten.
_LONG_LAG = timedelta(minutes=5)
_MANY_REQUESTS = 1_000


async def bus_findings(found: Settings) -> list[Finding]:
    """Return whether the broker answers, what is missing there, and what waits."""
    settings = found.config.bus
    if settings is None:
        return []
    try:
        broker = broker_maker(settings)()
    except ConfigError as error:
        return [Finding.problem("bus", error.problems[0].partition(";")[0], _broker_fix(error))]
    except (OSError, ValueError) as error:
        return [Finding.problem("bus", f"bus.url_file: {error}", "correct bus.url_file")]
    try:
        async with asyncio.timeout(_BROKER_ANSWERS_SECONDS):
            return [one for topic in _topics(settings) for one in await _of_topic(broker, *topic)]
    except (BrokerError, TimeoutError) as error:
        reason = str(error) or f"no answer within {_BROKER_ANSWERS_SECONDS:.0f} s"
        fix = "start the broker, or correct host, user and password in bus.url"
        return [Finding.problem("bus", reason, fix)]
    finally:
        await broker.close()


def lag_findings(session: Session, settings: BusSettings, now: datetime) -> Iterator[Finding]:
    """Yield how old the oldest event is that has not been published, if it is too old."""
    cursor = session.get(BusCursor, settings.events) if settings.events else None
    if cursor is None:
        return
    rows = rows_after(session, cursor.last_id)
    oldest = next((row.at for row in rows if row.tenant == settings.tenant), now)
    if now - oldest > _LONG_LAG:
        minutes = (now - oldest).total_seconds() / 60
        yield Finding.problem(
            "bus",
            f"events have waited for {minutes:,.0f} min to be published to {settings.events}",
            "start the bot, or look for `bus_broken` in its log",
        )


def _broker_fix(error: ConfigError) -> str:
    return error.problems[0].partition("run: ")[2] or "correct [bus]"


def _topics(settings: BusSettings) -> Iterator[tuple[str, str]]:
    """Yield each topic that is used, and what for."""
    for use in ("requests", "rejected", "events"):
        if topic := getattr(settings, use):
            yield use, topic


async def _of_topic(broker: Broker, use: str, topic: str) -> list[Finding]:
    count = await broker.waiting(topic)
    if count is None:
        return [Finding.note("bus", f"{topic} is not there yet; the bot creates it when it starts")]
    if use == "rejected" and count:
        return [
            Finding.note(
                "bus", f"{count:,} rejected requests are in {topic}; their headers say why"
            )
        ]
    if use == "requests" and count > _MANY_REQUESTS:
        fix = "look for `bus_request_held` in the bot's log; send more over HTTP"
        return [Finding.problem("bus", f"{count:,} requests wait in {topic}", fix)]
    waiting = f", {count:,} wait" if use == "requests" else ""
    return [Finding.ok("bus", f"{topic} is there{waiting}")]
