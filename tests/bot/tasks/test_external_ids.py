"""An orchestrator's own ids, on both databases: found by the place, then by the id."""

import asyncio

import pytest

from bot.errors import ConflictError, NotFoundError
from bot.tasks.external_ids import MAX_IDS
from bot.tasks.models import ExternalTaskId, Task, TaskStatus
from bot.tasks.updates import ReportOutcome, StatusReport
from tests.bot.tasks.room import CLEOS, OURS, Room

HERE, THERE = "1700000000.000100", "1700000000.000200"


async def report(room: Room, task_id: str | None, ts: str | None, owner=OURS, **said):
    """Let an orchestrator report, by its id, the place, or both."""
    told = StatusReport(
        said.pop("status", TaskStatus.RUNNING),
        task_id=task_id,
        channel="C1" if ts else None,
        ts=ts,
        **said,
    )
    return await room.intake.report(owner, told)


async def posted(room: Room, ts: str, **options):
    """Announce a task whose message stands at *ts*."""
    task = await room.create(**options)
    await room.post(task, ts)
    return task


async def test_a_task_is_found_by_its_place_and_from_then_on_by_the_id(room):
    """The id of a BullMQ job is remembered; later reports need no place."""
    task = await posted(room, HERE)

    assert (await report(room, "17", HERE, progress=10)).task_id == task.id
    assert (await report(room, "17", None, progress=20)).task_id == task.id

    row = await room.row(task)
    assert (row.external_id, row.progress) == ("17", 20)
    assert len(await room.all(Task)) == 1


async def test_an_unknown_id_at_an_unknown_place_is_adopted_under_the_id(room):
    """The task bears the id that its orchestrator knows."""
    reported = await report(room, "nightly/17", THERE)

    assert (reported.task_id, reported.outcome) == ("nightly/17", ReportOutcome.APPLIED)
    assert (await report(room, "nightly/17", None, progress=5)).task_id == "nightly/17"
    (task,) = await room.all(Task)
    assert task.external_id == "nightly/17"


@pytest.mark.parametrize("given", ["job 17", "jöb", "a`b", ".."])
async def test_an_id_that_cannot_stand_in_an_address_is_an_external_one_only(room, given):
    """The adopted task is named by us, and found by both names."""
    reported = await report(room, given, THERE)

    assert reported.task_id.startswith("t_")
    assert (await report(room, given, None)).task_id == reported.task_id
    assert (await report(room, reported.task_id, None)).task_id == reported.task_id


async def test_an_id_without_a_place_that_nobody_knows_is_refused(room):
    """There is nothing to adopt."""
    with pytest.raises(NotFoundError, match="There is no task `17`"):
        await report(room, "17", None)


async def test_two_queues_may_count_alike(room):
    """Job 17 of two queues is two tasks: where id and place disagree, the place decides."""
    first, second = await posted(room, HERE), await posted(room, THERE)

    told = [
        (await report(room, "17", HERE, progress=10)).task_id,
        (await report(room, "17", THERE, progress=20)).task_id,
        (await report(room, "17", HERE, progress=11)).task_id,
        (await report(room, "17", THERE, progress=21)).task_id,
    ]

    assert told == [first.id, second.id, first.id, second.id]
    assert ((await room.row(first)).progress, (await room.row(second)).progress) == (11, 21)
    with pytest.raises(ConflictError, match="the orchestrator's id of several tasks"):
        await report(room, "17", None)


async def test_two_queues_may_count_alike_where_both_are_adopted(room):
    """The second 17 is not taken for the first one: it gets a name of ours."""
    first = await report(room, "17", HERE, progress=10)
    second = await report(room, "17", THERE, progress=20)

    assert first.task_id == "17"
    assert second.task_id.startswith("t_")
    assert (await report(room, "17", THERE, progress=21)).task_id == second.task_id
    assert {task.progress for task in await room.all(Task)} == {10, 21}


async def test_a_name_that_a_creator_gave_is_nobody_elses(room):
    """A task that was created as 17 is meant by 17, whatever the place says."""
    named = await posted(room, HERE, task_id="17")
    other = await posted(room, THERE)

    assert (await report(room, "17", THERE)).task_id == "17"
    assert (await room.row(other)).external_id is None
    assert (await room.row(named)).status == TaskStatus.RUNNING


