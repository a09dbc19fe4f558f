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
from bot.leaderboards.ranking import Measured
from bot.messages.models import Message
from bot.reports.models import Report
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
from listeners.views.leaderboard_builder import build_leaderboard
from tests.bot.leaderboards.test_display import RANKINGS, ranking_of
from tests.listeners.room import ADA, OPS
from tests.listeners.views.strange import MOMENT, TEXTS, tasks
from tests.listeners.views.test_answer_builders import sent

DEALERS = [Measured("North", {"score": 80.0, "revenue_at_risk": 1.0}, 72.0, 1)]
HEALTH = {"socket": {"connected": True, "silent_seconds": 0.0}, "lanes": []}
PATTERNS = st.text("ab-*<>&:_", min_size=1, max_size=200)


def home_of(**facts: Any) -> dict[str, Any]:
    """Return a Home in which nothing else is to be seen."""
    usual: dict[str, Any] = {
        "reports": [],
        "leaderboards": [],
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


def test_a_home_with_everything_is_one_that_slack_takes() -> None:
    """One more of each than is shown stays within Slack's hundred blocks."""
    task = Task(
        tenant="default",
        workspace_id="T1",
        channel=OPS,
        task="t",
        created_at=MOMENT,
        updated_at=MOMENT,
    )
    report = Report(
        tenant="default",
        workspace_id="T1",
        owner=ADA,
        name="Revenue",
        query="",
        sql="",
        source="shop",
        schedule={"frequency": "daily", "time": "09:00", "timezone": "UTC"},
        created_at=MOMENT,
        changed_at=MOMENT,
    )
    view = home_of(
        alerts=[alert_about("import")] * 30,
        silences=[silence_of("import")] * 30,
        dead_letters=[letter_about("x")] * 30,
        running=[(task, None)] * 30,
        reports=[report] * 30,
        leaderboards=[ranking_of(DEALERS)] * 30,
        subscriptions=[subscription_to("nightly-*")] * 30,
    )
    assert validate_view(view) == []
    assert len(view["blocks"]) <= 100


def test_each_board_says_who_leads() -> None:
    """With the button that opens it; a board that measures itself may wait to be asked."""
    measured = {
        "samples": False,
        "tasks": True,
        "rank_by": "failures",
        "columns": [{"name": "failures"}],
    }
    boards = [ranking_of(DEALERS), ranking_of([]), ranking_of([], **measured)]
    lines = [
        block
        for block in home_of(leaderboards=boards)["blocks"]
        if (block.get("accessory") or {}).get("action_id") == "home_leaderboard"
    ]
    week = "🏆 AI visibility, week 47 of 2026 so far\n"
    assert [line["text"]["text"] for line in lines] == [
        f"{week}North leads with 80.0, +8.0 (+11.1 %) in 7 days.",
        f"{week}There are no samples for week 47 yet.",
        f"{week}Not measured yet this week: open it.",
    ]
    assert "Leaderboards" not in json.dumps(home_of())


def test_a_board_is_a_modal_with_a_line_for_each_subject() -> None:
    """With each figure as it reads in the post."""
    _, line, below = build_leaderboard(ranking_of(DEALERS))["blocks"]
    words = [part["text"] for section in line["elements"] for part in section["elements"]]
    assert "".join(words) == (
        "1. North (=)\nAI visibility score 80.0 · Revenue at risk $1 · 7-day trend +8.0 (+11.1 %)"
    )
    assert "/leaderboard dealers" in json.dumps(below)


@given(RANKINGS)
def test_slack_takes_any_board_in_a_modal(measured: Any) -> None:
    """As strange as its subjects are, they mention nobody."""
    view = build_leaderboard(ranking_of(measured))
    assert validate_view(view) == []
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
    assert json.dumps(view).count('"Retry all?"') == buttons


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({}, "You are notified at once, at any hour (UTC)."),
        ({"is_once_a_day": True}, "You are notified once a day, in a digest, at any hour (UTC)."),
        (
            {"quiet_hours": "22:00-07:00", "timezone": "Europe/Berlin"},
            "You are notified at once; quiet from 22:00 to 07:00 (Europe/Berlin), "
            "followed by a digest.",
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
