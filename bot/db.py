"""The database: engines, transactions, SQLite's pragmas, migrations."""

import asyncio
import contextlib
import contextvars
import math
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    DisconnectionError,
    IntegrityError,
    OperationalError,
    SQLAlchemyError,
)
from sqlmodel import Session, SQLModel

from bot import schema
from bot.errors import ConfigError, NoAnswerError
from bot.process.failure_log import database_reason
from bot.process.private_file import make_sqlite_private
from bot.sql import fast_json
from bot.tracing.spans import span

T = TypeVar("T")

POSTGRESQL_THREADS = 8
_LAST_USED = "last used"
#: A connection idle for this long may be broken.
PING_AFTER_IDLE_SECONDS = 1.0
_SQLITE_READERS = 4
#: Maximum retries after a unique-key conflict.
_MAX_CONFLICT_RETRIES = 20
_SQLITE_PRAGMAS = (
    # Readers never wait for the writer. https://www.sqlite.org/wal.html
    "PRAGMA journal_mode = WAL",
    # A killed process loses nothing with NORMAL; only a power cut can lose the last commits.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
)
#: KiB that a connection caches. The writer's pages change all the time; readers share the file's
#: pages in the operating system's cache, and there are several of them.
_SQLITE_WRITER_CACHE = 16_000
_SQLITE_READER_CACHE = 2_000


