"""What people and programs ask of tasks, on both databases."""

import asyncio
from typing import Any

import pytest

from bot.errors import ConflictError, InvalidError, NotFoundError
from bot.messages.models import Event, Message
from bot.tasks.creation import NewTask
from bot.tasks.models import Task, TaskStatus
from bot.tasks.queries import Filter
from tests.bot.tasks.room import ADA, BEN, CLEO, CLEOS, OURS, START, Room, make_room, values

NEW = NewTask("import", "C1", subject="Bergmann", task_id="t-1")


async def failed(room: Room, **options: Any) -> Task:
    task = await room.create(**options)
    await room.report(task, "failed", error="Boom")
    return task


async def test_the_same_id_again_is_the_same_task(room):
    """Creating is idempotent: one row, one message, and the second caller is told so."""
    first, made = await room.tasks.create(OURS, NEW)
    second, made_again = await room.tasks.create(OURS, NEW)

    assert (made, made_again) == (True, False)
    assert (first.id, first.message_id) == (second.id, second.message_id)
    assert len(await room.all(Message)) == 1


async def test_the_same_id_at_the_same_moment_is_one_task(room):
    """Of ten callers at once exactly one makes the task; the others are given it."""
    results = await asyncio.gather(*(room.tasks.create(OURS, NEW) for _ in range(10)))

    assert sum(made for _, made in results) == 1
    assert {"t-1"} == {task.id for task, _ in results}
    assert (len(await room.all(Task)), len(await room.all(Message))) == (1, 1)
    assert len(await room.all(Event)) == 1


async def test_a_task_of_another_tenant_does_not_exist(room):
    """Cleo's tenant can neither see, change, nor take over a task of ours."""
    task = await room.create(task_id="t-1")

    for attempt in (
        room.tasks.get(CLEOS, task.id),
        room.tasks.retry(CLEOS, task.id, by=CLEO),
        room.tasks.cancel(CLEOS, task.id, by=CLEO),
        room.intake.heartbeat(CLEOS, task.id),
        room.log(task.id, [{"text": "hello"}], CLEOS),
    ):
        with pytest.raises(NotFoundError, match="There is no task `t-1`"):
            await attempt
    assert await room.tasks.list(CLEOS, Filter()) == []


async def test_two_retries_at_the_same_moment_make_one_attempt(room, clock):
    """One new attempt; who came second is told who was faster, and when."""
    task = await failed(room)
    clock.advance(seconds=3)

    results = await asyncio.gather(
        room.tasks.retry(OURS, task.id, by=BEN, attempt=1),
        room.tasks.retry(OURS, task.id, by=ADA, attempt=1),
        return_exceptions=True,
    )

    won: list[Any] = [one for one in results if isinstance(one, Task)]
    lost = [one for one in results if isinstance(one, ConflictError)]
    assert (len(won), len(lost)) == (1, 1)
    winner = won[0].acted[0]["by"]
    assert f"Already retried by <@{winner}> 0 s ago" in str(lost[0])
    row = await room.row(task)
    assert (row.attempt, row.status, len(row.acted)) == (2, TaskStatus.QUEUED, 1)


async def test_a_second_retry_that_names_no_attempt_is_told_who_was_faster(room, clock):
    """A program that retries the newest attempt learns of the person who did, too."""
    task = await failed(room)
    await room.tasks.retry(OURS, task.id, by=BEN)
    clock.advance(seconds=4)

    with pytest.raises(ConflictError, match=f"retried by <@{BEN}> 4 s ago"):
        await room.tasks.retry(OURS, task.id, by="api")


async def test_the_one_who_retried_is_named_not_the_one_who_acted_last(room, clock):
    """Ben retried, Ada cancelled that attempt: a stale button names Ben and what became of it."""
    task = await failed(room)
    await room.tasks.retry(OURS, task.id, by=BEN, attempt=1)
    clock.advance(seconds=5)
    await room.tasks.cancel(OURS, task.id, by=ADA)

    with pytest.raises(ConflictError, match=f"<@{BEN}> 5 s ago: attempt 2 is cancelled"):
        await room.tasks.retry(OURS, task.id, by=CLEO, attempt=1)


async def test_a_retry_starts_over_and_asks_for_a_launch(room, clock):
    """The new attempt is queued with the edited payload, and its message lives again."""
    task = await failed(room, payload={"rows": 1})
    clock.advance(minutes=1)
    await room.tasks.retry(OURS, task.id, by=BEN, attempt=1, payload={"rows": 2}, reason="typo")

    row, message = await room.row(task), await room.message(task)
    assert (row.payload, row.error) == ({"rows": 2}, None)
    assert (clock.now(), None) == (row.launch_wanted_at, row.launched_at)
    at = int(clock.now().timestamp())
    assert [{"verb": "retried", "by": BEN, "at": at, "reason": "typo"}] == row.acted
    assert not message.is_final
    assert (message.context["status"], message.context["attempt"]) == ("queued", 2)


