"""
How many stored messages a second reach Slack with limits off, beside the usual queues.

`python -m benchmarks.throughput` delivers 30,000 stored messages to a bare Slack at 0 and 5,000 at
50 ms, 50 at a time, with each contender in turn; SQLite, PostgreSQL and Redis keep their files in
memory. The rate is that between the first and last call, so nobody pays for starting; of several
rounds the median counts. The processor time is that of the worker alone. `--latency` measures from
the request to its arrival at Slack, 50 a second. Prints a table and JSON; asserts nothing.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks import contenders, servers, table
from benchmarks.engine import quiet
from benchmarks.latency import latency
from benchmarks.sightings import at_share

PATIENCE_SECONDS = 300.0
#: Enough for seconds of steady work; with a slow Slack the waiting is what is measured.
COUNT, COUNT_WHILE_SLOW = 30_000, 5_000


def measure(name: str, count: int, delay_ms: float) -> dict[str, Any]:
    """Let one contender deliver what is stored and return its figures."""
    with (
        servers.bare_slack(delay_ms) as slack,
        contenders.ready(name, count, slack.url) as one,
        servers.process(one.command, one.environment, one.folder) as worker,
    ):
        done = slack.wait_for(count, PATIENCE_SECONDS)
        times = slack.times()
        cpu = contenders.cpu_seconds(contenders.ended(worker))
    rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else None
    return {
        "messages_per_s": round(rate) if rate else None,
        "delivered": len(times) if done else f"{len(times)} of {count}",
        "worker_cpu_us": round(cpu / count * 1e6) if cpu else None,
    }


def rates(names: Sequence[str], asked: int | None, delays: Sequence[float], rounds: int) -> None:
    """Measure every contender at every delay and print the median round of each."""
    for delay_ms in delays:
        count = asked or (COUNT_WHILE_SLOW if delay_ms else COUNT)
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for _ in range(rounds):
            # In an order of its own each round: the machine does not stay the same.
            for name in random.sample(names, len(names)):
                results[name].append(measure(name, count, delay_ms))
        medians = {name: median(found) for name, found in results.items()}
        show(f"{count:,} messages, Slack answers after {delay_ms:g} ms", medians)


def median(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the round of median speed, and the speeds of all of them if there are more."""
    ordered = sorted(rounds, key=speed)
    each = " ".join(str(one["messages_per_s"]) for one in rounds)
    all_of_them = {"rounds": each} if len(rounds) > 1 else {}
    return {**ordered[len(ordered) // 2], **all_of_them}


def speed(figures: dict[str, Any]) -> float:
    value = figures["messages_per_s"]
    return float(value) if isinstance(value, int | float) else 0.0


def latencies(names: Sequence[str], count: int) -> None:
    """Print milliseconds from the request to Slack."""
    results: dict[str, dict[str, Any]] = {}
    for name in names:
        if name in (*contenders.OPSBELLS, "bullmq"):
            waits = [wait * 1000 for wait in latency(name, count)]
            results[name] = {
                "p50_ms": at_share(waits, 0.5),
                "p99_ms": at_share(waits, 0.99),
                "max_ms": at_share(waits, 1.0),
            }
    show(f"{count:,} requests at 50 a second", results)


def show(title: str, results: dict[str, dict[str, Any]]) -> None:
    sys.stdout.write(f"\n{title}\n\n{table.of(results)}\n{json.dumps(results, indent=2)}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=contenders.NAMES, default=contenders.NAMES)
    parser.add_argument(
        "--count",
        type=int,
        help="30,000 messages (5,000 if Slack is slow), or 1,000 with --latency",
    )
    parser.add_argument("--delay-ms", type=float, nargs="+", default=[0.0, 50.0])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--latency", action="store_true", help="from the request to Slack")
    found = parser.parse_args(arguments)
    quiet()
    if found.latency:
        latencies(found.only, found.count or 1000)
    else:
        rates(found.only, found.count, found.delay_ms, found.rounds)


if __name__ == "__main__":
    main(sys.argv[1:])
