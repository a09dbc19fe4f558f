"""What other systems send of their alerts: Alertmanager's webhook and PagerDuty's events."""

from typing import Any, Literal

from pydantic import Field

from bot.http.schemas.base import Lenient, ShownInSnakeCase
from bot.http.schemas.fields import Moment

_MAX_ALERTS = 1_000
_Labels = dict[str, Any]


class AlertmanagerAlert(Lenient):
    """One alert of Alertmanager's."""

    status: Literal["firing", "resolved"]
    labels: _Labels = Field({})
    annotations: _Labels = Field({})
    starts_at: Moment = None
    fingerprint: str | None = Field(None, max_length=200)


class AlertmanagerWebhook(Lenient):
    """
    Alertmanager's webhook, version 4.

    https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
    """

    version: Literal["4"] = "4"
    group_key: str = Field(max_length=10_000)
    group_labels: _Labels = Field({})
    common_labels: _Labels = Field({})
    common_annotations: _Labels = Field({})
    alerts: list[AlertmanagerAlert] = Field(max_length=_MAX_ALERTS)


class _PagerDutyPayload(Lenient):
    """What happened, where."""

    summary: str = Field(min_length=1)
    source: str = Field("", max_length=1_000)
    severity: Literal["critical", "error", "warning", "info"] = "error"
    component: str | None = None
    group: str | None = None
    timestamp: Moment = None


class PagerDutyEvent(Lenient):
    """
    PagerDuty's Events API, version 2; `routing_key` is not looked at.

    https://developer.pagerduty.com/docs/events-api-v2-overview
    """

    event_action: Literal["trigger", "acknowledge", "resolve"]
    dedup_key: str | None = Field(None, min_length=1, max_length=255)
    payload: _PagerDutyPayload | None = None


class TakenAlerts(ShownInSnakeCase):
    """How many alerts were taken in."""

    accepted: int


class TakenEvent(ShownInSnakeCase):
    """What PagerDuty answers."""

    status: Literal["success"]
    message: str
    dedup_key: str