async def test_a_message_that_was_posted_again_is_found_by_the_old_place(room):
    """The orchestrator goes on saying where the message stood when it began."""
    task = await posted(room, HERE)
    await report(room, "17", HERE)
    await room.post(task, THERE)

    assert (await report(room, "17", HERE, progress=9)).task_id == task.id
    assert (await report(room, "17", THERE, progress=10)).task_id == task.id
    assert len(await room.all(Task)) == 1


async def test_each_attempt_may_have_an_id_of_its_own(room):
    """Late words of the first job are still understood, as those of the first attempt."""
    task = await posted(room, HERE)
    await report(room, "17", HERE, attempt=1)
    await report(room, "18", HERE, attempt=2)

    assert (await report(room, "17", None, attempt=1)).outcome == ReportOutcome.STALE
    assert (await report(room, "18", None, attempt=2)).task_id == task.id
    assert (await room.row(task)).external_id == "18"


async def test_another_tenants_ids_are_unknown(room):
    """The same id and the same place mean nothing outside the tenant."""
    task = await posted(room, HERE)
    await report(room, "17", HERE)

    with pytest.raises(NotFoundError):
        await report(room, "17", None, owner=CLEOS)
    adopted = await report(room, "17", HERE, owner=CLEOS)
    assert adopted.task_id == "17"
    assert (await report(room, "17", None)).task_id == task.id


async def test_everything_else_is_found_by_the_id_as_well(room):
    """Heartbeats, logs, show, cancel and retry take the orchestrator's id, and answer ours."""
    task = await posted(room, HERE)
    await report(room, "17", HERE)

    assert (await room.intake.heartbeat(OURS, "17")).task_id == task.id
    assert await room.log("17", [{"level": "info", "text": "page 1"}]) == 1
    assert (await room.tasks.get(OURS, "17"))[0].id == task.id
    assert (await room.tasks.cancel(OURS, "17", by="ada")).id == task.id
    assert (await room.tasks.retry(OURS, "17", by="ada")).attempt == 2


async def test_a_token_of_one_task_reports_on_no_other(room):
    """By whichever id: what the token is not for does not exist for it."""
    task, other = await posted(room, HERE), await posted(room, THERE)
    await report(room, "17", THERE)

    own = StatusReport(TaskStatus.RUNNING, task_id="18", channel="C1", ts=HERE)
    assert (await room.intake.report(OURS, own, only=task.id)).task_id == task.id
    for told in (
        StatusReport(TaskStatus.FAILED, task_id="17"),
        StatusReport(TaskStatus.FAILED, task_id="18", channel="C1", ts=THERE),
        StatusReport(TaskStatus.FAILED, task_id="19", channel="C1", ts="1700000000.000300"),
    ):
        with pytest.raises(NotFoundError):
            await room.intake.report(OURS, told, only=task.id)
    assert (await room.row(other)).status == TaskStatus.RUNNING
    assert len(await room.all(Task)) == 2


async def test_two_callbacks_at_once_make_one_task_each(room):
    """Twenty first reports of two queues' job 17 in the same moment: two tasks."""
    told = await asyncio.gather(
        *(report(room, "17", ts) for _ in range(10) for ts in (HERE, THERE))
    )

    tasks = await room.all(Task)
    assert len(tasks) == 2
    assert {one.task_id for one in told} == {task.id for task in tasks}
    assert len(await room.all(ExternalTaskId)) == 2


async def test_a_task_remembers_a_limited_number_of_ids(room, clock):
    """An orchestrator that sends another id each time fills no table."""
    task = await posted(room, HERE)
    for number in range(MAX_IDS + 3):
        clock.advance(seconds=1)
        await report(room, f"job-{number}", HERE)

    known = {row.external_id for row in await room.all(ExternalTaskId)}
    assert len(known) == MAX_IDS
    assert known == {f"job-{number}" for number in range(3, MAX_IDS + 3)}
    assert (await room.row(task)).external_id == f"job-{MAX_IDS + 2}"
