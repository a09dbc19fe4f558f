"""
What is lost and what comes twice when a worker is killed in the middle of its work.

`python -m benchmarks.kill_worker` stores 2,000 messages with each contender, lets its worker send
them to a bare Slack that answers after 50 ms, kills the worker by SIGKILL once half of them are
there, and starts it again. Counted is what Slack has when all of them are there, or nothing has
come for a minute. A second round also loses a tenth of the answers to posts that Slack has taken.
Prints a table and JSON; asserts nothing.
"""

import argparse
import json
import os
import re
import signal
import sys
import time
from collections import Counter
from typing import Any

from benchmarks import contenders, servers, table
from benchmarks.engine import quiet

DELAY_MS = 50.0
PATIENCE_SECONDS = 70.0
#: What would come twice has come by then: BullMQ looks for a dead worker's jobs every 30 seconds,
#: and takes those whose lock of 30 seconds has run out.
AFTERWARDS_SECONDS = 65.0
#: As many that no channel gets more in a test than Slack would take in a few minutes.
CHANNELS = 40
#: A dead worker's jobs are given to the next one after this long, where that can be set.
STALLED_SECONDS = 20
NUMBER = re.compile(r"message (\d+)")
#: Procrastinate brings a dead worker's jobs back only by a task that its user writes.
NAMES = [name for name in contenders.NAMES if name != "procrastinate"]


def measure(
    name: str, count: int, lost: float, afterwards_seconds: float = AFTERWARDS_SECONDS
) -> dict[str, Any]:
    """Kill one contender's worker and return what Slack has in the end."""
    os.environ["STALLED"] = str(STALLED_SECONDS)
    with (
        servers.remembering_slack(DELAY_MS, lost) as slack,
        contenders.ready(name, count, slack.url, CHANNELS) as one,
    ):
        with servers.process(one.command, one.environment, one.folder) as worker:
            wait_until(slack, count // 2, PATIENCE_SECONDS)
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        killed_at = time.monotonic()
        with servers.process(one.command, one.environment, one.folder):
            whole = wait_until(slack, count, PATIENCE_SECONDS)
            took = time.monotonic() - killed_at
            time.sleep(afterwards_seconds)
            texts = slack.texts()
    return figures(texts, count) | {"whole_after_s": round(took, 1) if whole else None}


def wait_until(slack: servers.BareSlack, count: int, patience: float) -> bool:
    """Wait until so many different messages are there; False if none came for too long."""
    known, since = 0, time.monotonic()
    while known < count:
        time.sleep(0.05)
        found = len(tally(slack.texts()))
        if found > known:
            known, since = found, time.monotonic()
        if time.monotonic() - since > patience:
            return False
    return True


def tally(texts: list[str]) -> Counter[int]:
    """Count the copies of each message."""
    return Counter(int(found[1]) for text in texts if (found := NUMBER.search(text)))


def figures(texts: list[str], count: int) -> dict[str, Any]:
    """Return how many are missing, how many come twice, and how many second copies say so."""
    copies = tally(texts)
    return {
        "missing": count - len(copies),
        "twice": sum(copies.values()) - len(copies),
        "said_to_be_a_repeat": sum(NUMBER.fullmatch(text) is None for text in texts),
    }


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--lost", type=float, nargs="+", default=[0.0, 0.1])
    found = parser.parse_args(arguments)
    quiet()
    for lost in found.lost:
        results = {name: measure(name, found.count, lost) for name in found.only}
        title = f"{found.count:,} messages, killed once, {lost:.0%} of the answers lost"
        shown = f"\n{title}\n\n{table.of(results)}\n{json.dumps(results, indent=2)}\n"
        sys.stdout.write(shown)
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
