"""
Airflow: tasks or whole DAG runs as live messages, through Airflow's own callbacks.

    with DAG("nightly", default_args=task_callbacks(), **dag_callbacks()): …

Airflow 2.6 and newer, also 3. Nothing here raises into Airflow.
"""

from __future__ import annotations

import hashlib

from opsbell.notices.client import Opsbell
from opsbell.outcome import error_text, shortened
from opsbell.shield import Shield
from opsbell.values.plain import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    BaseNotifier: Any = object
else:
    try:
        from airflow.sdk.bases.notifier import BaseNotifier
    except ImportError:
        try:
            from airflow.notifications.basenotifier import BaseNotifier
        except ImportError:  # Without Airflow there is nobody to be notified by.
            BaseNotifier = object

MAX_ID_CHARS = 200
TASK_STATUSES = {
    "on_execute_callback": "running",
    "on_success_callback": "completed",
    "on_failure_callback": "failed",
    "on_retry_callback": "queued",
    "on_skipped_callback": "cancelled",
}
DAG_STATUSES = {"on_success_callback": "completed", "on_failure_callback": "failed"}


def task_callbacks(*, channel: str | None = None) -> dict[str, Any]:
    """Return the arguments of an operator, or `default_args`, that show each task."""
    return {
        name: OpsbellNotifier(status, channel=channel) for name, status in TASK_STATUSES.items()
    }


def dag_callbacks(*, channel: str | None = None) -> dict[str, Any]:
    """Return the arguments of a DAG that show the end of each of its runs."""
    return {
        name: OpsbellNotifier(status, channel=channel, of_dag=True)
        for name, status in DAG_STATUSES.items()
    }


async def deadline_missed(context: Mapping[str, Any] | None = None, **more: Any) -> None:
    """
    Send a message about a missed deadline.

    For `DeadlineAlert(callback=AsyncCallback("opsbell.airflow.deadline_missed"))`;
    *more* may have a `channel` and a `text` to begin with.
    """
    with Shield("tell of a missed deadline"):
        facts = context or {}
        run, deadline = facts.get("dag_run") or {}, facts.get("deadline") or {}
        said = str(more.get("text") or "⏰ Deadline missed")
        name = f"{_get(run, 'dag_id') or 'a DAG'}, run {_get(run, 'run_id') or 'unknown'}"
        due = _get(deadline, "deadline_time")
        text = f"{said}: {name}{f', due at {due}' if due else ''}"
        Opsbell().send(text, channel=more.get("channel"), priority="HIGH")


class OpsbellNotifier(BaseNotifier):  # type: ignore[misc]
    """Reports *status* of the task, or with *of_dag* of the DAG run, of a callback's context."""

    def __init__(self, status: str, *, channel: str | None = None, of_dag: bool = False) -> None:
        super().__init__()
        self.status = status
        self.channel = channel
        self.of_dag = of_dag

    def __call__(self, *args: Any) -> None:
        """Take a callback's context, as Airflow calls it."""
        # Not Airflow's own way, which renders templates of ours that there are none of, and
        # fails where a DAG's callback has only the DAG's serialized form.
        if args and isinstance(args[0], dict):
            self.notify(args[0])

    def notify(self, context: Mapping[str, Any]) -> None:
        """Report it; a task that nobody has opened is opened first."""
        with Shield("report to Opsbell"):
            opsbell = Opsbell()
            if not opsbell.is_live:
                return
            told = _of_dag_run(context) if self.of_dag else _of_task(context)
            facts, attempt = told.pop("metadata"), told.pop("attempt")
            links = {"logUrl": told.pop("log_url")}
            opsbell.create_task(
                told["task"],
                taskId=told["task_id"],
                subject=told["subject"],
                status="queued" if self.status == "queued" else "running",
                metadata=facts,
                **{name: value for name, value in links.items() if value},
                **({"channel": self.channel} if self.channel else {}),
            )
            if self.status == "queued":  # A retry: the next attempt waits.
                more: dict[str, Any] = {"attempt": attempt + 1, "seq": 1}
                more["progress_note"] = _error(context).split("\n")[0][:200] or "retry"
            else:
                more = {"attempt": attempt}
            if self.status == "failed":
                more["error"] = _error(context) or None
            if self.status != "running":
                more["stats"] = {}
            opsbell.callback(self.status, **told, **more)


def _of_task(context: Mapping[str, Any]) -> dict[str, Any]:
    instance = context.get("task_instance") or context.get("ti")
    run_id = context.get("run_id") or _get(instance, "run_id")
    dag_id, task_id = _get(instance, "dag_id"), _get(instance, "task_id")
    index = _get(instance, "map_index")
    is_mapped = isinstance(index, int) and index >= 0
    # Before 2.10 `try_number` is one more than it was as soon as the task does not run any more.
    attempt = _get(instance, "_try_number") or _get(instance, "try_number") or 1
    return {
        "task": f"{dag_id}.{task_id}",
        "subject": f"{run_id}[{index}]" if is_mapped else str(run_id),
        "task_id": _id(dag_id, task_id, run_id, index if is_mapped else ""),
        "attempt": int(attempt),
        "log_url": _get(instance, "log_url"),
        "metadata": _facts(context, instance),
    }


def _of_dag_run(context: Mapping[str, Any]) -> dict[str, Any]:
    run = context.get("dag_run")
    dag_id = _get(run, "dag_id") or _get(context.get("dag"), "dag_id")
    run_id = context.get("run_id") or _get(run, "run_id")
    return {
        "task": str(dag_id),
        "subject": str(run_id),
        "task_id": _id(dag_id, run_id),
        "attempt": 1,
        "log_url": None,
        "metadata": _facts(context, None),
    }


def _facts(context: Mapping[str, Any], instance: object) -> dict[str, Any]:
    logical = context.get("logical_date") or context.get("execution_date")
    facts = {
        "logical date": logical and str(logical),
        "run type": _get(context.get("dag_run"), "run_type"),
        "operator": _get(instance, "operator"),
        "reason": context.get("reason"),
    }
    shown: dict[str, Any] = plain({name: value for name, value in facts.items() if value})
    return shown


def _error(context: Mapping[str, Any]) -> str:
    error = context.get("exception") or context.get("reason")
    if isinstance(error, BaseException):
        return error_text(error)
    return shortened(str(error), "") if error else ""


def _id(*parts: object) -> str:
    """Return an id of printable ASCII for the same thing each time."""
    text = "airflow." + ".".join(str(part) for part in parts if part != "")
    whole = "".join(sign if "!" <= sign <= "~" and sign != "`" else "-" for sign in text)
    if whole == text and len(whole) <= MAX_ID_CHARS:
        return whole
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{whole[: MAX_ID_CHARS - 17]}-{digest}"


def _get(thing: object, name: str) -> Any:
    """Return an attribute, or an item of what came as a dictionary; None if there is none."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
