"""Hostile and odd values, for Hypothesis."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.tasks.models import Task, TaskStatus

SAMPLES = (
    "",
    " ",
    "\u200b",
    "\x00\x01",
    "\u202eevil",
    "<!channel> <@U0ADA00001> <https://evil.example.com|click>",
    "*bold* _it_ ~no~ `code` ```",
    "é" * 4_000,
    "👩‍👩‍👧‍👦" * 400,
    "{{ 7 * 7 }} {% raw %}",
    "\n" * 50,
    "\ufdd0\ufdd1",
    '"}]}',
)
TEXTS = st.sampled_from(SAMPLES) | st.text(max_size=300)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=10,
)
MOMENT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MOMENTS = st.none() | st.integers(0, 10**6).map(lambda n: MOMENT + timedelta(seconds=n))
ACTS = st.lists(
    st.fixed_dictionaries(
        {
            "verb": st.sampled_from(["retried", "cancelled"]),
            "by": TEXTS,
            "at": st.integers(0, 2**31),
        },
        optional={"reason": TEXTS},
    ),
    max_size=12,
)


@st.composite
def tasks(draw: st.DrawFn, /, **fixed: Any) -> Task:
    """Return a task such as a careless or hostile program could have made it."""
    fields: dict[str, Any] = {
        "id": draw(st.from_regex(r"[!-~]{1,200}", fullmatch=True)),
        "task": draw(TEXTS),
        "subject": draw(st.none() | TEXTS),
        "status": draw(st.sampled_from(list(TaskStatus))),
        "attempt": draw(st.integers(1, 10**6)),
        "progress": draw(st.none() | st.integers(0, 100)),
        "progress_note": draw(st.none() | TEXTS),
        "error": draw(st.none() | TEXTS),
        "payload": draw(JSON),
        "details": draw(st.none() | st.dictionaries(TEXTS, JSON, max_size=3)),
        "stats": draw(st.none() | st.dictionaries(TEXTS, JSON, max_size=3)),
        "runner": draw(st.none() | TEXTS),
        "environment": draw(st.none() | TEXTS),
        "created_by": draw(st.none() | TEXTS),
        "log_url": draw(st.none() | TEXTS | st.just("https://logs.example.com/1")),
        "grafana_url": draw(st.none() | st.just("javascript:alert(1)")),
        "acted": draw(st.none() | ACTS),
        "started_at": draw(MOMENTS),
        "ended_at": draw(MOMENTS),
        "heard_at": draw(MOMENTS),
        **fixed,
    }
    return Task(
        tenant="default",
        workspace_id="T1",
        channel="C0OPS00002",
        created_at=MOMENT,
        updated_at=MOMENT,
        **fields,
    )
