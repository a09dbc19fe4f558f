"""Slack's `Retry-After`: what it freezes, for how long, and how it ends."""

from datetime import UTC, datetime, timedelta

from bot.messages.rate_limits.slack_limits import Pacing

START = datetime(2026, 11, 16, 9, tzinfo=UTC)


def after(seconds):
    """Return the time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def test_edits_that_are_refused_do_not_stop_posts():
    """A Retry-After for edits freezes edits, until it is over, and nothing else."""
    pacing = Pacing()

    pacing.freeze("C0OPS", after(10), now=START, is_edit=True)
    pacing.freeze("C0OPS", after(3), now=START, is_edit=True)  # The later end counts.

    assert not pacing.take_edit(after(9.999), is_progress=False)
    assert pacing.take_post("C0OPS", START)
    assert after(10) == pacing.next_opening(after(5))
    assert pacing.take_edit(after(10), is_progress=False)


def test_after_a_refusal_one_call_goes_first():
    """Until Slack has taken one call after a freeze, nothing else goes, or all would be refused."""
    pacing = Pacing()
    pacing.freeze("C0OPS", after(10), now=START, is_edit=True)
    pacing.thaw("C0OPS", is_edit=True)  # An answer to what was called before the refusal.

    assert not pacing.take_edit(after(9), is_progress=False)
    assert pacing.edits_left(after(10)) == 1
    assert pacing.take_edit(after(10), is_progress=False)
    assert not pacing.take_edit(after(11), is_progress=False)
    pacing.thaw("C0OPS", is_edit=True)
    assert sum(pacing.take_edit(after(11), is_progress=False) for _ in range(60)) == 48


def test_a_second_refusal_freezes_for_as_long_as_it_says():
    """Also when it asks for less than the one call was given to be answered."""
    pacing = Pacing()
    pacing.freeze("C0OPS", after(10), now=START, is_edit=False)
    pacing.take_post("C0OPS", after(10))
    pacing.freeze("C0OPS", after(12), now=after(11), is_edit=False)

    assert not pacing.take_post("C0OPS", after(11.9))
    assert pacing.take_post("C0OPS", after(12))


def test_a_trial_that_is_never_answered_ends():
    """The one call may get lost; another one goes when it could long have been answered."""
    pacing = Pacing()
    pacing.freeze("C0OPS", after(10), now=START, is_edit=False)
    pacing.take_post("C0OPS", after(10))

    assert not pacing.take_post("C0OPS", after(20))
    assert pacing.take_post("C0OPS", after(26))


def test_a_refused_channel_does_not_stop_others():
    """A Retry-After for a post freezes its channel alone."""
    pacing = Pacing()

    pacing.freeze("C0OPS", after(10), now=START, is_edit=False)

    assert not pacing.take_post("C0OPS", after(9))
    assert pacing.take_post("C0RANDOM", START)
    assert pacing.take_edit(START, is_progress=False)
    assert pacing.take_post("C0OPS", after(10))


def test_two_refused_channels_stop_all_posts():
    """When a second channel is refused while the first still is, it was the workspace's limit."""
    pacing = Pacing()

    pacing.freeze("C0OPS", after(10), now=START, is_edit=False)
    pacing.freeze("C0RANDOM", after(12), now=after(1), is_edit=False)

    assert not pacing.take_post("C0OTHER", after(11.9))
    assert pacing.take_edit(after(2), is_progress=False)
    assert pacing.take_post("C0OTHER", after(12))


def test_a_refusal_long_over_does_not_count_as_a_second_one():
    """
    A busy channel that was refused minutes ago says nothing about the workspace.

    Its budget is empty because it is busy, and its old freeze was once taken for a present one.
    """
    pacing = Pacing()
    pacing.freeze("C0OPS", after(2), now=START, is_edit=False)
    while pacing.take_post("C0OPS", after(300)):
        pass

    pacing.freeze("C0RANDOM", after(310), now=after(300), is_edit=False)

    assert pacing.take_post("C0OTHER", after(300))


def test_a_frozen_channel_is_closed_and_not_forgotten():
    """However idle it is, a frozen channel stays closed until Slack's time is over."""
    pacing = Pacing()

    pacing.freeze("C0OPS", after(600), now=START, is_edit=False)

    assert pacing.closed_channels(after(599)) == ["C0OPS"]
    assert pacing.closed_channels(after(600)) == []
