"""What the work says, and what its silence says, on both databases."""

import asyncio

import pytest

from bot.db import Database
from bot.errors import ConflictError, InvalidError, NotFoundError
from bot.messages.models import Event, Message, Rank
from bot.tasks.models import Task, TaskStatus
from bot.tasks.updates import ReportOutcome, StatusReport
from tests.bot.tasks.room import CLEOS, OURS, Room, make_room, values

THERE = StatusReport(
    TaskStatus.RUNNING, channel="C1", ts="1700000000.000200", task="import", subject="Bergmann"
)


async def test_a_report_moves_task_and_message_together(room):
    """State, message revision and event are committed as one."""
    task = await room.create()

    assert await room.report(task, "running", progress=40) == ReportOutcome.APPLIED

    message = await room.message(task)
    assert (
        message.context["status"],
        message.context["progress"],
        message.revision,
    ) == ("running", 40, 2)
    assert len(await room.all(Event)) == 2


async def test_what_is_not_news_touches_no_message(room):
    """Stale and late reports are answered, and neither message nor events grow."""
    task = await room.create()
    await room.report(task, "running", seq=5)
    assert await room.report(task, "running", seq=5, progress=9) == ReportOutcome.STALE
    await room.report(task, "completed", seq=6)
    assert await room.report(task, "failed", seq=7) == ReportOutcome.FINAL
    assert await room.report(task, "failed", attempt=0) == ReportOutcome.STALE

    assert len(await room.all(Event)) == 3
    assert ((await room.row(task)).status, (await room.row(task)).seq) == (TaskStatus.COMPLETED, 6)


async def test_progress_waits_behind_what_matters(room):
    """A new percent has the last rank, a new status a better one, an end the first."""
    task = await room.create()
    await room.post(task)
    ranks = []
    for status, progress in (("running", 1), ("running", 2), ("completed", None)):
        await room.report(task, status, progress=progress)
        ranks.append((await room.message(task)).rank)
    assert ranks == [Rank.NORMAL, Rank.PROGRESS, Rank.FINAL]


async def test_an_unknown_place_is_adopted(room):
    """The message that stands there is edited from now on; nothing is posted."""
    reported = await room.intake.report(OURS, THERE)

    (task,), (message,) = await room.all(Task), await room.all(Message)
    assert (reported.task_id, ReportOutcome.APPLIED) == (task.id, reported.outcome)
    assert (task.status, task.subject) == (TaskStatus.RUNNING, "Bergmann")
    assert (message.is_posted, message.ts) == (True, "1700000000.000200")
    assert task.id == (await room.intake.report(OURS, THERE)).task_id


async def test_one_place_reported_ten_times_at_once_is_one_task(room):
    """Everybody adopts, one wins, and the others report about the winner's task."""
    reported = await asyncio.gather(*(room.intake.report(OURS, THERE) for _ in range(10)))

    assert len({one.task_id for one in reported}) == 1
    assert (len(await room.all(Task)), len(await room.all(Message))) == (1, 1)


async def test_an_adopted_failure_has_its_whole_error_in_the_thread(room):
    """A message adopted at its end tells that end as every other does."""
    report = StatusReport(
        TaskStatus.FAILED, channel="C1", ts="1700000000.000200", error="Boom " * 200
    )
    await room.intake.report(OURS, report)

    (task,) = await room.all(Task)
    assert [reply.template for reply in await room.replies(task)] == ["tasks/error"]


async def test_a_message_of_ours_that_is_no_tasks_is_not_adopted(room):
    """The place of a reply is taken: the report is refused and nothing changes."""
    task = await room.create()
    await room.report(task, "failed", error="Boom")
    (reply,) = await room.replies(task)

    def post(session):
        row = session.get_one(Message, reply.id)
        row.ts, row.is_posted = THERE.ts, True

    await room.database.write(post)

    with pytest.raises(ConflictError, match="no task's"):
        await room.intake.report(OURS, THERE)
    assert len(await room.all(Task)) == 1


async def test_a_report_without_a_name_is_refused(room):
    """Neither task nor place: there is nothing to find."""
    with pytest.raises(InvalidError, match="`taskId`: give it, or `channel` and `ts`"):
        await room.intake.report(OURS, StatusReport(TaskStatus.RUNNING, channel="C1"))


