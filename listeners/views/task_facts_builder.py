"""The answer to `/ops task show`."""

import json
from collections.abc import Iterator
from typing import Any

from bot.messages.rendering.escaping import escape_mrkdwn, is_safe_url
from bot.tasks.models import Task
from bot.terminal_sequences import strip_all_sequences
from listeners.views import literal
from listeners.views.task_words import face, message_url, name, next_command

FACT_CHARACTERS = 300
ERROR_CHARACTERS = 2_000
DATA_CHARACTERS = 1_500
ACTS = 10


def build_task_facts(task: Task, ts: str | None, *, workspace_url: str) -> dict[str, Any]:
    """Return an ephemeral answer with everything known about a task."""
    top = literal.section(
        literal.text(f"{face(task)}  "),
        literal.text(name(task), FACT_CHARACTERS, bold=True),
        *(part for fact in facts(task) for part in (literal.text("\n"), *fact)),
        *links(task, message_url(task, ts, workspace_url)),
        literal.text("\n"),
        literal.text(next_command(task), code=True),
    )
    return {
        "response_type": "ephemeral",
        "text": f"{face(task)}: task {escape_mrkdwn(task.id)}",
        "blocks": [literal.rich_text(top, *data(task))],
    }


def facts(task: Task) -> Iterator[list[literal.Part]]:
    """Yield one line for each known thing."""
    told = {
        "Id": task.id,
        "Attempt": task.attempt,
        "Progress": None if task.progress is None else f"{task.progress} %",
        "Note": task.progress_note,
        "Runner": task.runner,
        "Environment": task.environment,
        "Correlation": task.correlation_id,
    }
    for label, value in told.items():
        if value is not None:
            yield [literal.text(f"{label}: "), literal.text(value, FACT_CHARACTERS)]
    yield from moments(task)
    for act in (task.acted or [])[-ACTS:]:
        reason = f": {act['reason']}" if act.get("reason") else ""
        said = literal.text(f" {act['verb']} it{reason}", FACT_CHARACTERS)
        yield [literal.user(str(act["by"])), said]


def moments(task: Task) -> Iterator[list[literal.Part]]:
    created = [literal.text("Created: "), literal.date(task.created_at)]
    if task.created_by:
        created += [literal.text(" by "), literal.user(task.created_by)]
    yield created
    times = {"Started": task.started_at, "Ended": task.ended_at, "Last report": task.heard_at}
    for label, at in times.items():
        if at is not None:
            yield [literal.text(f"{label}: "), literal.date(at)]


def links(task: Task, message: str | None) -> Iterator[literal.Part]:
    """Yield the links that may be opened, each behind a line break."""
    found = {"Message": message, "Logs": task.log_url, "Grafana": task.grafana_url}
    for label, url in found.items():
        if url and is_safe_url(url):
            yield literal.text("\n")
            yield literal.link(url, label)


def data(task: Task) -> Iterator[literal.Part]:
    """Yield error, metadata, statistics and payload, each under its name."""
    if task.error:
        yield literal.section(literal.text("Error"))
        yield literal.preformatted(task.error, ERROR_CHARACTERS)
    kept = {
        "Metadata": strip_all_sequences(task.details),
        "Statistics": strip_all_sequences(task.stats),
        "Payload": task.payload,
    }
    for label, value in kept.items():
        if value is not None:
            shown = json.dumps(value, indent=2, ensure_ascii=False, default=str)
            yield literal.section(literal.text(label))
            yield literal.preformatted(shown, DATA_CHARACTERS)
