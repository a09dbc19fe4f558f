"""All incidents together: storms, digests, and a property test of what people are ever told."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.incident_lifecycle import (
    STORM,
    AlertRules,
    Incident,
    IncidentState,
    Recurrence,
    Sighting,
    Tell,
    TroubleGroup,
    TroubleType,
    acknowledge,
    is_news,
    resolve,
    snooze,
)
from bot.alerts.storms import Board, BoardRules, storm_group
from bot.scheduling.quiet_hours import QuietHours

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=30)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NIGHT = QuietHours(time(22), time(7), time(8, 30), "UTC")
LOUD = {Tell.POST, Tell.DIGEST, Tell.REMIND, Tell.ESCALATE}


class World:
    """Tasks in trouble, a clock set by hand, and what people were told."""

    def __init__(self, rules: BoardRules | None = None, now: datetime = NOON) -> None:
        self.rules = rules or BoardRules()
        self.now = now
        self.latest: dict[TroubleGroup, Incident] = {}
        self.troubles: dict[str, tuple[TroubleGroup, datetime]] = {}
        self.silenced: set[str] = set()
        self.critical: set[str] = set()
        self.told: list[tuple[datetime, TroubleGroup, int, Tell]] = []
        self.closed: set[str] = set()
        self.is_delivered = True
        self._serial = 0

    def begin(self, task: str, kind: TroubleType = TroubleType.FAILED, error: str = "e") -> str:
        """Let something go wrong now and return its name."""
        self._serial += 1
        name = f"{task}-{self._serial}"
        self.troubles[name] = (TroubleGroup(kind, task, error), self.now)
        return name

    def end(self, name: str) -> None:
        self.troubles.pop(name, None)

    def end_all(self, task: str) -> None:
        for name in [name for name, (group, _) in self.troubles.items() if group.task == task]:
            self.end(name)

    def end_any(self, number: int) -> None:
        self.end([*self.troubles, ""][number % (len(self.troubles) + 1)])

    def relapse(self, task: str) -> None:
        """Let all of a kind move on, and something else of it go wrong."""
        self.end_all(task)
        self.check(MINUTE)
        self.begin(task)

    def burst(self, kind: TroubleType) -> None:
        for number in range(8):
            self.begin(f"kind {number}", kind)

    def silence(self, task: str) -> None:
        """Mute a kind, or unmute it."""
        self.silenced ^= {task}

    def deliver(self, is_delivered: bool, /) -> None:
        self.is_delivered = is_delivered

    def press(self, button: str, group: TroubleGroup) -> None:
        """Let Ada press a button, where there is one."""
        incident = self.latest.get(group)
        if incident is None or not incident.is_open:
            return
        if button == "snooze":
            self.latest[group], _ = snooze(incident, self.now + HOUR)
        elif button == "resolve":
            self.latest[group], _ = resolve(incident, "Ada", self.now)
            self.closed |= incident.troubles
        elif incident.state != IncidentState.ACKNOWLEDGED:
            self.latest[group], _ = acknowledge(incident, "Ada", self.now)

    def sightings(self) -> dict[TroubleGroup, Sighting]:
        seen: dict[TroubleGroup, Sighting] = {}
        for name, (group, began_at) in self.troubles.items():
            before = seen.get(group, Sighting(is_delivered=self.is_delivered))
            fresh = {name} if is_news(began_at, self.now, WINDOW) else set()
            seen[group] = replace(
                before,
                in_trouble=before.in_trouble | {name},
                fresh=before.fresh | fresh,
                is_silenced=group.task in self.silenced,
                is_critical=group.task in self.critical,
            )
        for group, incident in self.latest.items():
            if group.fingerprint == STORM:
                left = incident.troubles & self.troubles.keys()
                seen[group] = Sighting(left, is_delivered=self.is_delivered)
        return seen

    def check(self, later: timedelta = timedelta(0)) -> list[tuple[str, Tell]]:
        """Let time pass, check, and return what was told of which kind."""
        self.now += later
        board = Board(self.latest, self.rules, self.now)
        board.check(self.sightings())
        tells = []
        for group, tell in board.tells:
            number = (
                self.latest[group].number if tell == Tell.RECOVER else board.latest[group].number
            )
            self.told.append((self.now, group, number, tell))
            tells.append((group.task or group.fingerprint, tell))
        before, self.latest = self.latest, board.latest
        judge(self, before, board.tells)
        return tells

    def incident(self, task: str, kind: TroubleType = TroubleType.FAILED) -> Incident:
        return next(
            one for group, one in self.latest.items() if (group.task, group.type) == (task, kind)
        )


def judge(
    world: World, before: dict[TroubleGroup, Incident], tells: list[tuple[TroubleGroup, Tell]]
) -> None:
    """Compare what was told in one check with what is so."""
    for _, group, number, tell in world.told[len(world.told) - len(tells) :]:
        incident = world.latest[group]
        story = [tell for _, g, n, tell in world.told if (g, n) == (group, number)]
        posts = [
            at
            for at, g, n, tell in world.told
            if (g, n) == (group, number) and tell in (Tell.POST, Tell.DIGEST)
        ]
        assert story[0] in (Tell.POST, Tell.DIGEST), "a post before anything else"
        assert len(posts) == 1 or group.fingerprint == STORM, "and one only"
        gaps = [late - early for early, late in pairwise(posts)]
        assert all(gap >= 10 * MINUTE for gap in gaps), "a storm rarely breaks out again"
        assert story.count(Tell.RECOVER) <= 1
        assert story.count(Tell.ESCALATE) <= len(posts)
        if tell in LOUD:
            assert incident.is_open, "never about what is over"
            assert incident.troubles
            assert incident.troubles <= world.troubles.keys()
        if incident.is_flapping and incident.number == number:
            assert tell == Tell.EDIT, "flapping is silent"
        assert group.task not in world.silenced or tell not in LOUD
        was = before.get(group)
        if was is not None and was.number != incident.number:
            assert incident.number == was.number + 1
    held = Counter(name for one in world.latest.values() if one.is_open for name in one.troubles)
    assert set(held.values()) <= {1}, "a trouble is in one incident"
    for name, (group, began_at) in world.troubles.items():
        if is_news(began_at, world.now, WINDOW) and group.task not in world.silenced:
            assert held[name] == 1 or name in world.closed, "nothing is overlooked"


def test_one_failure_is_told_at_once_and_its_recovery_once():
    """Post, silence, one recovery, silence."""
    world = World()
    failure = world.begin("import")

    assert world.check() == [("import", Tell.POST)]
    assert world.check(MINUTE) == []
    world.end(failure)
    assert world.check(MINUTE) == [("import", Tell.RECOVER)]
    assert world.check(MINUTE) == []


def test_more_failures_of_a_group_are_edits():
    """It grows and shrinks within its one message."""
    world = World()
    first = world.begin("import")
    world.check()
    world.begin("import")

    assert world.check(MINUTE) == [("import", Tell.EDIT)]
    world.end(first)
    assert world.check(MINUTE) == [("import", Tell.EDIT)]


def test_two_hundred_failures_in_a_minute_are_at_most_three_posts():
    """Trickling in by tick after tick: two incidents of their own, and one storm."""
    world = World()
    for number in range(200):
        world.begin(f"kind {number}")
        world.check(timedelta(milliseconds=300))

    posts = [
        group.task or group.fingerprint for _, group, _, tell in world.told if tell == Tell.POST
    ]
    assert posts == ["kind 0", "kind 1", STORM]
    assert len(world.incident("").troubles) == 198


def test_many_failures_at_once_are_one_storm():
    """A tick that finds six groups posts once; the storm is over when all have moved on."""
    world = World()
    failures = [world.begin(f"kind {number}") for number in range(6)]

    assert world.check() == [(STORM, Tell.POST)]
    for failure in failures[:5]:
        world.end(failure)
    assert world.check(MINUTE) == [(STORM, Tell.EDIT)]
    world.end(failures[5])
    assert world.check(MINUTE) == [(STORM, Tell.RECOVER)]
    assert world.check(MINUTE) == []


def test_what_opens_after_a_storm_has_calmed_is_told_by_itself():
    """A storm takes in what opens within a minute of the last; then a group is one again."""
    world = World()
    for number in range(6):
        world.begin(f"kind {number}")
    world.check()
    world.begin("late")
    assert world.check(59 * SECOND) == [(STORM, Tell.EDIT)]
    world.begin("later")
    assert world.check(59 * SECOND) == [(STORM, Tell.EDIT)]
    world.begin("last")
    assert world.check(MINUTE) == [("last", Tell.POST)]
    assert world.incident("kind 1").troubles == frozenset()
    again = world.begin("kind 1")
    assert world.check(MINUTE) == [("kind 1", Tell.POST)]
    assert world.incident("kind 1").troubles == {again}
    assert world.incident("kind 1").first_word == Recurrence.AGAIN


@pytest.mark.parametrize(
    ("minutes", "button", "expected"),
    [
        (9, None, [(STORM, Tell.EDIT)]),
        (10, None, [(STORM, Tell.POST)]),
        (10, "acknowledge", [(STORM, Tell.POST)]),
        (10, "snooze", [(STORM, Tell.EDIT)]),
        (10, "snooze critical", [(STORM, Tell.POST)]),
        (10 * 60, "critical", [(STORM, Tell.POST)]),
        (10 * 60, None, [(STORM, Tell.EDIT)]),  # The night has begun.
    ],
)
def test_a_storm_that_breaks_out_again_is_posted_anew(minutes, button, expected):
    """
    Nobody looks at an edit of an old message; the storm is one incident for all that.

    A snooze and the night hold back what is not critical.
    """
    world = World(BoardRules(quiet_hours=NIGHT))
    for number in range(6):
        world.begin(f"kind {number}")
    world.check()
    if button in ("acknowledge", "snooze", "snooze critical"):
        world.press(button.split()[0], storm_group(TroubleType.FAILED))
    if button and "critical" in button:
        world.critical.add("kind 7")
    world.now += minutes * MINUTE - SECOND
    for number in range(6, 12):
        world.begin(f"kind {number}")
    assert world.check(SECOND) == expected
    assert world.incident("").number == 1
    assert len(world.incident("").troubles) == 12
    assert world.check(SECOND) == []


def test_storms_of_two_types_are_told_apart():
    """Failed and stuck tasks have a storm each."""
    world = World()
    for number in range(6):
        world.begin(f"kind {number}")
        world.begin(f"kind {number}", TroubleType.STUCK)

    assert world.check() == [(STORM, Tell.POST), (STORM, Tell.POST)]
    storms = {storm_group(TroubleType.FAILED), storm_group(TroubleType.STUCK)}
    assert {group for _, group, _, _ in world.told} == storms


def test_a_few_incidents_in_a_minute_wait_for_each_other():
    """Two are told at once, three a minute later: five are no storm."""
    world = World()
    for number in range(5):
        world.begin(f"kind {number}")

    assert world.check() == [("kind 0", Tell.POST), ("kind 1", Tell.POST)]
    assert world.check(59 * SECOND) == []
    assert world.check(SECOND) == [(f"kind {number}", Tell.POST) for number in (2, 3, 4)]


def test_quiet_hours_end_with_one_digest():
    """What is still so in the morning is told in one message, what is over never is."""
    world = World(BoardRules(quiet_hours=NIGHT), now=NOON.replace(hour=23))
    over = world.begin("over")
    for task in ("import", "export"):
        world.begin(task)
    assert world.check() == []
    world.end(over)
    assert world.check(8 * HOUR) == []  # 07:00: no longer quiet, not yet the digest
    assert world.check(89 * MINUTE) == []
    assert world.check(MINUTE) == [("export", Tell.DIGEST), ("import", Tell.DIGEST)]
    assert world.check(MINUTE) == []


def test_a_digest_of_one_is_a_post():
    """A single incident of the night is told as any other."""
    world = World(BoardRules(quiet_hours=NIGHT), now=NOON.replace(hour=23))
    world.begin("import")
    world.check()

    assert world.check(10 * HOUR) == [("import", Tell.POST)]


def test_the_critical_does_not_wait_for_the_morning():
    """Quiet hours hold back neither its post nor its reminder."""
    rules = BoardRules(AlertRules(repeat_after=2 * HOUR), quiet_hours=NIGHT)
    world = World(rules, now=NOON.replace(hour=23))
    world.critical = {"import"}
    world.begin("import")
    world.begin("export")

    assert world.check() == [("import", Tell.POST)]
    assert world.check(2 * HOUR) == [("import", Tell.REMIND)]


def test_a_storm_at_night_waits_for_the_digest_too():
    """Six groups at midnight are one storm, posted in the morning."""
    world = World(BoardRules(quiet_hours=NIGHT), now=NOON.replace(hour=23))
    for number in range(6):
        world.begin(f"kind {number}")

    assert world.check() == []
    assert world.check(10 * HOUR) == [(STORM, Tell.POST)]


def test_what_was_muted_before_it_was_told_is_not_told():
    """An incident that waits for its turn stays silent when its kind is muted."""
    world = World()
    for number in range(3):
        world.begin(f"kind {number}")
    world.check()
    world.silenced = {"kind 2"}

    assert world.check(MINUTE) == []


def test_a_clock_that_is_set_back_makes_no_news():
    """After two hours back nothing is told again, and nothing waits two hours."""
    world = World()
    for number in range(3):
        world.begin(f"kind {number}")
    world.check()

    assert world.check(-2 * HOUR) == [("kind 2", Tell.POST)]
    assert world.check(MINUTE) == []


ticks = st.sampled_from([SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, HOUR, 9 * HOUR, -HOUR])
tasks = st.sampled_from([f"kind {number}" for number in range(8)])
kinds = st.sampled_from([TroubleType.FAILED, TroubleType.STUCK])
groups = st.one_of(st.builds(TroubleGroup, kinds, tasks, st.just("e")), kinds.map(storm_group))
steps = st.one_of(
    st.tuples(st.just("begin"), tasks, kinds),
    st.tuples(st.just("begin"), tasks, kinds),
    st.tuples(st.just("end_any"), st.integers(0, 30)),
    st.tuples(st.just("end_all"), tasks),
    st.tuples(st.just("check"), ticks),
    st.tuples(st.just("check"), st.sampled_from([SECOND, MINUTE])),
    st.tuples(st.just("relapse"), tasks),
    st.tuples(st.just("burst"), kinds),
    st.tuples(st.just("silence"), tasks),
    st.tuples(st.just("deliver"), st.booleans()),
    st.tuples(st.just("press"), st.sampled_from(["acknowledge", "snooze", "resolve"]), groups),
)
some_rules = st.builds(
    BoardRules,
    st.just(AlertRules(repeat_after=2 * HOUR, escalate_after=30 * MINUTE)),
    st.integers(1, 5),
    st.sampled_from([None, NIGHT]),
)


@settings(max_examples=100)
@given(some_rules, st.lists(steps, min_size=10, max_size=60))
def test_whatever_happens_people_are_told_the_truth_once(rules, story):
    """One post an incident, at most one recovery, nothing of what is over, silence in flapping."""
    world = World(rules)
    for step in story:
        getattr(world, step[0])(*step[1:])

    minutes = [at for at, _, _, tell in world.told if tell == Tell.POST]
    if all(step[-1] != -HOUR for step in story):
        for at in minutes:
            assert sum(at <= other < at + MINUTE for other in minutes) <= rules.storm_after + 4


@pytest.mark.parametrize("task", ["a", "b"])
def test_known_groups_are_not_news_after_a_restart(task):
    """What the board knew is enough to go on with: a second one told nothing tells nothing."""
    world = World()
    world.begin(task)
    world.check()
    board = Board(world.latest, world.rules, world.now + MINUTE)
    board.check(world.sightings())

    assert board.tells == []
