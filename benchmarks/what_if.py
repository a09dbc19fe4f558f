"""
How long it takes to try other alert rules on a week of history.

`python -m benchmarks.what_if` stores a week of checks, one a minute, in which 100,000 things happen
to tasks of forty kinds: failures and their ends, silent tasks, clicks. It then reads them and
replays them by the rules that were in force, which must give exactly what was told then, and by
those of a candidate. Prints the CPU seconds of each; exits with 1 if the replay differs.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session

from benchmarks import table
from bot.alerts.checking.missed_runs import KnownRuns
from bot.alerts.configured_rules import Rules
from bot.alerts.history.acts import Act, alert_act
from bot.alerts.history.entries import group_json, runs_json, trouble_json
from bot.alerts.history.journal import base_before, read_entries
from bot.alerts.history.recorder import net_of_rules
from bot.alerts.history.replay import Entries, recorded_tells, replay_checks, uncollected
from bot.alerts.incident_lifecycle import Incident, TroubleGroup, TroubleType
from bot.alerts.models import AlertRecord
from bot.alerts.trouble_queries import Trouble
from bot.config_file import ConfigFile
from bot.db import Database

EVENTS = 100_000
TENANT = "default"
_DAYS = 7
_START = datetime(2026, 11, 20, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
#: What there is to do in a minute beside failing: an end follows each trouble.
_EVENTS_PER_TROUBLE = 2
_KINDS = 40
_ERRORS = 5
RULES = Rules(
    ConfigFile.model_validate(
        {
            "alerts": {
                "quiet_hours": "22:00-07:00",
                "severity": {"kind 1*": "critical"},
                "repeat_after_hours": 4,
            },
            "tasks": {"kind 7": {"cron": "0 * * * *"}, "kind 8": {"cron": "*/15 * * * *"}},
        }
    )
)
CANDIDATE = Rules(
    ConfigFile.model_validate(
        {
            "alerts": {"quiet_hours": "20:00-08:00", "storm_after": 3},
            "tasks": {"kind *": {"alert_after_failures": 3, "stuck_after_minutes": 60}},
        }
    )
)


class _Week:
    """Makes the entries of a week, a check at a time."""

    def __init__(self, events: int) -> None:
        self._random = random.Random(7)  # noqa: S311
        self._rate = events / _EVENTS_PER_TROUBLE / (_DAYS * 24 * 60)
        self._made = 0
        self._runs: dict[str, datetime] = {}
        self._ends: dict[int, list[Trouble]] = {}
        self._leaves: dict[int, list[Trouble]] = {}
        self.events = 0

    def entries(self) -> Iterator[tuple[datetime, dict[str, Any], bool]]:
        owed = 0.0
        for minute in range(_DAYS * 24 * 60):
            at = _START + minute * _MINUTE + timedelta(seconds=self._random.random())
            owed += self._rate
            troubles = [self._trouble(minute, at) for _ in range(int(owed))]
            owed -= len(troubles)
            over, gone = self._ends.pop(minute, []), self._leaves.pop(minute, [])
            self.events += len(troubles) + len(over)
            entry: dict[str, Any] = {
                "at": at.isoformat(),
                "appeared": [trouble_json(one, is_known=False) for one in troubles],
                "gone": [list(one.id) for one in gone],
                "over": [list(one.id) for one in over],
                "streaks": {one.group.task: self._random.randrange(6) for one in troubles},
            }
            for kind in [f"kind {n}" for n in (7, 8) if minute % 13 == n]:
                self._runs[kind] = at
                entry["runs"] = runs_json(KnownRuns(self._runs), frozenset(self._runs))
            if minute == 0:
                entry |= {"net": net_of_rules(RULES).as_json(), "silences": []}
            yield at, entry, minute == 0
            if troubles and minute % 30 == 0:
                self.events += 1
                incident = Incident(troubles[0].group, at, frozenset(), frozenset())
                yield (
                    at,
                    {"at": at.isoformat(), **alert_act(Act("acknowledge", "ada"), incident)},
                    False,
                )

    def _trouble(self, minute: int, at: datetime) -> Trouble:
        self._made += 1
        kind = f"kind {self._random.randrange(_KINDS)}"
        is_silent = self._random.random() < 0.1
        group = TroubleGroup(
            TroubleType.STUCK if is_silent else TroubleType.FAILED,
            kind,
            "running" if is_silent else f"error {self._random.randrange(_ERRORS)}",
        )
        began_at = at - 30 * _MINUTE if is_silent else at
        trouble = Trouble(
            group,
            f"t{self._made}#1",
            "disk full",
            began_at,
            silent_since=began_at if is_silent else None,
            changed_at=None if is_silent else at,
            run=(f"t{self._made}", 1),
        )
        end = minute + 1 + int(self._random.expovariate(1 / 12))
        self._ends.setdefault(end, []).append(trouble)
        self._leaves.setdefault(end if is_silent else min(end, minute + 30), []).append(trouble)
        return trouble


def fill(store: Database, events: int) -> int:
    """Store a week in which so much happened, with what was told; return how much it is."""
    week = _Week(events)
    rows = [
        AlertRecord(tenant=TENANT, number=number, at=at, entry=entry, is_base=is_base)
        for number, (at, entry, is_base) in enumerate(week.entries(), 1)
    ]
    found = replay_checks(((one.number, one.entry, one.is_base) for one in rows), RULES, _START)
    told: dict[str, list[list[str]]] = {}
    for one in found.tells:
        told.setdefault(one.at.isoformat(), []).append([*group_json(one.group), str(one.tell)])
    for row in rows:
        if "act" not in row.entry:
            row.entry["tells"] = told.get(row.entry["at"], [])

    def work(session: Session) -> None:
        session.add_all(rows)

    store.transact(work)
    return week.events


def read(store: Database) -> list[Any]:
    """Return the whole history as a replay reads it."""

    def work(session: Session) -> list[Any]:
        base = base_before(session, TENANT)
        return list(read_entries(session, TENANT, (base or 1) - 1))

    with uncollected():
        return store.snapshot(work)


def measure(events: int) -> dict[str, float]:
    """Return the seconds of each step, and how many tells of the replay differ."""
    with TemporaryDirectory() as folder:
        store = Database(f"sqlite:///{Path(folder) / 'history.db'}")
        store.migrate()
        count = fill(store, events)
        began = time.process_time()
        entries: Entries = read(store)
        read_at = time.process_time()
        current = replay_checks(entries, RULES, _START)
        current_at = time.process_time()
        other = replay_checks(entries, CANDIDATE, _START)
        end = time.process_time()
        store.close()
    happened = Counter(recorded_tells(entries, _START))
    again = Counter(current.tells)
    return {
        "events": count,
        "checks": current.checks,
        "told": happened.total(),
        "told_by_the_candidate": len(other.tells),
        "differences": ((happened - again) + (again - happened)).total(),
        "read_s": round(read_at - began, 2),
        "replay_s": round(current_at - read_at, 2),
        "replay_of_the_candidate_s": round(end - current_at, 2),
        "events_per_s": round(count / (current_at - began)),
    }


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    figures = measure(parser.parse_args().events)
    sys.stdout.write(table.of({"a week": figures}))
    sys.exit(1 if figures["differences"] else 0)


if __name__ == "__main__":
    main()
