"""What people are told of messages that could not be delivered, and what its button does."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from bot.errors import ConflictError, NotFoundError
from bot.messages import outbox
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.models import Ambiguous, DeadLetter, Message, MessageState, Rank
from bot.messages.outbox import Content, Place
from bot.messages.requests.sender_settings import NamedSender
from bot.messages.templates.store import NewTemplate
from tests.bot.messages.delivery_service import ADA, OPS, service
from tests.patience import until

__all__ = ["service"]


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
    assert [event["event"].removeprefix("SlackMessage") for event in status.events] == [
        "Requested",
        "Failed",
        "Dead",
    ]
    assert status.attempts == 1
    assert "unarchive it" in status.fix


async def test_a_replay_that_fails_again_is_told(service):
    """The notice says who replayed and that it failed again, and can be replayed once more."""
    await service.die("lost")
    await service.playground.wait_for(lambda: service.texts("ops"))
    group = service.playground.messages("ops")[0]["blocks"][-1]["elements"][0]["value"]

    for _ in range(2):
        assert await service.dead_letters.replay_group("default", group, by=ADA) == 1
        await service.until("lost", "FAILED")
        await service.dead_letters.tell_next()
        await service.playground.wait_for(lambda: "failed again" in service.texts("ops")[0])

    words = json.dumps(service.playground.messages("ops")[0]["blocks"])
    assert f"Replayed by <@{ADA}>" in words
    assert "delivery_replay" in words
    assert len(service.texts("ops")) == 1


async def test_the_confirmation_names_no_id(service):
    """A dialog shows plain text: a channel's id would tell nobody anything."""
    await service.die("lost")
    await service.playground.wait_for(lambda: service.texts("ops"))

    button = service.playground.messages("ops")[0]["blocks"][-1]["elements"][0]
    asked = button["confirm"]["text"]["text"]
    assert asked == "1 message will be sent again to the channel named in this notice."


async def test_many_deaths_make_one_notice(service):
    """Ten messages of an hour to one channel are one notice that counts them."""
    await service.die("d0")
    await service.die(*(f"d{number}" for number in range(1, 10)))
    await service.playground.wait_for(lambda: "10 messages" in str(service.texts("ops")))

    assert len(service.texts("ops")) == 1
    await service.playground.wait_for(service.direct)
    assert len(service.direct()) == 1


async def test_a_channel_that_refuses_all_is_switched_off_and_on(service):
    """After three in a row nothing is sent there; one click sends all that died or waited."""
    await service.die("a", "b", "c")
    await service.playground.wait_for(lambda: "suspended" in str(service.texts("ops")))
    await service.playground.wait_for(service.direct)
    calls = len(service.playground.calls("chat.postMessage"))
    await service.send("d")
    await asyncio.sleep(0.5)
    waiting = await service.requests.status("default", "d")
    assert (waiting.standing, waiting.suspended_because) == ("PENDING", "is_archived")
    assert calls == len(service.playground.calls("chat.postMessage"))

    service.playground.channel("old-news").is_archived = False
    notice = service.playground.messages("ops")[0]
    group = notice["blocks"][-1]["elements"][0]["value"]
    assert await service.dead_letters.replay_group("default", group, by=ADA) == 3
    await service.playground.wait_for(lambda: len(service.texts("old-news")) == 4)

    assert sorted(service.texts("old-news")) == ["a", "b", "c", "d"]
    await service.playground.wait_for(
        lambda: "Replayed by" in json.dumps(service.playground.messages("ops")[0])
    )
    with pytest.raises(ConflictError, match="Already replayed"):
        await service.dead_letters.replay_group("default", group, by=ADA)
    with pytest.raises(NotFoundError):
        await service.dead_letters.replay_group("cleo", group, by=ADA)


async def test_a_death_is_told_while_progress_goes_on(service, database):
    """A task that reports on and on to a channel that refuses it does not hide its death."""
    await service.send("lost")
    dead = (await service.until("lost", "FAILED")).message.id
    again = partial(outbox.edit, rank=Rank.PROGRESS, reopen=True, now=SystemClock().now())
    await database.write(lambda session: again(session, dead, {}))

    assert await service.dead_letters.tell_next() == 1
    await service.playground.wait_for(lambda: "1 message" in str(service.texts("ops")))


async def test_a_notice_that_dies_makes_no_notice(service):
    """With #ops and direct messages refused, too, the number of calls stays bounded."""
    service.playground.fail("chat.postMessage", error="restricted_action", count=1000)
    await service.die("a")
    for _ in range(10):
        await asyncio.sleep(0.1)
        await service.dead_letters.tell_next()
    await service.playground.wait_for(lambda: len(service.playground.calls("chat.postMessage")) > 2)

    assert len(service.playground.calls("chat.postMessage")) == 3


