"""What another tenant sends to each route, with the ids of the tenant that it may not see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bot.http.order import SHIPPED

#: Both tenants have things of this id; only the victim has the other.
SHARED, SECRET = "shared-1", "secret-1"
#: Both tenants have this channel and this person.
CHANNEL, PERSON = "C0OPS00002", "U0ADA00001"
_MESSAGE = {"channel": CHANNEL, "templateCode": "text", "payload": {"text": "mine"}, "user": PERSON}
_DEDUP = {"event_action": "trigger", "payload": {"summary": "mine", "source": "host"}}
REPORT = {
    "name": SHARED,
    "query": "select total from sales",
    "schedule": {"frequency": "daily", "time": "09:00", "timezone": "UTC"},
}
_RPC = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}


@dataclass(frozen=True)
class Known:
    """What the stranger has overheard: ids of the victim's things."""

    alert_id: str
    message_id: str
    workspace_id: str
    ts: str
    confirmation: str
    report_id: str
    execution_id: str


@dataclass(frozen=True)
class Sending:
    """One request; `values` fill the path."""

    values: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: str = ""


_Case = Callable[[Known], list[Sending]]


def _tasks(body: Any = None) -> _Case:
    return lambda _: [Sending({"id": one}, body) for one in (SHARED, SECRET)]


def _alerts(body: Any = None) -> _Case:
    return lambda known: [Sending({"id": known.alert_id}, body)]


def _messages(body: Any = None) -> _Case:
    return lambda known: [
        Sending({"correlationId": one}, body) for one in (SHARED, SECRET, known.message_id)
    ]


def _codes(body: Any = None) -> _Case:
    return lambda _: [Sending({"code": one}, body) for one in (SHARED, SECRET)]


def _bodies(*bodies: Any) -> _Case:
    return lambda _: [Sending(body=body) for body in bodies]


def _boards(body: Any = None) -> _Case:
    return lambda _: [Sending({"name": "dealers"}, body)]


def _reports(body: Any = None) -> _Case:
    return lambda known: [Sending({"report_id": known.report_id}, body)]


def _nothing(_: Known) -> list[Sending]:
    return [Sending()]


def _updates(known: Known) -> list[Sending]:
    done = {"status": "failed", "error": "mine"}
    place = {"channel": CHANNEL, "ts": known.ts}
    named = [Sending(body={**done, "taskId": one}) for one in (SHARED, SECRET)]
    return [*named, Sending(body={**done, **place})]


def _assistants(known: Known) -> list[Sending]:
    calls = [
        ("tasks_failed", {}),
        ("tasks_list", {}),
        *(("task_show", {"id": one}) for one in (SHARED, SECRET)),
        *(("message_why", {"correlation_id": one}) for one in (SECRET, known.message_id)),
        ("alerts_list", {}),
        ("leaderboard_show", {"name": "dealers"}),
        ("reports_next", {}),
        *(("report_latest", {"report": one}) for one in (SECRET, known.report_id)),
        ("health", {}),
        ("task_retry", {"id": SECRET}),
        ("task_retry", {"id": SECRET, "confirmation": known.confirmation}),
    ]
    return [
        Sending(body={**_RPC, "params": {"name": name, "arguments": given}})
        for name, given in calls
    ]


