"""The lane against a playground: order, newest wins, ends stay, nothing lost, nothing twice."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.messages.history.timeline import events_of
from bot.messages.models import LaneLease, Message, MessageState, Rank
from bot.messages.outbox import EditOutcome
from tests.patience import until


async def test_a_message_is_posted_and_recorded(rig):
    """A committed wish becomes a message, and its row knows where it stands."""
    rig.open()

    message_id = await rig.put("Hello")
    await rig.until(lambda: rig.texts() == ["Hello"])
    await rig.lanes.stop()

    row = await rig.row(message_id)
    assert row.state == MessageState.IDLE
    assert rig.playground.messages("ops")[0]["ts"] == row.ts
    assert await rig.events(message_id) == ["Requested", "Sent"]


async def test_the_newest_revision_wins(rig):
    """Of many edits that were wanted before the lane came by, only the last is made."""
    message_id = await rig.put("0 %")
    rig.open()
    await rig.until(lambda: rig.texts() == ["0 %"])

    await rig.lanes.stop()
    for percent in range(1, 10):
        await rig.edit(message_id, f"{percent} %")
    rig.open()
    await rig.until(lambda: rig.texts() == ["9 %"])

    assert len(rig.playground.calls("chat.update")) == 1


async def test_an_end_is_never_overwritten(rig):
    """After the final state an edit is refused, unless a new attempt starts."""
    rig.open()
    message_id = await rig.put("running")

    await rig.edit(message_id, "failed", final=True)
    late = await rig.edit(message_id, "running 40 %", rank=Rank.PROGRESS)
    await rig.until(lambda: rig.texts() == ["failed"])
    again = await rig.edit(message_id, "queued again", reopen=True)
    await rig.until(lambda: rig.texts() == ["queued again"])

    assert (late, again) == (EditOutcome.LOCKED, EditOutcome.QUEUED)


async def test_ends_are_served_before_all_else(rig):
    """What waited longer, but is less urgent, is called for later."""
    rig.open()
    ids = [await rig.put(f"task {number}") for number in range(4)]
    await rig.until(lambda: len(rig.texts()) == 4)
    await rig.lanes.stop()

    await rig.edit(ids[0], "progress", rank=Rank.PROGRESS)
    await rig.edit(ids[1], "normal")
    await rig.edit(ids[2], "alert", rank=Rank.ALERT)
    await rig.edit(ids[3], "end", final=True)
    rig.open(unlimited=False)
    await rig.until(lambda: len(rig.playground.calls("chat.update")) == 4)

    order = [call.arguments["text"] for call in rig.playground.calls("chat.update")]
    assert order == ["end", "alert", "normal", "progress"]


async def test_a_reply_waits_for_its_parent(rig):
    """A reply to a message that is not in Slack yet comes after it, in its thread."""
    parent = await rig.put("parent")
    await rig.reply(parent, "the whole error")
    rig.open()

    await rig.until(lambda: rig.texts() == ["parent"])
    ts = rig.playground.messages("ops")[0]["ts"]
    replies = await rig.until(lambda: rig.playground.replies("ops", ts))

    assert [reply["text"] for reply in replies] == ["the whole error"]


async def test_a_post_whose_answer_was_lost_is_not_posted_twice(rig):
    """Slack took it, the answer never came: the history is read, and nothing is posted again."""
    rig.playground.fail("chat.postMessage", "drop_answer")
    rig.open()

    message_id = await rig.put("once")
    row = await wait_for_state(rig, message_id, MessageState.IDLE)

    assert rig.texts() == ["once"]
    assert rig.playground.messages("ops")[0]["ts"] == row.ts
    assert not row.possibly_delivered


async def test_a_lost_answer_without_history_is_marked(rig):
    """Where the history may not be read the message is sent again and says so in its row."""
    rig.playground.fail("chat.postMessage", "drop_answer")
    rig.playground.fail("conversations.history", error="missing_scope", count=10)
    rig.open()

    message_id = await rig.put("perhaps twice")
    row = await wait_for_state(rig, message_id, MessageState.IDLE)

    assert row.possibly_delivered


async def test_a_message_that_somebody_deleted_is_posted_anew(rig):
    """An edit that finds nothing becomes a new post."""
    rig.open()
    message_id = await rig.put("first")
    await rig.until(lambda: rig.texts() == ["first"])

    rig.playground.fail("chat.update", error="message_not_found")
    await rig.edit(message_id, "second")

    await rig.until(lambda: rig.texts() == ["first", "second"])
    await wait_for_state(rig, message_id, MessageState.IDLE)


async def test_refused_blocks_go_out_as_text(rig):
    """What is refused twice goes out as its text, and the event keeps the blocks."""
    rig.playground.fail("chat.postMessage", error="invalid_blocks", count=2)
    rig.open()

    message_id = await rig.put("plain")
    await rig.until(lambda: rig.texts() == ["plain"])
    await rig.lanes.stop()

    assert not rig.playground.messages("ops")[0].get("blocks")
    assert await rig.events(message_id) == ["Requested", "Failed", "Failed", "Sent"]
    story = await rig.database.read(lambda session: events_of(session, message_id))
    assert "Its text stands alone" in story[-1]["detail"]["warnings"][0]


async def test_a_hopeless_message_dies_at_once(rig):
    """What can never succeed is tried once and is a dead letter that names the reason."""
    rig.open()

    message_id = await rig.put("nowhere", channel="C0NOWHERE")
    row = await wait_for_state(rig, message_id, MessageState.DEAD)

    assert row.error == "channel_not_found"
    assert len(rig.playground.calls("chat.postMessage")) == 1


async def test_a_public_channel_is_joined_once(rig):
    """A public channel that the bot is not in is joined, then the message is posted."""
    rig.open()

    await rig.put("hello there", channel=rig.playground.channel("random").id)

    await rig.until(lambda: rig.texts("random") == ["hello there"])


async def test_a_temporary_failure_is_tried_again(rig):
    """A failed attempt is counted and repeated after a while."""
    rig.playground.fail("chat.postMessage", error="update_failed")
    rig.open()

    message_id = await rig.put("second time lucky")
    await rig.until(lambda: rig.texts() == ["second time lucky"])
    await rig.lanes.stop()

    assert await rig.events(message_id) == ["Requested", "Failed", "Retried", "Sent"]


async def test_an_outage_kills_nothing(rig):
    """While nobody answers the lane pauses; afterwards everything arrives, once."""
    for method in ("chat.postMessage", "auth.test"):
        rig.playground.fail(method, "refuse", count=1000)
    rig.open()
    ids = [await rig.put(f"message {number}") for number in range(5)]
    await rig.until(lambda: rig.lanes.health()[0].state == "paused")

    rig.playground.heal()
    await rig.until(lambda: len(rig.texts()) == 5)
    for message_id in ids:
        await wait_for_state(rig, message_id, MessageState.IDLE)

    assert sorted(rig.texts()) == [f"message {number}" for number in range(5)]


async def test_retry_after_is_obeyed_and_not_counted(rig):
    """A 429 makes the lane wait as long as Slack says and uses up no attempt."""
    rig.playground.fail("chat.postMessage", "http", status=429, retry_after=1, count=1)
    rig.open(unlimited=False)

    message_id = await rig.put("patience")
    row = await wait_for_state(rig, message_id, MessageState.IDLE)

    assert row.tries == 0
    assert rig.texts() == ["patience"]


async def test_another_owner_is_respected_until_its_lease_ends(rig):
    """A lane that another process holds is not served here."""
    now = datetime.now(UTC)
    await rig.database.write(
        lambda session: session.add(
            LaneLease(workspace_id=rig.team, owner="other", expires_at=now + timedelta(seconds=60))
        )
    )
    rig.open()

    await rig.put("not ours")
    await rig.until(lambda: rig.lanes.health() == [])
    await rig.lanes.sweep()
    await asyncio.sleep(0.2)

    assert (rig.lanes.health(), rig.texts()) == ([], [])


async def test_what_a_dead_process_was_posting_is_looked_up_first(rig):
    """A message that a killed process had claimed, and Slack has, is found and not repeated."""
    rig.open()
    message_id = await rig.put("claimed")
    await rig.until(lambda: rig.texts() == ["claimed"])
    await rig.lanes.stop()

    def forget(session) -> None:
        row = session.get_one(Message, message_id)
        row.state, row.ts, row.is_posted, row.delivered_revision = (
            MessageState.SENDING,
            None,
            False,
            0,
        )

    await rig.database.write(forget)
    rig.open()
    await wait_for_state(rig, message_id, MessageState.IDLE)

    assert rig.texts() == ["claimed"]


async def wait_for_state(rig, message_id, state):
    """Return the row once it is in *state*."""

    async def look():
        row = await rig.row(message_id)
        return row if row.state == state else None

    return await until(look)
