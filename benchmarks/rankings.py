"""
What ranking a board's week costs with few samples and with a million.

`python -m benchmarks.rankings` fills SQLite and PostgreSQL with samples of ten weeks, ranks the
newest week again and again, with last week's ranks and the trends, and prints the median
milliseconds and the memory that Python takes for it at most. Asserts nothing.
"""

import argparse
import asyncio
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from benchmarks import table
from benchmarks.engine import database, folder_in_memory
from benchmarks.growth import KINDS, SERIES, kind_of
from benchmarks.sightings import median
from bot.db import Database
from bot.leaderboards.boards import DEALERS
from bot.leaderboards.computation import compute_ranking
from bot.leaderboards.ranking import Ranking
from bot.leaderboards.weeks import Week

SAMPLES = (10_000, 1_000_000)
SUBJECTS = (100, 1_000, 10_000)
WEEK = Week(2026, 47)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
SECONDS = 10 * 7 * 24 * 3600
AT = {
    "sqlite": "datetime('2026-09-14 04:00', '+' || (i * {seconds} / {count}) || ' seconds')"
    " || '.000000'",
    "postgresql": "timestamptz '2026-09-14 04:00+00'"
    " + (i::bigint * {seconds} / {count}) * interval '1 second'",
}


def fill(store: Database, samples: int, subjects: int) -> None:
    """Insert so many samples, the subjects taking turns, evenly over ten weeks."""
    kind = kind_of(store)
    at = AT[kind].format(seconds=SECONDS, count=samples)
    number = f"(i % {subjects})"
    columns = (
        f"'dealers', 'score', 'dealer-' || {number}, {at}, ({number} * 7919 + i) % 1000 / 10.0"
    )
    series = SERIES[kind].format(count=samples)
    into = "INSERT INTO leaderboard_sample (board, measure, subject, at, value)"
    with store.connect() as connection:
        query = f"SELECT {columns} FROM n"  # noqa: S608 - our own figures
        insert = f"{series}{into} {query}" if kind == "sqlite" else f"{into} {series}{query}"
        connection.execute(text(insert))
        connection.execute(text("ANALYZE"))
        connection.commit()


def measure(
    store: Database, samples: int, subjects: int, rounds: int
) -> tuple[float, float, Ranking]:
    """Fill an empty database; return a ranking, its median milliseconds and the KiB it takes."""
    fill(store, samples, subjects)

    def work(session: Session) -> tuple[float, Ranking]:
        began = time.perf_counter()
        ranking = compute_ranking(session, "dealers", DEALERS, WEEK, NOW)
        return (time.perf_counter() - began) * 1000, ranking

    async def turns() -> tuple[float, float, Ranking]:
        found = [await store.read(work) for _ in range(rounds)]
        tracemalloc.start()
        await store.read(work)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return median([took for took, _ in found]), peak / 1024, found[0][1]

    return asyncio.run(turns())


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, nargs="+", default=SAMPLES)
    parser.add_argument("--subjects", type=int, nargs="+", default=SUBJECTS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    asked = parser.parse_args(arguments)
    results: dict[str, dict[str, Any]] = {}
    for kind in asked.only:
        for subjects in asked.subjects:
            column = results.setdefault(f"{kind}, {subjects:,} subjects", {})
            for samples in asked.samples:
                with folder_in_memory() as folder, database(kind, folder) as store:
                    took, memory, _ = measure(store, samples, subjects, asked.rounds)
                column[f"{samples:,} samples: ms"] = round(took, 1)
                column[f"{samples:,} samples: KiB"] = round(memory)
    sys.stdout.write(table.of(results))


if __name__ == "__main__":
    main(sys.argv[1:])
