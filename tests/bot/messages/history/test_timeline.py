"""The story of a message: every event, oldest first, of that message alone."""

from datetime import UTC, datetime, timedelta

from bot.messages import outbox
from bot.messages.history.timeline import events_of
from bot.messages.outbox import Content, Place

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")


async def test_a_story_is_told_in_order(database):
    """Requested, queued and withdrawn stand in the order in which they happened."""

    def work(session):
        message = outbox.put(session, OPS, Content("note", {"text": "Ada"}), now=NOW)
        session.flush()
        # A clock that is set back does not turn the story around.
        outbox.edit(session, message.id, {"text": "Ben"}, now=NOW - timedelta(hours=1))
        outbox.withdraw(session, message.id, now=NOW - timedelta(hours=2))
        return message.id

    message_id = await database.write(work)
    story = await database.read(lambda session: events_of(session, message_id))

    assert [line["event"].removeprefix("SlackMessage") for line in story] == [
        "Requested",
        "Queued",
        "Withdrawn",
    ]
    assert [line["revision"] for line in story] == [1, 2, 2]
    assert {"event", "at", "revision", "attempt", "detail"} == set(story[0])
    assert story[0]["at"] == "2026-11-16T09:00:00+00:00"
    assert story[0]["detail"]["context"] == {"text": "Ada"}


async def test_other_messages_do_not_show(database):
    """A message without events of its own has no story, however many others have one."""
    await database.write(
        lambda session: outbox.put(session, OPS, Content("note", {"text": "Ben"}), now=NOW).id
    )

    assert await database.read(lambda session: events_of(session, "m_cleo")) == []
