"""
Slack counts a minute's calls whoever made them, and freezes whoever calls: a lane that comes back
has no new budget.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import outbox
from bot.messages.delivery import claims, leases, selection
from bot.messages.delivery.outcome import Outcome
from bot.messages.delivery.persisted_rate_limits import RecentCalls, milliseconds
from bot.messages.error_codes import Verdict
from bot.messages.models import EventName, LaneLease
from bot.messages.outbox import Content, Place
from bot.messages.policy import SlackResponse
from bot.messages.rate_limits.slack_limits import Pacing

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def claims_of(session, count, *, edits, lost=False, pages=0):
    """Return claims of messages in #ops that were asked for just now."""
    for number in range(count):
        outbox.put(session, Place("T0", "default", "C0OPS"), Content("note"), now=NOW)
        session.flush()
        del number
    claimed = claims.claim(session, selection.ready_posts(session, "T0", count, []), NOW)
    ts = "17.1" if edits else None
    return [replace(one, ts=ts, answer_lost=lost, pages=pages) for one in claimed]


def come_back(database, after, *, count=10, answered=timedelta(0), **claimed):
    """
    Let one lane call, and another one take over later; return the other one's budgets.

    *answered* is how long after the claims Slack answered; None: it never did.
    """
    pacing = Pacing()
    claimed = {"edits": True} | claimed

    def work(session):
        leases.hold_lease(session, "T0", "ada", NOW)
        session.flush()
        first, claims = RecentCalls("T0"), claims_of(session, count, **claimed)
        first.add(session, claims, NOW)
        for claim in claims if answered is not None else ():
            first.answered(claim, Pacing(), NOW + answered)
        first.add(session, [], NOW)
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
    pacing = come_back(database, timedelta(seconds=1), edits=False, count=6)

    assert not pacing.take_post("C0OPS", NOW + timedelta(seconds=1))
    assert pacing.take_post("C0OTHER", NOW + timedelta(seconds=1))


@pytest.mark.parametrize("answered", [None, timedelta(seconds=12)])
def test_a_minute_begins_when_slack_surely_had_the_call(database, answered):
    """That is with its answer, or if whoever made it died before that, with the take-over."""
    pacing = come_back(database, timedelta(seconds=12), count=49, answered=answered)

    assert not pacing.take_edit(NOW + timedelta(seconds=72), is_progress=False)
    assert pacing.take_edit(NOW + timedelta(seconds=72.6), is_progress=False)


def test_what_was_not_called_is_not_remembered(database):
    """Claims that were given back cost nobody anything."""
    pacing = Pacing()

    def work(session):
        leases.hold_lease(session, "T0", "ada", NOW)
        session.flush()
        first, claims = RecentCalls("T0"), claims_of(session, 10, edits=False)
        first.add(session, claims, NOW)
        first.take_back(claims[1:], Pacing())
        first.add(session, [], NOW)
        RecentCalls("T0").take_over(session, pacing, NOW)

    database.transact(work)

    assert pacing.posts_left(NOW) == 294


def test_looks_made_before_count(database):
    """Whoever died while it looked for lost posts has used the minute's looks, not only posts."""
    pacing = come_back(database, timedelta(seconds=15), edits=False, lost=True, count=45)

    assert not pacing.take_post("C0OTHER", NOW + timedelta(seconds=15), looks_up=True)
    assert pacing.take_post("C0OTHER", NOW + timedelta(seconds=15))


def test_every_page_of_a_look_counts(database):
    """A look through ten pages was ten calls, here and for whoever goes on."""
    here, other = Pacing(), Pacing()

    def work(session):
        leases.hold_lease(session, "T0", "ada", NOW)
        session.flush()
        claims = claims_of(session, 4, edits=False, lost=True, pages=12)
        done = [
            Outcome(one, Verdict.DELIVERED, SlackResponse(ok=True), EventName.SENT, ts="17.1")
            for one in claims
        ]
        first = RecentCalls("T0")
        first.add(session, claims, NOW)
        assert all(here.take_post(f"C{one}", NOW, looks_up=True) for one in range(len(claims)))
        first.learn(session, done, here, NOW)
        RecentCalls("T0").take_over(session, other, NOW)

    database.transact(work)

    assert [len(pacing.lookups.calls) for pacing in (here, other)] == [48, 48]


