"""The values of the form of a report, in the shape of `POST /api/scheduling/reports`. Pure."""

import json
from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, Any]

CRON = "cron"
#: What belongs to which frequency.
SCHEDULE_OF = {
    "daily": ("time",),
    "weekly": ("time", "day_of_week"),
    "monthly": ("time", "day_of_month"),
    CRON: ("cron",),
}
#: Fields that an empty input clears.
_CLEARED = ("description", "send_if", "complete_by")


def report_fields(view: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what is filled in, of what the form shows now; empty inputs are None.

    Block ids are the paths of the API, so that its problems find their inputs.
    """
    flat = {name: _chosen_value(held) for name, held in view["state"]["values"].items()}
    frequency = flat.get("schedule.frequency") or "daily"
    schedule: dict[str, Any] = {"timezone": flat.get("schedule.timezone")}
    if frequency != CRON:
        schedule["frequency"] = frequency
    for name in SCHEDULE_OF.get(frequency, ()):
        schedule[name] = flat.get(f"schedule.{name}")
    day = schedule.get("day_of_month")
    if isinstance(day, str) and day.isdigit():
        schedule["day_of_month"] = int(day)
    where = flat.get("slack_config.notification_type") or "channel"
    channel = flat.get("slack_config.slack_channel") if where == "channel" else None
    slack = {"notification_type": where, "slack_channel": channel}
    texts = {name: flat[name] for name in ("name", "query", *_CLEARED) if name in flat}
    chosen = {
        name: flat[name] for name in ("source", "mode", "audience") if flat.get(name) is not None
    }
    return {**texts, **chosen, "schedule": schedule, "slack_config": slack}


def form_frequency(fields: Fields) -> str:
    """Return the frequency that the form shows; a schedule of a cron line has none."""
    schedule = fields.get("schedule") or {}
    if schedule.get("frequency"):
        return str(schedule["frequency"])
    return CRON if "cron" in schedule else "daily"


def form_state(view: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """Return which report the form edits, and the revision it was opened with."""
    held = json.loads(view.get("private_metadata") or "{}")
    return held.get("id"), held.get("revision")


def _chosen_value(actions: Mapping[str, Any]) -> Any:
    for value in actions.values():
        if "selected_options" in value:
            return [one["value"] for one in value["selected_options"] or []] or None
        option = value.get("selected_option") or {}
        chosen = (
            option.get("value") or value.get("selected_conversation") or value.get("selected_time")
        )
        return chosen or (value.get("value") or "").strip() or None
    return None
