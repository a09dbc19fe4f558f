"""A message whose template takes too much: tried twice, then a dead letter; the others go on."""

from sqlmodel import col, select

from bot.clock import SystemClock
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.models import Event, EventName, Message, StoredTemplate
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from bot.messages.requests.service import Requests
from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers
from tests.bot.messages.delivery_service import ADA, OPS, TEMPLATES, service
from tests.patience import until

__all__ = ["service"]

HOSTILE = (
    "{% if go %}{% set s = p %}{% set l = [" + "s, " * 3_000 + ']%}{% endif %}{"text": "{{ l }}"}'
)
#: It has logic, so that it needs a worker.
USUAL = '{"text": "{% if word %}{{ word }}{% endif %}"}'
PAYLOAD = {"go": 1, "p": "x" * 90_000}


def store(database, code, body):
    """Store a version as it could be before it was tried in a worker."""

    def work(session):
        session.add(
            StoredTemplate(
                tenant="default",
                code=code,
                version=1,
                body=body,
                created_by=ADA,
                created_at=SystemClock().now(),
            )
        )

    database.transact(work)


def events_of(database, text):
    """Return name, attempt and detail of a message's events."""

    def work(session):
        query = (
            select(Event.name, Event.attempt, Event.detail)
            .join(Message, col(Message.id) == col(Event.message_id))
            .where(Message.correlation_id == text)
            .order_by(col(Event.id))
        )
        return [tuple(one) for one in session.exec(query)]

    return database.transact(work)


async def test_a_template_that_stops_its_worker_twice_is_a_dead_letter(database, service):
    """The reason stands in the timeline, whoever made the template is told, the others go."""
    store(database, "hostile", HOSTILE)
    store(database, "usual", USUAL)

    await service.send("bad", OPS, template="hostile", payload=PAYLOAD)
    await service.send("good", OPS, template="usual", payload={"word": "good"})
    status = await service.until("bad", "FAILED")
    await service.until("good", "SENT")

    assert status.message.error == "template_stopped"
    assert status.message.tries == 2
    events = events_of(database, "bad")
    failures = [one for one in events if one[0] == EventName.FAILED]
    assert [one[1] for one in failures] == [1, 2]
    assert "the template took more than" in failures[0][2]["reason"]
    assert "twice now" in events[-1][2]["fix"]
    assert service.texts("ops") == ["good"]
    await service.dead_letters.tell_next()
    await service.playground.wait_for(lambda: len(service.direct()) == 1)


async def test_a_template_of_a_newer_version_is_tried_anew(database, service):
    """A replay begins with all attempts, and ends as before if nothing was changed."""
    store(database, "hostile", HOSTILE)
    await service.send("bad", OPS, template="hostile", payload=PAYLOAD)
    await service.until("bad", "FAILED")

    await service.requests.replay("default", "bad", by=ADA)
    await service.until("bad", "FAILED")

    async def four():
        failed = [one for one in events_of(database, "bad") if one[0] == EventName.FAILED]
        return len(failed) == 4

    assert await until(four)


async def test_what_waits_for_a_worker_when_the_bot_stops_is_given_back(rig):
    """The next start delivers it, and no attempt is used up by that."""
    store(rig.database, "usual", USUAL)
    order = MessageRequest(
        tenant="default",
        workspace_id=rig.team,
        template="usual",
        payload={"word": "good"},
        correlation_id="good",
        by=ADA,
        channel=rig.channel,
    )
    await Requests(rig.database, SystemClock(), lambda _key: None).accept(RequestBatch([order]))
    closed = Workers()
    closed.close()
    leaving = Lanes(rig.database, Renderer(TEMPLATES), SystemClock(), isolation=Isolation(closed))
    leaving.open(rig.team, rig.transport, Pacing(unlimited=True))

    async def given_back():
        events = events_of(rig.database, "good")
        return [one for one in events if one[2].get("stalled")]

    (first, *_) = await until(given_back)
    await leaving.stop()
    rig.open()
    await rig.until(lambda: rig.texts() == ["good"])
    assert first[1] == 0
