"""
Wake-ups between processes: PostgreSQL's LISTEN and NOTIFY. SQLite has one process, needing none.

A wake-up may be lost (its process died, the connection broke), so receivers also poll; wake-ups
only make delivery faster. https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import func, select
from sqlmodel import Session

from bot.db import Database

logger = structlog.get_logger(__name__)

CHANNEL = "opsbell_wakeups"
_RECONNECT_SECONDS = 2.0


def send_wakeup(session: Session, key: str) -> None:
    """Tell every process that listens of a lane, once the transaction has committed."""
    session.execute(select(func.pg_notify(CHANNEL, key)))


class Wakeups:
    """Hears of which lanes other processes on the same database have committed something for."""

    def __init__(self, database: Database) -> None:
        self._address = database.url.set(drivername="postgresql").render_as_string(
            hide_password=False
        )
        self._listening: asyncio.Task[None] | None = None

    def start(self, woken: Callable[[str], None]) -> None:
        """Call *woken* with the key of every lane that is named, until `stop`."""
        self._listening = asyncio.create_task(self._listen(woken), name="listen for wake-ups")

    async def stop(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self, woken: Callable[[str], None]) -> None:
        import psycopg  # Here, because a bot on SQLite saves its 9 MB of memory.

        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    async for wakeup in connection.notifies():
                        woken(wakeup.payload)
            except psycopg.Error as error:
                logger.warning("wakeups_lost", reason=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)
