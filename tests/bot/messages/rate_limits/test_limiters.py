"""What is under way to Slack, and clocks that are set back, under a clock set by hand."""

import copy
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages.rate_limits.limiters import WINDOW, SlidingWindow, TokenBucket
from bot.messages.rate_limits.slack_limits import Pacing

START = datetime(2026, 11, 16, 9, tzinfo=UTC)


def after(seconds):
    """Return the time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def test_a_call_that_was_long_under_way_counts_from_its_answer():
    """A burst that reached Slack two seconds late has not left Slack's minute before two more."""
    pacing = Pacing()
    claimed = [START for _ in range(49) if pacing.take_edit(START, is_progress=False)]
    for at in claimed:
        pacing.answered([("edits", "")], at, after(2))

    assert len(claimed) == 49
    assert not pacing.take_edit(after(61.9), is_progress=False)
    assert pacing.take_edit(after(62.6), is_progress=False)


def test_a_post_under_way_keeps_its_token():
    """Four posts that hang for a second are still all of the burst: nothing takes their place."""
    pacing = Pacing()
    for _ in range(4):
        assert pacing.take_post("C0OPS", START)

    assert not pacing.take_post("C0OPS", after(3))
    for _ in range(4):
        pacing.answered([("posts", "C0OPS")], START, after(3))
    assert not pacing.take_post("C0OPS", after(4))
    assert pacing.take_post("C0OPS", after(4.1))


def test_an_answer_that_never_comes_closes_no_channel_for_ever():
    """What nobody answers is given up like a minute's calls."""
    pacing = Pacing()
    for _ in range(4):
        pacing.take_post("C0OPS", START)

    assert pacing.next_opening(after(3)) > after(60)
    assert not pacing.take_post("C0OPS", after(60))
    pacing.channel("C0OPS").level(after(61))
    assert pacing.take_post("C0OPS", after(63))


def test_what_was_not_called_costs_nothing():
    """Claims that are given back leave the budgets as they were."""
    pacing = Pacing()
    before = copy.deepcopy(pacing)
    pacing.take_post("C0OPS", START, looks_up=True)
    pacing.take_edit(START, is_progress=False)

    for method, channel in (("posts", "C0OPS"), ("lookups", ""), ("edits", "")):
        pacing.take_back([(method, channel)], START)

    assert [pacing.posts_left(START), pacing.edits_left(START)] == [295, 49]
    assert before.lookups == pacing.lookups
    assert pacing.channel("C0OPS").is_idle(START)


@pytest.mark.parametrize("back", [0.5, 30, 3600])
def test_a_clock_set_back_does_not_starve(back):
    """After the machine's clock is set back the budget fills again at once."""
    bucket = TokenBucket(burst=4, rate=1.0)
    for _ in range(4):
        bucket.spend(START)

    bucket.level(after(-back))

    assert pytest.approx(bucket.level(after(1 - back))) == 1.0


@pytest.mark.parametrize("back", [0.5, 30, 3600])
def test_a_clock_set_back_forgets_no_call_and_holds_none_for_longer(back):
    """After the machine's clock is set back a method's calls count for a minute from then on."""
    window = SlidingWindow(3)
    for number in range(3):
        window.spend(after(number))
    now = after(2 - back)

    assert not window.is_open(now)
    assert window.opens_at(now) <= now + WINDOW
    assert window.is_open(now + WINDOW)
