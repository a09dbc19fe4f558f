"""The life of one incident: what opens it, what people hear of it, how it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts.incident_lifecycle import (
    AlertRules,
    Incident,
    IncidentState,
    Recurrence,
    Sighting,
    Tell,
    TroubleGroup,
    TroubleType,
    acknowledge,
    follow_incident,
    is_news,
    resolve,
    snooze,
)
from bot.errors import ConflictError

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GROUP = TroubleGroup(TroubleType.FAILED, "import", "e")
RULES = AlertRules(repeat_after=24 * HOUR, escalate_after=30 * MINUTE)
FAILED = frozenset({"t1#1"})


def seen(*troubles: str, **facts) -> Sighting:
    return Sighting(frozenset(troubles), frozenset(troubles), **facts)


def told(opened_at: datetime = NOON, **changes) -> Incident:
    """Return an incident that people were told of."""
    incident = Incident(GROUP, opened_at, FAILED, FAILED, openings=(opened_at,), told_at=opened_at)
    return replace(incident, **changes)


def go(incident: Incident | None, sighting: Sighting, now: datetime):
    return follow_incident(GROUP, incident, sighting, RULES, now)


@pytest.mark.parametrize(
    "sighting",
    [
        Sighting(FAILED),  # history: it began before the window
        seen("t1#1", is_silenced=True),
        seen("t1#1", failures_in_row=2, alert_after=3),
        Sighting(),
    ],
)
def test_what_is_no_news_opens_nothing(sighting):
    """Old troubles, muted kinds and too few failures in a row leave a group without an incident."""
    assert go(None, sighting, NOON) == (None, ())


def test_news_opens_an_incident():
    """The third failure in a row opens it, and nobody is told before the board says so."""
    incident, tells = go(None, seen("t1#1", failures_in_row=3, alert_after=3), NOON)

    assert tells == ()
    assert incident == Incident(GROUP, NOON, FAILED, FAILED, openings=(NOON,), grown_at=NOON)


@pytest.mark.parametrize(
    ("resolved_by", "word"), [(None, Recurrence.AGAIN), ("Ada", Recurrence.REGRESSION)]
)
def test_the_first_word_says_how_the_last_one_ended(resolved_by, word):
    """*Again* after one that ended by itself, *Regression* after one that a person closed."""
    last = told(state=IncidentState.RESOLVED, troubles=frozenset(), resolved_by=resolved_by)
    incident, _ = go(last, seen("t1#2"), NOON + 2 * HOUR)

    assert incident is not None
    assert (incident.first_word, incident.number) == (word, 2)
    assert incident.told_at is None


def test_one_resolved_by_hand_stays_closed_for_what_it_held():
    """The same failure opens nothing; another one, or another attempt, is a regression."""
    resolved, tells = resolve(told(), "Ada", NOON + MINUTE)

    assert tells == (Tell.EDIT,)
    assert go(resolved, seen("t1#1"), NOON + 2 * MINUTE) == (resolved, ())
    reopened, _ = go(resolved, seen("t1#1", "t1#2"), NOON + 2 * MINUTE)
    assert reopened is not None
    assert reopened.troubles == {"t1#2"}


def test_an_incident_grows_and_shrinks_by_edits():
    """New failures and those that moved on change its one message."""
    grown, tells = go(told(), seen("t1#1", "t2#1"), NOON + MINUTE)
    assert (grown and grown.troubles, tells) == ({"t1#1", "t2#1"}, (Tell.EDIT,))

    shrunk, tells = go(grown, seen("t2#1"), NOON + 2 * MINUTE)
    assert (shrunk and shrunk.troubles, tells) == ({"t2#1"}, (Tell.EDIT,))
    assert go(shrunk, seen("t2#1"), NOON + 3 * MINUTE) == (shrunk, ())


def test_a_failure_that_left_the_window_is_still_open():
    """Growing old is no recovery: only what moved on is over."""
    assert go(told(), Sighting(FAILED), NOON + 5 * HOUR)[1] == (Tell.ESCALATE,)


def test_a_muted_kind_neither_grows_nor_reminds():
    """While it is muted an incident shrinks silently."""
    incident = told(troubles=FAILED | {"t2#1"}, held=FAILED | {"t2#1"})
    silent, tells = go(incident, seen("t1#1", "t3#1", is_silenced=True), NOON + 30 * HOUR)

    assert (silent and silent.troubles, tells) == (FAILED, (Tell.EDIT,))


def test_it_recovers_once():
    """One recovery when all have moved on, and nothing after it."""
    recovered, tells = go(told(), Sighting(), NOON + MINUTE)

    assert recovered is not None
    assert tells == (Tell.RECOVER,)
    assert recovered.state == IncidentState.RESOLVED
    assert recovered.resolved_because == "moved_on"
    assert go(recovered, Sighting(), NOON + 2 * MINUTE) == (recovered, ())


def test_what_slack_has_not_got_yet_is_withdrawn():
    """An alert about something that is over is taken back rather than sent late."""
    withdrawn, tells = go(told(), Sighting(is_delivered=False), NOON + MINUTE)

    assert withdrawn is not None
    assert tells == (Tell.WITHDRAW,)
    assert withdrawn.told_at is None


def test_what_nobody_was_told_of_ends_without_a_word():
    """An incident that waited for the digest and is over is never mentioned."""
    _, tells = go(told(told_at=None), Sighting(), NOON + MINUTE)

    assert tells == ()


def test_a_reminder_comes_only_after_a_day():
    """Unacknowledged for a day: one reply in the thread, the next a day later."""
    incident = told(escalated_at=NOON)
    assert go(incident, Sighting(FAILED), NOON + 24 * HOUR - MINUTE)[1] == ()
    reminded, tells = go(incident, Sighting(FAILED), NOON + 24 * HOUR)
    assert tells == (Tell.REMIND,)
    assert go(reminded, Sighting(FAILED), NOON + 25 * HOUR)[1] == ()
    assert go(reminded, Sighting(FAILED), NOON + 48 * HOUR)[1] == (Tell.REMIND,)


def test_it_is_escalated_once():
    """Half an hour without an acknowledgement reaches those who are named, once."""
    assert go(told(), Sighting(FAILED), NOON + 29 * MINUTE)[1] == ()
    escalated, tells = go(told(), Sighting(FAILED), NOON + 30 * MINUTE)
    assert tells == (Tell.ESCALATE,)
    assert go(escalated, Sighting(FAILED), NOON + HOUR)[1] == ()


def test_quiet_hours_hold_back_reminders():
    """At night neither reminder nor escalation is sent; in the morning both are due."""
    night = Sighting(FAILED, is_quiet=True)
    assert go(told(), night, NOON + 30 * HOUR)[1] == ()
    assert go(told(), Sighting(FAILED), NOON + 31 * HOUR)[1] == (Tell.REMIND, Tell.ESCALATE)


def test_acknowledging_ends_reminders():
    """Who acknowledged it is known, and a second person is told who was first."""
    incident, tells = acknowledge(told(), "Ada", NOON + MINUTE)

    assert tells == (Tell.EDIT,)
    assert (incident.acknowledged_by, incident.acknowledged_at) == ("Ada", NOON + MINUTE)
    assert go(incident, Sighting(FAILED), NOON + 48 * HOUR) == (incident, ())
    with pytest.raises(ConflictError, match="Already acknowledged by Ada"):
        acknowledge(incident, "Ben", NOON + 2 * MINUTE)


def test_a_snoozed_incident_speaks_up_when_its_time_is_over():
    """Silence for an hour, then one reply if it still lasts."""
    snoozed, tells = snooze(told(), NOON + HOUR)
    assert tells == (Tell.EDIT,)
    assert go(snoozed, Sighting(FAILED), NOON + 59 * MINUTE) == (snoozed, ())

    woken, tells = go(snoozed, Sighting(FAILED), NOON + HOUR)
    assert woken is not None
    assert tells == (Tell.REMIND,)
    assert woken.state == IncidentState.OPEN


def test_a_snoozed_incident_that_nobody_was_told_of_opens_again():
    """It waits for its post as it did before."""
    snoozed, tells = snooze(told(told_at=None), NOON + HOUR)
    assert tells == ()

    woken, tells = go(snoozed, Sighting(FAILED), NOON + HOUR)
    assert woken is not None
    assert (woken.state, tells) == (IncidentState.OPEN, ())


def test_nothing_can_be_done_about_what_is_over():
    """Each action on a resolved incident says that it is over, and by whom."""
    resolved, _ = resolve(told(), "Ada", NOON, "fixed")

    for action in (
        lambda: acknowledge(resolved, "Ben", NOON),
        lambda: snooze(resolved, NOON + HOUR),
        lambda: resolve(resolved, "Ben", NOON),
    ):
        with pytest.raises(ConflictError, match="already resolved by Ada"):
            action()


def flapping() -> Incident:
    """Return an incident that has opened for the third time within an hour."""
    incident = told()
    for attempt in (2, 3):
        now = NOON + attempt * 10 * MINUTE
        recovered, _ = go(incident, Sighting(), now - MINUTE)
        opened, _ = go(recovered, seen(f"t1#{attempt}"), now)
        assert opened is not None
        incident = replace(opened, told_at=opened.told_at or now)
    return incident


def test_the_third_opening_within_an_hour_is_flapping():
    """The last incident is opened once more, and told by edits alone."""
    incident = flapping()

    assert incident.is_flapping
    assert incident.number == 2
    resolved, tells = go(incident, Sighting(), NOON + 31 * MINUTE)
    assert tells == (Tell.EDIT,)
    again, tells = go(resolved, seen("t1#4"), NOON + 32 * MINUTE)
    assert tells == (Tell.EDIT,)
    assert go(again, Sighting(again.troubles), NOON + 85 * MINUTE) == (again, ())


def test_flapping_ends_after_an_hour_without_an_opening():
    """What is then open is reminded of as any other, what is resolved says so."""
    open_still = flapping()
    calm, tells = go(open_still, Sighting(open_still.troubles), NOON + 90 * MINUTE)
    assert calm is not None
    assert not calm.is_flapping
    assert tells == (Tell.EDIT, Tell.ESCALATE)

    resolved, _ = go(open_still, Sighting(), NOON + 31 * MINUTE)
    calm, tells = go(resolved, Sighting(), NOON + 90 * MINUTE)
    assert calm is not None
    assert not calm.is_flapping
    assert tells == (Tell.EDIT,)


def test_what_flapped_recovers_no_second_time():
    """An incident whose recovery was told before it flapped ends with an edit."""
    calm, _ = go(flapping(), Sighting(frozenset({"t1#3"})), NOON + 90 * MINUTE)
    _, tells = go(calm, Sighting(), NOON + 100 * MINUTE)

    assert tells == (Tell.EDIT,)


@pytest.mark.parametrize(
    ("began", "silenced_until", "expected"),
    [
        (-30 * MINUTE, None, True),
        (-31 * MINUTE, None, False),
        (timedelta(0), None, True),
        (timedelta(seconds=1), None, False),
        (-3 * HOUR, -10 * MINUTE, True),
        (-3 * HOUR, -2 * HOUR, False),
        (-5 * MINUTE, -10 * HOUR, True),
    ],
)
def test_news_began_within_the_window(began, silenced_until, expected):
    """Neither history nor the future is news; what lasted through a maintenance is, after it."""
    until = NOON + silenced_until if silenced_until is not None else None

    assert is_news(NOON + began, NOON, timedelta(minutes=30), until) is expected
