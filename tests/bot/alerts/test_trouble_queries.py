"""What checks ask the database."""

from datetime import timedelta

from bot.alerts.trouble_queries import latest_runs
from tests.bot.alerts.room import TENANT, make_alert_room
from tests.bot.tasks.room import START


async def test_the_newest_run_of_each_kind_is_found_at_once(database):
    """Whatever a kind is called; one that never ran, or ran elsewhere, has none."""
    room = make_alert_room(database)
    for kind in ("import", 'nightly "a"', "import"):
        await room.tasks.create(kind)
        room.clock.advance(minutes=1)
    kinds = ["never", 'nightly "a"', "import", "import"]

    found = await database.read(lambda session: latest_runs(session, TENANT, kinds))
    assert found == {
        "import": START + timedelta(minutes=2),
        'nightly "a"': START + timedelta(minutes=1),
    }
    assert await database.read(lambda session: latest_runs(session, "other", kinds)) == {}
    assert await database.read(lambda session: latest_runs(session, TENANT, [])) == {}
