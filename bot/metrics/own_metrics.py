"""The metrics of the built-in source: what can be asked in words before anything is configured."""

from bot.config_sections.reports import OWN_SOURCE, MetricSettings

_OF_TASKS = {
    "source": OWN_SOURCE,
    "table": "tasks",
    "time": "created_at",
    "utc": True,
    "dimensions": ["task", "subject", "status", "environment", "runner", "channel"],
}
_OF_DELIVERIES = {
    "source": OWN_SOURCE,
    "table": "deliveries",
    "time": "created_at",
    "utc": True,
    "dimensions": ["channel", "template", "sender", "queue", "state"],
}
_OF_ALERTS = {
    "source": OWN_SOURCE,
    "table": "alerts",
    "time": "opened_at",
    "utc": True,
    "dimensions": ["type", "task", "severity", "state"],
}
_FAILED_TASKS = "sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END)"


def own_metrics() -> dict[str, MetricSettings]:
    """Return the metrics of the bot's own tasks, deliveries and alerts by name."""
    return {
        "tasks": MetricSettings.model_validate(
            {**_OF_TASKS, "sql": "count(*)", "description": "Tasks that were created"}
        ),
        "failures": MetricSettings.model_validate(
            {
                **_OF_TASKS,
                "sql": _FAILED_TASKS,
                "better": "low",
                "synonyms": ["failed tasks"],
                "description": "Tasks that failed, by the time of their creation",
            }
        ),
        "failure_rate": MetricSettings.model_validate(
            {
                **_OF_TASKS,
                "sql": f"100.0 * {_FAILED_TASKS} / count(*)",
                "unit": "%",
                "better": "low",
                "description": "Share of the tasks that failed",
            }
        ),
        "task_duration": MetricSettings.model_validate(
            {
                **_OF_TASKS,
                "sql": "avg(duration_seconds)",
                "unit": "s",
                "better": "low",
                "synonyms": ["average duration", "average task duration"],
                "description": "How long tasks took on average",
            }
        ),
        "deliveries": MetricSettings.model_validate(
            {
                **_OF_DELIVERIES,
                "sql": "count(*)",
                "synonyms": ["messages"],
                "description": "Messages that Opsbell was asked to deliver",
            }
        ),
        "alerts": MetricSettings.model_validate(
            {
                **_OF_ALERTS,
                "sql": "count(*)",
                "better": "low",
                "synonyms": ["incidents"],
                "description": "Alerts that were opened",
            }
        ),
    }
