"""The message of a task: when there is one, and what stands in its thread."""

import pytest
from sqlmodel import delete

from bot.messages.models import Message, Rank
from bot.messages.rendering.text_splitting import MAX_PARTS, PART_CHARACTERS, in_parts
from bot.tasks.models import TaskStatus
from tests.bot.tasks.room import BEN, OURS, make_room


async def test_creation_may_be_silent(database, clock):
    """With notices of creation off nothing is posted until the task starts."""
    room = make_room(database, clock, on_creation=False)
    task = await room.create()
    await room.report(task, "queued", progress_note="third in line")
    await room.intake.heartbeat(OURS, task.id)
    assert await room.all(Message) == []

    await room.report(task, "running")
    assert [one.context["status"] for one in await room.all(Message)] == ["running"]


async def test_a_silent_task_that_fails_at_once_is_announced(database, clock):
    """An end is never silent."""
    room = make_room(database, clock, on_creation=False)
    task = await room.create()
    await room.report(task, "failed", error="Boom")
    assert (await room.message(task)).is_final
    assert [one.template for one in await room.replies(task)] == ["tasks/error"]


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        ("failed", {"error": "Boom"}, ["tasks/error"]),
        ("failed", {"error": "Boom", "stats": {"bad": 1}}, ["tasks/summary"]),
        ("failed", {}, []),
        ("completed", {"stats": {"good": 3}}, ["tasks/summary"]),
        ("completed", {"stats": {}}, ["tasks/summary"]),
        ("cancelled", {"error": "stopped", "stats": {}}, ["tasks/summary"]),
        ("completed", {}, []),
        ("cancelled", {}, []),
    ],
)
async def test_the_end_is_told_in_the_thread(room, status, said, expected):
    """One reply at most: a summary if statistics are kept, else what went wrong, else nothing."""
    task = await room.create()
    await room.report(task, "running")
    await room.report(task, status, **said)
    await room.report(task, status, **said)
    assert expected == [one.template for one in await room.replies(task)]


async def test_each_part_of_an_error_waits_for_the_one_before_it(room):
    """Whatever fails in between, nobody reads the end first."""
    task = await room.create()
    await room.report(task, "failed", error="x" * 7_000)

    parts = {one.id: one for one in await room.all(Message) if one.template == "tasks/error"}
    after = {
        parts[one.parent_id].context["part"] if one.parent_id in parts else 0: one.context["part"]
        for one in parts.values()
    }
    assert after == {0: 1, 1: 2, 2: 3}


async def test_a_summary_holds_the_error_and_a_long_one_follows_it(room):
    """Up to one message it is in the summary; of more the parts come after it."""
    short, long = await room.create(), await room.create()
    await room.report(short, "failed", error="Boom\n at line 2", stats={})
    await room.report(long, "failed", error="x" * 4_000, stats={"bad": 1})

    (summary,) = await room.replies(short)
    assert summary.context["whole_error"] == "Boom\n at line 2"
    (summary,) = await room.replies(long)
    assert (summary.template, summary.context["whole_error"]) == ("tasks/summary", None)
    parts = {one.context["part"]: one for one in await room.all(Message) if "part" in one.context}
    assert [parts[1].parent_id, parts[2].parent_id] == [summary.id, parts[1].id]


async def test_a_new_attempt_keeps_the_message(room):
    """A retry opens the same message again; the next end is told anew."""
    task = await room.create()
    await room.report(task, "failed", error="Boom")
    await room.tasks.retry(OURS, task.id, by=BEN)
    assert not (await room.message(task)).is_final
    await room.report(task, "failed", error="Boom again")
    assert (await room.message(task)).is_final
    errors = [one.context["error"] for one in await room.replies(task)]
    assert sorted(errors) == ["Boom", "Boom again"]


async def test_a_task_created_at_its_end_is_told_at_once(room):
    """A finished task is one message, final from the start."""
    task = await room.create(status=TaskStatus.COMPLETED)
    message = await room.message(task)
    assert (
        message.is_final,
        message.context["status"],
        message.revision,
    ) == (True, "completed", 1)


@pytest.mark.parametrize("size", [0, 1, 2_999, 3_000, 3_001, 10_000, 24_000])
def test_a_long_error_is_told_whole_in_parts(size):
    """No character is lost up to 24,000, no part is too long for Slack, and lines stay whole."""
    error = "\n".join(f"line {number:05} of the traceback" for number in range(size))[:size]

    parts = in_parts(error)

    assert error == "".join(parts)
    assert max(map(len, parts)) <= PART_CHARACTERS
    assert len(parts) <= 2 * MAX_PARTS


def test_an_endless_error_keeps_its_beginning_and_end():
    """What began it and what ended it are told; how much is missing is said."""
    parts = in_parts("first" + "x" * 1_000_000 + "last")

    assert parts[0].startswith("first")
    assert parts[-1].endswith("last")
    assert "976,009 characters left out" in "".join(parts)
    assert len(parts) <= MAX_PARTS + 1


async def test_a_task_retried_after_its_message_was_cleaned_away_is_posted_anew(database, clock):
    """The message is no longer kept; the new attempt gets one of its own."""
    room = make_room(database, clock)
    task = await room.create()
    await room.report(task, "failed")
    await database.write(lambda session: session.exec(delete(Message)))

    await room.report(task, "running", attempt=2)

    (message,) = await room.all(Message)
    assert message.context["attempt"] == 2


async def test_what_a_failure_says_does_not_wait_behind_a_bulk(room):
    """Its error and an end's summary come before what is not urgent; log lines do not."""
    failed, completed = await room.create(), await room.create()
    await room.report(failed, "running")
    await room.intake.log(OURS, failed.id, lambda _task: [{"level": "info", "text": "a line"}])
    await room.report(failed, "failed", error="x" * 7_000)
    await room.report(completed, "completed", stats={"good": 3})

    ranks = {one.template: one.rank for one in await room.all(Message)}

    assert ranks["tasks/error"] == ranks["tasks/summary"] == Rank.ALERT
    assert ranks["tasks/logs"] == Rank.NORMAL
