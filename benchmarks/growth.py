"""
What picking the next messages costs with ten, ten thousand and a million stored ones.

`python -m benchmarks.growth` fills SQLite and PostgreSQL, picks and claims fifty messages as a
lane's turn does, again and again, and prints the median milliseconds and the query plans. In turn
what is stored is settled history (with fifty messages waiting), a backlog that may go at once, and
a backlog of one channel that may not be posted to just now. Asserts nothing.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from benchmarks import table
from benchmarks.engine import TENANT, WORKSPACE, database, folder_in_memory
from benchmarks.sightings import median
from bot.db import Database
from bot.messages import outbox
from bot.messages.delivery import claims, selection
from bot.messages.models import MessageState
from bot.messages.outbox import Content, Place

KINDS = ("sqlite", "postgresql")
CASES = ("history", "backlog", "closed channel")
SIZES = (10, 10_000, 1_000_000)
FEW = 50
BUSY = "C0BUSY"
SERIES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, {count})) ",
}
#: What differs from row to row: half are to be posted, half to be edited, in four turns.
VARIED = {
    "id": "'{name}_' || i",
    "correlation_id": "'{name}_' || i",
    "channel": "'{channel}'",
    "state": "'{state}'",
    "turn": "-5 * (i % 4)",
    "ts": "CASE WHEN i % 2 = 0 THEN '{name}.' || i END",
    "is_posted": "i % 2 = 0",
}


def fill(store: Database, name: str, count: int, state: MessageState, channel: str) -> None:
    """Store *count* messages at once: copies of one that the outbox made."""

    def work(session: Session) -> None:
        place = Place(WORKSPACE, TENANT, "C0MODEL")
        content = Content("note", {"word": "x"})
        made = outbox.put(session, place, content, now=datetime.now(UTC), message_id="m_model")
        session.flush()
        columns = selection.MESSAGE.columns.keys()
        words = {"name": name, "state": state.value, "channel": channel}
        values = [VARIED[c].format(**words) if c in VARIED else f"message.{c}" for c in columns]
        series = SERIES[kind_of(store)].format(count=count)
        chosen = f"SELECT {', '.join(values)} FROM n, message WHERE message.id = 'm_model'"  # noqa: S608
        insert = f"INSERT INTO message ({', '.join(columns)}) "
        if store.is_sqlite:
            session.execute(text(f"{insert}{series}{chosen}"))
        else:
            session.execute(text(f"{series}{insert}{chosen}"))
        session.delete(made)

    store.transact(work)


def pick(session: Session, closed: Sequence[str]) -> float:
    """Do what a turn does to choose and claim; return its milliseconds."""
    began = time.perf_counter()
    now = datetime.now(UTC)
    selection.look(session, WORKSPACE, now)
    rows = selection.ready_posts(session, WORKSPACE, FEW // 2, closed)
    rows += selection.ready_edits(session, WORKSPACE, FEW - len(rows))
    claims.claim(session, rows, now)
    return (time.perf_counter() - began) * 1000


def plans(session: Session, kind: str, closed: Sequence[str]) -> str:
    """Return the database's plans for the questions a turn asks."""
    explain = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN "
    columns = selection.CLAIM_COLUMNS
    queries = {
        "what there is to do": selection.to_do(),
        "posts": selection.ready(*columns, is_posted=False),
    }
    if closed:
        queries["the first of each channel"] = selection.heads()
    queries["edits"] = selection.ready(*columns, is_posted=True)
    lines = []
    for name, query in queries.items():
        bound = query.params(workspace=WORKSPACE, limit=FEW)
        sql = str(bound.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        lines.append(f"{name}:")
        lines += [f"  {row[-1]}" for row in session.execute(text(explain + sql))]
    return "\n".join(lines)


def measure(store: Database, case: str, size: int, rounds: int) -> tuple[float, str]:
    """Fill an empty database; return the median milliseconds of a turn's choice, and its plans."""
    closed = [BUSY] if case == "closed channel" else []
    if case == "history":
        fill(store, "old", size, MessageState.IDLE, "C0BENCH")
    else:
        fill(store, "backlog", size, MessageState.WAITING, closed[0] if closed else "C0BENCH")
    if case != "backlog":
        fill(store, "new", FEW, MessageState.WAITING, "C0BENCH")
    with store.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()

    def work(session: Session) -> float:
        return pick(session, closed)

    async def turns() -> tuple[float, str]:
        # Not kept, so that each finds the same.
        times = [await store.read(work) for _ in range(rounds)]
        found = await store.read(lambda session: plans(session, kind_of(store), closed))
        return median(times), found

    return asyncio.run(turns())


def kind_of(store: Database) -> str:
    return "sqlite" if store.is_sqlite else "postgresql"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    found = parser.parse_args(arguments)
    results: dict[str, dict[str, Any]] = {}
    explained: list[str] = []
    for kind in found.only:
        for case in CASES:
            column = results.setdefault(f"{kind}, {case}", {})
            for size in found.sizes:
                with folder_in_memory() as folder, database(kind, folder) as store:
                    took, plan = measure(store, case, size, found.rounds)
                column[f"{size:,} stored: ms"] = round(took, 2)
            explained.append(f"\n{kind}, {case}, {found.sizes[-1]:,} stored\n{plan}\n")
    sys.stdout.write(table.of(results) + "".join(explained))


if __name__ == "__main__":
    main(sys.argv[1:])
