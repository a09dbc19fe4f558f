"""Replies whose thread is gone, on a Slack that posts them into the channel without a word."""

from datetime import UTC, datetime

import pytest
from slack_playground.conversations.messages import remove

from bot.messages import outbox
from bot.messages.delivery.content import FILE
from bot.messages.delivery.decide import MAX_COPIES
from bot.messages.history.rebuild import verify
from bot.messages.history.timeline import events_of
from bot.messages.models import Message, MessageState
from bot.messages.outbox import Content, Place
from bot.messages.policy import SlackResponse
from bot.messages.transports.slack import left_thread
from tests.bot.messages.transports.odd import outgoing
from tests.patience import until


async def in_state(rig, message_id, state=MessageState.IDLE):
    """Return the row once it is in a state."""

    async def look():
        row = await rig.row(message_id)
        return row if row.state == state else None

    return await until(look)


async def standing(rig, text="task"):
    """Let a message stand in #ops, and return its id."""
    message_id = await rig.put(text)
    await in_state(rig, message_id)
    return message_id


def delete(rig, ts):
    """Take a message away, as a person does in Slack."""
    remove(rig.playground.workspace, rig.playground.channel("ops"), ts)


async def replies_under(rig, message_id):
    """Return the texts of the thread that a message of ours has now."""
    row = await rig.row(message_id)
    return [one["text"] for one in rig.playground.replies("ops", row.ts)]


@pytest.mark.parametrize("had_replies", [False, True])
async def test_replies_follow_a_parent_that_was_deleted(rig, had_replies):
    """The stray is taken back, the parent is posted anew, and all hangs under that."""
    rig.open()
    parent = await standing(rig)
    if had_replies:
        await in_state(rig, await rig.reply(parent, "before"))
    old = (await rig.row(parent)).ts
    delete(rig, old)

    wanted = [f"line {number}" for number in range(20)]
    replies = [await rig.reply(parent, text) for text in wanted]
    rows = [await in_state(rig, reply) for reply in replies]

    parent_row = await rig.row(parent)
    assert sorted(await replies_under(rig, parent)) == sorted(wanted)
    left = [one["text"] for one in rig.playground.messages("ops") if "subtype" not in one]
    assert left == ["task"]
    assert (parent_row.ts != old, parent_row.former_ts) == (True, old)
    assert {row.thread_ts for row in rows} == {parent_row.ts}
    assert (await rig.database.read(verify)).is_clean


async def test_parts_that_reply_to_each_other_follow_as_well(rig):
    """A part that stood in the old thread does not lead the next one back into it."""
    rig.open()
    parent = await standing(rig)
    first = await rig.reply(parent, "part 1")
    await in_state(rig, first)
    delete(rig, (await rig.row(parent)).ts)

    second = await rig.reply(first, "part 2")
    third = await rig.reply(second, "part 3")
    await in_state(rig, third)

    assert await replies_under(rig, parent) == ["part 2", "part 3"]
    assert (await rig.row(first)).thread_ts == (await rig.row(parent)).ts
    assert (await rig.database.read(verify)).is_clean


async def test_few_replies_stray_and_the_others_wait(rig):
    """
    Also those that reply to a reply, which stands in the old thread.

    Only what is claimed already goes out: one is under way, and a few are taken ahead.
    """
    rig.transport.at_a_time = 1
    rig.open()
    parent = await standing(rig)
    first = await rig.reply(parent, "part 1")
    await in_state(rig, first)
    delete(rig, (await rig.row(parent)).ts)

    def ask(session):
        told = session.get_one(Message, first)
        contents = [Content("note", {"text": f"part {number}"}) for number in range(2, 22)]
        now = datetime.now(UTC)
        return [outbox.reply(session, told, content, now=now).id for content in contents]

    later = await rig.database.write(ask)
    rig.lanes.wake(rig.team)
    for one in later:
        await in_state(rig, one)

    assert len(rig.playground.calls("chat.delete")) < len(later) / 2
    assert len(await replies_under(rig, parent)) == len(later)


async def test_an_edit_that_finds_its_message_gone_takes_its_thread_along(rig):
    """Who replies to what stood in the old thread comes into the new one."""
    rig.open()
    parent = await standing(rig)
    first = await rig.reply(parent, "part 1")
    await in_state(rig, first)
    delete(rig, (await rig.row(parent)).ts)

    await rig.edit(parent, "done", final=True)
    await in_state(rig, parent)
    await in_state(rig, await rig.reply(first, "part 2"))

    assert await replies_under(rig, parent) == ["part 2"]


async def foreign(rig, ts, **more):
    """Ask for a message in a thread that is not ours."""

    def work(session):
        place = Place(rig.team, "default", rig.channel, thread_ts=ts)
        content = more.get("content") or Content("note", {"text": "late"})
        return outbox.put(session, place, content, now=datetime.now(UTC)).id

    message_id = await rig.database.write(work)
    rig.lanes.wake(rig.team)
    return message_id