#: By the name of the handler.
CASES: dict[str, _Case] = {
    "create_report": lambda known: [
        Sending(body={**REPORT, "name": SECRET}),
        Sending(body={**REPORT, "slack_config": {"workspace": known.workspace_id}}),
    ],
    "preview_report": lambda known: [
        Sending(body=REPORT),
        Sending(body={**REPORT, "slack_config": {"workspace": known.workspace_id}}),
    ],
    "list_reports": lambda _: [Sending(), Sending(query="?limit=1")],
    "show_report": _reports(),
    "change_report": _reports({"name": "mine"}),
    "delete_report": _reports(),
    "run_report": _reports({}),
    "run_reports": lambda known: [Sending(body={"report_ids": [known.report_id]})],
    "list_executions": _reports(),
    "show_execution": lambda known: [Sending({"execution_id": known.execution_id})],
    "list_next_runs": lambda _: [Sending(query="?hours=100")],
    "create_task": _bodies(
        {"task": "import", "taskId": SHARED, "channel": CHANNEL, "runner": "mill"},
        {"task": "import", "channel": CHANNEL, "correlationId": SECRET},
    ),
    "list_matching_tasks": lambda _: [Sending(), Sending(query="?status=failed&task=import")],
    "show_task": _tasks(),
    "retry_task": _tasks({}),
    "cancel_task": _tasks({}),
    "update_task": _updates,
    "take_task_event": lambda _: [
        Sending({"webhook": "kestra"}, {"state": "FAILED", "id": SECRET})
    ],
    "heartbeat_task": _tasks({}),
    "log_task": _tasks({"lines": [{"text": "mine", "level": "error"}]}),
    "check_alerts": _bodies({"dryRun": True}),
    "list_alerts": lambda _: [Sending(), Sending(query="?state=open")],
    "show_alert": _alerts(),
    "acknowledge_alert": _alerts({}),
    "snooze_alert": _alerts({"minutes": 5}),
    "resolve_alert": _alerts({}),
    "take_alertmanager": _bodies({"groupKey": SECRET, "alerts": []}),
    "take_event": _bodies(
        {**_DEDUP, "dedup_key": SECRET},
        {"event_action": "acknowledge", "dedup_key": SECRET},
        {"event_action": "resolve", "dedup_key": SECRET},
    ),
    "add_samples": _boards([{"subject": "mine", "score": 1}]),
    "show_leaderboard": _boards(),
    "post_leaderboard": _boards({}),
    "request_message": _bodies(
        _MESSAGE,
        {**_MESSAGE, "correlationId": SHARED},
        {**_MESSAGE, "templateCode": SECRET},
        {**_MESSAGE, "configCode": SECRET},
        {**_MESSAGE, "tenant": "default"},
    ),
    "request_urgent_message": _bodies({**_MESSAGE, "configCode": SECRET}),
    "schedule_message": _bodies(
        {"request": {**_MESSAGE, "templateCode": SECRET}, "scheduledAt": "2026-12-24T18:00:00Z"}
    ),
    "request_messages": _bodies([_MESSAGE, {**_MESSAGE, "templateCode": SECRET}]),
    "show_case_file": lambda known: [
        Sending({"id": one})
        for one in (SHARED, SECRET, known.alert_id, known.message_id, "order-1")
    ],
    "list_dead_messages": _nothing,
    "show_stats": _nothing,
    "show_message": _messages(),
    "withdraw_message": _messages(),
    "replay_message": _messages({}),
    "show_template": _codes(),
    "put_template": _codes(SHIPPED),
    "preview_template": _codes({"payload": {"order": 1}}),
    "show_sender": _codes(),
    "put_sender": lambda known: [
        *_codes({"queue": "email"})(known),
        Sending({"code": "theirs"}, {"workspace": known.workspace_id}),
    ],
    "connect_workspace": lambda known: [
        Sending(body={"teamId": known.workspace_id, "botToken": "xoxb-home-token"})
    ],
    "check_workspace": lambda known: [Sending({"team_id": known.workspace_id})],
    "disconnect_workspace": lambda known: [Sending({"team_id": known.workspace_id})],
    "invite_workspace": _bodies({}),
    "begin_installation": _nothing,
    "finish_installation": _nothing,
    "register_user": _bodies({"userId": SECRET, "channel": CHANNEL}),
    "show_alive": _nothing,
    "show_ready": _nothing,
    "show_health": _nothing,
    "show_metrics": _nothing,
    "serve_mcp": _assistants,
    "show_openapi": _nothing,
    "show_docs": _nothing,
}
