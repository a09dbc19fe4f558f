"""The answer to `/ops task show`."""

import json
from collections.abc import Iterator
from typing import Any

from bot.messages.rendering.escaping import escape_mrkdwn, is_safe_url
from bot.tasks.models import Task
from bot.terminal_sequences import strip_all_sequences
from listeners.views import rich_text_parts
from listeners.views.tasks.task_words import face, message_url, name, next_command

_FACT_CHARACTERS = 300
_FACTS_ERROR_CHARACTERS = 2_000
_DATA_CHARACTERS = 1_500
_ACTS = 10


def build_task_facts(task: Task, ts: str | None, *, workspace_url: str) -> dict[str, Any]:
    """Return an ephemeral answer with everything known about a task."""
    top = rich_text_parts.section(
        rich_text_parts.text_part(f"{face(task)}  "),
        rich_text_parts.text_part(name(task), _FACT_CHARACTERS, bold=True),
        *(part for fact in _task_facts(task) for part in (rich_text_parts.text_part("\n"), *fact)),
        *links(task, message_url(task, ts, workspace_url)),
        rich_text_parts.text_part("\n"),
        rich_text_parts.text_part(next_command(task), code=True),
    )
    return {
        "response_type": "ephemeral",
        "text": f"{face(task)}: task {escape_mrkdwn(task.id)}",
        "blocks": [rich_text_parts.rich_text(top, *data(task))],
    }


def _task_facts(task: Task) -> Iterator[list[rich_text_parts.RichTextPart]]:
    """Yield one line per known fact."""
    told = {
        "Id": task.id,
        "Attempt": task.attempt,
        "Progress": None if task.progress is None else f"{task.progress} %",
        "Note": task.progress_note,
        "Runner": task.runner,
        "Environment": task.environment,
        "Correlation": task.correlation_id,
    }
    yield from rich_text_parts.fact_lines(told, _FACT_CHARACTERS)
    yield from _moments(task)
    for act in (task.acted or [])[-_ACTS:]:
        reason = f": {act['reason']}" if act.get("reason") else ""
        said = rich_text_parts.text_part(f" {act['verb']} it{reason}", _FACT_CHARACTERS)
        yield [rich_text_parts.user_part(str(act["by"])), said]


def _moments(task: Task) -> Iterator[list[rich_text_parts.RichTextPart]]:
    created = [rich_text_parts.text_part("Created: "), rich_text_parts.date_part(task.created_at)]
    if task.created_by:
        created += [rich_text_parts.text_part(" by "), rich_text_parts.user_part(task.created_by)]
    yield created
    times = {"Started": task.started_at, "Ended": task.ended_at, "Last report": task.heard_at}
    for label, at in times.items():
        if at is not None:
            yield [rich_text_parts.text_part(f"{label}: "), rich_text_parts.date_part(at)]


def links(task: Task, message: str | None) -> Iterator[rich_text_parts.RichTextPart]:
    """Yield the links that may be opened, each behind a line break."""
    found = {"Message": message, "Logs": task.log_url, "Grafana": task.grafana_url}
    for label, url in found.items():
        if url and is_safe_url(url):
            yield rich_text_parts.text_part("\n")
            yield rich_text_parts.link_part(url, label)


def data(task: Task) -> Iterator[rich_text_parts.RichTextPart]:
    """Yield error, metadata, statistics and payload, each under its name."""
    if task.error:
        yield rich_text_parts.section(rich_text_parts.text_part("Error"))
        yield rich_text_parts.preformatted(task.error, _FACTS_ERROR_CHARACTERS)
    kept = {
        "Metadata": strip_all_sequences(task.details),
        "Statistics": strip_all_sequences(task.stats),
        "Payload": task.payload,
    }
    for label, value in kept.items():
        if value is not None:
            shown = json.dumps(value, indent=2, ensure_ascii=False, default=str)
            yield rich_text_parts.section(rich_text_parts.text_part(label))
            yield rich_text_parts.preformatted(shown, _DATA_CHARACTERS)
