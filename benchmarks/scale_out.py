"""
How processes share workspaces on one PostgreSQL: cost of idling, speed, silence after a kill.

`python -m benchmarks.scale_out` runs three measurements with real processes, real budgets and a
bare Slack that answers after 50 ms: an idle process that knows 1, 1,000 and 10,000 workspaces;
5 messages for each of 1,000 workspaces through one and two processes; and 200 busy workspaces whose
process is killed. Processor time is that of the processes that deliver, PostgreSQL's comes on top.
`--brief` takes a tenth of everything. Prints tables and JSON; asserts nothing.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from benchmarks import contenders, servers, table
from benchmarks.engine import TENANT, database, folder_in_memory, quiet, renderer
from benchmarks.servers import BareSlack
from bot.db import Database
from bot.messages import outbox
from bot.messages.outbox import Content, Place

DELAY_MS = 50.0
PATIENCE_SECONDS = 120.0
SHOWN_LINES = 5


@dataclass(frozen=True)
class Stage:
    """A database, a Slack and templates, on which processes can be started."""

    store: Database
    slack: BareSlack
    templates: Path

    def start(self, stack: ExitStack) -> subprocess.Popen[str]:
        """Start a process that serves what is due; return when it does."""
        url = self.store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        command = [sys.executable, "-m", "benchmarks.sharing", url, self.slack.url]
        worker = stack.enter_context(servers.process([*command, str(self.templates)], {}))
        if worker.stdout is None or not worker.stdout.readline():
            raise RuntimeError("The process did not start.")
        return worker

    def ask(self, question: str) -> Any:
        """Return the one value that a query finds."""
        return self.store.transact(lambda session: session.execute(text(question)).scalar_one())

    def store_messages(self, workspaces: int, each: int, *, one_channel: bool) -> None:
        """Store messages that wait, *each* of them for every workspace."""
        now = datetime.now(UTC)

        def work(session: Session) -> None:
            for number in range(workspaces * each):
                channel = "C0BENCH" if one_channel else f"C0BENCH{number // workspaces}"
                place = Place(f"T{number % workspaces:05}", TENANT, channel)
                outbox.put(session, place, Content("note", {"word": "x"}), now=now)

        self.store.transact(work)

    def store_settled(self, workspaces: int) -> None:
        """Let so many workspaces be known: each has been served, and has nothing to do."""
        self.store_messages(workspaces, 1, one_channel=True)
        settle = "UPDATE message SET state = 'idle'"
        lease = (
            "INSERT INTO lane_lease (workspace_id, owner, expires_at) "
            "SELECT workspace_id, 'p_gone', now() - interval '1 day' FROM message"
        )
        self.store.transact(lambda session: [session.execute(text(one)) for one in (settle, lease)])


@contextmanager
def stage() -> Iterator[Stage]:
    """Set up a fresh database and Slack."""
    with (
        folder_in_memory() as folder,
        database("postgresql", folder) as store,
        servers.bare_slack(DELAY_MS) as slack,
    ):
        renderer(folder)
        yield Stage(store, slack, folder / "templates")


def idle(known: int, seconds: float) -> dict[str, Any]:
    """Measure a process that has nothing to do."""
    with stage() as on, ExitStack() as stack:
        on.store_settled(known)
        worker = on.start(stack)
        time.sleep(seconds)
        cost = ended(worker)
    return {
        "cpu_ms_per_s": round(cost["cpu_s"] / cost["seconds"] * 1000, 2),
        "memory_mb": cost["memory_mb"],
    }


def throughput(processes: int, workspaces: int, each: int) -> dict[str, Any]:
    """Measure how fast so many processes deliver to many workspaces."""
    with stage() as on, ExitStack() as stack:
        on.store_messages(workspaces, each, one_channel=False)
        workers = [on.start(stack) for _ in range(processes)]
        on.slack.wait_for(workspaces * each, PATIENCE_SECONDS)
        times = on.slack.times()
        # What is on its way is answered and recorded before they end.
        costs = [ended(worker) for worker in workers]
        recorded = on.ask("SELECT count(*) FROM event WHERE name = 'SlackMessageSent'")
    return {
        "messages_per_s": round((len(times) - 1) / (times[-1] - times[0])),
        "calls": len(times),
        "recorded": recorded,
        "cpu_us_per_message": round(sum(one["cpu_s"] for one in costs) / len(times) * 1e6),
        "memory_mb": max(one["memory_mb"] for one in costs),
        "most_lanes": max(one["most_lanes"] for one in costs),
    }


def killed(workspaces: int) -> dict[str, Any]:
    """Measure how long the lanes of a killed process are silent."""
    with stage() as on, ExitStack() as stack:
        on.store_messages(workspaces, 40, one_channel=True)
        first = on.start(stack)
        on.slack.wait_for(workspaces * 2, PATIENCE_SECONDS)
        dead = on.ask("SELECT min(owner) FROM lane_lease")
        second = on.start(stack)
        time.sleep(4.0)
        first.send_signal(signal.SIGKILL)
        at = time.time()
        taken = f"SELECT count(*) FROM lane_lease WHERE owner <> '{dead}'"  # noqa: S608 - ours
        while on.ask(taken) < workspaces and time.time() < at + PATIENCE_SECONDS:
            time.sleep(0.1)
        waited = time.time() - at
        time.sleep(1.0)
        # What was on its way when it was killed still arrives.
        later = [one - at for one in on.slack.times() if one > at + 1.0]
        ended(second)
    return {
        "first_call_s": round(min(later), 1) if later else None,
        "all_lanes_s": round(waited, 1),
    }


def ended(worker: subprocess.Popen[str]) -> dict[str, Any]:
    """Ask a process to end and return what it cost; pass on what else it said."""
    *said, last = contenders.ended(worker).splitlines()
    sys.stderr.write("".join(f"{line}\n" for line in said[:SHOWN_LINES]))
    found: dict[str, Any] = json.loads(last)
    return found


def main(arguments: Sequence[str]) -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--only", choices=["idle", "throughput", "killed"])
    asked = parser.parse_args(arguments)
    part = 10 if asked.brief else 1
    sizes = (1, 1_000 // part, 10_000 // part)
    if asked.only in (None, "idle"):
        show("An idle process", {f"{size:,} known": idle(size, 60 / part) for size in sizes})
    if asked.only in (None, "throughput"):
        rows = {f"{n} process(es)": throughput(n, 1_000 // part, 5) for n in (1, 2)}
        show(f"5 messages for each of {1_000 // part:,} workspaces", rows)
    if asked.only in (None, "killed"):
        workspaces = 200 // part
        show("After a SIGKILL", {f"{workspaces} busy workspaces": killed(workspaces)})


def show(title: str, rows: dict[str, dict[str, Any]]) -> None:
    sys.stdout.write(f"\n{title}\n\n{table.of(rows)}\n{json.dumps(rows)}\n")


if __name__ == "__main__":
    quiet()
    main(sys.argv[1:])
