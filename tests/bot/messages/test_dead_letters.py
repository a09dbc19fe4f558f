"""What people are told of messages that could not be delivered, and what its button does."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from bot.db import Database
from bot.errors import ConflictError, NotFoundError
from bot.messages import outbox
from bot.messages.dead_letters import DeadLetters
from bot.messages.desk import Unit
from bot.messages.lanes import Lanes
from bot.messages.models import Ambiguous, DeadLetter, Message, MessageState
from bot.messages.orders import Order
from bot.messages.outbox import Content, Place
from bot.messages.outlets import Outlet, Outlets
from bot.messages.pacing import Pacing
from bot.messages.rendering import Renderer
from bot.messages.requests import Requests
from bot.messages.senders import Senders, SenderSettings
from bot.messages.stored_templates import NewTemplate, Templates
from bot.messages.transports.slack import SlackTransport
from bot.messages.transports.webhook import WebhookTransport
from playground import Playground

TEMPLATES = Path(__file__).parents[3] / "templates"
ADA = "U0ADA00001"
OPS = "C0OPS00002"
OLD = "C0ARCHIVE6"


@dataclass
class Service:
    """The delivery service on a playground."""

    playground: Playground
    requests: Requests
    senders: Senders
    templates: Templates
    dead_letters: DeadLetters
    team: str

    async def send(self, text: str, channel: str = OLD, by: str = ADA, **more) -> str:
        """Ask for a message and return its correlation id."""
        order = Order(
            tenant="default",
            workspace_id=self.team,
            template=more.pop("template", "text"),
            payload=more.pop("payload", {"text": text}),
            correlation_id=text,
            by=by,
            channel=channel,
            **more,
        )
        return (await self.requests.accept(Unit([order])))[0]

    async def until(self, key: str, standing: str):
        """Wait until a message stands so and return its status."""
        for _ in range(300):
            status = await self.requests.status("default", key)
            if status.standing == standing:
                return status
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{key} is {status.standing}: {status.message.error}")

    async def die(self, *texts: str) -> None:
        """Let messages to #old-news die and tell of it."""
        for text in texts:
            await self.send(text)
        for text in texts:
            await self.until(text, "FAILED")
        await self.dead_letters.tell_next()

    def texts(self, channel: str) -> list[str]:
        return [message["text"] for message in self.playground.messages(channel)]

    def direct(self) -> list[dict[str, Any]]:
        """Return what Ada was told by direct message."""
        return self.playground.messages(self.playground.im("ada").id)


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    """A lane that runs; #old-news is archived."""
    clock, renderer = SystemClock(), Renderer(TEMPLATES)
    async with Playground(limits="off") as playground:
        team = playground.state.team_id
        lanes = Lanes(database, renderer, clock)
        transport = SlackTransport(playground.api_url, playground.bot_token)
        lanes.open(team, transport, Pacing(unlimited=True))
        hook = WebhookTransport(playground.webhook("old-news"))
        lanes.open("to:hook", hook, Pacing(unlimited=True))
        outlets = Outlets([Outlet("hook", "default", "http://127.0.0.1:9")])

        async def alerts() -> str:
            return OPS

        yield Service(
            playground,
            Requests(database, clock, lanes.wake, outlets),
            Senders(database, clock, outlets),
            Templates(database, renderer, clock),
            DeadLetters(database, clock, lanes.wake, alerts, lambda _tenant: team),
            team,
        )
        await lanes.stop()
        transport.close()
        hook.close()


async def test_owner_and_channel_are_told_with_the_fix(service):
    """Ada by direct message and #ops hear what died, why, and what to do, with a Replay button."""
    await service.die("lost")
    await service.playground.wait_for(lambda: service.texts("ops") and service.direct())

    for shown in (service.playground.messages("ops")[0], service.direct()[0]):
        words = json.dumps(shown)
        assert "Not delivered: 1 message" in shown["text"]
        assert "is_archived" in words
        assert "unarchive it" in words
        assert "delivery_replay" in words
    status = await service.requests.status("default", "lost")
    assert ["Requested", "Failed", "Dead"] == [
        event["event"].removeprefix("SlackMessage") for event in status.events
    ]
    assert 1 == status.attempts
    assert "unarchive it" in status.fix


