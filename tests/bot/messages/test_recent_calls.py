"""Slack counts a minute's calls whoever made them: a lane that comes back has no new budget."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.messages import choosing, leases, ledger, outbox
from bot.messages.outbox import Content, Place
from bot.messages.pacing import Pacing
from bot.messages.recent_calls import RecentCalls

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def claims_of(session, count, *, edits):
    """Return claims of messages in #ops that were asked for just now."""
    for number in range(count):
        outbox.put(session, Place("T0", "default", "C0OPS"), Content("note"), now=NOW)
        session.flush()
        del number
    claims = ledger.claim(session, choosing.ready_posts(session, "T0", count, []), NOW)
    return [replace(one, ts="17.1") for one in claims] if edits else claims


def come_back(database, after, *, edits=True, count=10):
    """Let one lane call, and another one take over later; return the other one's budgets."""
    pacing = Pacing()

    def work(session):
        leases.hold_lease(session, "T0", "ada", NOW)
        session.flush()
        RecentCalls("T0").add(session, claims_of(session, count, edits=edits), NOW)
        other = RecentCalls("T0")
        for _ in range(2):  # A turn that fails is done again.
            other.take_over(session, pacing, NOW + after)

    database.transact(work)
    return pacing


def test_edits_made_before_count(database):
    """A minute's edits at once leave nothing for the next second, though none was being sent."""
    pacing = come_back(database, timedelta(seconds=1), count=49)

    assert not pacing.take_edit(NOW + timedelta(seconds=1), is_progress=False)
    assert pacing.take_post("C0OPS", NOW + timedelta(seconds=1))


def test_posts_made_before_count_in_their_channel(database):
    """The channel that was written to has to wait, another one has not."""
    pacing = come_back(database, timedelta(seconds=1), edits=False, count=5)

    assert not pacing.take_post("C0OPS", NOW + timedelta(seconds=1))
    assert pacing.take_post("C0OTHER", NOW + timedelta(seconds=1))


def test_after_a_minute_nothing_counts(database):
    """Slack has forgotten, and so have we."""
    pacing = come_back(database, timedelta(seconds=61))

    assert all(pacing.take_edit(NOW + timedelta(seconds=61), is_progress=False) for _ in range(10))
