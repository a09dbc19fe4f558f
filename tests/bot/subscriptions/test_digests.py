"""What waits for a digest: quiet hours, once a day, storms."""

import asyncio

from bot.subscriptions.digests import KEPT, Digests
from bot.subscriptions.models import EndNotice
from tests.bot.subscriptions.room import Room
from tests.bot.tasks.room import ADA, BEN, OURS


async def test_quiet_hours_end_with_one_digest(room: Room) -> None:
    """The clock stands at 10:00 UTC, which is 19:00 in Tokyo; the digest comes at 07:00 there."""
    await room.prefer(ADA, quiet_hours="18:00-07:00", timezone="Asia/Tokyo")
    await room.subscribe("*", ADA)
    await room.subscribe("*", BEN)
    first = await room.end("import", "failed", error="disk full")
    await room.end("export")
    assert [channel for channel, _ in await room.told()] == [BEN, BEN]
    room.clock.advance(hours=11, minutes=59)
    assert await room.digests.post_due() == 0
    await room.tasks.tasks.retry(OURS, first.id, by=BEN)
    await room.tasks.report(first, "completed", attempt=2)
    room.clock.advance(minutes=1)
    assert await room.digests.post_due() == 1

    digest = next(one for one in await room.messages() if one.template == "subscriptions/digest")
    assert (digest.channel, digest.context["count"], digest.context["failed"]) == (ADA, 3, 1)
    assert [(one["status"], one["now_status"]) for one in digest.context["ends"]] == [
        ("failed", "completed"),
        ("completed", None),
        ("completed", None),
    ]


async def test_outside_of_quiet_hours_nothing_waits(room: Room) -> None:
    """Ten in the morning is told at once."""
    await room.prefer(ADA, quiet_hours="22:00-07:00")
    await room.subscribe("*", ADA)
    await room.end("import")
    assert await room.told() == [(ADA, "import completed")]


async def test_once_a_day_is_at_nine(room: Room) -> None:
    """Whatever ended since; a person's hours do not hold for a channel."""
    await room.prefer(ADA, is_once_a_day=True)
    await room.subscribe("*", ADA)
    for _ in range(40):
        await room.end("import")
    room.clock.advance(hours=22, minutes=59)
    assert await room.digests.post_due() == 0
    room.clock.advance(minutes=1)
    assert await room.digests.post_due() == 1
    (message,) = await room.messages()
    assert (message.context["count"], len(message.context["ends"])) == (40, 30)


async def test_failures_are_always_among_the_lines(room: Room) -> None:
    """Those that are only counted are the successes."""
    await room.prefer(ADA, is_once_a_day=True)
    await room.subscribe("*", ADA)
    for _ in range(35):
        await room.end("import")
    await room.end("export", "failed", error="no")
    room.clock.advance(hours=23)
    await room.digests.post_due()
    (message,) = await room.messages()
    assert message.context["ends"][0]["task"] == "export"


async def test_who_unsubscribes_is_told_nothing_more(room: Room) -> None:
    """Not even what was waiting."""
    await room.prefer(ADA, is_once_a_day=True)
    await room.subscribe("*", ADA)
    await room.end("import")
    await room.subscriptions.unsubscribe(OURS, ADA, "*")
    room.clock.advance(hours=23)
    assert await room.digests.post_due() == 0
    assert await room.told() == []


async def test_of_several_processes_one_posts_the_digest(room: Room) -> None:
    """The rows are taken by whoever changes them first."""
    await room.prefer(ADA, is_once_a_day=True)
    await room.subscribe("*", ADA)
    await room.end("import")
    room.clock.advance(hours=23)
    several = [Digests(room.database, room.clock, lambda _workspace: None) for _ in range(6)]
    assert sum(await asyncio.gather(*(one.post_due() for one in several))) == 1
    assert await room.told() == [(ADA, "digest of 1")]


async def test_what_was_told_long_ago_is_forgotten(room: Room) -> None:
    """What still waits is not."""
    await room.subscribe("*")
    await room.end("import")
    await room.prefer(ADA, quiet_hours="22:00-07:00")
    room.clock.advance(seconds=KEPT.total_seconds() + 1)
    await room.digests.forget_old()
    assert await room.tasks.all(EndNotice) == []
