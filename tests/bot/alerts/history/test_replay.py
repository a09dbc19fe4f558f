"""What checks recorded, replayed: the same rules give what happened, others what they would."""

from collections import Counter
from datetime import datetime, timedelta

from bot.alerts.check_run import CheckOptions
from bot.alerts.configured_rules import Rules
from bot.alerts.external_alerts import ExternalReport
from bot.alerts.history.replay import recorded_tells, replay_checks, tell_counts
from bot.config_file import ConfigFile
from tests.bot.alerts.history.life import CONFIG, Life
from tests.bot.alerts.room import TENANT, make_alert_room
from tests.bot.tasks.room import ADA, START, HandClock

#: Of an alert: what was decided of it, and when.
DECIDED = (
    *("number", "first_word", "state", "is_flapping", "opened_at", "grown_at", "held_until"),
    *("told_at", "is_in_digest", "reminded_at", "escalated_at", "recovered_at"),
    *("acknowledged_by", "acknowledged_at", "snoozed_until", "resolved_at", "resolved_by"),
)
#: Rules by which a task must do much more until somebody is told.
PATIENT = CONFIG.model_copy(
    update={
        "tasks": ConfigFile.model_validate(
            {"tasks": {"*": {"alert_after_failures": 20, "stuck_after_minutes": 10_000}}}
        ).tasks
    }
)


async def test_the_same_rules_give_exactly_what_happened(database):
    """From each base on: everything told with its time, and every alert in its last state."""
    clock = HandClock()
    life = Life([make_alert_room(database, clock, CONFIG) for _ in range(2)], 100)
    await life.run(25)
    clock.advance(hours=25)  # So that the history has a second base.
    await life.run(15)
    entries = await life.entries()
    latest = await life.latest()
    bases = [place for place, (_, _, is_base) in enumerate(entries) if is_base]

    assert len(bases) > 1
    for base in (bases[0], bases[-1]):
        since = datetime.fromisoformat(entries[base][1]["at"])
        replayed = replay_checks(entries[base:], Rules(CONFIG), since)
        assert Counter(replayed.tells) == Counter(recorded_tells(entries[base:], since))
        for group, incident in replayed.incidents.items():
            alert = latest[group]
            assert [getattr(alert, name) for name in DECIDED] == [
                getattr(incident, name) for name in DECIDED
            ]


async def test_rules_that_ask_for_more_tell_less(sqlite_database):
    """Of the same history, and nothing at all of failures that never come so often in a row."""
    life = Life([make_alert_room(sqlite_database, config=CONFIG)], 3)
    await life.run(40)
    entries = await life.entries()
    since = datetime.fromisoformat(entries[0][1]["at"])
    happened = recorded_tells(entries, since)
    patient = replay_checks(entries, Rules(PATIENT), since)

    assert tell_counts(patient.tells).total() < tell_counts(happened).total()
    failed = {told.group.task for told in patient.tells if told.group.type == "failed"}
    assert failed <= {"disk"}  # Reported by another system: not counted in a row.


async def test_what_was_reported_before_the_base_is_known_after_it(sqlite_database):
    """Another system repeats what was resolved by hand the day before: that is no news again."""
    room = make_alert_room(sqlite_database)
    report = ExternalReport("disk", "x", "a", "disk a", is_over=False, began_at=START)
    await room.check(CheckOptions(external=[report]))
    await room.alerts.resolve(TENANT, (await room.alert()).id, by=ADA)
    await room.fail()
    for _ in range(2):
        await room.check(CheckOptions(external=[report]), hours=25)
    entries = await Life([room], 5).entries()
    since = datetime.fromisoformat(entries[-1][1]["at"])

    assert entries[-1][2]  # The last one is a base.
    assert replay_checks(entries[-1:], Rules(ConfigFile()), since).tells == []
    assert recorded_tells(entries[-1:], since) == []


async def test_a_week_is_kept_and_what_is_older_is_not(sqlite_database):
    """Old entries go, and a replay begins with the oldest base that is left."""
    room = make_alert_room(sqlite_database)
    life = Life([room], 4)
    await room.fail()
    await room.check()
    for _ in range(12):
        await room.check(days=1)
    await room.alerts.forget_old(timedelta(days=30))
    entries = await life.entries()

    ages = [room.clock.now() - datetime.fromisoformat(entry["at"]) for _, entry, _ in entries]
    assert (len(ages), max(ages)) == (10, timedelta(days=9))
    assert all(is_base for _, _, is_base in entries)
    replayed = replay_checks(entries, Rules(ConfigFile()), room.clock.now() - timedelta(days=7))
    assert [told.tell for told in replayed.tells] == ["remind"] * 8
