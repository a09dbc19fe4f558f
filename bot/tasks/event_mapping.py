"""How an event of another system becomes a report on a task: `[webhooks.<name>]`. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.config_file import WebhookMapping
from bot.errors import FieldProblem, InvalidError
from bot.tasks.models import TaskStatus

_FIELDS = ("id", "task", "subject", "status", "error", "progress", "attempt", "log_url")
_REQUIRED = ("id", "task", "status")


def _find_item(items: Any, key: str, value: Any) -> Any:
    """Return the first of *items* whose *key*, perhaps with dots in it, is *value*."""
    found = items if isinstance(items, list) else []
    return next((one for one in found if isinstance(one, dict) and one.get(key) == value), {})


def _read_json_list(text: Any) -> list[Any]:
    """Return the list of objects in JSON; nothing if it is anything else."""
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=ChainableUndefined)
ENVIRONMENT.globals["find"] = _find_item
ENVIRONMENT.filters["from_json"] = _read_json_list
#: What other systems call our statuses, in small letters.
STATUSES = {
    **dict.fromkeys(
        ("scheduled", "pending", "queued", "created", "late", "submitted", "resubmitted"),
        TaskStatus.QUEUED,
    ),
    # What is being cancelled is not cancelled yet: it may complete.
    **dict.fromkeys(
        (
            *("running", "started", "executing", "in_progress", "retrying", "awaitingretry"),
            *("restarted", "cancelling", "killing"),
        ),
        TaskStatus.RUNNING,
    ),
    **dict.fromkeys(
        ("completed", "success", "succeeded", "successful", "warning", "done", "passed"),
        TaskStatus.COMPLETED,
    ),
    **dict.fromkeys(
        (
            "failed",
            "failure",
            "error",
            "errored",
            "crashed",
            "timed_out",
            "timedout",
            "system_failure",
        ),
        TaskStatus.FAILED,
    ),
    **dict.fromkeys(
        ("cancelled", "canceled", "killed", "skipped", "expired"),
        TaskStatus.CANCELLED,
    ),
}
#: Shipped mappings: what these systems send, see docs/adapters/webhooks.md.
PRESETS: dict[str, dict[str, str]] = {
    "prefect": {
        "id": "resource['prefect.resource.id'] | replace('prefect.flow-run.', '')",
        "task": "find(related, 'prefect.resource.role', 'flow')['prefect.resource.name']"
        " or resource['prefect.resource.name']",
        "subject": "resource['prefect.resource.name']",
        "status": "resource['prefect.state-type'] or event.split('.')[-1]",
        "error": "resource['prefect.state-message']",
        "attempt": "resource['prefect.run-count']",
    },
    "kestra": {
        "id": "executionId",
        "task": "namespace ~ '.' ~ flowId",
        "subject": "subject or executionId",
        "status": "state",
        "error": "message",
        "log_url": "url",
    },
    "argo": {
        "id": "namespace ~ '/' ~ workflow",
        "task": "template or workflow",
        "subject": "subject or workflow",
        "status": "status",
        # In Argo's own words: a list of nodes that failed, as JSON.
        "error": "failures | from_json | map(attribute='message') | join('; ') or failures",
        "log_url": "url",
    },
    "trigger.dev": {
        "id": "object.run.id",
        "task": "object.task.id",
        "subject": "object.run.tags | join(', ') or object.environment.slug",
        # Its number counts the runs of a task, not the attempts of a run.
        "status": "'failed' if type == 'alert.run.failed' else object.run.status",
        "error": "object.run.error.message or object.run.error.raw or object.run.error.code",
        "log_url": "object.run.dashboardUrl",
    },
    "dbt": {
        "id": "data.runId",
        "task": "data.jobName",
        "subject": "data.environmentName",
        "status": "data.runStatus if eventType != 'job.run.started' else 'running'",
        # Where there is no message it says the word None.
        "error": "data.runStatusMessage if data.runStatusMessage != 'None' else ''",
    },
}


@dataclass(frozen=True)
class ForeignTaskEvent:
    """What an event says of a task; `status` is None where it is none of ours."""

    task_id: str
    task: str
    status: TaskStatus | None
    said_status: str
    subject: str | None = None
    error: str | None = None
    progress: int | None = None
    attempt: int | None = None
    log_url: str | None = None


def read_event(name: str, mapping: WebhookMapping, event: Mapping[str, Any]) -> ForeignTaskEvent:
    """Return what *event* says by `[webhooks.<name>]`; raise `InvalidError` naming the key."""
    found = {field: _value_of_field(name, mapping, field, event) for field in _FIELDS}
    problems = [
        FieldProblem(field, f"{_expression(mapping, field) or 'nothing'} found nothing")
        for field in _REQUIRED
        if found[field] is None
    ]
    if problems:
        wrong = "; ".join(f"[webhooks.{name}] {one.field}: {one.message}" for one in problems)
        raise InvalidError(f"The event does not fit: {wrong}.", problems)
    said = str(found["status"])
    own = {word.lower(): status for word, status in mapping.statuses.items()}
    status = own.get(said.lower()) or STATUSES.get(said.lower())
    is_failure = status == TaskStatus.FAILED
    return ForeignTaskEvent(
        task_id=_task_id(name, str(found["id"])),
        task=str(found["task"])[:200],
        status=TaskStatus(status) if status else None,
        said_status=said[:200],
        subject=_text_of(found["subject"], 200),
        error=_text_of(found["error"], 24_000) if is_failure else None,
        progress=_number_of(found["progress"], 0, 100),
        attempt=_number_of(found["attempt"], 1, 10_000),
        log_url=_text_of(found["log_url"], 3_000),
    )


@cache
def _compiled_expression(expression: str) -> Any:
    return ENVIRONMENT.compile_expression(expression)


def _expression(mapping: WebhookMapping, field: str) -> str | None:
    own: str | None = getattr(mapping, field)
    return own or PRESETS.get(mapping.preset or "", {}).get(field)


def _value_of_field(
    name: str, mapping: WebhookMapping, field: str, event: Mapping[str, Any]
) -> Any:
    expression = _expression(mapping, field)
    if expression is None:
        return None
    try:
        value = _compiled_expression(expression)({"body": event, **event})
    except (
        *(TypeError, ValueError, ArithmeticError, LookupError, AttributeError),
        TemplateError,  # It calls what is not there, or what may not be called.
    ) as error:
        problem = FieldProblem(field, f"{expression}: {error}")
        raise InvalidError(
            f"The event does not fit: [webhooks.{name}] {field}: {error}.", [problem]
        ) from error
    return None if value is None or value == "" else value


def _task_id(name: str, said: str) -> str:
    text = f"{name}-{said}"
    return "".join(sign if "!" <= sign <= "~" and sign != "`" else "-" for sign in text)[:200]


def _text_of(value: Any, limit: int) -> str | None:
    return None if value is None else str(value)[:limit] or None


def _number_of(value: Any, least: int, limit: int) -> int | None:
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if least <= number <= limit else None
