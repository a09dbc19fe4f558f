"""The retry modal, submitted."""

import asyncio
import json

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.tasks.models import Task, TaskStatus
from tests.listeners.payloads import submission
from tests.listeners.room import ADA, BEN, CLEO, Room


async def opened(room: Room, task: Task, user: str) -> str:
    """Click Retry as *user* and return the modal's id."""
    ts = await room.standing(task, "task_retry")
    await room.playground.click(user, "ops", ts, "task_retry")
    return str((await room.modal(user))["id"])


async def test_a_submission_starts_the_next_attempt(room: Room) -> None:
    """With the edited payload and the reason, and the message names who did it."""
    task = await room.failed_task(payload={"rows": 3})
    view = await opened(room, task, "ben")
    values = {"payload": '{"rows": 4}', "reason": "column was added"}
    assert (await room.playground.submit("ben", view, values)).ok
    now = await room.task(task.id)
    assert (now.attempt, now.status, now.payload) == (2, TaskStatus.QUEUED, {"rows": 4})
    assert now.acted is not None
    assert (
        now.acted[-1]["verb"],
        now.acted[-1]["by"],
        now.acted[-1]["reason"],
    ) == ("retried", BEN, "column was added")
    assert room.playground.views("ben") == []
    ts = await room.standing(task, "task_cancel")
    assert BEN in json.dumps(room.playground.message("ops", ts))


async def test_an_emptied_payload_stays_as_it_was(room: Room) -> None:
    """As the hint under the field says."""
    task = await room.failed_task(payload={"rows": 3})
    view = await opened(room, task, "ben")
    assert (await room.playground.submit("ben", view, {"payload": ""})).ok
    assert (await room.task(task.id)).payload == {"rows": 3}


async def test_a_payload_that_is_no_json_is_refused_under_its_field(room: Room) -> None:
    """The modal stays open with what was typed, and nothing is retried."""
    task = await room.failed_task(payload={"rows": 3})
    view = await opened(room, task, "ben")
    outcome = await room.playground.submit("ben", view, {"payload": '{"rows": }'})
    assert {"payload"} == set(outcome.errors)
    assert outcome.errors["payload"].endswith("at line 1, column 10.")
    assert (await room.task(task.id)).attempt == 1
    assert len(room.playground.views("ben")) == 1


async def test_two_people_at_once_retry_once(room: Room) -> None:
    """The slower one reads in the modal who was faster."""
    task = await room.failed_task()
    of_ada, of_ben = await opened(room, task, "ada"), await opened(room, task, "ben")
    assert (await room.playground.submit("ada", of_ada)).ok
    assert (await room.playground.submit("ben", of_ben)).ok
    assert (await room.task(task.id)).attempt == 2
    assert f"Already retried by <@{ADA}>" in json.dumps(await room.modal("ben"))


async def test_a_double_submission_retries_once(room: Room) -> None:
    """Two submissions of one modal, at the same moment, are one retry."""
    task = await room.failed_task()
    await opened(room, task, "ada")
    view = await room.modal("ada")
    bodies = [submission(view, playground=room.playground) for _ in range(2)]
    requests = [AsyncBoltRequest(body=body, mode="socket_mode") for body in bodies]
    answers = await asyncio.gather(*(room.app.async_dispatch(one) for one in requests))
    assert [answer.status for answer in answers] == [200, 200]
    assert sum("Already retried" in answer.body for answer in answers) == 1
    assert (await room.task(task.id)).attempt == 2


async def test_rights_are_checked_again_at_the_submission(room: Room) -> None:
    """A modal that Cleo should never have had does nothing and says who may."""
    task = await room.failed_task("guarded")
    await opened(room, task, "ada")
    body = submission(await room.modal("ada"), playground=room.playground, user=CLEO)
    answer = await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert "<!subteam^S0OPERATOR>" in answer.body
    assert (await room.task(task.id)).attempt == 1
