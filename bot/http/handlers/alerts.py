"""Alerts as people and programs ask for them: check, list, show, acknowledge, snooze, resolve."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from bot.alerts.check_run import CheckOptions
from bot.alerts.display import alert_json
from bot.alerts.queries import AlertsWanted
from bot.alerts.service import AlertWithTasks
from bot.http.pagination import read_cursor, write_cursor
from bot.http.route_types import Call, Response
from bot.http.schemas import alerts as models

#: Events that are shown of an alert's message.
_MAX_ALERT_TIMELINE = 1_000


async def check_alerts(call: Call) -> Response:
    """Look for what is in trouble now, and tell of it."""
    body: models.CheckAlerts = call.body
    minutes = body.timeout_minutes
    options = CheckOptions(
        timeout=timedelta(minutes=minutes) if minutes is not None else None,
        failed=not body.stuck_only,
        stuck=not body.failed_only,
        dry_run=body.dry_run,
        is_asked=True,
    )
    result = await call.services.alerts.watch.check_now(call.caller.tenant, options)
    return Response(asdict(result))


async def list_alerts(call: Call) -> Response:
    """List alerts, the latest first."""
    wanted: models.AlertFilter = call.query
    found = await call.services.alerts.alerts.list(
        call.caller.tenant,
        AlertsWanted(
            state=wanted.state,
            task=wanted.task,
            limit=wanted.limit + 1,  # One more than asked tells whether there is another page.
            before=read_cursor(wanted.cursor) if wanted.cursor else None,
        ),
    )
    page = found[: wanted.limit]
    more = len(found) > wanted.limit
    last = page[-1].found.alert if more else None
    return Response(
        {
            "alerts": [_alert_response(one) for one in page],
            "next_cursor": write_cursor(last.opened_at, last.id) if last else None,
        }
    )


async def show_alert(call: Call) -> Response:
    """Show an alert and the timeline of its message."""
    found = await call.services.alerts.alerts.get(call.caller.tenant, call.path["id"])
    message_id = found.found.alert.message_id
    newest = _MAX_ALERT_TIMELINE + 1
    events = await call.services.timeline(message_id, newest) if message_id else []
    shown_events = [dict(event) for event in events[-_MAX_ALERT_TIMELINE:]]
    is_cut = len(events) > _MAX_ALERT_TIMELINE
    return Response({**_alert_response(found), "timeline": shown_events, "timeline_is_cut": is_cut})


async def acknowledge_alert(call: Call) -> Response:
    """Note who looks after it."""
    found = await call.services.alerts.alerts.acknowledge(
        call.caller.tenant, call.path["id"], by=call.caller.subject
    )
    return Response(_alert_response(found))


async def snooze_alert(call: Call) -> Response:
    """Keep silent about it for a while."""
    body: models.SnoozeAlert = call.body
    found = await call.services.alerts.alerts.snooze(
        call.caller.tenant,
        call.path["id"],
        by=call.caller.subject,
        duration=timedelta(minutes=body.minutes),
    )
    return Response(_alert_response(found))


async def resolve_alert(call: Call) -> Response:
    """Close it for what it holds."""
    body: models.ResolveAlert = call.body
    found = await call.services.alerts.alerts.resolve(
        call.caller.tenant, call.path["id"], by=call.caller.subject, reason=body.reason
    )
    return Response(_alert_response(found))


def _alert_response(one: AlertWithTasks) -> dict[str, Any]:
    """Return an alert as the API shows it."""
    return alert_json(one.found, one.task_ids, one.ts)
