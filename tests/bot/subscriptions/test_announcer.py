"""Subscribers are told of ends, in the transaction that ends the task."""

import json

from bot.messages.models import Message
from bot.subscriptions.models import EndNotice
from bot.tasks.models import TaskStatus
from tests.bot.subscriptions.room import Room
from tests.bot.tasks.room import ADA, BEN, CLEOS, OURS


async def test_each_subscriber_is_told_once_of_what_they_asked_for(room: Room) -> None:
    """A channel wants failures, Ada every end; two patterns that match are one message."""
    await room.subscribe("nightly-*", only_failures=True)
    await room.subscribe("*", ADA)
    await room.subscribe("nightly-*", ADA, only_failures=True)
    await room.end("nightly-import")
    await room.end("nightly-import", "failed", error="disk full")
    await room.end("cleanup", "cancelled")
    assert sorted(await room.told()) == [
        ("C0NIGHTLY", "nightly-import failed"),
        (ADA, "cleanup cancelled"),
        (ADA, "nightly-import completed"),
        (ADA, "nightly-import failed"),
    ]


async def test_what_goes_on_is_no_end(room: Room) -> None:
    """Nothing is told of a start, of progress, or of a retry."""
    await room.subscribe("*")
    task = await room.tasks.create("import")
    await room.tasks.report(task, "running", progress=10)
    await room.tasks.report(task, "running", progress=90)
    assert await room.told() == []
    await room.tasks.report(task, "failed", error="no")
    await room.tasks.tasks.retry(OURS, task.id, by=BEN)
    assert await room.told() == [("C0NIGHTLY", "import failed")]
    await room.tasks.report(task, "completed", attempt=2)
    assert await room.told() == [("C0NIGHTLY", "import failed"), ("C0NIGHTLY", "import completed")]


async def test_an_attempt_that_was_lost_and_ends_changes_what_was_said(room: Room) -> None:
    """One message for one attempt, and it is true, also where only failures are wanted."""
    await room.subscribe("import", only_failures=True)
    task = await room.tasks.create("import", status=TaskStatus.RUNNING)
    room.clock.advance(hours=25)
    await room.tasks.intake.mark_lost()
    assert await room.told() == [("C0NIGHTLY", "import lost")]
    await room.tasks.report(task, "completed")
    assert await room.told() == [("C0NIGHTLY", "import completed")]


async def test_the_actor_of_an_action_is_not_mentioned(room: Room) -> None:
    """Ben cancels it; those who follow the kind need not be told who did."""
    await room.subscribe("*")
    task = await room.tasks.create("import", created_by=ADA)
    await room.tasks.tasks.cancel(OURS, task.id, by=BEN)
    (message,) = await room.messages()
    assert BEN not in json.dumps(message.context)
    assert ADA not in json.dumps(message.context)


async def test_another_tenants_tasks_are_not_told(room: Room) -> None:
    """Cleo's subscription to everything hears nothing of ours."""
    await room.subscriptions.subscribe(CLEOS, "C0CLEO", "*", only_failures=False, by=ADA)
    await room.end("import")
    assert await room.told() == []


async def test_a_task_that_ends_as_it_is_created_is_told(room: Room) -> None:
    """A report of something that is over already."""
    await room.subscribe("import")
    await room.tasks.create("import", status=TaskStatus.COMPLETED)
    assert await room.told() == [("C0NIGHTLY", "import completed")]


async def test_the_sixth_end_of_a_minute_waits_for_the_digest(room: Room) -> None:
    """Two hundred failures are five messages and one digest; the next minute begins anew."""
    await room.subscribe("*")
    for _ in range(30):
        await room.end("import", "failed", error="disk full")
    assert len(await room.told()) == 5
    assert await room.digests.post_due() == 0
    room.clock.advance(seconds=61)
    assert await room.digests.post_due() == 1
    assert await room.digests.post_due() == 0
    assert (await room.told())[5:] == [("C0NIGHTLY", "digest of 25")]
    await room.end("import")
    assert (await room.told())[6:] == [("C0NIGHTLY", "import completed")]


async def test_a_storm_in_one_channel_silences_no_other(room: Room) -> None:
    """Ada has her own five."""
    await room.subscribe("*")
    for _ in range(7):
        await room.end("import")
    await room.subscribe("*", ADA)
    await room.end("import")
    assert (ADA, "import completed") in await room.told()


async def test_what_is_told_can_be_cleaned_away(room: Room) -> None:
    """A message that may still change would be kept for ever."""
    await room.subscribe("*")
    await room.end("import")
    (message,) = await room.messages()
    assert message.is_final
    rows = await room.tasks.all(EndNotice)
    assert [row.message_id for row in rows] == [message.id]
    assert isinstance(message, Message)
