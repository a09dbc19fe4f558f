"""
Wake-ups between processes: PostgreSQL's LISTEN and NOTIFY. SQLite has one process and needs none.

A wake-up may be lost (its process died, the connection broke); whoever waits looks by itself now
and then as well, so one only makes things quick. https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy import func, select
from sqlmodel import Session

from bot.db import Database

logger = structlog.get_logger(__name__)

CHANNEL = "opsbell_wakeups"
RECONNECT_SECONDS = 2.0


class Wakeups:
    """Passes workspace ids to the other processes on the same database, and takes theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._address = database.url.set(drivername="postgresql").render_as_string(
            hide_password=False
        )
        self._sending: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Task[None] | None = None

    def start(self, woken: Callable[[str], None]) -> None:
        """Call *woken* with every workspace id that arrives, until `stop`."""
        self._listening = asyncio.create_task(self._listen(woken), name="listen for wake-ups")

    def send(self, workspace_id: str) -> None:
        """Tell the other processes, in the background, that a workspace has something to do."""
        sending = asyncio.create_task(self._notify(workspace_id), name="send a wake-up")
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def stop(self) -> None:
        """Listen no more; what is being sent still goes out."""
        if self._listening is not None:
            self._listening.cancel()
        await asyncio.gather(
            *self._sending, *filter(None, [self._listening]), return_exceptions=True
        )

    async def _notify(self, workspace_id: str) -> None:
        def work(session: Session) -> None:
            session.execute(select(func.pg_notify(CHANNEL, workspace_id)))

        await self._database.write(work)

    async def _listen(self, woken: Callable[[str], None]) -> None:
        while True:
            try:
                await self._take(woken)
            except psycopg.Error as error:
                logger.warning("wakeups_lost", reason=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _take(self, woken: Callable[[str], None]) -> None:
        connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async for wakeup in connection.notifies():
                woken(wakeup.payload)