def test_a_lease_that_named_no_methods_is_understood(database):
    """A process of before may have written the lease: its edits and posts count as ever."""
    pacing = Pacing()
    before = [[milliseconds(NOW), True, "C0OPS"], [milliseconds(NOW), False, "C0OPS"]]

    def work(session):
        leases.hold_lease(session, "T0", "ada", NOW)
        session.flush()
        session.get_one(LaneLease, "T0").recent = before
        session.flush()
        RecentCalls("T0").take_over(session, pacing, NOW)

    database.transact(work)

    assert (len(pacing.edits.calls), len(pacing.posts.calls)) == (1, 1)


def test_after_a_minute_nothing_counts(database):
    """Slack has forgotten, and so have we."""
    pacing = come_back(database, timedelta(seconds=61))

    assert all(pacing.take_edit(NOW + timedelta(seconds=61), is_progress=False) for _ in range(10))


def come_back_frozen(database, freeze, after):
    """Let Slack refuse one lane's call, and another one take over later; return its budgets."""
    told, pacing = Pacing(), Pacing()
    freeze(told)

    def work(session):
        leases.hold_lease(session, "T0", "ada", NOW)
        session.flush()
        (claim,) = claims_of(session, 1, edits=False)
        refused = SlackResponse(error="ratelimited", status=429, retry_after=30)
        outcome = Outcome(claim, Verdict.PACED, refused, EventName.FAILED, ts=None)
        first = RecentCalls("T0")
        first.add(session, [claim], NOW)
        first.learn(session, [outcome], told, NOW)
        for _ in range(2):
            RecentCalls("T0").take_over(session, pacing, NOW + after)

    database.transact(work)
    return pacing


def refuse(channel, *, is_edit):
    until = NOW + timedelta(seconds=30)
    return lambda pacing: pacing.freeze(channel, until, now=NOW, is_edit=is_edit)


def test_an_edit_that_was_refused_before_holds_edits(database):
    """Edits wait as long as Slack said, to the moment; posts do not."""
    pacing = come_back_frozen(database, refuse("C0OPS", is_edit=True), timedelta(seconds=5))

    assert not pacing.take_edit(NOW + timedelta(seconds=29.999), is_progress=False)
    assert pacing.take_edit(NOW + timedelta(seconds=30.01), is_progress=False)
    assert pacing.take_post("C0OPS", NOW + timedelta(seconds=6))


def test_a_post_that_was_refused_before_holds_its_channel(database):
    """What waits for the same channel waits on, another channel gets its posts."""
    pacing = come_back_frozen(database, refuse("C0OPS", is_edit=False), timedelta(seconds=5))

    assert pacing.closed_channels(NOW + timedelta(seconds=29.999)) == ["C0OPS"]
    assert pacing.take_post("C0OTHER", NOW + timedelta(seconds=6))
    assert pacing.take_post("C0OPS", NOW + timedelta(seconds=30.01))


@pytest.mark.parametrize("method", ["posts", "lookups"])
def test_a_whole_method_that_was_refused_before_is_held(database, method):
    """All posts, or all looks into the history, wait."""

    def freeze(pacing):
        getattr(pacing, method).freeze.begin(NOW + timedelta(seconds=30))

    pacing = come_back_frozen(database, freeze, timedelta(seconds=5))

    assert not pacing.take_post("C0OTHER", NOW + timedelta(seconds=29.9), looks_up=True)
    assert pacing.take_post("C0OTHER", NOW + timedelta(seconds=30.01), looks_up=True)


def test_a_freeze_that_is_over_holds_nobody(database):
    """Slack's time has passed while nobody was there: the whole budget is free."""
    pacing = come_back_frozen(database, refuse("C0OPS", is_edit=True), timedelta(seconds=31))

    assert pacing.edits_left(NOW + timedelta(seconds=31)) == 49
