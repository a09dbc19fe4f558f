"""Answers that only the asker sees, whatever tasks and health are made of."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from slack_playground.blocks import validate_message, validate_view

from bot.tasks.models import Task
from listeners.views.health_builder import build_health
from listeners.views.notice_builder import build_loading, build_notice
from listeners.views.tasks.run_task_builder import build_run_task
from listeners.views.tasks.task_facts_builder import build_task_facts
from listeners.views.tasks.task_list_builder import build_task_list
from tests.listeners.views.strange import SAMPLES, TEXTS, tasks

TIMESTAMPS = st.none() | st.just("1795313357.878748")


def sent(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the part of an answer that is a message."""
    return {key: value for key, value in answer.items() if key != "response_type"}


@given(st.lists(st.tuples(tasks(), TIMESTAMPS), max_size=15))
def test_slack_takes_a_list_of_any_tasks(found: list[tuple[Task, str | None]]) -> None:
    """Fifteen of the strangest tasks still make one answer, seen by the asker alone."""
    answer = build_task_list(found, which=None, workspace_url="https://acme.slack.com/", limit=15)
    assert validate_message(sent(answer)) == []
    assert answer["response_type"] == "ephemeral"


@given(tasks(), TIMESTAMPS)
def test_slack_takes_the_facts_of_any_task(task: Task, ts: str | None) -> None:
    """All that is known fits, and an address that is none is no link."""
    answer = build_task_facts(task, ts, workspace_url="https://acme.slack.com/")
    assert validate_message(sent(answer)) == []
    assert "javascript:" not in json.dumps(answer)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("workspace_id", "state", "reason"), TEXTS))))
def test_slack_takes_any_health(lanes: list[dict[str, str]]) -> None:
    """However many lanes there are, and whatever they are called, an answer comes of it."""
    socket = {"connected": False, "silent_seconds": None, "replaced": 0}
    assert validate_message(sent(build_health({"socket": socket, "lanes": lanes}, {}))) == []


def test_health_is_told_in_sentences() -> None:
    """
    What works, what does not and why, for people.

    It once showed `socket.silent_seconds: 0.0` and `lanes.0.reason:`.
    """
    lanes = [
        {"workspace_id": "T1", "state": "running", "reason": ""},
        {"workspace_id": "T2", "state": "paused", "reason": "token_revoked"},
        {"workspace_id": "to:oncall-mail", "state": "asleep", "reason": ""},
    ]
    socket = {"connected": True, "silent_seconds": 0.0, "replaced": 2}
    answer = build_health({"socket": socket, "lanes": lanes}, {})

    assert answer["text"] == (
        "Health: Slack: connected, reconnected 2 times since the start; Workspace T1: "
        "delivering messages; Workspace T2: paused, not delivering (token_revoked); "
        "Destination oncall-mail: nothing to deliver"
    )
    socket = {"connected": False, "silent_seconds": 12.3, "replaced": 0}
    said = build_health({"socket": socket, "lanes": []}, {})["text"]
    assert said == "Health: Slack: not connected for 12 s"


def test_the_event_bus_is_told_in_sentences() -> None:
    """Each direction that is set up: how it is, why, and what was not taken."""
    bus = {
        "receiving": {"state": "connected", "reason": None, "rejected": 3},
        "publishing": {
            "state": "broken",
            "reason": "NATS: 'Authorization Violation'",
            "refused": 1,
            "lagSeconds": 75.2,
        },
    }
    socket = {"connected": True, "silent_seconds": 0.0, "replaced": 0}
    said = build_health({"socket": socket, "lanes": [], "bus": bus}, {})["text"]

    assert said == (
        "Health: Slack: connected; Event bus, receiving: connected, 3 rejected; Event bus, "
        "publishing: not connected (NATS: 'Authorization Violation'), 1 refused, the oldest event "
        "waits for 75 s"
    )


@given(st.lists(TEXTS | st.text(min_size=70, max_size=200), max_size=120))
def test_slack_takes_the_form_for_any_kinds(kinds: list[str]) -> None:
    """Too many, too long, doubled or blank kinds still make a form."""
    assert validate_view(build_run_task(kinds)) == []


def test_the_kind_is_typed_where_none_is_known() -> None:
    """An empty menu would be refused by Slack and of no use."""
    element = build_run_task([])["blocks"][0]["element"]
    assert element["type"] == "plain_text_input"


@given(TEXTS)
def test_slack_takes_any_notice(words: str) -> None:
    """A sentence of any length, or none, makes a modal."""
    assert validate_view(build_notice(words, title="Retry task")) == []
    assert validate_view(build_loading("A title that is longer than it may be")) == []


def test_the_samples_are_as_strange_as_they_claim() -> None:
    """The longest one is longer than any limit of Slack that a view meets."""
    assert max(len(one) for one in SAMPLES) > 3_000


def test_a_menu_has_a_hundred_kinds_at_most() -> None:
    """Slack takes no more; the likeliest come first."""
    view = build_run_task([f"kind_{number}" for number in range(150)])
    assert validate_view(view) == []
    options = view["blocks"][0]["element"]["options"]
    assert (options[0]["value"], len(options)) == ("kind_0", 100)
