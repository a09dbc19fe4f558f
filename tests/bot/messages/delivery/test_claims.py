"""What a lane writes down: each message's own outcome, whatever else is recorded in its turn."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import outbox
from bot.messages.delivery import claims, leases, selection
from bot.messages.delivery.attempt import Outcome
from bot.messages.error_codes import Verdict
from bot.messages.history.rebuild import verify
from bot.messages.models import EventName, LaneLease, Message, MessageState, Rank
from bot.messages.outbox import Content, Place
from bot.messages.policy import LOOKUP_DELAY, SlackResponse
from tests.bot.outcomes import dead
from tests.patience import PATIENCE_SECONDS

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)
OPS = Place("T0", "default", "C0OPS")


def put(session, number):
    """Ask for a message; its id tells in which order its row is recorded."""
    content = Content("note", {"text": str(number)})
    message = outbox.put(session, OPS, content, now=NOW)
    session.flush()
    return message.id


def claim_all(session):
    """Claim everything that may be posted, as one turn does."""
    return claims.claim(session, selection.ready_posts(session, "T0", 50, []), NOW)


def delivered(claim):
    """Slack took it."""
    return Outcome(
        claim=claim,
        verdict=Verdict.DELIVERED,
        answer=SlackResponse(ok=True, ts=claim.id),
        event=EventName.SENT,
        ts=claim.id,
        delivered_revision=claim.revision,
    )


def failed(claim):
    """Slack was away; the attempt is repeated later."""
    return Outcome(
        claim=claim,
        verdict=Verdict.TRANSIENT,
        answer=SlackResponse(error="update_failed"),
        event=EventName.FAILED,
        ts=None,
        tries=1,
        due_at=LATER,
        error="update_failed",
    )


EXPECTED = {
    delivered: (MessageState.IDLE, 1, NOW, NOW, None),
    failed: (MessageState.DELAYED, 0, LATER, None, "update_failed"),
    dead: (MessageState.DEAD, 0, NOW, None, "is_archived"),
}


@pytest.mark.parametrize("first", EXPECTED, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("second", EXPECTED, ids=lambda kind: kind.__name__)
def test_each_outcome_of_a_turn_is_recorded_whole(database, first, second):
    """
    A success and a failure that come back in the same turn are both written down, every column.

    One statement for all of them took its columns from the first row: what only others had was
    dropped, or the whole turn failed, again and again.
    """

    def turn(session):
        ids = [put(session, number) for number in range(2)]
        claimed = {claim.id: claim for claim in claim_all(session)}
        kinds = dict(zip(sorted(ids), (first, second), strict=True))
        outcomes = [kind(claimed[one]) for one, kind in kinds.items()]
        claims.record(session, outcomes, NOW)
        return kinds

    kinds = database.transact(turn)

    for message_id, kind in kinds.items():
        row = database.transact(lambda session, one=message_id: session.get_one(Message, one))
        found = (row.state, row.delivered_revision, row.due_at, row.sent_at, row.error)
        assert EXPECTED[kind] == found


def test_a_newer_revision_is_served_next(database):
    """What was asked for while Slack was called is waiting once the older one is recorded."""

    def turn(session):
        message_id = put(session, 0)
        (claim,) = claim_all(session)
        outbox.edit(session, message_id, {"text": "newer"}, now=NOW, rank=Rank.NORMAL)
        session.flush()
        claims.record(session, [delivered(claim)], NOW)
        return message_id

    message_id = database.transact(turn)
    row = database.transact(lambda session: session.get_one(Message, message_id))

    assert (row.state, row.revision, row.delivered_revision) == (MessageState.WAITING, 2, 1)


def test_a_lease_is_held_by_one(database):
    """While one process holds the workspace another does not get it; afterwards it does."""

    def hold(owner, at):
        return database.transact(lambda session: leases.hold_lease(session, "T0", owner, at))

    held = [
        hold(owner, NOW + leases.LEASE * share)
        for owner, share in [
            *[("ada", 0), ("ben", 0.5), ("ada", 0.75), ("ben", 1)],
            *[("ben", 2), ("ada", 2), ("ben", 4)],
        ]
    ]

    elsewhere = leases.Hold.ELSEWHERE
    assert ["ours", elsewhere, "ours", elsewhere, "taken", elsewhere, "ours"] == held


def test_only_the_owner_gives_its_lease_back(database):
    """A process that lost its workspace does not take it from the next one."""

    def work(session):
        leases.hold_lease(session, "T0", "ada", NOW)
        session.flush()
        leases.release_lease(session, "T0", "ben", NOW)
        session.expire_all()
        kept = session.get_one(LaneLease, "T0").expires_at
        leases.release_lease(session, "T0", "ada", NOW)
        session.expire_all()
        return kept, session.get_one(LaneLease, "T0").expires_at

    assert database.transact(work) == (NOW + leases.LEASE, NOW)


def test_a_take_over_frees_and_counts_what_was_under_way(database):
    """
    A killed owner's claims are free, its posts in doubt, and they are counted.

    They wait a moment first: a process that restarts at once once looked for a post before Slack
    had read it, and posted it again.
    """

    def work(session):
        message_id = put(session, 0)
        claim_all(session)
        freed = claims.take_over(session, "T0", LATER)
        session.expire_all()
        return freed, session.get_one(Message, message_id)

    freed, row = database.transact(work)

    assert freed == 1
    assert (row.state, row.answer_lost, row.tries) == (MessageState.DELAYED, True, 1)
    assert row.due_at == LATER + LOOKUP_DELAY
    assert database.transact(verify).is_clean


def test_what_was_freed_meanwhile_is_not_recorded(database):
    """An answer that comes after the lane was taken from us changes nothing of what is there."""

    def work(session):
        message_id = put(session, 0)
        (claim,) = claim_all(session)
        claims.take_over(session, "T0", LATER)
        claims.record(session, [delivered(claim)], LATER)
        session.expire_all()
        return session.get_one(Message, message_id)

    row = database.transact(work)

    assert (row.state, row.ts, row.delivered_revision) == (MessageState.DELAYED, None, 0)
    assert database.transact(verify).is_clean


def test_a_claim_that_was_never_called_is_freed_without_doubt(database):
    """When nobody knew whether a turn had committed, its claims go back as if never taken."""

    def work(session):
        message_id = put(session, 0)
        claims.unclaim(session, claim_all(session))
        session.expire_all()
        return session.get_one(Message, message_id)

    row = database.transact(work)

    assert (row.state, row.answer_lost) == (MessageState.WAITING, False)


def test_a_reply_stays_in_its_thread_when_the_parent_is_gone(database):
    """A reply whose parent was deleted in Slack waits until the parent stands there again."""

    def work(session):
        parent_id = put(session, 0)
        (claim,) = claim_all(session)
        claims.record(session, [delivered(claim)], NOW)
        session.expire_all()
        parent = session.get_one(Message, parent_id)
        reply = outbox.reply(session, parent, Content("note", {}), now=NOW)
        session.flush()
        ready = [row.id for row in selection.ready_posts(session, "T0", 9, [])]
        parent.ts, parent.is_posted, parent.delivered_revision = None, False, 0
        parent.state = MessageState.DELAYED
        session.flush()
        return reply.id, ready, selection.ready_posts(session, "T0", 9, [])

    reply_id, with_parent, without = database.transact(work)

    assert ([reply_id], []) == (with_parent, without)


async def test_what_was_taken_back_since_it_was_chosen_is_not_claimed(database):
    """On PostgreSQL a withdrawal was confirmed, and the message was sent after all."""

    def work(session):
        ids = [put(session, number) for number in range(2)]
        chosen = selection.ready_posts(session, "T0", 50, [])
        assert outbox.withdraw(session, ids[0], now=NOW)
        session.flush()
        kept = claims.claim(session, chosen, NOW)
        return ids, [claim.id for claim in kept], session.get_one(Message, ids[0]).state

    ids, claimed, state = await database.write(work)

    assert ([ids[1]], MessageState.WITHDRAWN) == (claimed, state)


def test_what_is_asked_for_while_its_record_is_written_is_not_lost(database):
    """An edit that is committed after the row was read stays to be delivered."""
    key = database.transact(lambda session: put(session, 1))
    (claim,) = database.transact(claim_all)
    edited, may_commit = threading.Event(), threading.Event()

    def edit(session):
        outbox.edit(session, key, {"text": "newer"}, now=NOW)
        session.flush()
        edited.set()
        may_commit.wait(PATIENCE_SECONDS)

    with ThreadPoolExecutor(2) as threads:
        editing = threads.submit(database.transact, edit)
        edited.wait(PATIENCE_SECONDS)
        recording = threads.submit(
            database.transact, lambda session: claims.record(session, [delivered(claim)], LATER)
        )
        # On PostgreSQL it has read the row by now, and waits for the edit to write it.
        time.sleep(0.5)
        may_commit.set()
        editing.result(PATIENCE_SECONDS)
        recording.result(PATIENCE_SECONDS)

    message = database.transact(lambda session: session.get_one(Message, key))
    assert (message.revision, message.delivered_revision) == (2, 1)
    assert (message.state, message.ts) == (MessageState.WAITING, key)
    assert database.transact(verify).is_clean
