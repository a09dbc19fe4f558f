"""Slack's budgets, under a clock set by hand: whatever is asked, no window is ever overfull."""

import copy
import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages.rate_limits.slack_limits import EDIT_RESERVE, Pacing

START = datetime(2026, 11, 16, 9, tzinfo=UTC)
MINUTE = timedelta(seconds=60)
EDITS_A_MINUTE = 50
POSTS_A_MINUTE = 300
LOOKUPS_A_MINUTE = 50
CHANNEL_BURST = 5

CHANNELS = st.sampled_from(["C0OPS", "C0RANDOM"] + [f"C{number}" for number in range(120)])
WAITS = st.sampled_from([0.0, 0.000001, 0.01, 0.3, 1.0, 1.0527, 3.0, 20.0, 59.9, 61.0, 600.0])
ASKED = st.tuples(
    st.sampled_from(
        ["edit", "progress", "post", "lookup", "spread", "restart", "429", "opening", "answered"]
    ),
    CHANNELS,
    st.integers(1, 80),
    WAITS,
    st.sampled_from([0.0, 0.5, 1.0]),
)
#: No call is under way for longer.
SLOWEST = timedelta(seconds=30)


def after(seconds):
    """Return the time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


class Room:
    """A workspace that asks for everything, and counts what reaches Slack, and when."""

    def __init__(self):
        self.pacing = Pacing()
        self.now = START
        self.made = []  # (when it reached Slack, kind, channel)
        self.answered = []  # (when, kind, channel)
        self.under_way = []  # (claimed when, kind, channel)

    def ask(self, kind, channel, times, wait, late):
        """Ask *times* for the same, then wait; the answers come at the end, or after a while."""
        for number in range(times):
            getattr(self, f"ask_{kind.replace('429', 'refused')}")(channel, number)
        wait = timedelta(seconds=wait)
        self.answer(self.now + min(wait, SLOWEST), late)
        self.now += wait

    def answer(self, at, late):
        """Let Slack answer all; it got the calls sooner or later on their way to the answer."""
        for claimed, kind, channel in self.under_way:
            self.made.append((claimed + (at - claimed) * late, kind, channel))
            self.answered.append((at, kind, channel))
            self.pacing.answered([(f"{kind}s", channel)], claimed, at)
        self.under_way = []
        self.made.sort()

    def ask_edit(self, _channel, _number):
        if self.pacing.take_edit(self.now, is_progress=False):
            self.under_way.append((self.now, "edit", ""))

    def ask_progress(self, _channel, _number):
        if self.pacing.take_edit(self.now, is_progress=True):
            self.under_way.append((self.now, "edit", ""))
            assert self.pacing.edits.limit - len(self.pacing.edits.calls) >= EDIT_RESERVE

    def ask_post(self, channel, _number):
        if self.pacing.take_post(channel, self.now):
            self.under_way.append((self.now, "post", channel))

    def ask_lookup(self, channel, number):
        if self.pacing.take_post(f"{channel}.{number}", self.now, looks_up=True):
            self.under_way.append((self.now, "post", f"{channel}.{number}"))
            self.under_way.append((self.now, "lookup", ""))

    def ask_spread(self, channel, number):
        self.ask_post(f"{channel}-{number}", number)

    def ask_restart(self, _channel, number):
        """A new process knows only what was called in the last minute."""
        if number:
            return
        self.pacing = Pacing()
        for at, kind, channel in self.answered:
            if at >= self.now - MINUTE:
                self.pacing.remember(f"{kind}s", channel, at)

    def ask_refused(self, channel, number):
        if number == 0:
            until = self.now + timedelta(seconds=2)
            self.pacing.freeze(channel, until, now=self.now, is_edit=channel == "C0OPS")

    def ask_answered(self, channel, _number):
        self.pacing.thaw(channel, is_edit=channel == "C0OPS")

    def ask_opening(self, channel, number):
        """Go on exactly when the budgets say, and take whatever there is."""
        self.answer(self.now, 1.0)
        self.now = self.pacing.next_opening(self.now)
        self.ask_edit(channel, number)
        self.ask_post(channel, number)


@given(st.lists(ASKED, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_no_window_is_ever_overfull(asked):
    """No sliding minute holds more than 50 edits or 300 posts, no channel more than 1/s after 5."""
    room = Room()
    for one in asked:
        room.ask(*one)

    assert most_in_a_minute(room, "edit") <= EDITS_A_MINUTE
    assert most_in_a_minute(room, "post") <= POSTS_A_MINUTE
    assert most_in_a_minute(room, "lookup") <= LOOKUPS_A_MINUTE
    for channel in {channel for _, kind, channel in room.made if kind == "post"}:
        check_one_a_second(room, channel)


def most_in_a_minute(room, kind):
    """Return how many calls of a kind the fullest sliding minute holds."""
    times = [at for at, made, _ in room.made if made == kind]
    limit = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= MINUTE:
            first += 1
        limit = max(limit, last - first + 1)
    return limit


def check_one_a_second(room, channel):
    """Of any stretch of posts to a channel all but five are a second apart."""
    times = [at for at, kind, where in room.made if kind == "post" and where == channel]
    earliest = []
    for number, at in enumerate(times):
        earliest.append(number - (at - START).total_seconds())
        in_stretch = number - (at - START).total_seconds() - min(earliest)
        assert in_stretch + 1 <= CHANNEL_BURST


@given(st.lists(ASKED, min_size=1, max_size=8), st.floats(0.001, 0.999))
@settings(max_examples=150, deadline=None)
def test_the_next_opening_is_the_next_change(asked, part):
    """Until `next_opening` nothing changes, then something does: no busy loop, no oversleeping."""
    room = Room()
    for one in asked:
        room.ask(*one)
    before = what_is_open(room, room.now)

    at = room.pacing.next_opening(room.now)

    assert at > room.now
    between = room.now + (at - room.now - timedelta(microseconds=5)) * part
    assert before == what_is_open(room, max(between, room.now))
    if all(before):
        assert at - room.now == MINUTE
    else:
        assert before != what_is_open(room, at)


def what_is_open(room, at):
    """Return which budgets would let something through at a time."""
    pacing = copy.deepcopy(room.pacing)
    channels = [pacing.channels[name].is_open(at) for name in sorted(pacing.channels)]
    edits = [pacing.may_edit(at, is_progress=one) for one in (False, True)]
    return [pacing.posts.is_open(at), pacing.lookups.is_open(at), *edits, *channels]


def test_all_of_the_budget_is_used():
    """Whoever asks at every opening gets nearly all that Slack allows, in the long run."""
    pacing, now, edits = Pacing(), START, 0

    while now < after(600):
        if pacing.take_edit(now, is_progress=False):
            edits += 1
        else:
            now = pacing.next_opening(now)

    assert 480 <= edits <= 500


def test_progress_is_spread_over_the_minute():
    """After a few at once progress goes steadily, and in the long run gets all but the reserve."""
    pacing, now, times = Pacing(), START, []

    while now < after(600):
        if pacing.take_edit(now, is_progress=True):
            times.append(now)
        else:
            now = pacing.next_opening(now)

    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert 440 <= len(times) <= 500 - 10 * EDIT_RESERVE
    assert max(gaps) < timedelta(seconds=15)


def test_a_refused_take_takes_nothing():
    """A post that its channel does not allow takes nothing from the other budgets."""
    pacing = Pacing()
    while pacing.take_post("C0OPS", START):
        pass
    left = pacing.posts.left(START), pacing.lookups.left(START)

    assert not pacing.take_post("C0OPS", START, looks_up=True)
    assert left == (pacing.posts.left(START), pacing.lookups.left(START))


def test_progress_stops_before_the_reserve():
    """When progress may not go any more, some ends still may."""
    pacing, now = Pacing(), START
    while pacing.edits.is_open(now, EDIT_RESERVE):
        if not pacing.take_edit(now, is_progress=True):
            now = pacing.next_opening(now)

    assert not pacing.take_edit(now, is_progress=True)
    assert sum(pacing.take_edit(now, is_progress=False) for _ in range(9)) == EDIT_RESERVE


def test_a_former_process_has_used_its_share():
    """What was called before a restart is gone from the budgets of the new process."""
    pacing = Pacing()

    for number in range(48):
        pacing.remember("edits", "", after(number))

    assert sum(pacing.take_edit(after(48), is_progress=False) for _ in range(50)) <= 2


def test_closed_channels_are_those_that_may_not_be_posted_to():
    """A channel is closed after its burst and open again a second later; the idle are forgotten."""
    pacing = Pacing()
    for channel in [*["C0OPS"] * 10, "C0RANDOM"]:
        if pacing.take_post(channel, START):
            pacing.answered([("posts", channel)], START, START)

    assert pacing.closed_channels(START) == ["C0OPS"]
    assert pacing.closed_channels(after(1.1)) == []
    assert pacing.closed_channels(after(60)) == []
    assert pacing.channels == {}


def test_without_limits_everything_goes():
    """Against a workspace without limits nothing is ever held back."""
    pacing = Pacing(unlimited=True)

    assert all(pacing.take_post("C0OPS", START, looks_up=True) for _ in range(1000))
    assert all(pacing.take_edit(START, is_progress=True) for _ in range(1000))
    assert pacing.closed_channels(START) == []
    assert after(60) == pacing.next_opening(START)
