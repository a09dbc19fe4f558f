"""What a check records: no more than a replay needs."""

import json
from dataclasses import replace
from datetime import datetime

from bot.alerts.check_run import CheckOptions
from bot.alerts.configured_rules import Rules
from bot.alerts.external_alerts import ExternalReport
from bot.alerts.history.replay import recorded_tells, replay_checks
from bot.config_file import ConfigFile
from tests.bot.alerts.history.life import Life
from tests.bot.alerts.room import make_alert_room

HOURLY = ConfigFile.model_validate(
    {"tasks": {kind: {"cron": "0 * * * *", "grace_minutes": 50} for kind in ("import", "export")}}
)


async def test_only_the_kinds_that_ran_are_recorded(sqlite_database):
    """Or a hundred kinds with a schedule would be written down each minute."""
    room = make_alert_room(sqlite_database, config=HOURLY)
    await room.tasks.create("import")
    await room.tasks.create("export")
    await room.check(minutes=1)
    await room.tasks.create("export")
    await room.check(minutes=1)
    await room.check(minutes=1)
    entries = [entry for _, entry, _ in await Life([room], 1).entries()]

    assert [sorted(entry.get("runs", {}).get("tasks", ())) for entry in entries] == [
        ["export", "import"],
        ["export"],
        [],
    ]


async def test_a_replay_may_begin_with_a_check_of_failures_only(sqlite_database):
    """Such a check says nothing of runs, so the next one says all of them."""
    room = make_alert_room(sqlite_database, config=HOURLY)
    await room.check(minutes=1)
    room.clock.advance(hours=22, minutes=59)
    await room.tasks.create("import")
    await room.tasks.create("export")
    await room.check(minutes=20)
    await room.check(CheckOptions(stuck=False), minutes=45)
    await room.check(minutes=2)
    entries = await Life([room], 1).entries()
    since = datetime.fromisoformat(entries[2][1]["at"])

    assert entries[2][2]  # It is a base.
    replayed = replay_checks(entries[2:], Rules(HOURLY), since)
    assert replayed.tells == recorded_tells(entries[2:], since)


async def test_of_a_long_report_a_short_one_is_recorded(sqlite_database):
    """A thousand of the longest that are taken fit into a megabyte, and replay the same."""
    room = make_alert_room(sqlite_database)
    report = ExternalReport(
        kind="disk" * 1_000,
        group="\N{SNOWMAN}" * 10_000,
        key="k" * 100_000,
        summary="full " * 200_000,
        is_over=False,
        is_critical=True,
        began_at=room.clock.now(),
        label="disks " * 10_000,
    )
    await room.check(CheckOptions(external=[report]))
    await room.check(CheckOptions(external=[replace(report, is_over=True)]))
    entries = await Life([room], 1).entries()
    since = datetime.fromisoformat(entries[0][1]["at"])

    sizes = [len(json.dumps(entry["reports"])) for _, entry, _ in entries]
    assert max(sizes) < 700
    told = replay_checks(entries, Rules(ConfigFile()), since).tells
    assert told == recorded_tells(entries, since)
    assert told
