"""App Home, whatever it is made of."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_playground.blocks import validate_message, validate_view

from bot.alerts.display import FoundAlert
from bot.alerts.incident_lifecycle import TroubleType
from bot.alerts.models import Alert, AlertTrouble, Silence, SilenceReason
from bot.alerts.service import AlertWithTasks
from bot.messages.models import Message
from bot.subscriptions.models import Preference, Subscription
from bot.tasks.models import Task, TaskStatus
from listeners.views.home.home_builder import (
    HomeFacts,
    build_home,
    build_home_notice,
    preference_words,
)
from listeners.views.home.preferences_builder import build_preferences
from listeners.views.home.subscribe_builder import build_subscribe
from listeners.views.home.subscription_list_builder import build_subscription_list
from tests.listeners.room import ADA, OPS
from tests.listeners.views.strange import MOMENT, TEXTS, tasks
from tests.listeners.views.test_answer_builders import sent

HEALTH = {"socket": {"connected": True, "silent_seconds": 0.0}, "lanes": []}
PATTERNS = st.text("ab-*<>&:_", min_size=1, max_size=200)


def home_of(**facts: Any) -> dict[str, Any]:
    """Return a Home in which nothing else is to be seen."""
    usual: dict[str, Any] = {
        "reports": [],
        "alerts": [],
        "silences": [],
        "dead_letters": [],
        "running": [],
        "subscriptions": [],
        "preference": None,
        "health": HEALTH,
        "workspace_url": "https://acme.slack.com/",
        "at": MOMENT,
    }
    return build_home(HomeFacts(**{**usual, **facts}))


def subscription_to(pattern: str, *, only_failures: bool = False) -> Subscription:
    return Subscription(
        tenant="default",
        workspace_id="T1",
        channel=ADA,
        pattern=pattern,
        prefix=pattern.partition("*")[0],
        only_failures=only_failures,
        created_by=ADA,
        created_at=MOMENT,
    )


def alert_about(
    kind: str, held: list[tuple[AlertTrouble, Task | None]] | None = None
) -> AlertWithTasks:
    alert = Alert(
        tenant="default",
        type=TroubleType.FAILED,
        task=kind,
        fingerprint="f",
        label="",
        opened_at=MOMENT,
        channel=OPS,
    )
    return AlertWithTasks(FoundAlert(alert, held or []), [], "1795313357.878748")


def silence_of(kind: str) -> Silence:
    return Silence(tenant="default", task=kind, reason=SilenceReason.MUTED, by=ADA, began_at=MOMENT)


def letter_about(text: str, channel: str = OPS) -> Message:
    fields: dict[str, Any] = {
        "waiting_since": MOMENT,
        "due_at": MOMENT,
        "created_at": MOMENT,
        "dead_at": MOMENT,
    }
    return Message(
        workspace_id="T1",
        tenant="default",
        channel=channel,
        template=text,
        context={},
        error=text,
        max_attempts=1,
        **fields,
    )


@given(
    st.lists(TEXTS.map(alert_about), max_size=15),
    st.lists(st.builds(letter_about, TEXTS, st.just(OPS) | TEXTS), max_size=10),
    st.lists(st.tuples(tasks(status=TaskStatus.RUNNING), st.none() | st.just("1795313357.878748"))),
    st.lists(PATTERNS.map(subscription_to), max_size=20),
    st.lists(TEXTS.map(lambda text: silence_of(text[:200])), max_size=8),
)
def test_slack_takes_any_home(
    alerts: Any, letters: Any, running: Any, subscriptions: Any, silences: Any
) -> None:
    """However much there is of the strangest things, it is published and mentions nobody."""
    view = home_of(
        alerts=alerts,
        silences=silences,
        dead_letters=letters,
        running=running,
        subscriptions=subscriptions,
    )
    assert validate_view(view) == []
    assert len(view["blocks"]) <= 100
    assert '"type": "mrkdwn"' not in json.dumps(view)


@pytest.mark.parametrize(("runner", "buttons"), [("mill", 1), (None, 0)])
def test_only_what_has_a_runner_can_be_retried(runner: str | None, buttons: int) -> None:
    """As in the alert's own message."""
    task = Task(
        tenant="default",
        workspace_id="T1",
        channel=OPS,
        task="import",
        status=TaskStatus.FAILED,
        runner=runner,
        created_at=MOMENT,
        updated_at=MOMENT,
    )
    trouble = AlertTrouble(
        tenant="default",
        type=TroubleType.FAILED,
        key="k",
        alert_id="a",
        task="import",
        began_at=MOMENT,
    )
    view = home_of(alerts=[alert_about("import", [(trouble, task)])])
    assert json.dumps(view).count('"alert_retry"') == buttons


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({}, "You are told at once, at any hour (UTC)."),
        ({"is_once_a_day": True}, "You are told once a day, in a digest, at any hour (UTC)."),
        (
            {"quiet_hours": "22:00-07:00", "timezone": "Europe/Berlin"},
            "You are told at once; quiet from 22:00 to 07:00 (Europe/Berlin), then comes a digest.",
        ),
    ],
)
def test_preferences_are_a_sentence(wishes: dict[str, Any], words: str) -> None:
    """That says when somebody is told."""
    preference = Preference(tenant="default", user_id=ADA, **wishes)
    assert preference_words(preference) == words
    assert validate_view(build_preferences(preference, preference.timezone)) == []


def test_the_other_views_are_slacks_too() -> None:
    """The notice, the form to subscribe, and the form of who never preferred anything."""
    assert validate_view(build_home_notice("*Guests* cannot use me.")) == []
    assert validate_view(build_home_notice("")) == []
    assert validate_view(build_subscribe()) == []
    assert validate_view(build_preferences(None, "UTC")) == []


@given(st.lists(PATTERNS.map(subscription_to), min_size=1, max_size=50))
def test_each_line_of_a_list_says_how_to_undo_it(found: list[Subscription]) -> None:
    """Fifty patterns make one answer, each with its command."""
    answer = build_subscription_list(found, is_personal=True)
    assert validate_message(sent(answer)) == []
    assert json.dumps(answer).count("/ops unsubscribe") == len(found)