@pytest.mark.parametrize("status", ["queued", "running", "completed"])
async def test_only_what_stands_still_is_retried(room, status):
    """There is nothing to retry about what runs or went well."""
    task = await room.create()
    await room.report(task, status)

    with pytest.raises(ConflictError, match=f"is {status}"):
        await room.tasks.retry(OURS, task.id, by=BEN)
    assert (await room.row(task)).attempt == 1


async def test_without_a_runner_nothing_is_retried(database, clock):
    """A task that was started elsewhere says so, and stays as it is."""
    room = make_room(database, clock, runner=None)
    task = await failed(room)

    with pytest.raises(ConflictError, match="I have no runner"):
        await room.tasks.retry(OURS, task.id, by=BEN, attempt=1)
    assert ((await room.row(task)).attempt, (await room.row(task)).status) == (1, TaskStatus.FAILED)


async def test_without_a_runner_nothing_is_run_and_nothing_is_left(database, clock):
    """What cannot run is not announced: neither task, message nor event stays behind."""
    room = make_room(database, clock, runner=None)

    with pytest.raises(InvalidError, match="There is no runner for `import`"):
        await room.create(run=True)
    for table in (Task, Message, Event):
        assert await room.all(table) == []


async def test_a_cancel_ends_the_task_and_tells_its_runner(room, clock):
    """The message is final, names who did it, and nothing is launched any more."""
    task = await room.create(run=True)
    await room.tasks.cancel(OURS, task.id, by=BEN)

    row, message = await room.row(task), await room.message(task)
    assert (row.status, row.launch_wanted_at) == (TaskStatus.CANCELLED, None)
    # It once claimed to have started, and to have run for under a second.
    assert (row.started_at, message.context["elapsed_seconds"]) == (None, None)
    assert message.is_final
    assert message.context["acted"][0]["by"] == BEN
    assert [task.id] == [one.id for one in room.stopped]


async def test_two_cancels_at_the_same_moment_are_one(room):
    """The second one is told who was faster; the runner is told once."""
    task = await room.create()

    results = await asyncio.gather(
        *(room.tasks.cancel(OURS, task.id, by=who) for who in (ADA, BEN)), return_exceptions=True
    )

    refused = [one for one in results if isinstance(one, ConflictError)]
    assert (len(refused), len(room.stopped)) == (1, 1)
    assert "is cancelled already by <@U0" in str(refused[0])


async def test_a_completed_task_was_not_completed_by_who_retried_it(room):
    """The refusal of a late cancel blames nobody for the end."""
    task = await failed(room)
    await room.tasks.retry(OURS, task.id, by=BEN)
    await room.report(task, "completed")

    with pytest.raises(ConflictError) as refused:
        await room.tasks.cancel(OURS, task.id, by=ADA)
    assert f"Task `{task.id}` is completed already." == str(refused.value)


async def test_a_cancel_of_a_lost_task_is_refused(room, clock):
    """A lost task has no worker to stop."""
    task = await room.create(status=TaskStatus.RUNNING)
    clock.advance(hours=25)
    await room.intake.mark_lost()

    with pytest.raises(ConflictError, match="is lost already"):
        await room.tasks.cancel(OURS, task.id, by=ADA)


async def test_a_refused_use_case_changes_nothing(room):
    """A unit of work that raises leaves task, message and events as they were."""
    task = await failed(room)
    before = [values(one) for table in (Task, Message, Event) for one in await room.all(table)]

    with pytest.raises(ConflictError):
        await room.tasks.retry(OURS, task.id, by=BEN, attempt=7)

    after = [values(one) for table in (Task, Message, Event) for one in await room.all(table)]
    assert before == after


async def test_the_lane_is_woken_after_the_commit(room):
    """Every change wakes the workspace's lane."""
    task = await room.create()
    await room.report(task, "running")
    assert room.lanes.woken == ["T1", "T1"]


async def test_get_tells_where_the_message_stands(room):
    """None while Slack has not got it, then its timestamp."""
    task = await room.create()
    assert (task.id, None) == ((await room.tasks.get(OURS, task.id))[0].id, None)
    await room.post(task, "1.2")
    assert (await room.tasks.get(OURS, task.id))[1] == "1.2"
    assert (await room.row(task)).created_at == START
