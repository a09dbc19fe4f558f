"""A lane whose file server asks for patience: the file waits, and nobody else does."""

from datetime import UTC, datetime

from bot.messages import outbox
from bot.messages.delivery.content import FILE
from bot.messages.models import MessageState
from bot.messages.outbox import Content, Place
from tests.bot.messages.delivery.test_threads import in_state


async def put_file(rig):
    """Ask for a file in #ops and return its id."""

    def work(session):
        place = Place(rig.team, "default", rig.channel)
        content = Content(FILE, {"name": "report.csv", "content": "dealer,rows\n"})
        return outbox.put(session, place, content, now=datetime.now(UTC)).id

    message_id = await rig.database.write(work)
    rig.lanes.wake(rig.team)
    return message_id


async def test_a_file_that_is_to_wait_holds_nobody_up(rig):
    """Its `Retry-After` is long, and messages of the same channel arrive meanwhile."""
    rig.playground.fail("upload", "http", status=429, retry_after=600)
    rig.open(unlimited=False)

    file = await put_file(rig)
    row = await in_state(rig, file, MessageState.DELAYED)
    await in_state(rig, await rig.put("hello"))

    assert (row.tries, row.error) == (0, "rate_limited")
    assert (row.due_at - datetime.now(UTC)).total_seconds() > 300
    assert rig.texts() == ["hello"]


async def test_a_file_that_is_too_large_says_so(rig):
    """It ends at once, with what to do about it."""
    rig.playground.fail("upload", "http", status=413)
    rig.open()

    row = await in_state(rig, await put_file(rig), MessageState.DEAD)

    assert (row.error, row.tries) == ("file_too_large", 1)