async def test_a_thread_of_somebody_else_is_not_begun_anew(rig):
    """The message is a dead letter that says so, and nothing of it stays in the channel."""
    ts = rig.playground.write("ada", "ops", "a question").answer["message"]["ts"]
    delete(rig, ts)
    rig.open()

    row = await in_state(rig, await foreign(rig, ts), MessageState.DEAD)

    assert row.error == "thread_gone"
    assert rig.texts() == []
    assert "Dead" in await rig.events(row.id)


async def test_a_reply_of_somebody_elses_message_is_answered_where_it_stands(rig):
    """The timestamp of a reply leads to its thread: that is no sign that anything is gone."""
    ts = rig.playground.write("ada", "ops", "a question").answer["message"]["ts"]
    reply = rig.playground.write("ben", "ops", "me too", ts).answer["message"]["ts"]
    rig.open()

    await in_state(rig, await foreign(rig, reply))

    assert [one["text"] for one in rig.playground.replies("ops", ts)] == ["me too", "late"]


async def test_a_file_asks_for_its_thread_first(rig):
    """An upload's answer does not say where it went, so nothing is shared where no thread is."""
    ts = rig.playground.write("ada", "ops", "a question").answer["message"]["ts"]
    delete(rig, ts)
    rig.open()

    content = Content(FILE, {"name": "report.csv", "content": "dealer,rows\n"})
    row = await in_state(rig, await foreign(rig, ts, content=content), MessageState.DEAD)

    assert (row.error, rig.playground.calls("files.completeUploadExternal")) == ("thread_gone", [])


@pytest.mark.parametrize("had_replies", [False, True])
async def test_a_stray_whose_answer_was_lost_is_found(rig, had_replies):
    """It is looked for in the channel as well, taken back, and hangs under the new parent."""
    rig.open()
    parent = await standing(rig)
    if had_replies:
        await in_state(rig, await rig.reply(parent, "before"))
    delete(rig, (await rig.row(parent)).ts)
    rig.playground.fail("chat.postMessage", "drop_answer")

    await in_state(rig, await rig.reply(parent, "line"))

    assert await replies_under(rig, parent) == ["line"]
    assert [one["text"] for one in rig.playground.messages("ops") if "subtype" not in one] == [
        "task"
    ]


async def test_a_stray_that_cannot_be_taken_back_is_named(rig):
    """The timeline says where it stands; the reply itself hangs where it belongs."""
    rig.open()
    parent = await standing(rig)
    delete(rig, (await rig.row(parent)).ts)
    rig.playground.fail("chat.delete", error="cant_delete_message")

    reply = await rig.reply(parent, "line")
    await in_state(rig, reply)

    def work(session):
        return [one["detail"] for one in events_of(session, reply) if "stray_ts" in one["detail"]]

    (detail,) = await rig.database.read(work)
    assert detail["stray_deleted"] is False
    assert await replies_under(rig, parent) == ["line"]


async def test_a_reply_to_a_message_that_is_no_longer_kept_is_a_dead_letter(rig):
    """Nobody could post its parent anew."""
    rig.open()
    parent = await standing(rig)
    reply = await rig.reply(parent, "first")
    await in_state(rig, reply)
    delete(rig, (await rig.row(parent)).ts)

    def forget(session):
        session.delete(session.get_one(Message, parent))

    await rig.database.write(forget)
    row = await in_state(rig, await rig.reply(reply, "late"), MessageState.DEAD)

    assert row.error == "thread_gone"


async def test_a_thread_that_stands_is_not_begun_anew(rig):
    """Whatever an answer lacks: what can be seen to stand is not posted a second time."""
    rig.open()
    parent = await standing(rig)
    ts = (await rig.row(parent)).ts
    stray = SlackResponse(ok=True, ts="1.2", detail={"body": {"message": {"ts": "1.2"}}})
    wanted = outgoing(channel=rig.channel, thread_ts=ts)

    assert left_thread(stray, wanted)
    assert not await rig.transport._is_thread_gone(wanted, unseen=True)


@pytest.mark.parametrize("message", [None, "hello", {"thread_ts": "1.1"}])
def test_an_answer_that_does_not_tell_is_believed(message):
    """Only a message without `thread_ts` is a sign."""
    answer = SlackResponse(ok=True, ts="1.2", detail={"body": {"message": message}})

    assert not left_thread(answer, outgoing(thread_ts="1.1"))


async def test_a_slack_that_loses_every_reply_is_not_flooded(rig):
    """Where the history cannot be read, the parent is posted anew a few times and no more."""
    rig.playground.fail("conversations.replies", error="missing_scope", probability=1)
    rig.open()
    parent = await standing(rig)
    reply = await rig.reply(parent, "line")
    await in_state(rig, reply)

    for _ in range(MAX_COPIES):
        delete(rig, (await rig.row(parent)).ts)
        await in_state(rig, await rig.reply(parent, "line"))
    delete(rig, (await rig.row(parent)).ts)
    row = await in_state(rig, await rig.reply(parent, "line"), MessageState.DEAD)

    assert (row.error, (await rig.row(parent)).generation) == ("thread_gone", MAX_COPIES)
