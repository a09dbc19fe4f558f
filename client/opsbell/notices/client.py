"""The server's API for programs: messages, callbacks, new users, tasks, alerts."""

from __future__ import annotations

from opsbell.outcome import shortened
from opsbell.settings import Target, read_target
from opsbell.shield import Shield
from opsbell.values.masking import MASK, OPEN, mask, secrecy
from opsbell.values.plain import plain, plain_name, plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

TIMEOUT_SECONDS = 5.0
# A check answers once people have been told, which Slack's limits may delay.
CHECK_SECONDS = 30.0
PAGE = 50
MAX_TASKS = 500
MESSAGES_PATH = "/api/messages/request"
USERS_PATH = "/api/users/registered"
CHECK_PATH = "/api/alerts/check"
NOT_OURS = "what answers there is not Opsbell"


class Opsbell:
    """
    Calls one server. No method raises, whatever the server does.

    Each returns the server's answer as a dictionary, or None: then the server
    refused, or is no Opsbell, which is logged as a warning of the logger
    `opsbell` and stands in `problem`; or it was away and the call waits in the
    spool for a later run. Without *url* and
    *token*, given or as `OPSBELL_URL` and `OPSBELL_TOKEN`, nothing happens.
    A call takes *timeout_seconds* at most: 5 if nothing is said, and 30 for
    `check_alerts`, which answers once people have been told.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout_seconds: float | None = None,
    ) -> None:
        #: Why the latest call has no answer; None if it has one.
        self.problem: str | None = None
        self._target = target_of(url, token)
        self._seconds = TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds
        self._check_seconds = CHECK_SECONDS if timeout_seconds is None else timeout_seconds

    @classmethod
    def of(cls, target: Target, *, timeout_seconds: float | None = None) -> Opsbell:
        """Return one that calls *target*, for example that of a task the server has started."""
        opsbell = cls(timeout_seconds=timeout_seconds)
        opsbell._target = target
        return opsbell

    @property
    def is_live(self) -> bool:
        """Whether there is a server to call."""
        return self._target is not None

    def send(
        self,
        text: str | None = None,
        *,
        channel: str | None = None,
        template_code: str = "text",
        payload: Mapping[str, Any] | None = None,
        config_code: str | None = None,
        priority: object = None,
        thread_ts: str | None = None,
        correlation_id: str | None = None,
        tenant: str | None = None,
    ) -> dict[str, Any] | None:
        """
        Have a message sent: a text, or a stored template filled with *payload*.

        *config_code* is the sender. The answer has the message's `correlationId`.
        """
        with Shield("send a message"):
            facts = dict(payload or {})
            if text is not None:
                facts["text"] = text
            body = {
                "tenant": tenant,
                "channel": channel,
                "configCode": config_code,
                "templateCode": template_code,
                "payload": _uncut(facts),
                "priority": priority,
                "threadTs": thread_ts,
                "correlationId": correlation_id,
            }
            return self._post(MESSAGES_PATH, body)
        return None

    def callback(
        self,
        status: str,
        *,
        task_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
        error: object = None,
        stats: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> dict[str, Any] | None:
        """
        Report on a task, named by its id or by where its message stands.

        *more* are the other fields of the callback: `task`, `subject`,
        `progress`, `attempt`, `seq`, `log_url`, `grafana_url`. The answer says
        whether the report was `applied` or `ignored`.
        """
        with Shield("report on a task"):
            body = {
                "taskId": task_id,
                "channel": channel,
                "ts": ts,
                "status": status,
                "error": None if error is None else shortened(str(error), ""),
                "stats": None if stats is None else plain(dict(stats)),
                "metadata": None if metadata is None else plain(dict(metadata)),
                **{name: plain(value) for name, value in more.items()},
            }
            path = self._target.update_path if self._target else ""
            return self._post(path, body, prefixed=True)
        return None

    def create_task(self, task: object, **more: Any) -> dict[str, Any] | None:
        """Announce a task; *more* are the other fields of `POST /api/tasks`."""
        with Shield("announce a task"):
            body = {"task": plain_name(task), **{key: plain(value) for key, value in more.items()}}
            return self._post("/api/tasks", body)
        return None

    def notify_user_registered(
        self,
        user_id: object,
        email: object = None,
        display_name: object = None,
        total_users: int | None = None,
        environment: str | None = None,
    ) -> dict[str, Any] | None:
        """Tell of a new user in the users channel; the same user again is told of once."""
        with Shield("tell of a new user"):
            body = {
                "user_id": plain_name(user_id),
                "email": None if email is None else plain_name(email),
                "display_name": None if display_name is None else plain_name(display_name),
                "total_users": None if total_users is None else int(total_users),
                "environment": None if environment is None else plain_name(environment),
            }
            return self._post(USERS_PATH, body)
        return None

    def check_alerts(self, **options: Any) -> dict[str, Any] | None:
        """
        Have the server look for failed and stuck tasks now, and tell people of them.

        Options are `timeout_minutes`, `failed_only`, `stuck_only` and `dry_run`.
        """
        with Shield("check for alerts"):
            seconds = self._check_seconds
            return self._ask("POST", CHECK_PATH, _without_nothing(options), seconds)
        return None

    def tasks(self, **wanted: Any) -> list[dict[str, Any]] | None:
        """Return tasks as `GET /api/tasks` shows them, the newest change first; None: no answer."""
        with Shield("list tasks"):
            found: list[dict[str, Any]] = []
            cursor = None
            while len(found) < MAX_TASKS:
                query = _query({**wanted, "limit": PAGE, "cursor": cursor})
                page = self._ask("GET", f"/api/tasks?{query}", None)
                if page is None:
                    return None
                tasks = page.get("tasks")
                if not isinstance(tasks, list) or not all(isinstance(one, dict) for one in tasks):
                    self._warn(f"/api/tasks: {NOT_OURS}")
                    return None
                found += tasks
                cursor = page.get("nextCursor")
                if not cursor:
                    break
            return found
        return None

    def _post(
        self, path: str, body: dict[str, Any], *, prefixed: bool = False
    ) -> dict[str, Any] | None:
        """Make a call that is kept while the server is away."""
        self.problem = None
        if self._target is None:
            return None
        from .delivery import Kept, deliver

        where = path if prefixed else self._target.prefix + path
        try:
            answer = deliver(self._target, where, _without_nothing(body), self._seconds)
        except Kept as reason:
            self._warn(f"{path}: {reason}; a later run tries again")
            return None
        return self._read(answer, path)

    def _ask(
        self, method: str, path: str, body: Any, seconds: float | None = None
    ) -> dict[str, Any] | None:
        """Make a call whose answer is wanted now or not at all."""
        self.problem = None
        if self._target is None:
            return None
        from opsbell.api import Api

        where = self._target.prefix + path
        name = path.partition("?")[0]
        try:
            answer = Api(self._target).ask(method, where, body, seconds or self._seconds)
        except OSError as error:
            self._warn(f"{name}: {self._target.origin} is away: {type(error).__name__}: {error}")
            return None
        return self._read(answer, name)

    def _read(self, answer: Any, path: str) -> dict[str, Any] | None:
        if not answer.is_delivered:
            self._warn(f"{path} was refused: {answer.status} {answer.text}")
            return None
        found = answer.json()
        if not isinstance(found, dict):
            self._warn(f"{path}: {NOT_OURS}")
            return None
        return found

    def _warn(self, text: str) -> None:
        self.problem = plain_text(text)
        warn(text)


def target_of(url: str | None, token: str | None) -> Target | None:
    """Return the server that is given, else the one of the environment, or None."""
    import os

    environ = {name: os.environ.get(name, "") for name in ("OPSBELL_URL", "OPSBELL_TOKEN")}
    given = {"OPSBELL_URL": url, "OPSBELL_TOKEN": token}
    # A token is for its server: with an address given, that of the environment may not go there.
    if url is not None:
        environ = dict.fromkeys(environ, "")
    return read_target({**environ, **{name: value for name, value in given.items() if value}})


def warn(text: str) -> None:
    """Log a warning; programs that have set up no logging show it on stderr."""
    import logging

    logging.getLogger("opsbell").warning("%s", plain_text(text))


def _without_nothing(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _query(wanted: Mapping[str, Any]) -> str:
    from urllib.parse import urlencode

    return urlencode(_without_nothing(wanted))


def _uncut(value: Any, secret: int = OPEN) -> Any:
    """Return *value* for JSON, without secrets, as long as it is: a template wants all of it."""
    if isinstance(value, dict):
        return {str(key): _uncut(item, max(secret, secrecy(key))) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_uncut(item, secret) for item in value]
    if isinstance(value, str):
        return MASK if secret else mask(value)
    return plain(value, secret=secret)
