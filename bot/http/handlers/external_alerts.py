"""Alerts that other systems send: Alertmanager's webhook, PagerDuty's events."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.alerts.external_alerts import ExternalReport
from bot.errors import FieldProblem, InvalidError
from bot.http.route_types import Call, Response
from bot.http.schemas import external_alerts as models
from bot.ids import new_id


async def take_alertmanager(call: Call) -> Response:
    """Take in a group of Alertmanager's alerts."""
    body: models.AlertmanagerWebhook = call.body
    reports = [_alertmanager_report(body, alert) for alert in body.alerts]
    await call.services.alerts.watch.take_in(call.caller.tenant, reports)
    return Response({"accepted": len(reports)})


def _alertmanager_report(
    body: models.AlertmanagerWebhook, alert: models.AlertmanagerAlert
) -> ExternalReport:
    """Return what one alert of the group says."""
    labels = {**body.common_labels, **body.group_labels, **alert.labels}
    notes = {**body.common_annotations, **alert.annotations}
    kind = str(labels.get("alertname") or "alertmanager")
    said = notes.get("summary") or notes.get("description") or _labels_text(labels) or kind
    return ExternalReport(
        kind=kind,
        group=f"alertmanager {body.group_key}",
        key=alert.fingerprint or json.dumps(alert.labels, sort_keys=True),
        summary=str(said),
        is_over=alert.status == "resolved",
        is_critical=labels.get("severity") == "critical",
        began_at=at(alert.starts_at),
        label=_group_label(body),
    )


def _group_label(body: models.AlertmanagerWebhook) -> str | None:
    """Return what all alerts of a group say; None where there is but one."""
    notes = body.common_annotations
    said = notes.get("summary") or notes.get("description")
    if said or len(body.alerts) == 1:
        return str(said) if said else None
    labels = {**body.common_labels, **body.group_labels}
    return _labels_text({**labels, "severity": ""})


def _labels_text(labels: Mapping[str, Any]) -> str:
    """Return e.g. `instance=db-1 job=node`, without the name of the alert and empty values."""
    named = ((name, value) for name, value in sorted(labels.items()) if name != "alertname")
    return " ".join(f"{name}={value}" for name, value in named if value not in ("", None))


async def take_event(call: Call) -> Response:
    """Take in an event as PagerDuty would."""
    body: models.PagerDutyEvent = call.body
    dedup_key = body.dedup_key
    if body.event_action != "trigger" and dedup_key is None:
        raise _refuse_alert("dedup_key", f"give the one of the event to {body.event_action}")
    if body.event_action == "trigger" and body.payload is None:
        raise _refuse_alert("payload", "give one, with at least a summary")
    dedup_key = dedup_key or new_id("e")
    report = _event_report(body, dedup_key)
    if body.event_action == "acknowledge":
        await call.services.alerts.alerts.acknowledge_external(
            call.caller.tenant, report, by=call.caller.subject
        )
    else:
        await call.services.alerts.watch.take_in(call.caller.tenant, [report])
    said = {"status": "success", "message": "Event processed", "dedup_key": dedup_key}
    return Response(said, status=202)


def _event_report(body: models.PagerDutyEvent, dedup_key: str) -> ExternalReport:
    """Return what the event says."""
    payload = body.payload
    return ExternalReport(
        kind=(payload.component or payload.group or payload.source if payload else "") or "events",
        group=f"events {dedup_key}",
        key=dedup_key,
        summary=payload.summary if payload else "",
        is_over=body.event_action == "resolve",
        is_critical=payload is not None and payload.severity == "critical",
        began_at=at(payload.timestamp) if payload else None,
    )


def at(epoch: int | None) -> datetime | None:
    """Return the time of so many seconds since the epoch, if it is one that can have been."""
    if epoch is None or not 0 < epoch < 253_402_300_799:
        return None
    return datetime.fromtimestamp(epoch, UTC)


def _refuse_alert(field: str, fix: str) -> InvalidError:
    return InvalidError(f"`{field}`: {fix}.", [FieldProblem(field, fix)])
