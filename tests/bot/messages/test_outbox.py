"""Wishes for messages: the newest counts, an end stays, and what may be in Slack is kept."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import outbox
from bot.messages.delivery import claims, selection
from bot.messages.delivery.attempt import Outcome
from bot.messages.error_codes import Verdict
from bot.messages.models import EventName, Message, MessageState, Rank
from bot.messages.outbox import EDIT_INTERVAL, Content, EditOutcome, Place
from bot.messages.policy import SlackResponse
from tests.patience import PATIENCE_SECONDS

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OPS = Place("T0", "default", "C0OPS")
NOTE = Content("note", {"text": "Ada"})


@pytest.fixture
def message(database):
    """Return a function that puts a message into a state and returns its id."""

    def put(**columns):
        def work(session):
            row = outbox.put(session, OPS, NOTE, now=NOW)
            for name, value in columns.items():
                setattr(row, name, value)
            return row.id

        return database.transact(work)

    return put


def row_of(database, message_id):
    """Return the row as it is in the database."""
    return database.transact(lambda session: session.get_one(Message, message_id))


def edit(database, message_id, **options):
    """Ask for a newer revision a second later."""
    later = options.pop("now", NOW + timedelta(seconds=1))
    return database.transact(
        lambda session: outbox.edit(session, message_id, {"text": "Ben"}, now=later, **options)
    )


def test_a_message_begins_waiting(database, message):
    """A new message may be posted at once, before everything but ends."""
    row = row_of(database, message())

    assert (
        row.state,
        row.rank,
        row.revision,
        row.delivered_revision,
    ) == (MessageState.WAITING, Rank.FIRST_POST, 1, 0)


def test_an_end_stays(database, message):
    """Neither an edit nor another end changes a message at its end; a new attempt does."""
    message_id = message(ts="1.2", is_posted=True)

    assert edit(database, message_id, final=True) == EditOutcome.QUEUED
    assert edit(database, message_id, rank=Rank.URGENT) == EditOutcome.LOCKED
    assert edit(database, message_id, final=True) == EditOutcome.LOCKED
    assert edit(database, message_id, reopen=True) == EditOutcome.QUEUED
    row = row_of(database, message_id)
    assert (row.revision, row.is_final, row.rank) == (3, False, Rank.NORMAL)


def test_an_end_that_was_not_posted_yet_is_first_of_all(database, message):
    """A task that ended before its first post is posted as an end."""
    message_id = message()

    edit(database, message_id, final=True)

    assert row_of(database, message_id).rank == Rank.FINAL


def test_progress_waits_for_its_turn(database, message):
    """A progress edit comes three seconds after the last edit, an end at once."""
    message_id = message(ts="1.2", is_posted=True, sent_at=NOW, state=MessageState.IDLE)

    edit(database, message_id, rank=Rank.PROGRESS)
    spaced = row_of(database, message_id)
    edit(database, message_id, final=True)
    end = row_of(database, message_id)

    assert (spaced.state, spaced.due_at) == (MessageState.DELAYED, NOW + EDIT_INTERVAL)
    assert end.state == MessageState.WAITING


@pytest.mark.parametrize("state", [MessageState.SENDING, MessageState.BLOCKED])
def test_what_is_under_way_stays_so(database, message, state):
    """A newer revision does not take a message away from the call, or the parent, it waits for."""
    message_id = message(state=state)

    edit(database, message_id)

    assert (state, 2) == ((row := row_of(database, message_id)).state, row.revision)


@pytest.mark.parametrize("final", [False, True])
def test_a_post_in_doubt_is_given_time_to_arrive(database, message, final):
    """
    An edit does not hurry the look for a post whose answer was lost.

    The post may still be on its way inside Slack; looked for too soon it was posted twice.
    """
    due_at = NOW + timedelta(seconds=3)
    message_id = message(answer_lost=True, state=MessageState.DELAYED, due_at=due_at)

    edit(database, message_id, final=final)

    row = row_of(database, message_id)
    assert (MessageState.DELAYED, due_at) == (row.state, row.due_at)


def test_an_edit_revives_a_dead_letter(database, message):
    """A newer revision of a message that was given up is tried afresh."""
    message_id = message(state=MessageState.DEAD, tries=4, text_only=True)

    edit(database, message_id)

    row = row_of(database, message_id)
    assert (row.state, row.tries, row.text_only) == (MessageState.WAITING, 0, False)


@pytest.mark.parametrize(
    ("seconds", "error", "wish", "state"),
    [
        (59, "not_in_channel", {"rank": Rank.PROGRESS}, MessageState.DEAD),
        (60, "not_in_channel", {"rank": Rank.PROGRESS}, MessageState.WAITING),
        (1, "not_in_channel", {"rank": Rank.PROGRESS, "final": True}, MessageState.WAITING),
        (1, "not_in_channel", {"rank": Rank.NORMAL}, MessageState.WAITING),
        (1, "invalid_blocks", {"rank": Rank.PROGRESS}, MessageState.WAITING),
    ],
)
def test_a_channel_that_refused_is_asked_for_progress_once_a_minute(
    database, message, seconds, error, wish, state
):
    """Whatever cannot wait is tried at once; what a replay would send is always the newest."""
    message_id = message(state=MessageState.DEAD, dead_at=NOW, error=error, tries=2)

    edit(database, message_id, now=NOW + timedelta(seconds=seconds), **wish)

    row = row_of(database, message_id)
    assert (state, 2, {"text": "Ben"}) == (row.state, row.revision, row.context)
    died = row.state == MessageState.DEAD
    assert ((NOW, 2) if died else (None, 0)) == (row.dead_at, row.tries)


@pytest.mark.parametrize(
    ("columns", "taken_back"),
    [
        ({}, True),
        ({"state": MessageState.BLOCKED}, True),
        ({"state": MessageState.WITHDRAWN}, True),
        ({"state": MessageState.SENDING}, False),
        ({"answer_lost": True}, False),
        ({"ts": "1.2", "is_posted": True}, False),
    ],
)
def test_only_what_is_surely_not_in_slack_is_withdrawn(database, message, columns, taken_back):
    """What is in Slack, or may be, is not taken back; the rest is, and stays back."""
    message_id = message(**columns)

    taken = database.transact(lambda session: outbox.withdraw(session, message_id, now=NOW))

    assert taken_back == taken
    if taken:
        assert edit(database, message_id) == EditOutcome.LOCKED


def test_a_reply_waits_for_a_parent_that_is_not_there(database, message):
    """A reply is blocked until its parent is posted, and free if that has happened."""
    waiting, there = message(), message(ts="1.2", is_posted=True)

    states = [
        database.transact(
            lambda session, one=one: (
                outbox.reply(session, session.get_one(Message, one), NOTE, now=NOW).state
            )
        )
        for one in (waiting, there)
    ]

    assert states == [MessageState.BLOCKED, MessageState.WAITING]


async def test_a_reply_that_crosses_its_parents_post_is_not_forgotten(database, message):
    """
    A parent is posted while its reply is being asked for: the reply is free afterwards.

    On PostgreSQL neither transaction saw the other, and the reply stayed blocked for ever.
    """
    parent_id = message()
    outcome = database.transact(lambda session: posted(session, parent_id))
    asked = threading.Event()

    def ask(session):
        reply = outbox.reply(session, session.get_one(Message, parent_id), NOTE, now=NOW)
        session.flush()
        asked.set()
        threading.Event().wait(0.3)  # The lane's turn comes now.
        return reply.id

    def record(session):
        asked.wait(PATIENCE_SECONDS)
        claims.record(session, [outcome], NOW)

    if database.is_sqlite:  # One writer at a time, in the order of asking.
        reply_id = await database.write(ask)
        await database.write(record)
    else:
        reply_id, _ = await asyncio.gather(database.write(ask), database.write(record))

    assert row_of(database, reply_id).state == MessageState.WAITING


def posted(session, message_id):
    """Claim the message and return the outcome of a first post that went well."""
    rows = [row for row in selection.ready_posts(session, "T0", 9, []) if row.id == message_id]
    (claim,) = claims.claim(session, rows, NOW)
    return Outcome(
        claim=claim,
        verdict=Verdict.DELIVERED,
        answer=SlackResponse(ok=True, ts="1.2"),
        event=EventName.SENT,
        ts="1.2",
        delivered_revision=1,
    )


@pytest.mark.parametrize(
    ("columns", "outcome", "revision"),
    [
        ({"delivered_revision": 1, "state": MessageState.IDLE}, EditOutcome.LEFT_OUT, 1),
        ({"claimed_revision": 1, "state": MessageState.SENDING}, EditOutcome.LEFT_OUT, 1),
        ({}, EditOutcome.QUEUED, 2),
        ({"delivered_revision": 1, "revision": 2}, EditOutcome.QUEUED, 3),
    ],
)
def test_progress_is_no_post_of_its_own(database, message, columns, outcome, revision):
    """
    Where every change is a new post, a percentage joins one that is still to go, or is left out.
    """
    message_id = message(workspace_id="to:hook", **columns)

    assert outcome is edit(database, message_id, rank=Rank.PROGRESS)
    assert revision == row_of(database, message_id).revision


def test_what_was_told_without_a_place_stays_told(database, message):
    """Without a timestamp it cannot be edited, and all the same it cannot be taken back."""
    message_id = message(workspace_id="to:hook", delivered_revision=1, state=MessageState.IDLE)

    assert not database.transact(lambda session: outbox.withdraw(session, message_id, now=NOW))
    assert EditOutcome.QUEUED is edit(database, message_id)
