import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_playground.blocks import validate_message

from bot.messages.rendering.escaping import clean
from bot.messages.rendering.renderer import Rendered, Renderer

FOLDER = Path(__file__).parents[2] / "templates"
GOLDEN = Path(__file__).parent / "golden" / "tasks"
RENDERER = Renderer(FOLDER)

BASE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "samples" / "tasks" / "task.json").read_text()
)
ENDED = {"ended_at": 1795338210, "eta_at": None, "actions": ["retry"], "acted": []}
STATUSES: dict[str, dict[str, Any]] = {
    "queued": {
        "status": "queued",
        "attempt": 1,
        "progress": None,
        "progress_note": None,
        "acted": [],
        "started_at": None,
        "eta_at": None,
        "elapsed_seconds": None,
        "stats": {},
        "steps": [],
        "log_url": None,
        "grafana_url": None,
        "subject": None,
    },
    "running": {"status": "running"},
    "completed": {**ENDED, "status": "completed", "progress": 100, "actions": []},
    "failed": {**ENDED, "status": "failed", "error": "TimeoutError: no answer from db-3\nat 7"},
    "cancelled": {
        **ENDED,
        "status": "cancelled",
        "steps": [],
        "acted": [{"verb": "cancelled", "by": "U0BEN", "at": 1795338210}],
    },
    "lost": {**ENDED, "status": "lost", "ended_at": None, "steps": []},
}


def task(**changes: Any) -> Rendered:
    return RENDERER.render("tasks/task", BASE | changes)


def buttons(message: Rendered) -> dict[str, Any]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {button["action_id"]: button for row in rows for button in row}


def visible(node: Any) -> str:
    """Everything a reader sees of rich and plain text, in order."""
    if isinstance(node, list):
        return "".join(map(visible, node))
    if not isinstance(node, dict):
        return ""
    text = node.get("text")
    own = text if isinstance(text, str) else ""
    return own + visible([value for value in node.values() if isinstance(value, dict | list)])


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_looks_as_agreed(status):
    """The whole message of each status, to be read and judged as JSON."""
    message = task(**STATUSES[status])

    expected = json.loads((GOLDEN / f"{status}.json").read_text())
    assert expected == {"text": message.text, "blocks": message.blocks}
    assert message.overflow is None
    assert validate_message({"text": message.text, "blocks": message.blocks}) == []


@pytest.mark.parametrize(
    ("status", "beginning"),
    [
        ("queued", "⏳ Queued: schema_fix"),
        ("running", "▶️ Running: schema_fix · dealer-12 \N{EN DASH} 62 % · 5 of 8 files"),
        ("completed", "✅ Completed: schema_fix · dealer-12 \N{EN DASH} 3 min 20 s"),
        ("failed", "❌ Failed: schema_fix · dealer-12 \N{EN DASH} TimeoutError: no answer"),
        ("cancelled", "⏹️ Cancelled: schema_fix · dealer-12 \N{EN DASH} 3 min 20 s"),
        ("lost", "❔ Lost: schema_fix · dealer-12 \N{EN DASH} stopped reporting at"),
    ],
)
def test_a_phone_shows_status_name_and_reason(status, beginning):
    """The first 60 characters of the text are what a notification shows."""
    assert task(**STATUSES[status]).text.startswith(beginning)
    assert len(beginning) <= 60


def test_long_names_leave_room_for_the_reason():
    """The notification still says why; the full name follows on a line of its own."""
    name = "nightly_import_of_everything"
    message = task(**STATUSES["failed"] | {"task": name, "subject": "dealer-of-the-north"})

    assert "TimeoutError" in message.text[:62]
    assert f"\n{name} · dealer-of-the-north" in message.text


def test_numbers_in_metadata_are_shown_as_they_were_sent():
    """An order number, a port and a year have no thousands separators; counts have them."""
    metadata = {"order": 4711, "port": 8080, "year": 2026, "build": 20261120, "loss": 0.1, "i": "7"}
    stats = {"rows": 1234567, "invoice": "90210"}

    message = task(**STATUSES["completed"] | {"metadata": metadata, "stats": stats, "steps": []})

    assert visible(message.blocks[1]).splitlines() == [
        *("order  4711", "port  8080", "year  2026", "build  20261120", "loss  0.1", "i  7"),
        *("rows  1,234,567", "invoice  90210"),
    ]


def test_facts_stay_letters():
    """A ratio or a port in the facts of a task makes no emoji and needs no look-alike."""
    facts = {"split": "12:100:33", "svc:fire:eu": "2001:db8::1"}

    message = task(subject="1:100:8", metadata=facts, stats={}, steps=[])

    assert visible(message.blocks[1]) == "split  12:100:33\nsvc:fire:eu  2001:db8::1"
    assert message.text.startswith("▶️ Running: schema_fix · 1\ua789100:8")


def test_colour_codes_leave_nothing_behind():
    """What a terminal would have interpreted is gone; the words count when they are cut."""
    error = "\x1b[31mSigning failed\x1b[0m: " + "\x1b[33mp\x1b[0m" * 100

    message = task(
        **STATUSES["failed"] | {"error": error, "metadata": {"\x1b[1mk": "\x9b0mv"}, "steps": []}
    )

    assert message.text.startswith(
        "❌ Failed: schema_fix · dealer-12 \N{EN DASH} Signing failed: ppp"
    )
    assert message.blocks[0]["elements"][1]["elements"][0]["text"] == (
        "Signing failed: " + "p" * 100
    )
    assert visible(message.blocks[1]).splitlines()[0] == "k  v"