async def test_held_messages_wait_for_a_person(service):
    """Where history may not be read, a sender that holds does not post again until Replay."""
    wanted = NamedSender(code="careful", ambiguous=Ambiguous.HOLD)
    await service.senders.put("default", wanted, by=ADA)
    service.playground.fail("chat.postMessage", "drop_answer")
    service.playground.fail("conversations.history", error="missing_scope", count=10)
    await service.send("perhaps", OPS, sender="careful")
    status = await service.until("perhaps", "FAILED")

    assert (status.message.error, status.message.possibly_delivered) == ("held", True)
    assert service.texts("ops") == ["perhaps"]
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
    assert [
        service.texts("ops")[0],
        "may be a repeat" in service.texts("ops")[1],
    ] == ["twice", True]


async def test_a_template_that_fails_falls_back_to_text(service):
    """The payload goes out as text, and the timeline says which line was wrong."""
    body = '{"text": "Total {{ (total + 1)|round }}"}'
    new = NewTemplate("sum", body, {"properties": {"total": {"default": 1}}})
    await service.templates.put("default", new, by=ADA)
    await service.send("sum-1", OPS, template="sum", payload={"total": "many"})
    status = await service.until("sum-1", "SENT")

    assert "total: many" in service.texts("ops")[0]
    told = status.events[-1]["detail"]
    assert "line 1" in told["template_error"]
    assert "The payload is shown as text" in told["warnings"][0]


async def test_what_was_left_out_is_told_where_the_message_is_sent(service):
    """The timeline of a message without its picture says which block it was, and why."""
    blocks = '[{"type": "image", "image_url": "{{ url }}", "alt_text": "a"}, {"type": "divider"}]'
    new = NewTemplate("picture", f'{{"text": "{{{{ url }}}}", "blocks": {blocks}}}')
    await service.templates.put("default", new, by=ADA)
    service.playground.fail("chat.postMessage", "http", status=429, retry_after=0)
    await service.send("p-1", OPS, template="picture", payload={"url": "javascript:x"})
    status = await service.until("p-1", "SENT")

    told = {one["event"]: one["detail"].get("warnings") for one in status.events}
    assert told["SlackMessageSent"][0].startswith("/blocks/0 was left out because of its `image_")
    assert told["SlackMessageFailed"] is None


async def test_a_stored_template_is_drawn(service):
    """A message bears the version that was newest when it was asked for."""
    await service.templates.put("default", NewTemplate("v", '{"text": "One {{ n }}"}'), by=ADA)
    await service.send("v-1", OPS, template="v", payload={"n": "<!here>"})
    await service.until("v-1", "SENT")
    status = await service.requests.status("default", "v-1")

    assert service.texts("ops") == ["One &lt;!here&gt;"]
    assert status.message.sent_at <= datetime.now(UTC)


async def test_what_dies_outside_is_told_in_the_workspace(service):
    """
    The webhook's channel is archived: its messages die, and the tenant's workspace hears of it.

    After three it is suspended; one click sends what died and what waited, through the webhook.
    """
    await service.senders.put("default", NamedSender(code="s", workspace_id="hook"), by=ADA)
    for text in ("a", "b", "c"):
        await service.send(text, None, sender="s")
        await service.until(text, "FAILED")
    await service.dead_letters.tell_next()
    await service.playground.wait_for(lambda: "suspended" in str(service.texts("ops")))
    assert "3 messages to hook (channel_is_archived)" in service.texts("ops")[0]
    await service.playground.wait_for(service.direct)
    assert len(service.direct()) == 1
    await service.send("d", None, sender="s")

    service.playground.channel("old-news").is_archived = False
    group = service.playground.messages("ops")[0]["blocks"][-1]["elements"][0]["value"]
    await service.dead_letters.replay_group("default", group, by=ADA)
    await service.playground.wait_for(lambda: len(service.texts("old-news")) == 4)

    assert sorted(service.texts("old-news")) == ["a", "b", "c", "d"]


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

    assert await dead_letters.tell_next() == 1
    assert await dead_letters.tell_next() == 0
    rows = await database.read(lambda session: session.exec(select(Message)).all())
    assert [row.template for row in rows] == ["note"]


async def test_what_was_put_aside_says_the_way_back_and_takes_it(service):
    """Replaying it switches its channel on; that it is "being delivered" was not true."""
    await service.die("a", "b", "c")
    await service.send("d")

    async def look():
        status = await service.requests.status("default", "d")
        return status if status.message.state == MessageState.SUSPENDED else None

    assert "replay this" in (await until(look)).fix
    service.playground.channel("old-news").is_archived = False
    await service.requests.replay("default", "d", by=ADA)
    assert (await service.until("d", "SENT")).standing == "SENT"