class Database:
    """
    Runs transactions in threads, so that the event loop never waits for a disk.

    A unit of work is a plain function of a `Session`: it commits when the function returns and
    rolls back when it raises. On SQLite all writes go through one thread and `BEGIN IMMEDIATE`, so
    a transaction never fails half-way for want of the lock.
    """

    def __init__(self, url: str) -> None:
        self.url = driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            make_sqlite_private(self.url.database)
            self._writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE", _SQLITE_WRITER_CACHE)
            self._reader = _sqlite_engine(self.url, "BEGIN", _SQLITE_READER_CACHE)
            self._write_pool = ThreadPoolExecutor(1, thread_name_prefix="db-write")
            #: That thread's own: to take one from the pool costs as much as a transaction.
            self._kept: Connection | None = None
            self._read_pool = ThreadPoolExecutor(_SQLITE_READERS, thread_name_prefix="db-read")
        else:
            self._writer = _postgresql_engine(self.url)
            self._reader = self._writer
            self._write_pool = ThreadPoolExecutor(POSTGRESQL_THREADS, thread_name_prefix="db")
            self._read_pool = self._write_pool

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run *work* in one transaction and return what it returns; raise what it raises."""
        with span("commit"):
            return await self.begin_write(work)

    def begin_write(self, work: Callable[[Session], T]) -> asyncio.Future[T]:
        """Begin to do what `write` does, and return what tells when it is done."""
        return self._begin(self._write_pool, partial(self._write, work))

    def _write(self, work: Callable[[Session], T]) -> T:
        if not self.is_sqlite:
            return transact(self._writer, work, True)
        if self._kept is None:
            self._kept = self._writer.connect()
        try:
            return transact(self._kept, work, True)
        except (SQLAlchemyError, sqlite3.Error):
            self._kept.invalidate()  # A commit that failed has left its transaction open.
            self._kept.close()
            self._kept = None
            raise

    async def write_unique(self, work: Callable[[Session], T]) -> T:
        """Write as `write` does, again whenever another writer has just inserted the same key."""
        for _ in range(_MAX_CONFLICT_RETRIES):
            with contextlib.suppress(IntegrityError):
                return await self.write(work)
        return await self.write(work)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run *work* on a snapshot; what it changes is not kept."""
        return await self._begin(self._read_pool, partial(transact, self._reader, work, False))

    def _begin(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> asyncio.Future[T]:
        context = contextvars.copy_context()
        return asyncio.get_running_loop().run_in_executor(pool, context.run, work)

    async def is_writable(self) -> bool:
        """Tell whether a change can be committed now; raise what the database raises."""
        await self.write(_probe_write)
        return True

    def transact(self, work: Callable[[Session], T]) -> T:
        """Do what `write` does, in the caller's own thread: for the command line."""
        return transact(self._writer, work, True)

    def snapshot(self, work: Callable[[Session], T]) -> T:
        """Do what `read` does, in the caller's own thread: for the command line."""
        return transact(self._reader, work, False)

    def connect(self) -> Connection:
        """Return a bare connection, for tools; the caller closes it."""
        return self._writer.connect()

    def migrate(self) -> None:
        """Bring the schema to the newest revision; safe to repeat."""
        with self.connect() as connection:
            schema.migrate(connection)

    def check(self) -> None:
        """
        Make sure the database answers and its schema is the newest.

        Raises `ConfigError` naming DATABASE_URL and the fix, `NoAnswerError` if it does not.
        """
        shown = self.url.render_as_string(hide_password=True)
        try:
            with self._reader.connect() as connection:  # The writer's would wait for its lock.
                found = schema.current(connection)
        except (OperationalError, sqlite3.Error) as error:
            problem = f"DATABASE_URL: cannot open {shown}: {database_reason(error)}"
            raise NoAnswerError([problem]) from error
        schema.require_known(found)
        if found != schema.newest_revision():
            raise ConfigError(
                [f"DATABASE_URL: the schema of {shown} is not current: run `python -m bot migrate`"]
            )

    def close(self) -> None:
        """Let running transactions end, then close every connection."""
        for pool in {self._write_pool, self._read_pool}:
            pool.shutdown(wait=True)
        if self.is_sqlite and self._kept is not None:
            self._kept.close()
        for engine in {self._writer, self._reader}:
            engine.dispose()


def transact(bind: Engine | Connection, work: Callable[[Session], T], commit: bool) -> T:
    with Session(bind, expire_on_commit=False) as session:
        result = work(session)
        if commit:
            session.commit()
        return result


def _probe_write(session: Session) -> None:
    """Write a page or a row that nobody reads: a read says nothing of a full or read-only disk."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))
        return
    number = session.execute(text("PRAGMA user_version")).scalar_one()
    session.execute(text(f"PRAGMA user_version = {(number + 1) % 2**31}"))


def insert_absent(session: Session, row: SQLModel) -> None:
    """Insert a row unless its primary key exists, even if others insert it at the same time."""
    session.execute(_insert_of(session, row).on_conflict_do_nothing())


def upsert(session: Session, row: SQLModel) -> None:
    """Insert a row, or make the one of its primary key equal to it; atomic in both databases."""
    keys = [column.name for column in inspect(type(row)).primary_key]
    values = {name: value for name, value in row.model_dump().items() if name not in keys}
    query = _insert_of(session, row).on_conflict_do_update(index_elements=keys, set_=values)
    session.execute(query)


def _insert_of(session: Session, row: SQLModel) -> postgresql.Insert | sqlite.Insert:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(type(row)) if is_sqlite else postgresql.insert(type(row))
    return insert.values(**row.model_dump())


def driver_url(url: str) -> URL:
    """Turn the plain URL of the settings into one that names the driver we chose."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername != "sqlite":
        raise ConfigError(
            [
                f"DATABASE_URL: {parsed.drivername!r} is not supported: use sqlite:/// or postgresql://"
            ]
        )
    return parsed


def _postgresql_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=POSTGRESQL_THREADS,
        max_overflow=4,
        # The connection that was used last has its statements prepared.
        pool_use_lifo=True,
        json_serializer=fast_json.text,
        json_deserializer=fast_json.stored,
    )

    unanswered: Any = engine.dialect.loaded_dbapi.Error

    @event.listens_for(engine, "checkin")
    def _put_back(_connection: Any, record: Any) -> None:
        record.info[_LAST_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask_first(connection: Any, record: Any, _proxy: Any) -> None:
        # The server may have gone meanwhile; to ask each time takes longer than most statements.
        if time.monotonic() - record.info.get(_LAST_USED, math.inf) < PING_AFTER_IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except unanswered as error:
            raise DisconnectionError from error

    return engine


def _sqlite_engine(url: URL, begin: str, cache_kib: int) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False},
        json_serializer=fast_json.text,
        json_deserializer=fast_json.stored,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own implicit BEGIN comes too late; we say it ourselves below.
        connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.connection.dbapi_connection.execute(begin)

    return engine
