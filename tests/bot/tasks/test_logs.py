"""Log lines: what goes to the thread, what is kept, and the file at the end."""

import json
from datetime import timedelta

import pytest

from bot.messages.models import Message, MessageState
from bot.tasks.logs import CHUNK_LINES, MAX_KEPT_CHARACTERS, MAX_WAITING_CHUNKS
from bot.tasks.models import ReportReceipt
from tests.bot.tasks.room import OURS


def lines(count, first=0, **more):
    return [
        {"level": "info", "text": f"line {number}", "at": 1_700_000_000, **more}
        for number in range(first, first + count)
    ]


async def chunks(room, task):
    """Return the replies with log lines, oldest first."""
    found = [one for one in await room.replies(task) if one.template == "tasks/logs"]
    return sorted(found, key=lambda one: (one.created_at, one.id))


async def file_of(room, task):
    found = [one for one in await room.replies(task) if one.template == "delivery/file"]
    return found[0] if found else None


async def test_a_chunk_fills_up_while_it_waits(room):
    """Calls that come before Slack has taken the last chunk share it."""
    task = await room.create()
    for number in range(5):
        assert await room.log(task.id, lines(2, first=2 * number)) == 2

    (chunk,) = await chunks(room, task)
    assert [line["text"] for line in chunk.context["lines"]] == [f"line {n}" for n in range(10)]
    assert chunk.revision == 1


async def test_a_flood_costs_a_few_replies_and_is_counted(room):
    """What finds no room is left out of the thread, said, and stands in the file."""
    task = await room.create()
    for number in range(20):
        await room.log(task.id, lines(1_000, first=1_000 * number))
    await room.report(task, "completed")

    found = await chunks(room, task)
    shown = MAX_WAITING_CHUNKS * CHUNK_LINES
    texts = [line["text"] for one in found for line in one.context["lines"]]
    assert texts == [f"line {number}" for number in range(shown)]
    assert len(found) == MAX_WAITING_CHUNKS
    assert found[-1].context["omitted"] == 20_000 - shown
    file = await file_of(room, task)
    assert file.context["name"] == "import-1.log"
    assert file.context["content"].endswith("INFO     line 19999\n")
    assert file.context["content"].startswith("… ")
    assert len(file.context["content"]) <= MAX_KEPT_CHARACTERS + 100
    assert len(json.dumps(found[0].context)) < 10_000


async def test_a_long_line_does_not_make_a_chunk_too_long(room):
    """By characters, not by lines alone; a line that is too long for any stands alone."""
    task = await room.create()
    await room.log(task.id, [{"level": "info", "text": "x" * 1_000, "at": None}] * 6)

    found = await chunks(room, task)
    assert [len(one.context["lines"]) for one in found] == [2, 2, 2]


async def test_what_is_too_quiet_for_the_thread_is_kept(room):
    """The thread has the loud line; the file all of them."""
    task = await room.create()
    quiet = lines(1, loud=False)
    assert await room.log(task.id, [*quiet, *lines(1, first=1, loud=True)]) == 1
    await room.report(task, "failed", error="Boom")

    (chunk,) = await chunks(room, task)
    assert [line["text"] for line in chunk.context["lines"]] == ["line 1"]
    assert "loud" not in chunk.context["lines"][0]
    file = await file_of(room, task)
    assert file.context["content"] == (
        "2023-11-14 22:13:20  INFO     line 0\n2023-11-14 22:13:20  INFO     line 1\n"
    )
    assert file.state in (MessageState.BLOCKED, MessageState.DELAYED)


async def test_a_short_log_that_the_thread_has_is_no_file(room):
    """A file beside three lines would be noise."""
    task = await room.create()
    await room.log(task.id, lines(3))
    await room.report(task, "completed")

    assert await file_of(room, task) is None


async def test_lines_that_come_after_the_end_are_in_the_file(room):
    """The client tells the end first, and then what is left."""
    task = await room.create()
    await room.log(task.id, lines(1, loud=False))
    await room.report(task, "completed")
    await room.log(task.id, lines(1, first=1))

    file = await file_of(room, task)
    assert "line 0" in file.context["content"]
    assert "line 1" in file.context["content"]
    assert len([one for one in await room.all(Message) if one.template == "delivery/file"]) == 1


async def test_each_attempt_has_its_own_log(room):
    """What the first wrote is not in the file, nor in the tail, of the second."""
    task = await room.create()
    await room.log(task.id, lines(1, loud=False))
    await room.report(task, "running", attempt=2)
    await room.log(task.id, lines(2, first=7, loud=False))
    _, found = await room.tasks.log_tail(OURS, task.id, 1_000)

    assert [line[-6:] for line in found.text.splitlines()] == ["line 7", "line 8"]
    assert found.before == 0


async def test_a_tail_is_cut_at_a_line(room):
    """And says how many lines came before."""
    task = await room.create()
    await room.log(task.id, lines(100))

    _, found = await room.tasks.log_tail(OURS, task.id, 200)

    assert found.text.splitlines()[-1].endswith("line 99")
    assert found.text.splitlines()[0].startswith("2023-")
    assert found.before == 100 - len(found.text.splitlines())


async def test_a_message_shows_the_button_once_there_are_lines(room):
    """Not before: there would be nothing behind it."""
    task = await room.create()
    await room.report(task, "running")
    assert (await room.message(task)).context["has_logs"] is False

    await room.log(task.id, lines(1))

    assert (await room.message(task)).context["has_logs"] is True


async def test_old_lines_and_receipts_are_forgotten(room, clock):
    """After the days that the settings keep; a new receipt stays."""
    task = await room.create()
    await room.log(task.id, lines(1))
    old = ReportReceipt(tenant=OURS.tenant, key="old", at=clock.at)
    clock.at += timedelta(days=31)
    new = ReportReceipt(tenant=OURS.tenant, key="new", at=clock.at)
    await room.database.write(lambda session: session.add_all([old, new]))
    await room.intake.forget_old()

    _, found = await room.tasks.log_tail(OURS, task.id, 200)
    assert found.text == ""
    assert [one.key for one in await room.all(ReportReceipt)] == ["new"]


@pytest.mark.parametrize("sent", [[], [{"level": "info", "text": "", "at": None}]])
async def test_nothing_or_an_empty_line_breaks_nothing(room, sent):
    """A line may be empty."""
    task = await room.create()

    assert await room.log(task.id, sent) == len(sent)