async def test_who_made_the_sender_is_told_of_a_programs_message(service):
    """A program's name reaches nobody; Ada, who set its sender up, hears of its dead letters."""
    await service.senders.put("default", SenderSettings("shop"), by=ADA)
    await service.send("from a program", by="shop-backend", sender="shop")
    await service.until("from a program", "FAILED")

    await service.dead_letters.tell_next()

    await service.playground.wait_for(service.direct)
    assert "from a program" in json.dumps(service.direct()[0])


async def test_what_is_put_aside_says_so(service):
    """The timeline of a message for a channel that is switched off says since when, and until."""
    await service.die("one", "two", "three")
    await service.send("aside")
    await parked(service, "aside", [True])

    service.playground.channel("old-news").is_archived = False
    await service.requests.replay("default", "one", by=ADA)

    await service.until("aside", "SENT")
    await parked(service, "aside", [True, False])


async def parked(service, key, told):
    """Wait until a timeline tells so."""
    for _ in range(200):
        events = (await service.requests.status("default", key)).events
        found = [one["detail"]["parked"] for one in events if "parked" in one["detail"]]
        if found == told:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{found}")


async def test_many_deaths_make_one_notice(service):
    """Ten messages of an hour to one channel are one notice that counts them."""
    await service.die("d0")
    await service.die(*(f"d{number}" for number in range(1, 10)))
    await service.playground.wait_for(lambda: "10 messages" in str(service.texts("ops")))

    assert 1 == len(service.texts("ops"))
    assert 1 == len(service.direct())


async def test_a_channel_that_refuses_all_is_switched_off_and_on(service):
    """After three in a row nothing is sent there; one click sends all that died or waited."""
    await service.die("a", "b", "c")
    await service.playground.wait_for(lambda: "switched off" in str(service.texts("ops")))
    calls = len(service.playground.calls("chat.postMessage"))
    await service.send("d")
    await asyncio.sleep(0.5)
    waiting = await service.requests.status("default", "d")
    assert ("PENDING", "is_archived") == (waiting.standing, waiting.switched_off)
    assert calls == len(service.playground.calls("chat.postMessage"))

    service.playground.channel("old-news").is_archived = False
    notice = service.playground.messages("ops")[0]
    group = notice["blocks"][-1]["elements"][0]["value"]
    assert 3 == await service.dead_letters.replay_group("default", group, by=ADA)
    await service.playground.wait_for(lambda: len(service.texts("old-news")) == 4)

    assert ["a", "b", "c", "d"] == sorted(service.texts("old-news"))
    await service.playground.wait_for(
        lambda: "Replayed by" in json.dumps(service.playground.messages("ops")[0])
    )
    with pytest.raises(ConflictError, match="Already replayed"):
        await service.dead_letters.replay_group("default", group, by=ADA)
    with pytest.raises(NotFoundError):
        await service.dead_letters.replay_group("cleo", group, by=ADA)


async def test_a_notice_that_dies_makes_no_notice(service):
    """With #ops and direct messages refused, too, the number of calls stays bounded."""
    service.playground.fail("chat.postMessage", error="restricted_action", count=1000)
    await service.die("a")
    for _ in range(10):
        await asyncio.sleep(0.1)
        await service.dead_letters.tell_next()

    assert 3 == len(service.playground.calls("chat.postMessage"))


async def test_held_messages_wait_for_a_person(service):
    """Where history may not be read, a sender that holds does not post again until Replay."""
    wanted = SenderSettings("careful", ambiguous=Ambiguous.HOLD)
    await service.senders.put("default", wanted, by=ADA)
    service.playground.fail("chat.postMessage", "drop_answer")
    service.playground.fail("conversations.history", error="missing_scope", count=10)
    await service.send("perhaps", OPS, sender="careful")
    status = await service.until("perhaps", "FAILED")

    assert ("held", True) == (status.message.error, status.message.possibly_delivered)
    assert ["perhaps"] == service.texts("ops")
    await service.requests.replay("default", "perhaps", by=ADA)
    await service.until("perhaps", "SENT")
    assert "may be a repeat" in service.texts("ops")[1]


