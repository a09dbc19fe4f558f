"""Alerts that are over are kept for a while, and then forgotten."""

from datetime import timedelta

from bot.alerts.models import AlertTrouble


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