def test_a_long_error_points_to_the_thread():
    """The message stays short; the whole error is a reply."""
    message = task(**STATUSES["failed"] | {"error": "e" * 5_000})

    quoted = message.blocks[0]["elements"][1]["elements"][0]["text"]
    assert quoted == "e" * 199 + "… (full error in the thread)"
    assert message.overflow is None


@pytest.mark.parametrize(
    ("actions", "log_url", "grafana_url", "expected"),
    [
        ([], None, None, set()),
        (["retry"], None, None, {"task_retry"}),
        (["cancel"], "https://logs.example.com", None, {"task_cancel", "task_logs"}),
        ([], "ftp://logs", "https://g.example.com", {"task_grafana"}),
    ],
)
def test_only_buttons_that_apply_are_shown(actions, log_url, grafana_url, expected):
    """No dead buttons, and none that opens an address nobody should open."""
    message = task(actions=actions, log_url=log_url, grafana_url=grafana_url)

    assert expected == set(buttons(message))


def test_cancelling_asks_first_and_says_what_it_does():
    """The dialog names the object and the effect; retrying opens a modal instead."""
    cancel = buttons(task())["task_cancel"]

    assert cancel["confirm"]["title"]["text"] == "Cancel schema_fix?"
    assert "schema_fix · dealer-12 will be asked to stop" in cancel["confirm"]["text"]["text"]
    assert cancel["value"] == "t_01HZX"


def test_who_acted_is_named_only_if_slack_named_them():
    """An id is shown as the person; anything else is plain words."""
    acted = [{"verb": "retried", "by": "<!here>", "at": 1795338005}]
    context = next(block for block in task(acted=acted).blocks if block["type"] == "context")

    assert context["elements"][1]["text"].startswith("Retried by &lt;!here&gt; <!date^")


def test_an_abandoned_step_stops_turning():
    """A step in progress of a failed task has failed; waiting ones never began."""
    plan = next(b for b in task(**STATUSES["failed"]).blocks if b["type"] == "plan")

    assert [step["status"] for step in plan["tasks"]] == ["complete", "error", "pending"]


def test_a_long_plan_shows_the_steps_at_work():
    """Of 300 steps the 50 around the current one are shown, and none overflows."""
    steps = [
        {"id": f"s{n}", "title": f"Step {n}", "status": "complete" if n < 120 else "pending"}
        for n in range(300)
    ]
    message = task(steps=steps)

    plan = next(block for block in message.blocks if block["type"] == "plan")
    assert plan["title"] == "120 of 300 steps"
    assert [plan["tasks"][0]["title"], plan["tasks"][-1]["title"]] == ["Step 110", "Step 159"]
    assert message.overflow is None


NAMES = st.text(st.characters(), min_size=1, max_size=200).filter(lambda x: clean(x).strip())


@settings(deadline=None, max_examples=50)
@given(name=NAMES, subject=NAMES)
def test_names_stand_literally(name, subject):
    """Whatever a task and its subject are called, a reader sees exactly that."""
    message = task(task=name, subject=subject)

    shown = visible(message.blocks[0])
    assert clean(name) in shown
    assert clean(subject) in shown


def test_an_error_reply_has_all_of_it():
    """A long error overflows whole, so that it can go out as a file."""
    message = RENDERER.render("tasks/error", {"error": "x" * 9_000, "task": "t", "attempt": 1})

    assert "x" * 9_000 in (message.overflow or "")
    assert visible(message.blocks).endswith("x…")


def test_log_lines_are_aligned():
    """Time and level stand in columns; lines without them are just lines."""
    sample = json.loads((Path(__file__).parent / "samples" / "tasks" / "logs.json").read_text())

    message = RENDERER.render("tasks/logs", sample)

    assert visible(message.blocks) == (
        "09:00:05  INFO     page 12\n09:00:06  ERROR    no <answer>\ndone"
    )


def test_log_lines_that_were_left_out_are_counted():
    """A flood is not shown; that it was there is."""
    message = RENDERER.render("tasks/logs", {"lines": [{"text": "a"}], "omitted": 9_340})

    assert message.blocks[-1]["elements"][0]["text"].startswith("9,340 more lines came too fast")


def test_a_log_without_an_address_has_a_button_of_its_own():
    """Once there are lines; an address goes before it."""
    assert set(buttons(task(actions=[], log_url=None, has_logs=True))) >= {"task_log_lines"}
    assert "task_log_lines" not in buttons(task(has_logs=True))


def test_a_summary_shows_the_whole_error_if_it_is_given():
    """The traceback of a job stands under its first line."""
    sample = json.loads((Path(__file__).parent / "samples" / "tasks" / "summary.json").read_text())

    message = RENDERER.render("tasks/summary", sample | {"whole_error": sample["error"]})

    assert visible(message.blocks).endswith("TimeoutError: no answer\nat line 2")


def test_a_summary_says_how_it_ended():
    """Status, duration, counts and the first line of the error."""
    sample = json.loads((Path(__file__).parent / "samples" / "tasks" / "summary.json").read_text())

    message = RENDERER.render("tasks/summary", sample | {"status": "failed"})

    assert message.text == (
        "❌ Failed: schema_fix · dealer-12 after 3 min 20 s \N{EN DASH} TimeoutError: no answer\n"
        "success 100 · failed 5"
    )
    assert visible(message.blocks) == (
        "❌ Failed after 3 min 20 s\nsuccess 100  ·  failed 5TimeoutError: no answer"
    )
