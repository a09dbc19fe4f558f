"""A database that is locked or does not answer is 503 with Retry-After, at every address."""

import asyncio
import sqlite3
import threading

import psycopg
import pytest
from sqlalchemy import exc, text

from bot.all_tables import TABLES
from bot.db import Database
from bot.http.connections import ConnectionLimits
from bot.http.errors import answer_to
from bot.http.routes import ROUTES
from bot.http.server import HttpServer
from bot.process.failure_log import is_database_unavailable
from tests.bot.http.calling import Client, token_for
from tests.patience import PATIENCE_SECONDS

BODIES = {
    "CreateTask": {"task": "import"},
    "UpdateTask": {"taskId": "t", "status": "running"},
    "LogTask": {"lines": [{"text": "a"}]},
    "SendMessage": {"channel": "C1", "templateCode": "text", "payload": {"text": "a"}},
    "ScheduleMessage": {
        "request": {"channel": "C1", "templateCode": "text", "payload": {"text": "a"}},
        "scheduledAt": "2026-12-24T09:00:00Z",
    },
    "PutTemplate": {"body": {"text": "a"}},
    "PutSender": {"channel": "C1"},
    "ConnectWorkspace": {"teamId": "T1", "botToken": "xoxb-T1"},
}
#: These ask nothing of the database.
FREE = {
    *("/healthz", "/readyz", "/metrics", "/mcp"),
    *("/api/health", "/api/openapi.json", "/api/docs"),
    # Nothing is installed where there is no app.
    *("/api/workspaces/invitations", "/slack/install", "/slack/oauth_redirect"),
    "/api/scheduling/reports/preview",  # Without a schedule there is nothing to look at.
}


class Lock:
    """Holds every table of the database until it is let go, as another process may."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._held, self._let_go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        database = Database(self._url)
        with database.connect() as connection:
            if database.is_sqlite:  # BEGIN IMMEDIATE: there is no second writer now.
                connection.execute(text("SELECT 1"))
            else:
                names = ", ".join(f'"{table.__tablename__}"' for table in TABLES)
                connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
            self._held.set()
            self._let_go.wait(PATIENCE_SECONDS)
        database.close()

    async def __aenter__(self) -> "Lock":
        self._thread.start()
        await asyncio.to_thread(self._held.wait, PATIENCE_SECONDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._let_go.set()
        await asyncio.to_thread(self._thread.join)


def _call(client: Client, route):
    path = route.path
    for name in ("{id}", "{correlationId}", "{code}", "{team_id}"):
        path = path.replace(name, "x1")
    body = BODIES.get(route.body.__name__, {}) if route.body else None
    return client.call(route.method, path, [body] if route.max_items else body)


async def test_every_address_says_that_the_database_is_locked(services, client, database_url):
    """Whatever writes, and on PostgreSQL whatever reads, is told to come again: no 500."""
    server = HttpServer(services, limits=ConnectionLimits(answer_seconds=1.0))
    await server.start()
    there = Client(client.session, f"http://127.0.0.1:{server.port}", token_for("default", "admin"))
    # Boards and webhooks are named by the settings: what is not there is said without a database.
    configured = ("/api/leaderboards/", "/api/webhooks/")
    routes = [one for one in ROUTES if one.path not in FREE and not one.path.startswith(configured)]

    async with Lock(database_url):
        replies = await asyncio.gather(*(_call(there, route) for route in routes))
    await server.stop()

    told = {
        f"{route.method} {route.path}": (reply.status, reply.headers.get("Retry-After"))
        for route, reply in zip(routes, replies, strict=True)
    }
    away = (503, "5")
    # What only reads goes on while another process writes to SQLite; what is not there is said.
    reads = {(200, None), (404, None)} if services.database.is_sqlite else set()
    allowed = {away, *reads, (422, None)}
    assert {name: one for name, one in told.items() if one not in allowed} == {}
    assert away in told.values()


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.OperationalError("database is locked"),
        sqlite3.InterfaceError("closed"),
        psycopg.OperationalError("server closed the connection"),
        psycopg.errors.DeadlockDetected("deadlock"),
        psycopg.errors.LockNotAvailable("lock timeout"),
        psycopg.errors.ReadOnlySqlTransaction("read only"),
        exc.OperationalError("BEGIN", {}, sqlite3.OperationalError("disk I/O error")),
        exc.InternalError("UPDATE", {}, psycopg.InternalError("read only")),
        exc.InterfaceError("SELECT", {}, psycopg.InterfaceError("closed")),
        exc.TimeoutError("QueuePool limit reached"),
        exc.DisconnectionError(),
        exc.PendingRollbackError(),
        TimeoutError(),
    ],
    ids=lambda error: f"{type(error).__module__}.{type(error).__name__}",
)
def test_each_way_to_say_so_is_understood(error):
    """By SQLAlchemy or by a driver itself: come again."""
    answer = answer_to(error)
    assert answer is not None
    assert (answer.status, answer.headers) == (503, {"Retry-After": "5"})


@pytest.mark.parametrize(
    "error",
    [
        exc.IntegrityError("INSERT", {}, sqlite3.IntegrityError("unique")),
        exc.DataError("INSERT", {}, psycopg.DataError("out of range")),
        sqlite3.IntegrityError("unique"),
        KeyError("a"),
        ConnectionError(),
    ],
    ids=lambda error: f"{type(error).__module__}.{type(error).__name__}",
)
def test_a_mistake_of_ours_is_not_blamed_on_the_database(error):
    """These would be the same the next time."""
    assert not is_database_unavailable(error)
    assert answer_to(error) is None
