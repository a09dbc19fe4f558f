"""Requests that arrive as events are carried out by the API's own handlers, each once."""

import asyncio
import json

import pytest
from sqlmodel import select

from bot.errors import InvalidError, UserError
from bot.event_bus.requests import BUS_SUBJECT, BusRequests
from bot.messages.models import Message
from bot.messages.templates.store import NewTemplate
from bot.tasks.creation import Owner
from bot.tasks.models import Task, TaskStatus
from tests.bot.event_bus.room import request
from tests.bot.http.calling import ONE_DATABASE

HOME = Owner("default", "T1")
BODY = '{"text": "Order {{ order }} has shipped"}'


@pytest.fixture
def requests(services):
    return BusRequests(services, "default")


async def carry_out(requests, event):
    await requests.carry_out(json.dumps(event).encode(), {})


def task_event(number, kind, **data):
    return request(number, type=f"opsbell.task.{kind}", data=data)


def messages(database):
    return database.snapshot(lambda session: session.exec(select(Message)).all())


async def test_a_message_is_requested_once(requests, database):
    """However often and by however many it is brought, the event is one request."""
    for _ in range(2):
        await asyncio.gather(*(carry_out(requests, request()) for _ in range(3)))

    (message,) = messages(database)
    assert (message.context, message.tenant) == ({"text": "Hi 1"}, "default")
    assert message.requested_by == BUS_SUBJECT
    assert message.correlation_id.startswith("c_")


async def test_the_same_id_of_another_source_is_another_event(requests, database):
    """Source and id name an event together."""
    await carry_out(requests, request())
    await carry_out(requests, request(source="/warehouse"))

    assert len(messages(database)) == 2


async def test_what_was_carried_out_is_not_validated_again(requests, services, database):
    """A template that was changed meanwhile makes no dead letter of a request that was done."""
    first = NewTemplate("shipped", BODY, {"type": "object"})
    await services.templates.put("default", first, by="ada")
    event = request(data={"channel": "C0OPS", "templateCode": "shipped", "payload": {"order": 1}})
    await carry_out(requests, event)
    stricter = NewTemplate("shipped", BODY, {"type": "object", "required": ["price"]})
    await services.templates.put("default", stricter, by="ada")

    await carry_out(requests, event)

    assert len(messages(database)) == 1


async def test_a_task_is_created_once_and_follows_its_reports(requests, services, database):
    """A report that is brought again after a later one does not set the task back."""
    create = task_event(1, "create", task="import", taskId="t-1", subject="Bergmann")
    half = task_event(2, "update", taskId="t-1", status="running", progress=50)
    more = task_event(3, "update", taskId="t-1", status="running", progress=70)
    for event in (create, half, more, half, create):
        await carry_out(requests, event)

    task, _ = await services.tasks.get(HOME, "t-1")
    assert (task.status, task.progress, task.subject) == (TaskStatus.RUNNING, 70, "Bergmann")
    assert len(messages(database)) == 1


async def test_a_task_without_an_id_is_created_once(requests, database):
    """The event's own id stands in for it."""
    event = task_event(1, "create", task="import")
    await asyncio.gather(carry_out(requests, event), carry_out(requests, event))
    await carry_out(requests, event)

    assert len(database.snapshot(lambda session: session.exec(select(Task)).all())) == 1


async def test_a_report_of_two_at_once_counts_once(requests, services):
    """Two processes that have the same report: the second one changes nothing."""
    await carry_out(requests, task_event(1, "create", task="import", taskId="t-1"))
    failed = task_event(2, "update", taskId="t-1", status="failed", attempt=1)
    again = task_event(3, "update", taskId="t-1", status="running", attempt=2)
    await asyncio.gather(carry_out(requests, failed), carry_out(requests, failed))
    await carry_out(requests, again)
    await carry_out(requests, failed)

    task, _ = await services.tasks.get(HOME, "t-1")
    assert (task.status, task.attempt) == (TaskStatus.RUNNING, 2)


async def test_a_refused_report_leaves_no_receipt(requests, services):
    """What was refused can be done later under the same id."""
    update = task_event(1, "update", taskId="t-1", status="running")
    with pytest.raises(UserError):
        await carry_out(requests, update)
    await carry_out(requests, task_event(2, "create", task="import", taskId="t-1"))
    await carry_out(requests, update)

    task, _ = await services.tasks.get(HOME, "t-1")
    assert task.status == TaskStatus.RUNNING


DATA = {"channel": "C0OPS", "templateCode": "text", "payload": {"text": "Hi"}}


@ONE_DATABASE
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "opsbell.message.requset"}, "type"),
        ({"data": {**DATA, "templateCod": "x"}}, "data.templateCod"),
        ({"data": {**DATA, "tenant": "cleo"}}, "tenant"),
        ({"data": {**DATA, "channel": "#nowhere"}}, "channel"),
        ({"data": {**DATA, "templateCode": "unknown"}}, "templateCode"),
        ({"data": []}, "data"),
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id"),
        ({"source": None}, "source"),
    ],
)
async def test_what_is_wrong_is_named_by_its_field(requests, database, changes, field):
    """Nothing is stored, and the sender can tell what to change."""
    with pytest.raises(InvalidError) as refused:
        await carry_out(requests, request(**changes))

    assert refused.value.problems[0].field == field
    assert messages(database) == []
