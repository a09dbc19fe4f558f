"""The modal in which a person says how they want to be told. Pure."""

from typing import Any

from bot.subscriptions.models import Preference

PREFERENCES = "preferences"
PREFERENCES_TITLE = "Preferences"
AT_ONCE, ONCE_A_DAY = "at_once", "once_a_day"


def build_preferences(known: Preference | None, timezone: str) -> dict[str, Any]:
    """Return the modal, filled with what the person prefers now."""
    start, _, end = ((known.quiet_hours if known else None) or "").partition("-")
    choices = [_option("At once", AT_ONCE), _option("Once a day, in a digest", ONCE_A_DAY)]
    chosen = choices[1] if known and known.is_once_a_day else choices[0]
    zone = {"type": "plain_text_input", "action_id": "timezone", "initial_value": timezone}
    often = {
        "type": "radio_buttons",
        "action_id": "often",
        "options": choices,
        "initial_option": chosen,
    }
    hint = "Tasks that end during quiet hours come in one digest afterwards."
    return {
        "type": "modal",
        "callback_id": PREFERENCES,
        "title": {"type": "plain_text", "text": PREFERENCES_TITLE},
        "submit": {"type": "plain_text", "text": "Save"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            _preference_input("often", "Notify me about my subscriptions", often),
            _preference_input(
                "quiet_from", "Quiet from", _time("quiet_from", start), optional=True
            ),
            _preference_input(
                "quiet_until",
                "Quiet until",
                _time("quiet_until", end),
                optional=True,
                hint={"type": "plain_text", "text": hint},
            ),
            _preference_input(
                "timezone", "Time zone, such as Europe/Berlin", {**zone, "max_length": 100}
            ),
        ],
    }


def _preference_input(
    field: str, label: str, element: dict[str, Any], **more: Any
) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": field, "label": text, "element": element, **more}


def _time(field: str, at: str) -> dict[str, Any]:
    picker = {"type": "timepicker", "action_id": field}
    return {**picker, "initial_time": at} if at else picker


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": label}, "value": value}
