"""Notices of tasks that fail, get stuck or are created; through the server, else a webhook."""

from __future__ import annotations

import time

from opsbell.settings import webhook_url as webhook_of_environment
from opsbell.shield import Shield
from opsbell.values.masking import remember
from opsbell.values.plain import plain, plain_name

from .client import CHECK_PATH, NOT_OURS, TIMEOUT_SECONDS, Opsbell, warn
from .layout import facts_notice, tasks_notice
from .webhook import WebhookError, post_to_webhook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FAILED_MINUTES = 30
STUCK_MINUTES = 30
NOWHERE = "there is neither OPSBELL_URL and OPSBELL_TOKEN nor a webhook; nobody is told"
NO_LIST = "there is no server to list tasks: set OPSBELL_URL and OPSBELL_TOKEN"
# A key's end tells people whose it is, and nobody can use it.
MIN_KEY_CHARS, SHOWN_KEY_CHARS = 16, 4


class SlackNotifier:
    """
    Tells people of tasks in trouble. No method raises.

    With *url* and *token* (else `OPSBELL_URL` and `OPSBELL_TOKEN`) the server
    looks and tells. Without them the same content goes to *webhook_url* (else
    `SLACK_WEBHOOK_URL`), about the tasks that `get_failed_tasks_last_30min`
    and `get_stuck_tasks` return: override these two to read a table of your
    own. With neither, each call logs a warning and tells nobody.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        webhook_url: str | None = None,
        *,
        timeout_seconds: float | None = None,
    ) -> None:
        self._opsbell = Opsbell(url, token, timeout_seconds=timeout_seconds)
        self._webhook = (webhook_of_environment() if webhook_url is None else webhook_url).strip()
        self._seconds = TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds
        self._unlisted: str | None = None  # why no tasks could be listed

    def send_combined_notification(self, timeout_minutes: float = STUCK_MINUTES) -> dict[str, Any]:
        """Tell of failed and of stuck tasks, and return the result of the check."""
        return self._check(timeout_minutes=timeout_minutes)

    def send_failed_tasks_notification(self) -> bool:
        """Tell of tasks that failed within half an hour; True: what there is, people know."""
        return bool(self._check(failed_only=True)["failed_notification_sent"])

    def send_stuck_tasks_notification(self, minutes: float = STUCK_MINUTES) -> bool:
        """Tell of tasks in one status for longer; True: what there is, people know."""
        result = self._check(stuck_only=True, timeout_minutes=minutes)
        return bool(result["stuck_notification_sent"])

    def send_task_creation_notification(
        self,
        task_id: object,
        user_api_key: object = None,
        payload: Mapping[str, Any] | None = None,
        log_uri: str | None = None,
    ) -> bool:
        """
        Tell of a task that was created; True: it was taken.

        Of the key its last four characters are shown. The name of the task is
        the payload's `task`, `type` or `name`, its subject the payload's
        `subject` or `dealer`.
        """
        with Shield("tell of a new task"):
            return self._tell_of_creation(task_id, user_api_key, payload, log_uri)
        return False

    def get_failed_tasks_last_30min(self) -> list[dict[str, Any]]:
        """Return the tasks that failed within half an hour, the newest first."""
        return self._list(status="failed", since_minutes=FAILED_MINUTES)

    def get_stuck_tasks(self, minutes: float = STUCK_MINUTES) -> list[dict[str, Any]]:
        """Return the queued and running tasks of which nothing was heard for longer."""
        return self._list(stuck_minutes=minutes)

    def _list(self, **wanted: Any) -> list[dict[str, Any]]:
        if not self._opsbell.is_live:
            self._unlisted = NO_LIST
            warn(NO_LIST)
            return []
        return [_listed(task) for task in self._opsbell.tasks(**wanted) or []]

    def _check(self, **options: Any) -> dict[str, Any]:
        with Shield("look for tasks in trouble"):
            if self._opsbell.is_live:
                told = self._opsbell.check_alerts(**options)
                if told is None:
                    return _failed(self._opsbell.problem or "no answer")
                return told if _is_result(told) else _failed(f"{CHECK_PATH}: {NOT_OURS}")
            if not self._webhook:
                warn(NOWHERE)
                return _failed(NOWHERE)
            return self._check_by_webhook(**options)
        return _failed("the check did not work")

    def _check_by_webhook(
        self,
        *,
        timeout_minutes: float = STUCK_MINUTES,
        failed_only: bool = False,
        stuck_only: bool = False,
    ) -> dict[str, Any]:
        result, self._unlisted = _nothing_found(), None
        failed = [] if stuck_only else list(self.get_failed_tasks_last_30min())
        stuck = [] if failed_only else list(self.get_stuck_tasks(timeout_minutes))
        result["error"] = self._unlisted
        minutes = f"{timeout_minutes:g} minutes"
        for name, tasks, title in (
            ("failed", failed, f"🔴 {len(failed)} failed in the last {FAILED_MINUTES} minutes"),
            ("stuck", stuck, f"🟠 {len(stuck)} stuck for more than {minutes}"),
        ):
            result[f"{name}_tasks_count"] = len(tasks)
            if not tasks:
                continue
            error = self._post(tasks_notice(title, tasks, _now()))
            result[f"{name}_notification_sent"] = error is None
            result["error"] = result["error"] or error
        return result

    def _tell_of_creation(
        self, task_id: object, key: object, payload: Mapping[str, Any] | None, log: str | None
    ) -> bool:
        if key:
            remember(str(key))
        facts = plain(dict(payload or {}))
        name = next((facts[word] for word in ("task", "type", "name") if facts.get(word)), "task")
        subject = next((facts[word] for word in ("subject", "dealer") if facts.get(word)), None)
        user = {"user": _shown_key(key)} if key else {}
        if self._opsbell.is_live:
            more = {"subject": subject, "logUrl": log or None}
            created = self._opsbell.create_task(
                name,
                taskId=str(task_id),
                status="queued",
                metadata={**user, **facts},
                payload=facts,
                **{word: value for word, value in more.items() if value is not None},
            )
            return created is not None
        if not self._webhook:
            warn(NOWHERE)
            return False
        shown = {"id": plain_name(task_id), "status": "queued", **user, **facts}
        return (
            self._post(facts_notice(f"🆕 New task {plain_name(name)}", shown, log, _now())) is None
        )

    def _post(self, content: dict[str, Any]) -> str | None:
        """Post to the webhook; return what went wrong."""
        try:
            post_to_webhook(self._webhook, content, self._seconds)
        except WebhookError as error:
            warn(str(error))
            return str(error)
        return None


def _listed(task: Mapping[str, Any]) -> dict[str, Any]:
    names = {"id": "taskId", "created_at": "createdAt", "updated_at": "updatedAt"}
    same = ("task", "subject", "status", "error", "attempt", "environment")
    return {
        **{name: task.get(theirs) for name, theirs in names.items()},
        **{name: task.get(name) for name in same},
        "log_url": task.get("logUrl"),
    }


def _nothing_found() -> dict[str, Any]:
    """Return the shape of `/api/alerts/check` with nothing in it."""
    return {
        "failed_tasks_count": 0,
        "stuck_tasks_count": 0,
        "failed_notification_sent": False,
        "stuck_notification_sent": False,
        "error": None,
    }


def _is_result(told: Mapping[str, Any]) -> bool:
    """Tell whether the server's answer is that of a check."""
    return all(
        name in told and (value is None or isinstance(told[name], type(value)))
        for name, value in _nothing_found().items()
    )


def _failed(error: str) -> dict[str, Any]:
    return {**_nothing_found(), "error": error}


def _shown_key(key: object) -> str:
    text = str(key)
    return "…" + text[-SHOWN_KEY_CHARS:] if len(text) >= MIN_KEY_CHARS else "***"


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
