"""Alerts that are over are kept for a while, and then forgotten."""

from datetime import timedelta

from sqlalchemy import func, insert
from sqlmodel import select

from bot.alerts.models import AlertRecord, AlertTrouble


async def test_old_alerts_are_forgotten(room):
    """What was resolved longer ago than is kept goes, with what it held; the open stays."""
    task = await room.fail()
    await room.fail("export")
    await room.check()
    await room.tasks.report(task, "completed", attempt=2)
    await room.check(minutes=1)
    assert await room.alerts.forget_old(timedelta(days=30)) == 0

    room.clock.advance(days=31)
    assert await room.alerts.forget_old(timedelta(days=30)) == 1
    assert [alert.task for alert in await room.rows()] == ["export"]
    assert len(await room.tasks.all(AlertTrouble)) == 1


async def test_the_history_of_many_tenants_does_not_grow(room):
    """All of it that is too old goes at once, however much that is."""
    entry = {"at": room.clock.now(), "is_base": False, "entry": {}}
    rows = [{"tenant": f"t{n % 2}", "number": n, **entry} for n in range(5_200)]
    await room.database.write(lambda session: session.execute(insert(AlertRecord), rows))
    room.clock.advance(days=10)
    await room.alerts.forget_old(timedelta(days=30))

    count = select(func.count()).select_from(AlertRecord)
    assert await room.database.read(lambda session: session.exec(count).one()) == 0
