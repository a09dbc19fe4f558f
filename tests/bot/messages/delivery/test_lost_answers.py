"""P4: many messages, and a fifth of the answers lost after Slack had taken them."""

from collections import Counter

import pytest
from slack_playground import Playground
from sqlmodel import col, func, select

from bot.messages.history.rebuild import verify
from bot.messages.models import Ambiguous, Message, MessageState
from tests.patience import until

pytestmark = pytest.mark.long

COUNT = 1000
LOST = {"probability": 0.2, "seed": 20}
#: Words that the second copy of a message has and the first has not.
REPEAT = "epeat"


async def all_done(rig):
    """Wait until no message has anything left to do, however long that takes while fewer have."""
    open_states = [MessageState.WAITING, MessageState.DELAYED, MessageState.SENDING]
    query = select(func.count()).select_from(Message).where(col(Message.state).in_(open_states))

    left = COUNT + 1

    async def fewer():
        now = await rig.database.read(lambda session: session.exec(query).one())
        return [now] if now < left else []

    while left:
        [left] = await until(fewer)


async def put_all(rig):
    """Ask for all messages, and let a fifth of the answers be lost; return their ids."""
    rig.lost = rig.playground.fail("chat.postMessage", "drop_answer", **LOST)
    ids = [await rig.store(f"message {number}.") for number in range(COUNT)]
    rig.open()
    await all_done(rig)
    return ids


def copies(rig):
    """Return how often each message stands in the channel, whatever was put around it."""
    found = (text.partition("message ")[2].partition(".")[0] for text in rig.texts())
    return Counter(int(number) for number in found)


async def rows_of(rig, ids):
    return [await rig.row(one) for one in ids]


async def test_with_history_everything_is_there_once(rig):
    """Nothing is lost, nothing is there twice, and nobody is told of a doubt."""
    ids = await put_all(rig)
    rows = await rows_of(rig, ids)

    assert rig.lost.struck > COUNT / 10
    assert dict.fromkeys(range(COUNT), 1) == copies(rig)
    assert {MessageState.IDLE} == {row.state for row in rows}
    assert not [row.id for row in rows if row.possibly_delivered or row.answer_lost]
    assert (await rig.database.read(verify)).is_clean


async def test_without_history_every_doubt_is_said(rig_without_history):
    """What is sent again is marked, in Slack and in its row; nothing else is; nothing is lost."""
    rig = rig_without_history
    ids = await put_all(rig)
    rows = await rows_of(rig, ids)

    twice = {number for number, count in copies(rig).items() if count > 1}
    marked = [text for text in rig.texts() if REPEAT in text]
    doubted = {number for number, row in enumerate(rows) if row.possibly_delivered}
    assert set(range(COUNT)) == set(copies(rig))
    assert twice
    assert twice <= doubted
    assert sum(copies(rig).values()) - COUNT == len(marked)
    assert rig.lost.struck >= len(doubted)


async def test_held_doubts_are_never_sent_again(rig_without_history):
    """A sender that says `hold` has a dead letter for each doubt, and no second copy of any."""
    rig = rig_without_history
    rig.lost = rig.playground.fail("chat.postMessage", "drop_answer", **LOST)
    ids = [await rig.store(f"message {number}.") for number in range(COUNT)]

    def hold(session):
        for message in session.exec(select(Message)):
            message.ambiguous = Ambiguous.HOLD

    await rig.database.write(hold)
    rig.open()
    await all_done(rig)
    rows = await rows_of(rig, ids)

    held = [row for row in rows if row.state == MessageState.DEAD]
    assert dict.fromkeys(range(COUNT), 1) == copies(rig)
    assert rig.lost.struck == len(held)
    assert {("held", True)} == {(row.error, row.possibly_delivered) for row in held}


@pytest.fixture
def playground_scopes():
    """What the app may do where its history scopes were not granted."""
    return ["chat:write", "channels:join", "channels:read"]


@pytest.fixture
async def rig_without_history(rig, playground_scopes):
    """A lane whose app may not read any history."""
    async with Playground(limits="off", seed={"scopes": playground_scopes}) as playground:
        rig.playground = playground
        rig.transport = type(rig.transport)(playground.api_url, playground.bot_token)
        yield rig
        await rig.lanes.stop()
