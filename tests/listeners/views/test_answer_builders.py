"""Answers that only the asker sees, whatever tasks and health are made of."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.tasks.models import Task
from listeners.views.health_builder import build_health, flat
from listeners.views.notice_builder import build_loading, build_notice
from listeners.views.run_task_builder import build_run_task
from listeners.views.task_facts_builder import build_task_facts
from listeners.views.task_list_builder import build_task_list
from playground.blocks import validate_message, validate_view
from tests.listeners.views.strange import JSON, SAMPLES, TEXTS, tasks

TIMESTAMPS = st.none() | st.just("1795313357.878748")


def sent(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the part of an answer that is a message."""
    return {key: value for key, value in answer.items() if key != "response_type"}


@given(st.lists(st.tuples(tasks(), TIMESTAMPS), max_size=15))
def test_slack_takes_a_list_of_any_tasks(found: list[tuple[Task, str | None]]) -> None:
    """Fifteen of the strangest tasks still make one answer, seen by the asker alone."""
    answer = build_task_list(found, which=None, workspace_url="https://acme.slack.com/", most=15)
    assert [] == validate_message(sent(answer))
    assert "ephemeral" == answer["response_type"]


@given(tasks(), TIMESTAMPS)
def test_slack_takes_the_facts_of_any_task(task: Task, ts: str | None) -> None:
    """All that is known fits, and an address that is none is no link."""
    answer = build_task_facts(task, ts, workspace_url="https://acme.slack.com/")
    assert [] == validate_message(sent(answer))
    assert "javascript:" not in json.dumps(answer)


@given(JSON.map(lambda value: {"value": value}))
def test_slack_takes_any_health(health: dict[str, Any]) -> None:
    """Names and values of any depth become lines."""
    assert [] == validate_message(sent(build_health(health)))


def test_health_says_yes_no_none_and_one_decimal() -> None:
    """Lines read like words, not like Python."""
    health: dict[str, Any] = {
        "ok": True,
        "bad": False,
        "at": None,
        "age": 1.23,
        "lanes": [],
        "n": {"a": 2},
    }
    lines = list(flat(health))
    assert ["ok: yes", "bad: no", "at: none", "age: 1.2", "lanes: none", "n.a: 2"] == lines


@given(st.lists(TEXTS | st.text(min_size=70, max_size=200), max_size=120))
def test_slack_takes_the_form_for_any_kinds(kinds: list[str]) -> None:
    """Too many, too long, doubled or blank kinds still make a form."""
    assert [] == validate_view(build_run_task(kinds))


def test_the_kind_is_typed_where_none_is_known() -> None:
    """An empty menu would be refused by Slack and of no use."""
    element = build_run_task([])["blocks"][0]["element"]
    assert "plain_text_input" == element["type"]


@given(TEXTS)
def test_slack_takes_any_notice(words: str) -> None:
    """A sentence of any length, or none, makes a modal."""
    assert [] == validate_view(build_notice(words, title="Retry task"))
    assert [] == validate_view(build_loading("A title that is longer than it may be"))


def test_the_samples_are_as_strange_as_they_claim() -> None:
    """The longest one is longer than any limit of Slack that a view meets."""
    assert max(len(one) for one in SAMPLES) > 3_000


def test_a_menu_has_a_hundred_kinds_at_most() -> None:
    """Slack takes no more; the likeliest come first."""
    view = build_run_task([f"kind_{number}" for number in range(150)])
    assert [] == validate_view(view)
    options = view["blocks"][0]["element"]["options"]
    assert ("kind_0", 100) == (options[0]["value"], len(options))