async def test_a_resent_message_says_that_it_may_be_a_repeat(service):
    """The second copy is marked in its text and in the status."""
    service.playground.fail("chat.postMessage", "drop_answer")
    service.playground.fail("conversations.history", error="missing_scope", count=10)
    await service.send("twice", OPS)
    status = await service.until("twice", "SENT")

    assert status.message.possibly_delivered
    assert ["twice", True] == [
        service.texts("ops")[0],
        "may be a repeat" in service.texts("ops")[1],
    ]


async def test_a_template_that_fails_falls_back_to_text(service):
    """The payload goes out as text, and the timeline says which line was wrong."""
    body = '{"text": "Total {{ (total + 1)|round }}"}'
    new = NewTemplate("sum", body, {"properties": {"total": {"default": 1}}})
    await service.templates.put("default", new, by=ADA)
    await service.send("sum-1", OPS, template="sum", payload={"total": "many"})
    status = await service.until("sum-1", "SENT")

    assert "total: many" in service.texts("ops")[0]
    assert "line 1" in status.events[-1]["detail"]["template_error"]


async def test_a_stored_template_is_drawn(service):
    """A message bears the version that was newest when it was asked for."""
    await service.templates.put("default", NewTemplate("v", '{"text": "One {{ n }}"}'), by=ADA)
    await service.send("v-1", OPS, template="v", payload={"n": "<!here>"})
    await service.until("v-1", "SENT")
    status = await service.requests.status("default", "v-1")

    assert ["One &lt;!here&gt;"] == service.texts("ops")
    assert status.message.sent_at <= datetime.now(UTC)


async def test_what_dies_outside_is_told_in_the_workspace(service):
    """
    The webhook's channel is archived: its messages die, and the tenant's workspace hears of it.

    After three it is switched off; one click sends what died and what waited, through the webhook.
    """
    await service.senders.put("default", SenderSettings("s", workspace_id="hook"), by=ADA)
    for text in ("a", "b", "c"):
        await service.send(text, None, sender="s")
        await service.until(text, "FAILED")
    await service.dead_letters.tell_next()
    await service.playground.wait_for(lambda: "switched off" in str(service.texts("ops")))
    assert "3 messages to hook (channel_is_archived)" in service.texts("ops")[0]
    assert 1 == len(service.direct())
    await service.send("d", None, sender="s")

    service.playground.channel("old-news").is_archived = False
    group = service.playground.messages("ops")[0]["blocks"][-1]["elements"][0]["value"]
    await service.dead_letters.replay_group("default", group, by=ADA)
    await service.playground.wait_for(lambda: len(service.texts("old-news")) == 4)

    assert ["a", "b", "c", "d"] == sorted(service.texts("old-news"))


async def test_a_tenant_without_a_workspace_is_told_nowhere(database):
    """Nobody else hears of its messages (P8); they are listed among its dead letters."""
    now = SystemClock().now()

    def work(session):
        place = Place("to:hook", "cleo", "hook")
        message = outbox.put(session, place, Content("note", {}), now=now)
        message.state, message.dead_at = MessageState.DEAD, now
        session.add(
            DeadLetter(
                message_id=message.id,
                workspace_id="to:hook",
                channel="hook",
                error="refused",
                fix="",
                died_at=now,
            )
        )

    async def alerts():
        return OPS

    await database.write(work)
    dead_letters = DeadLetters(database, SystemClock(), lambda _id: None, alerts, lambda _t: None)

    assert 1 == await dead_letters.tell_next()
    assert 0 == await dead_letters.tell_next()
    rows = await database.read(lambda session: session.exec(select(Message)).all())
    assert ["note"] == [row.template for row in rows]
