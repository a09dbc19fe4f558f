"""
Kubernetes: every Job is one live message. Run `python -m opsbell.kubernetes` in the cluster.

Needs `lightkube` (`pip install 'opsbell-client[kubernetes]'`) and Python 3.10.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

from opsbell.notices.client import Opsbell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

#: Names the kind of task, or keeps a Job from being shown if it is `-`.
KIND_ANNOTATION = "opsbell/task"
SUBJECT_ANNOTATION = "opsbell/subject"
#: A Job that ended before the watcher was started is told of if it ended this recently.
NEWS = timedelta(hours=1)
# The server knows these as ends.
ENDS = ("completed", "failed", "cancelled")


class JobWatch:
    """
    Reports Jobs as the API server shows them: `see` for each change, `see_all` for all there are.

    Safe to call from several threads. A Job is known by its UID, so a watcher that is started again
    goes on with the same messages.
    """

    def __init__(self, opsbell: Opsbell, *, channel: str | None = None) -> None:
        self._opsbell = opsbell
        self._channel = channel
        self._lock = threading.Lock()
        self._told: dict[str, dict[str, Any]] = {}

    def see(self, job: Any, *, is_deleted: bool = False, is_sign_of_life: bool = False) -> None:
        """Report a Job if it has changed; *is_sign_of_life*: also if it runs and has not."""
        uid = job.metadata.uid
        if kind_of(job) is None:
            return
        with self._lock:
            state, before = state_of(job), self._told.get(uid)
            if is_deleted and state["status"] not in ENDS:
                state = {"status": "cancelled", "error": "the Job was deleted"}
            if before is None and state["status"] not in ENDS:
                self._announce(job, state)
            is_news = state != before and (before is not None or is_recent(job))
            if is_news or (is_sign_of_life and state["status"] not in ENDS):
                self._report(uid, state)
            self._told[uid] = state
            if is_deleted:
                del self._told[uid]

    def see_all(self, jobs: Iterable[Any]) -> None:
        """Report all Jobs that there are; a live one that is gone was deleted unseen."""
        found = {job.metadata.uid: job for job in jobs}
        for job in found.values():
            self.see(job, is_sign_of_life=True)
        with self._lock:
            for uid in [uid for uid in self._told if uid not in found]:
                if self._told.pop(uid)["status"] not in ENDS:
                    self._report(uid, {"status": "cancelled", "error": "the Job was deleted"})

    def _announce(self, job: Any, state: dict[str, Any]) -> None:
        metadata = {"namespace": job.metadata.namespace, "job": job.metadata.name}
        self._opsbell.create_task(
            kind_of(job),
            taskId=task_id(job.metadata.uid),
            status=state["status"],
            subject=subject_of(job),
            metadata=metadata,
            **({"channel": self._channel} if self._channel else {}),
        )

    def _report(self, uid: str, state: dict[str, Any]) -> None:
        self._opsbell.callback(task_id=task_id(uid), **state)


def task_id(uid: str) -> str:
    """Return the id of a Job's task."""
    return f"k8s.{uid}"


def kind_of(job: Any) -> str | None:
    """Return the annotation, else the CronJob's name, else the Job's; None: it is not shown."""
    named = (job.metadata.annotations or {}).get(KIND_ANNOTATION)
    if named:
        return None if named == "-" else str(named)
    return cron_job_of(job) or str(job.metadata.name)


def subject_of(job: Any) -> str:
    """Return the annotation, else the namespace, with the run's name if a CronJob made it."""
    named = (job.metadata.annotations or {}).get(SUBJECT_ANNOTATION)
    if named:
        return str(named)
    namespace = str(job.metadata.namespace)
    return f"{namespace}/{job.metadata.name}" if cron_job_of(job) else namespace


def cron_job_of(job: Any) -> str | None:
    """Return the name of the CronJob that has made a Job."""
    owners = job.metadata.ownerReferences or []
    return next((str(owner.name) for owner in owners if owner.kind == "CronJob"), None)


def state_of(job: Any) -> dict[str, Any]:
    """Return what a callback says of a Job."""
    status, spec = job.status, job.spec
    found = {one.type: one for one in (status.conditions if status else None) or []}
    is_so = {name for name, one in found.items() if one.status == "True"}
    counts = {
        "succeeded pods": (status.succeeded if status else None) or 0,
        "failed pods": (status.failed if status else None) or 0,
    }
    if "Complete" in is_so:
        return {"status": "completed", "stats": counts}
    if "Failed" in is_so:
        failed = found["Failed"]
        words = ": ".join(filter(None, (failed.reason, failed.message)))
        return {"status": "failed", "error": words or "the Job failed", "stats": counts}
    if status is None or status.startTime is None or "Suspended" in is_so:
        return {"status": "queued"}
    wanted = (spec.completions if spec else None) or 1
    progress = {"progress": min(100, 100 * counts["succeeded pods"] // wanted)}
    return {"status": "running", **(progress if wanted > 1 else {})}


def is_recent(job: Any) -> bool:
    """Whether a Job is live, or ended so lately that the message may not know."""
    conditions = (job.status.conditions if job.status else None) or []
    ends = [
        one.lastTransitionTime
        for one in conditions
        if one.type in ("Complete", "Failed") and one.status == "True"
    ]
    return not any(at and datetime.now(timezone.utc) - at > NEWS for at in ends)
