"""What people read in the message of an alert."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.messages.rendering.renderer import Renderer

FOLDER = Path(__file__).parents[2] / "templates"
SAMPLE = json.loads((Path(__file__).parent / "samples/alerts/alert.json").read_text())
TASK = SAMPLE["tasks"][0]
RUN_AT, NOW = 1795337700, 1795338000


def alert(**changes: Any) -> str:
    """Return what stands in the message, without marks and buttons."""
    context = {**SAMPLE, "expected": None, "money": None, "factor": None, "more": 0, **changes}
    rendered = Renderer(FOLDER).render("alerts/alert", context)
    return words(rendered.blocks[:2])


def words(node: Any) -> str:
    """Return all texts of blocks; dates as their UTC text."""
    if isinstance(node, list):
        return "".join(words(one) for one in node)
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "date":
        return str(node["fallback"])
    if isinstance(node.get("text"), str):
        return str(node["text"])
    return "".join(words(one) for one in node.values())


def one_task(**changes: Any) -> dict[str, Any]:
    """Return the changes for an alert about one task."""
    return {"left": 1, "tasks": [{**TASK, **changes}]}


def test_a_missed_run_says_when_it_was_due():
    """That it did not start stands in the title, and nowhere else."""
    missed = {"task_id": None, "task": "nightly", "due_at": RUN_AT, "began_at": NOW}

    text = alert(type="missed", task="nightly", label="did not start", left=1, tasks=[missed])
    assert text.count("did not start") == 1
    assert "nightly · was due 2026-11-22 08:55 UTC" in text


@pytest.mark.parametrize(
    ("kind", "label"), [("missed", "did not start"), ("lost", "stopped reporting")]
)
def test_a_reminder_says_once_what_is_wrong(kind, label):
    """Its label is what the title says already, in the notification as in the message."""
    context = {**SAMPLE, "type": kind, "label": label}
    rendered = Renderer(FOLDER).render("alerts/reminder", context)
    assert (rendered.text.count(label), words(rendered.blocks).count(label)) == (1, 1)


@pytest.mark.parametrize(("left", "times"), [(1, 1), (3, 2)])
def test_one_error_stands_there_once(left, times):
    """What several have in common is said of all; of a single task its own error is enough."""
    text = alert(label="disk full", left=left, tasks=[{**TASK, "error": "disk full"}])
    assert text.count("disk full") == times


def test_an_overdue_task_says_for_how_long_it_runs():
    """Beside what is usual, as people compare it."""
    text = alert(type="stuck", **one_task(started_at=NOW - 1320), expected=SAMPLE["expected"])
    assert "Running 22 min, usually 4 min 12 s, p95 6 min, 214 runs" in text


def test_a_silent_task_says_since_when():
    """The last sign of it counts, not when it was created."""
    text = alert(type="stuck", **one_task(heard_at=RUN_AT))
    assert "silent since 2026-11-22 08:55 UTC" in text


@pytest.mark.parametrize(("share", "said"), [(24, "All 24 failures"), (23, "23 of 24 failures")])
def test_a_shared_factor_is_a_sentence(share, said):
    """If all of them have it, it says so."""
    assert said in alert(factor={**SAMPLE["factor"], "failures_with": share})


def test_a_storm_names_its_kinds_and_counts_the_others():
    """So that nobody takes the names for all of them."""
    text = alert(is_storm=True, kinds=[{"task": "import", "count": 3}], more_kinds=2)
    assert "import (3) and 2 more kinds" in text


def test_a_message_with_a_successor_says_so():
    """It lists no tasks any more: the later one does."""
    assert alert(state="continued", actions=[]).startswith("⏩ Continued below: ")
    assert SAMPLE["tasks"][0]["task_id"] not in alert(state="continued")


def test_a_muted_kind_is_said_instead_of_offered():
    """Who muted it, and until when; there is no button to do it again."""
    text = alert(muted_by="U0CLEO", muted_until=NOW)
    assert "Muted by <@U0CLEO> until" in text
    muted = {**SAMPLE, "muted_by": "U0CLEO"}
    assert "Muted by <@U0CLEO> until somebody unmutes it" in alert(muted_by="U0CLEO")
    assert "alert_mute" not in str(Renderer(FOLDER).render("alerts/alert", muted).blocks)
    assert "alert_mute" in str(Renderer(FOLDER).render("alerts/alert", SAMPLE).blocks)