async def test_a_report_about_an_unknown_task_is_refused(room):
    """An id is never adopted, and another tenant's id is unknown."""
    task = await room.create()
    for owner, task_id in ((OURS, "t-unknown"), (CLEOS, task.id)):
        with pytest.raises(NotFoundError):
            await room.intake.report(owner, StatusReport(TaskStatus.RUNNING, task_id=task_id))


async def test_silence_is_noticed_once(room, clock):
    """A task whose lease ran out is lost, says so in its message, and is not counted again."""
    task = await room.create(status=TaskStatus.RUNNING)
    clock.advance(hours=25)

    assert (await room.intake.mark_lost(), await room.intake.mark_lost()) == (1, 0)

    message = await room.message(task)
    assert (message.context["status"], message.is_final) == ("lost", False)
    assert room.lanes.woken == ["T1", "T1"]


async def test_two_processes_mark_a_lost_task_once(room, clock, database_url):
    """Both sweep at the same moment: one revision, one event, one of them counts it."""
    for number in range(5):
        await room.create(task_id=f"t-{number}", status=TaskStatus.RUNNING)
    clock.advance(hours=25)
    other = Database(database_url)
    second = make_room(other, clock)

    counts = await asyncio.gather(
        *(one.intake.mark_lost() for one in (room, second) for _ in range(4))
    )
    other.close()

    assert sum(counts) == 5
    assert len(await room.all(Event)) == 10


async def test_heartbeats_keep_a_task_from_being_lost(room, clock):
    """Work that beats every fifteen seconds may run for hours; a minute of silence ends that."""
    task = await room.create(status=TaskStatus.RUNNING)
    for _ in range(20):
        assert await room.beat(task) == ReportOutcome.APPLIED
        clock.advance(seconds=59)
        assert await room.intake.mark_lost() == 0
    clock.advance(seconds=2)
    assert await room.intake.mark_lost() == 1


async def test_a_heartbeat_revives_a_lost_task(room, clock):
    """The message says running again, with the percents it had."""
    task = await room.create(status=TaskStatus.RUNNING)
    await room.report(task, "running", progress=40)
    clock.advance(hours=25)
    await room.intake.mark_lost()

    assert await room.beat(task) == ReportOutcome.APPLIED

    message = await room.message(task)
    assert (message.context["status"], message.context["progress"]) == ("running", 40)


async def test_a_heartbeat_after_the_end_is_answered_and_changes_nothing(room):
    """The task has ended; its worker is told."""
    task = await room.create()
    await room.report(task, "completed")
    before = values(await room.row(task))

    assert await room.beat(task) == ReportOutcome.FINAL
    assert before == values(await room.row(task))


async def test_whoever_watches_an_attempt_keeps_it_alive_and_learns_of_its_cancel(room, clock):
    """The lease is renewed, a lost attempt revived; one that is not the newest is left alone."""
    task = await room.create()
    assert await room.intake.keep_alive(OURS, task.id, 1) == TaskStatus.RUNNING
    await room.report(task, "lost", error="nobody knows")
    assert await room.intake.mark_lost() == 0
    assert await room.intake.keep_alive(OURS, task.id, 1) == TaskStatus.RUNNING
    assert (await room.row(task)).status == TaskStatus.RUNNING

    await room.tasks.cancel(OURS, task.id, by="U0BEN00002")
    assert await room.intake.keep_alive(OURS, task.id, 1) == TaskStatus.CANCELLED
    await room.tasks.retry(OURS, task.id, by="U0BEN00002")
    before = values(await room.row(task))
    assert await room.intake.keep_alive(OURS, task.id, 1) == TaskStatus.RUNNING
    assert values(await room.row(task)) == before


async def test_log_lines_reach_the_thread(room):
    """Lines become one reply; none are taken while the task has no message."""
    task = await room.create()
    lines = [{"level": "info", "text": "page 1", "at": None}] * 3

    assert (
        await room.log(task.id, lines),
        await room.log(task.id, []),
    ) == (3, 0)
    assert [lines] == [reply.context["lines"] for reply in await room.replies(task)]


async def test_a_silent_task_has_no_thread_for_its_lines(database, clock):
    """With notices of creation off there is nothing to reply to before the start."""
    room: Room = make_room(database, clock, on_creation=False)
    task = await room.create()
    assert await room.log(task.id, [{"text": "early"}]) == 0
    assert await room.all(Message) == []
