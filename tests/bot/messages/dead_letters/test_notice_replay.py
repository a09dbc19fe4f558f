"""The button of a notice about many dead letters."""

import pytest
from sqlmodel import col, func, select

from bot.clock import SystemClock
from bot.errors import ConflictError
from bot.messages import outbox
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.delivery.given_up_rows import NOTICE
from bot.messages.models import DeadLetter, Message, MessageState
from bot.messages.outbox import Content, Place

GROUP = "n_group"
OPS = Place("T1", "default", "C0OPS00002")
CLOCK = SystemClock()


def dead(number):
    """Return a dead letter that the group's notice counts, and its message."""
    now = CLOCK.now()
    message = Message(
        id=f"m_{number}",
        workspace_id=OPS.workspace_id,
        tenant=OPS.tenant,
        channel="C0OLD",
        template="text",
        context={},
        state=MessageState.DEAD,
        dead_at=now,
        waiting_since=now,
        due_at=now,
        created_at=now,
    )
    letter = DeadLetter(
        message_id=message.id,
        workspace_id=message.workspace_id,
        channel=message.channel,
        error="is_archived",
        fix="Unarchive it.",
        died_at=now,
        notice_group=GROUP,
    )
    return message, letter


async def nowhere():
    """Alerts go to no channel."""


@pytest.mark.parametrize("count", [200, 450])
async def test_all_that_a_notice_counts_is_replayed_by_one_click(database, count):
    """Its button goes away with the click, so nothing may be left behind it."""

    def prepare(session):
        context = {"group": GROUP, "channel": "C0OLD", "count": count, "letters": []}
        outbox.put(session, OPS, Content(NOTICE, context), now=CLOCK.now(), correlation_id=GROUP)
        for number in range(count):
            session.add_all(dead(number))

    await database.write(prepare)
    letters = DeadLetters(database, CLOCK, lambda _: None, nowhere)

    assert count == await letters.replay_group("default", GROUP, by="U0ADA00001")

    def left(session):
        still_dead = select(func.count()).where(col(Message.state) == MessageState.DEAD)
        notice = session.exec(select(Message).where(Message.template == NOTICE)).one()
        return session.exec(still_dead).one(), notice.context["replayed"]

    still_dead, replayed = await database.read(left)
    assert (0, "U0ADA00001", count) == (still_dead, replayed["by"], replayed["count"])
    with pytest.raises(ConflictError, match="Already replayed by <@U0ADA00001>"):
        await letters.replay_group("default", GROUP, by="U0BEN00002")
