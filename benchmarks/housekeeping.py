"""
What questions and clean-ups beside the engine cost when much is stored.

`python -m benchmarks.housekeeping` fills SQLite and PostgreSQL with messages, their events, and
tasks, and prints milliseconds: of statistics, of lists of the few tasks that are running, stuck or
lost, of a retention run with nothing to delete, of the longest transaction of one that deletes a
twentieth, and how long a writer waited at most while every message was compared with its events.
Asserts nothing.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from benchmarks import table
from benchmarks.engine import TENANT, WORKSPACE, database, folder_in_memory
from benchmarks.growth import SERIES, kind_of
from benchmarks.sightings import median
from bot.db import Database
from bot.messages import outbox
from bot.messages.history.retention import Retention
from bot.messages.models import MessageState
from bot.messages.outbox import Content, Place
from bot.messages.requests.queries import stats
from bot.messages.totals import fold_totals
from bot.tasks.models import Task, TaskStatus
from bot.tasks.queries import Filter, list_tasks

KINDS = ("sqlite", "postgresql")
KEPT_DAYS = 30
#: A time of its own for each task, some seconds apart.
_EACH_ITS_OWN = {
    True: "strftime('%Y-%m-%d %H:%M:%f', m.updated_at, '-' || i || ' seconds')",
    False: "m.updated_at - i * INTERVAL '1 second'",
}
#: One of so many is old enough to be deleted.
OLD = 20
LISTS = {
    "running": Filter(status=TaskStatus.RUNNING),
    "stuck": Filter(stuck_for=timedelta(minutes=30)),
    "lost": Filter(status=TaskStatus.LOST),
    "newest": Filter(),
}


class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def fill(store: Database, messages: int, tasks: int) -> None:
    """Store ended messages, each with its event, and completed tasks."""

    def work(session: Session) -> None:
        now = datetime.now(UTC)
        old = now - timedelta(days=KEPT_DAYS + 10)
        place, content = Place(WORKSPACE, TENANT, "C0OPS"), Content("note", {"word": "x"})
        made = outbox.put(session, place, content, now=now, final=True, message_id="m_model")
        made.state, made.delivered_revision, made.sent_at = MessageState.IDLE, 1, now
        model = Task(
            id="t_model", tenant=TENANT, workspace_id=WORKSPACE, channel="C0OPS",
            task="import", status=TaskStatus.COMPLETED, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(model)
        session.flush()
        times = f"CASE WHEN i % {OLD} = 0 THEN :old ELSE m.{{column}} END"
        varied = {
            "id": "'m_' || i",
            "created_at": times.format(column="created_at"),
            "sent_at": times.format(column="sent_at"),
        }
        _copy(session, store, "message", "m_model", messages, varied, old)
        varied = {"id": "i + 10", "message_id": "'m_' || i", "name": "m.name"}
        _copy(session, store, "event", "m_model", messages, varied, old, key="message_id")
        _copy(
            session,
            store,
            "task",
            "t_model",
            tasks,
            {"id": "'t_' || i", "updated_at": _EACH_ITS_OWN[store.is_sqlite]},
            old,
        )
        session.execute(
            text("INSERT INTO message_total (tenant, queue, change) VALUES (:t, :q, :n)"),
            {"t": TENANT, "q": made.queue, "n": messages},
        )
        fold_totals(session)

    store.transact(work)
    with store.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _copy(
    session: Session,
    store: Database,
    name: str,
    model: str,
    count: int,
    varied: dict[str, str],
    old: datetime,
    key: str = "id",
) -> None:
    columns = list(session.connection().dialect.get_columns(session.connection(), name))
    names = [column["name"] for column in columns]
    values = ", ".join(varied.get(one, f"m.{one}") for one in names)
    shown = f"{name}({', '.join(names)})"
    chosen = f"SELECT {values} FROM n, {name} AS m WHERE m.{key} = '{model}'"  # noqa: S608
    series = SERIES[kind_of(store)].format(count=count)
    insert = f"INSERT INTO {shown} "
    query = f"{insert}{series}{chosen}" if store.is_sqlite else f"{series}{insert}{chosen}"
    bound = {"old": old} if ":old" in query else {}
    typed = text(query)
    if bound:
        typed = typed.bindparams(old=old if not store.is_sqlite else old.strftime("%F %T.%f"))
    session.execute(typed)


async def measure(store: Database, rounds: int) -> dict[str, float]:
    """Return the milliseconds of each question and clean-up."""
    figures: dict[str, float] = {}
    now = datetime.now(UTC)
    figures["statistics"] = await _median(
        lambda: store.read(lambda s: stats(s, TENANT, now)), rounds
    )
    for name, wanted in LISTS.items():
        figures[f"tasks: {name}"] = await _median(
            lambda wanted=wanted: store.read(lambda s: list_tasks(s, TENANT, wanted, now)),  # type: ignore[misc]
            rounds,
        )
    figures["comparing: longest wait of a writer"] = _longest_wait(store)
    times: list[float] = []
    retention = Retention(_Timed(store, times), Now(), KEPT_DAYS)
    began = time.perf_counter()
    while await retention.clean_next():
        pass
    figures["deleting: whole run"] = (time.perf_counter() - began) * 1000
    figures["deleting: longest transaction"] = max(times, default=0.0)
    figures["nothing to delete"] = await _median(retention.clean_next, rounds)
    return {name: round(value, 2) for name, value in figures.items()}


class _Timed(Database):
    """The same database, which notes how long each writing transaction takes."""

    def __init__(self, store: Database, times: list[float]) -> None:
        self.__dict__.update(store.__dict__)
        self._times = times

    async def write(self, work):  # type: ignore[no-untyped-def]
        began = time.perf_counter()
        try:
            return await super().write(work)
        finally:
            self._times.append((time.perf_counter() - began) * 1000)


async def _median(ask: Callable[[], Awaitable[object]], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def _longest_wait(store: Database) -> float:
    """Return how long a write took at most while `events rebuild --verify` read every message."""
    url = store.url.set(drivername=store.url.get_backend_name())
    command = [sys.executable, "-m", "bot", "events", "rebuild", "--verify"]
    environment = {**os.environ, "DATABASE_URL": url.render_as_string(hide_password=False)}
    waits = [0.0]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as comparing:  # noqa: S603 - ours
        while comparing.poll() is None:
            began = time.perf_counter()
            store.transact(fold_totals)
            waits.append((time.perf_counter() - began) * 1000)
            time.sleep(0.01)
        told = comparing.communicate()[0].decode()
    if comparing.returncode not in (0, 1):  # Copied rows are not what their copied events say.
        raise RuntimeError(told)
    return max(waits)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--tasks", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    found = parser.parse_args(arguments)
    results = {}
    for kind in found.only:
        with folder_in_memory() as folder, database(kind, folder) as store:
            fill(store, found.messages, found.tasks)
            results[kind] = asyncio.run(measure(store, found.rounds))
    sys.stdout.write(table.of(results))


if __name__ == "__main__":
    main(sys.argv[1:])
