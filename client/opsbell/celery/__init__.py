"""Celery: every task a worker runs is one live message. `install(app)` in the module of the app."""

from __future__ import annotations

import threading

from celery import current_task, signals

from opsbell.desk import end_reporters
from opsbell.outcome import shortened
from opsbell.settings import Assignment, assignment_of
from opsbell.shield import Shield, describe
from opsbell.task import Task, start_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Tasks of Celery's own, which nobody wants to hear of.
OWN_TASKS = "celery."
HANDLED = "opsbell"

# What runs in this process, with the number of the attempt.
_live: dict[str, tuple[Task, int]] = {}
_lock = threading.Lock()
_options: dict[str, Any] = {"channel": None}


def install(app: Any, *, channel: str | None = None) -> None:
    """
    Follow the tasks that workers of *app* run, in *channel* if one is given.

    Call it once, where the app is made, so that each process of the worker
    has it. A retry is the next attempt of the same message; a task the server
    has started is reported on as the one that stands.
    """
    _options["channel"] = channel
    del app  # Celery's signals are the process's.
    for signal, handler in (
        (signals.task_prerun, _started),
        (signals.task_retry, _retried),
        (signals.task_failure, _failed),
        (signals.task_postrun, _ended),
        (signals.task_revoked, _revoked),
        (signals.worker_process_shutdown, _leave),
        (signals.worker_shutdown, _leave),
    ):
        signal.connect(handler, weak=False, dispatch_uid=(HANDLED, handler.__name__))


def current() -> Task:
    """Return the task that is running here: `current().progress(37)`; outside of one, a silent."""
    request = getattr(current_task, "request", None)
    live, _ = _live.get(getattr(request, "id", None) or "", (Task(), 0))
    return live


def _started(task_id: str, task: Any, kwargs: Mapping[str, Any] | None = None, **_: Any) -> None:
    with Shield("follow a Celery task"):
        if not task.name.startswith(OWN_TASKS):
            live = _open(task_id, task, kwargs or {}, task.request.retries + 1)
            with _lock:
                _live[task_id] = live


def _open(task_id: str, task: Any, kwargs: Mapping[str, Any], attempt: int) -> tuple[Task, int]:
    """Return the task and its attempt; 0 stands for the newest one, whichever that is."""
    own = assignment_of(kwargs)
    if own is not None and attempt > 1:
        # A retry of Celery's own counts on from the attempt the server has started.
        own = Assignment(own.task_id, own.attempt + attempt - 1, own.target)
    place = getattr(task.request, "delivery_info", None) or {}
    metadata = {"queue": place.get("routing_key"), "worker": getattr(task.request, "hostname", "")}
    live = start_task(
        task.name,
        subject=kwargs.get("subject") or kwargs.get("dealer"),
        channel=_options["channel"],
        metadata={name: value for name, value in metadata.items() if value},
        assignment=own,
        task_id=task_id,
        attempt=attempt,
    )
    return live, own.attempt if own else attempt


def _retried(request: Any, reason: object = None, **_: Any) -> None:
    """Hand over to the next attempt, which may run anywhere."""
    with Shield("tell of a retry"):
        taken = _taken(request.id)
        if taken is not None:
            live, attempt = taken
            note = describe(reason) if isinstance(reason, BaseException) else str(reason)
            live._release(
                status="queued",
                attempt=attempt + 1,
                # Less than the first of the attempt that follows.
                seq=1,
                progress_note=shortened(note, "")[:200],
            )


def _failed(
    sender: Any,
    task_id: str,
    exception: BaseException,
    kwargs: Mapping[str, Any] | None = None,
    einfo: Any = None,
    **_: Any,
) -> None:
    with Shield("tell of a failure"):
        # Without: the process that ran it is gone, killed or out of time.
        live, _attempt = _taken(task_id) or _open(task_id, sender, kwargs or {}, 0)
        summary = f"{type(exception).__name__}: {describe(exception)}"
        live._finish("failed", shortened(summary, str(getattr(einfo, "traceback", "") or "")))


def _ended(task_id: str, state: str | None = None, retval: object = None, **_: Any) -> None:
    with Shield("tell the end"):
        taken = _taken(task_id)
        if taken is None:
            return
        live, _attempt = taken
        if state == "SUCCESS":
            live._finish("completed", None, retval)
        else:  # Ignored or rejected by the task itself, or stopped in the middle.
            live._finish("cancelled", f"Celery says {state}" if state else "stopped by a signal")


def _revoked(sender: Any, request: Any, expired: bool = False, **_: Any) -> None:
    with Shield("tell of a revoked task"):
        kwargs = getattr(request, "kwargs", None)
        told = kwargs if isinstance(kwargs, dict) else {}
        live, _attempt = _taken(request.id) or _open(request.id, sender, told, 0)
        live._finish("cancelled", "expired before it ran" if expired else "revoked")


def _taken(task_id: str) -> tuple[Task, int] | None:
    with _lock:
        return _live.pop(task_id, None)


def _leave(**_: Any) -> None:
    # Processes of a pool end by os._exit, which skips what `atexit` has.
    end_reporters()
