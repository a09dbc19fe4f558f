"""What is served for alerts."""

from bot.http.handlers import alerts, external_alerts
from bot.http.route_types import Route
from bot.http.schemas import alerts as models
from bot.http.schemas import external_alerts as external_models

READ, WRITE = "alerts:read", "alerts:write"
ALERT_ROUTES = (
    Route(
        "POST",
        "/api/alerts/check",
        alerts.check_alerts,
        "Look for failed and stuck tasks now, and tell of them",
        "Alerts",
        scope=WRITE,
        body=models.CheckAlerts,
        answers={200: models.CheckedAlerts},
    ),
    Route(
        "GET",
        "/api/alerts",
        alerts.list_alerts,
        "List alerts, the latest first",
        "Alerts",
        scope=READ,
        query=models.AlertFilter,
        answers={200: models.AlertPage},
    ),
    Route(
        "GET",
        "/api/alerts/{id}",
        alerts.show_alert,
        "Show an alert with the timeline of its message",
        "Alerts",
        scope=READ,
        answers={200: models.ShownAlertWithTimeline},
    ),
    Route(
        "POST",
        "/api/alerts/{id}/acknowledge",
        alerts.acknowledge_alert,
        "Say that you look after it",
        "Alerts",
        scope=WRITE,
        body=models.AcknowledgeAlert,
        answers={200: models.ShownAlert},
    ),
    Route(
        "POST",
        "/api/alerts/{id}/snooze",
        alerts.snooze_alert,
        "Keep silent about it for a while",
        "Alerts",
        scope=WRITE,
        body=models.SnoozeAlert,
        answers={200: models.ShownAlert},
    ),
    Route(
        "POST",
        "/api/alerts/{id}/resolve",
        alerts.resolve_alert,
        "Close it for what it holds",
        "Alerts",
        scope=WRITE,
        body=models.ResolveAlert,
        answers={200: models.ShownAlert},
    ),
    Route(
        "POST",
        "/api/alerts/incoming",
        external_alerts.take_alertmanager,
        "Take in alerts of Alertmanager's webhook",
        "Alerts",
        scope=WRITE,
        body=external_models.AlertmanagerWebhook,
        answers={200: external_models.TakenAlerts},
    ),
    Route(
        "POST",
        "/api/alerts/events",
        external_alerts.take_event,
        "Take in an event as PagerDuty would",
        "Alerts",
        scope=WRITE,
        body=external_models.PagerDutyEvent,
        answers={202: external_models.TakenEvent},
    ),
)
