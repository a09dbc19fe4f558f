"""The modal behind a task's Retry button, whatever the task is made of."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from slack_playground.blocks import validate_view

from bot.tasks.models import Task
from listeners.views.tasks.retry_task_builder import build_retry_task
from tests.listeners.views.strange import MOMENT, tasks


def plain_task(payload: Any) -> Task:
    """Return a failed task with a payload."""
    return Task(
        id="t_1",
        tenant="default",
        workspace_id="T1",
        channel="C1",
        task="schema_fix",
        attempt=3,
        payload=payload,
        created_at=MOMENT,
        updated_at=MOMENT,
    )


@given(tasks())
def test_slack_takes_the_modal_of_any_task(task: Task) -> None:
    """No name, error or payload makes a view that Slack refuses."""
    assert validate_view(build_retry_task(task)) == []


@given(tasks())
def test_nothing_of_a_task_is_marked_up(task: Task) -> None:
    """Every text is plain, so that nothing in it can mention, link or format."""
    assert "mrkdwn" not in kinds(build_retry_task(task))


def kinds(part: Any) -> list[str]:
    """Return the `type` of every object in a view."""
    if isinstance(part, list):
        return [kind for one in part for kind in kinds(one)]
    if not isinstance(part, dict):
        return []
    own = [part["type"]] if isinstance(part.get("type"), str) else []
    return own + [kind for one in part.values() for kind in kinds(one)]


def test_the_modal_remembers_the_attempt_that_was_seen() -> None:
    """So that two people who look at the same failure retry it once."""
    seen = json.loads(build_retry_task(plain_task(None))["private_metadata"])
    assert seen == {"task_id": "t_1", "attempt": 3}


def test_a_payload_too_large_to_edit_is_left_alone_and_said_so() -> None:
    """There is no input that would cut it, and a line says that it stays the same."""
    view = build_retry_task(plain_task({"rows": ["x" * 100] * 50}))
    assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == ["reason"]
    assert "too large to edit" in json.dumps(view)


@given(st.text(min_size=10, max_size=100))
def test_the_title_is_ours(error: str) -> None:
    """The title says what the modal does, not what failed."""
    task = plain_task(None)
    task.error = error
    assert build_retry_task(task)["title"]["text"] == "Retry task"
