"""Payloads are validated before the transaction, against the version that is stored with them."""

import asyncio
import json

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from bot.errors import InvalidError, UnavailableError
from bot.messages.models import Message, StoredTemplate
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from bot.messages.requests.service import MAX_VALIDATIONS, Requests
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.payload_schema import payload_problems
from tests.isolation import ISOLATION

NUMBER = {"properties": {"n": {"type": "integer"}}}
TEXT = {"properties": {"n": {"type": "string"}}}


def order(payload, template="note", tenant="default"):
    return MessageRequest(
        tenant=tenant,
        workspace_id="T1",
        template=template,
        payload=payload,
        correlation_id="c",
        by="ada",
        channel="C1",
    )


def store(database, schema, version=1, code="note", tenant="default"):
    """Store a version of a template."""

    def work(session):
        stored = StoredTemplate(
            tenant=tenant,
            code=code,
            version=version,
            body='{"text": "{{ n }}"}',
            payload_schema=schema,
            created_by="ada",
            created_at=SystemClock().now(),
        )
        session.add(stored)
        session.flush()
        return stored.id

    return database.transact(work)


def versions(database):
    return database.transact(lambda session: session.exec(select(Message.template_id)).all())


class Changing(Isolation):
    """While it validates, somebody stores another version."""

    def __init__(self, database, schemas):
        self.database, self.schemas, self.seen = database, list(schemas), []

    async def payload_problems(self, tenant, schema, payloads):
        self.seen.append(json.loads(schema))
        if self.schemas:
            version = len(self.seen) + 1
            await asyncio.to_thread(store, self.database, self.schemas.pop(0), version)
        return [payload_problems(one, schema) for one in payloads]


def requests_with(database, isolation=ISOLATION):
    return Requests(database, SystemClock(), lambda _key: None, isolation=isolation)


async def test_what_does_not_fit_is_refused_with_its_path(database):
    """All that is wrong is named, whatever else is wrong with the request."""
    store(database, NUMBER)
    requests = requests_with(database)
    both = RequestBatch([order({"n": 1}), order({"n": "x"})], prefix="[{}].")

    for _ in range(2):  # The second time the version is known before the transaction.
        with pytest.raises(InvalidError) as refused:
            await requests.accept(both)
        assert [one.field for one in refused.value.problems] == ["[1].payload.n"]
    assert versions(database) == []


async def test_it_is_stored_with_the_version_that_it_was_validated_for(database):
    """A version that appears meanwhile is looked at too, and decides."""
    store(database, NUMBER)
    changing = Changing(database, [{"type": "object"}])

    await requests_with(database, changing).accept(RequestBatch([order({"n": 1})]))

    assert changing.seen == [NUMBER, {"type": "object"}]
    newest = database.transact(
        lambda session: session.exec(
            select(StoredTemplate.id).where(StoredTemplate.version == 2)
        ).one()
    )
    assert versions(database) == [newest]


async def test_a_version_that_appears_meanwhile_may_refuse(database):
    """What fits the old one and not the new one is not stored."""
    store(database, NUMBER)

    with pytest.raises(InvalidError):
        await requests_with(database, Changing(database, [TEXT])).accept(
            RequestBatch([order({"n": 1})])
        )

    assert versions(database) == []


async def test_a_template_that_never_stands_still_is_no_endless_loop(database):
    """After a few versions the caller is asked to come back."""
    store(database, NUMBER)
    changing = Changing(database, [NUMBER] * MAX_VALIDATIONS)

    with pytest.raises(UnavailableError, match="again"):
        await requests_with(database, changing).accept(RequestBatch([order({"n": 1})]))

    assert len(changing.seen) == MAX_VALIDATIONS


async def test_other_requests_are_stored_meanwhile(database):
    """Nobody waits for the time that somebody else's schema takes."""
    store(database, NUMBER)
    store(database, None, code="plain")
    waiting, asked = asyncio.Event(), asyncio.Event()

    class Slow(Changing):
        async def payload_problems(self, tenant, schema, payloads):
            asked.set()
            await waiting.wait()
            return await super().payload_problems(tenant, schema, payloads)

    requests = requests_with(database, Slow(database, []))
    slow = asyncio.ensure_future(requests.accept(RequestBatch([order({"n": 1})])))
    await asked.wait()
    await requests.accept(RequestBatch([order({"n": 1}, template="plain")]))

    assert len(versions(database)) == 1
    waiting.set()
    await slow
    assert len(versions(database)) == 2


async def test_the_template_that_is_ours_needs_no_worker(database):
    """`text` has a schema that nobody else wrote."""
    refuses = Changing(database, [])
    requests = requests_with(database, refuses)

    await requests.accept(RequestBatch([order({"text": "hello"}, template="text")]))
    with pytest.raises(InvalidError):
        await requests.accept(RequestBatch([order({"text": " "}, template="text")]))

    assert refuses.seen == []


async def test_a_template_of_ones_own_called_text_is_validated_by_its_own_schema(database):
    """What is known of ours does not stand for theirs."""
    requests = requests_with(database)
    await requests.accept(RequestBatch([order({"text": "hello"}, template="text")]))
    store(database, NUMBER, code="text")

    with pytest.raises(InvalidError) as refused:
        await requests.accept(RequestBatch([order({"n": "x"}, template="text")]))

    assert [one.field for one in refused.value.problems] == ["payload.n"]
