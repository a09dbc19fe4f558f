"""Tables that cannot be read, and what their rows say of missed runs."""

from datetime import datetime, timedelta

import pytest

from bot.alerts.check_run import CheckOptions
from bot.alerts.tables.reader import TableReader
from bot.alerts.tables.runs import TableRuns
from bot.config_file import TaskTable
from tests.bot.alerts.tables.failing_shop import FailingShop
from tests.bot.http.calling import ONE_DATABASE

pytestmark = ONE_DATABASE

JOBS = TaskTable(source="shop", query="select …")


async def check(room, reader):
    """Check as the schedule does, and return what people were told."""
    reports = reader.reports("default")
    checked = await room.check(CheckOptions(external=reports))
    reader.told(reports)
    return [str(tell) for _, tell in checked.told]


async def test_a_table_that_cannot_be_read_is_an_alert_until_it_can(room_with):
    """One notice at the second failure, none for each further one, and a recovery."""
    room, shop = room_with({}), FailingShop()
    reader = TableReader({"jobs": JOBS}, lambda _name, _tenant: shop)
    shop.is_away = True
    seen = []
    for _ in range(4):
        await reader.refresh()
        seen.append(await check(room, reader))
    assert seen == [[], ["post"], [], []]
    assert reader.states("default") == {"jobs": "shop cannot be reached."}
    alert = await room.alert()
    assert (alert.task, alert.label) == (
        "alerts.tables.jobs",
        "The table cannot be read: shop cannot be reached.",
    )

    await room.deliver()
    shop.is_away = False
    await reader.refresh()
    assert await check(room, reader) == ["recover"]
    assert reader.states("default") == {"jobs": "ok"}
    assert await check(room, reader) == []


async def test_one_failed_read_is_told_to_nobody(room_with):
    """The database restarts."""
    room, shop = room_with({}), FailingShop()
    reader = TableReader({"jobs": JOBS}, lambda _name, _tenant: shop)
    for is_away in (False, True, False, True, False):
        shop.is_away = is_away
        await reader.refresh()
        assert await check(room, reader) == []


async def test_a_process_that_starts_ends_what_the_last_one_reported(room_with):
    """The table has become readable between the two."""
    room, shop = room_with({}), FailingShop()
    shop.is_away = True
    last = TableReader({"jobs": JOBS}, lambda _name, _tenant: shop)
    for _ in range(2):
        await last.refresh()
    assert await check(room, last) == ["post"]
    await room.deliver()

    shop.is_away = False
    reader = TableReader({"jobs": JOBS}, lambda _name, _tenant: shop)
    assert reader.states("default") == {"jobs": "not read yet"}
    await reader.refresh()
    assert await check(room, reader) == ["recover"]


NIGHTLY = {"tasks": {"nightly": {"cron": "0 * * * *", "grace_minutes": 5}}}


def runs(due: datetime, created: timedelta | None, read: timedelta | None) -> TableRuns:
    """Return a table's latest run and when it was read, each as a time after *due*."""
    found = {"nightly": due + created} if created is not None else {}
    return TableRuns(found, due + read if read is not None else None)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("created", "read", "missed"),
    [
        (1 * MINUTE, 6 * MINUTE, []),  # It ran.
        (-1 * MINUTE, 2 * MINUTE, []),  # By another clock.
        (-60 * MINUTE, 6 * MINUTE, ["post"]),
        (None, 6 * MINUTE, ["post"]),
        (None, 4 * MINUTE, []),  # It was read too early to know.
        (None, None, []),
    ],
)
async def test_a_run_in_a_table_is_not_missed(room_with, created, read, missed):
    """Of a kind that never ran here; nothing is said before the table was read late enough."""
    room = room_with(NIGHTLY)
    due = room.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    room.clock.advance(seconds=(due + 6 * MINUTE - room.clock.now()).total_seconds())
    options = CheckOptions(table_runs=[runs(due, created, read)])
    told = [str(tell) for _, tell in (await room.check(options)).told]
    assert told == missed


async def test_a_missed_run_is_over_when_its_table_shows_it(room_with):
    """Late."""
    room = room_with(NIGHTLY)
    due = room.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    room.clock.advance(seconds=(due + 6 * MINUTE - room.clock.now()).total_seconds())
    await room.check(CheckOptions(table_runs=[runs(due, None, 6 * MINUTE)]))
    await room.deliver()
    late = CheckOptions(table_runs=[runs(due, 7 * MINUTE, 8 * MINUTE)])
    assert [str(tell) for _, tell in (await room.check(late, minutes=2)).told] == ["recover"]
