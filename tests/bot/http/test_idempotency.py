"""The same request twice is done once."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session, select, update

from bot.errors import ConflictError
from bot.http.idempotency import Idempotency, IdempotencyRecord, Key, Made
from bot.http.route_types import Response
from bot.messages.models import Message
from bot.tasks.models import Task
from tests.bot.http.calling import token_for
from tests.bot.http.order import ORDER, SHIPPED
from tests.bot.http.rows import rows

KEY = {"Idempotency-Key": "order-66"}


def task_ids(database):
    def work(session: Session):
        return [task.id for task in session.exec(select(Task)).all()]

    return database.transact(work)


async def test_the_first_answer_comes_again(client, database):
    """
    Status and body are those of the first time, although the task has moved on.
    """
    first = await client.post("/api/tasks", {"task": "a", "metadata": {"b": 1}}, headers=KEY)
    await client.post(f"/api/tasks/{first.body['taskId']}/cancel")
    again = await client.post("/api/tasks", {"metadata": {"b": 1}, "task": "a"}, headers=KEY)

    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [first.body["taskId"]] == task_ids(database)


async def test_many_at_the_same_time_make_one_task(client, database):
    """
    Those who come second wait for the first one's answer.
    """
    replies = await asyncio.gather(
        *(client.post("/api/tasks", {"task": "a"}, headers=KEY) for _ in range(8))
    )

    assert [reply.status for reply in replies] == [201] * 8
    assert task_ids(database) == list({reply.body["taskId"] for reply in replies})


async def test_another_body_under_the_same_key_is_a_conflict(client, database):
    """
    A key that was used for something else is not used again.
    """
    first = await client.post("/api/tasks", {"task": "a"}, headers=KEY)
    other = await client.post("/api/tasks", {"task": "b"}, headers=KEY)

    assert (first.status, other.status) == (201, 409)
    assert len(task_ids(database)) == 1


async def test_the_same_body_at_another_address_is_a_conflict(client):
    """
    Retrying two tasks with one key would leave the second one where it is, so it is refused.
    """
    for task_id in ("i-1", "i-2"):
        failed = {"task": "import", "taskId": task_id, "status": "failed"}
        await client.post("/api/tasks", failed)

    first = await client.post("/api/tasks/i-1/retry", headers=KEY)
    second = await client.post("/api/tasks/i-2/retry", headers=KEY)

    assert (first.status, second.status) == (200, 409)


async def test_keys_of_tenants_do_not_meet(client, database):
    """
    Cleo's key is hers, even if Ada had the same idea.
    """
    await client.post("/api/tasks", {"task": "a"}, headers=KEY)
    body = {"task": "b", "channel": "C0CLEO"}
    cleo = await client.post("/api/tasks", body, headers=KEY, token=token_for("cleo"))

    assert cleo.status == 201
    assert len(task_ids(database)) == 2


async def test_a_retry_under_a_key_starts_one_attempt(client):
    """
    A repeated retry is answered as the first one was, and not with a conflict.
    """
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "failed"})

    replies = [await client.post("/api/tasks/i-1/retry", headers=KEY) for _ in range(3)]

    assert [(reply.status, reply.body["attempt"]) for reply in replies] == [(200, 2)] * 3


async def test_what_was_refused_may_be_tried_again(client):
    """
    A refusal is not kept: the same request succeeds once its reason is gone.
    """
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "running"})
    refused = await client.post("/api/tasks/i-1/retry", headers=KEY)
    await client.post("/api/tasks/i-1/cancel")
    retried = await client.post("/api/tasks/i-1/retry", headers=KEY)

    assert (refused.status, retried.status) == (409, 200)


@pytest.mark.parametrize("key", ["", "x" * 256, "é"])
async def test_an_unusable_key_is_refused(client, database, key):
    """
    A key is 1 to 255 printable characters.
    """
    reply = await client.post("/api/tasks", {"task": "a"}, headers={"Idempotency-Key": key})

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "Idempotency-Key")
    assert task_ids(database) == []


async def test_after_a_day_a_key_is_free(client, clock, database):
    """
    A key is kept for 24 hours and no longer, swept or not.
    """
    await client.post("/api/tasks", {"task": "a"}, headers=KEY)
    clock.pass_by(hours=24)
    other = await client.post("/api/tasks", {"task": "b"}, headers=KEY)

    assert other.status == 201
    assert len(task_ids(database)) == 2


async def test_old_keys_are_forgotten(client, clock, database):
    """
    The sweep deletes what is older than a day and says how many.
    """
    keys = Idempotency(database, clock)
    await client.post("/api/tasks", {"task": "a"}, headers=KEY)
    clock.pass_by(hours=23)
    await client.post("/api/tasks", {"task": "a"}, headers={"Idempotency-Key": "younger"})
    clock.pass_by(hours=1)

    assert await keys.forget_old() == 1

    left = database.transact(lambda session: session.exec(select(IdempotencyRecord.key)).all())
    assert left == ["younger"]


async def test_the_id_survives_a_process_that_died_before_it_answered(clock, database):
    """
    Whoever takes over a stale claim is given the id that the first one may have used already.
    """
    keys = Idempotency(database, clock)
    key = Key("default", "k", "hash")
    given = []

    async def die(made: Made) -> Response:
        given.append(made)
        raise asyncio.CancelledError

    async def make(made: Made) -> Response:
        given.append(made)
        return Response({"id": made.id}, 201)

    with pytest.raises(asyncio.CancelledError):
        await keys.once(key, die)
    clock.pass_by(seconds=10)
    answer = await keys.once(key, make)

    assert given[0].id == given[1].id
    assert [made.is_again for made in given] == [False, True]
    assert answer.status == 201


async def test_what_a_dead_process_accepted_is_not_refused_later(shop, clock, database):
    """
    The process dies before it answers, and by the time the caller repeats, the message's own time
    has passed and the template wants another payload.

    The repetition was refused with "must be in the future"; whoever then asked anew, as one does
    after a refusal, had the message twice.
    """
    at = (clock.now() + timedelta(seconds=5)).isoformat()
    asked = [
        ("schedule", {"request": ORDER, "scheduledAt": at}, "k-later"),
        ("request", ORDER, "k-one"),
        ("request/bulk", [ORDER, {**ORDER, "correlationId": "b"}], "k-bulk"),
    ]

    async def ask():
        return [
            await shop.post(f"/api/messages/{path}", body, headers={"Idempotency-Key": key})
            for path, body, key in asked
        ]

    first = await ask()
    database.transact(
        lambda session: session.execute(update(IdempotencyRecord).values(status=None))
    )
    await shop.call("PUT", "/api/templates/shipped", {**SHIPPED, "schema": {"required": ["x"]}})
    clock.pass_by(seconds=15)
    again = await ask()

    assert [reply.status for reply in again] == [202] * 3
    assert [reply.body for reply in first] == [reply.body for reply in again]
    assert len(rows(database, Message)) == 4


async def test_two_processes_do_the_work_once(clock, database):
    """
    The claim is in the database, so it holds beyond one process.
    """
    started, release = asyncio.Event(), asyncio.Event()
    here, there = Idempotency(database, clock), Idempotency(database, clock)
    key = Key("default", "k", "hash")
    done = []

    async def work(made: Made) -> Response:
        done.append(made)
        started.set()
        await release.wait()
        return Response({"id": made.id})

    first = asyncio.create_task(here.once(key, work))
    await started.wait()
    second = asyncio.create_task(there.once(key, work))
    await asyncio.sleep(0.1)
    with pytest.raises(ConflictError):
        await there.once(Key("default", "k", "other hash"), work)
    release.set()

    assert (await first).body == (await second).body
    assert len(done) == 1
