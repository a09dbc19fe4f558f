"""The form in which a report is made or changed. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.messages.rendering.truncation import OPTION_VALUE_CHARACTERS, truncate, units
from listeners.views.reports.form_values import CRON, SCHEDULE_OF, Fields, form_frequency

REPORT_FORM = "report_form"
NEW_TITLE, EDIT_TITLE = "New report", "Edit report"

_QUERY_CHARACTERS = 3_000
_DAY_CHOICES = (
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
)
_FREQUENCIES = (
    ("daily", "Every day"),
    ("weekly", "Every week"),
    ("monthly", "Every month"),
    (CRON, "By a cron line"),
)
_PLACES = (
    ("channel", "Post to a channel"),
    ("dm", "Send it to me directly"),
    ("none", "Keep it in the history"),
)
_MODE_CHOICES = (("quick", "Quick"), ("deep", "Deep"))
_AUDIENCE_CHOICES = (("general", "Everybody"), ("analyst", "Analysts"))
_MAX_SOURCE_CHOICES = 100

_FormBlock = dict[str, Any]


@dataclass(frozen=True)
class ReportForm:
    """What the form shows: fields of the API, and below them what the preview says."""

    fields: Fields
    sources: Sequence[str]
    report_id: str | None = None  # None: a new one
    revision: int | None = None
    below: Sequence[_FormBlock] = ()

    @property
    def title(self) -> str:
        """Return the title of the modal."""
        return EDIT_TITLE if self.report_id else NEW_TITLE


def build_report_form(form: ReportForm) -> dict[str, Any]:
    """Return the modal; which inputs of the schedule it has depends on the frequency."""
    state = {"id": form.report_id, "revision": form.revision}
    preview = {
        "type": "button",
        "action_id": "report_preview",
        "value": "preview",
        "text": _plain_words("Preview"),
        "accessibility_label": "Preview the next runs and the message of today",
    }
    return {
        "type": "modal",
        "callback_id": REPORT_FORM,
        "private_metadata": json.dumps(state),
        "title": _plain_words(form.title),
        "submit": _plain_words("Save"),
        "close": _plain_words("Cancel"),
        "blocks": [
            *_asked_blocks(form.fields, form.sources),
            *_schedule_blocks(form.fields),
            *_place_blocks(form.fields),
            *_more_blocks(form.fields),
            {"type": "actions", "block_id": "preview", "elements": [preview]},
            *form.below,
        ],
    }


def _asked_blocks(fields: Fields, sources: Sequence[str]) -> list[_FormBlock]:
    blocks = [_input("name", "Name", _typed("name", 100, fields.get("name")))]
    if units(fields.get("query") or "") > _QUERY_CHARACTERS:
        words = "Its query is longer than Slack's forms take: change it through the API."
        blocks.append({"type": "context", "elements": [_plain_words(words)]})
    else:
        query = _typed("query", _QUERY_CHARACTERS, fields.get("query"), is_multiline=True)
        query["placeholder"] = _plain_words("revenue by day last week, or SELECT …")
        blocks.append(_input("query", "Question or SQL", query))
    fitting = [name for name in sources if name and units(name) <= OPTION_VALUE_CHARACTERS]
    if len(fitting) > 1:
        options = [(name, name) for name in fitting[:_MAX_SOURCE_CHOICES]]
        chosen = fields.get("source") or fitting[0]
        blocks.append(_input("source", "Source", _select("source", options, chosen)))
    return blocks


def _schedule_blocks(fields: Fields) -> list[_FormBlock]:
    schedule = fields.get("schedule") or {}
    frequency = form_frequency(fields)
    blocks = [
        {
            **_input(
                "schedule.frequency",
                "How often",
                _select("report_frequency", _FREQUENCIES, frequency),
            ),
            "dispatch_action": True,
        }
    ]
    wanted = SCHEDULE_OF.get(frequency, ())
    if "day_of_week" in wanted:
        blocks.append(_input("schedule.day_of_week", "On", _days(schedule.get("day_of_week"))))
    if "day_of_month" in wanted:
        days = [(str(day), str(day)) for day in range(1, 32)] + [("last", "Last day")]
        chosen = str(schedule.get("day_of_month") or 1)
        element = _select("day_of_month", days, chosen)
        hint = "In a month without this day it runs on the last day."
        blocks.append(
            {**_input("schedule.day_of_month", "On day", element), "hint": _plain_words(hint)}
        )
    if "time" in wanted:
        picker = {"type": "timepicker", "action_id": "time"}
        picker["initial_time"] = _picked_time(schedule.get("time")) or "09:00"
        blocks.append(_input("schedule.time", "At", picker))
    if "cron" in wanted:
        line = _typed("cron", 200, schedule.get("cron"))
        line["placeholder"] = _plain_words("0 9 * * mon-fri")
        blocks.append(_input("schedule.cron", "Cron line", line))
    zone = _typed("timezone", 100, schedule.get("timezone"))
    blocks.append(_input("schedule.timezone", "Time zone, such as Europe/Berlin", zone))
    return blocks


def _place_blocks(fields: Fields) -> list[_FormBlock]:
    config = fields.get("slack_config") or {}
    where = config.get("notification_type") or "channel"
    choice: _FormBlock = {
        "type": "radio_buttons",
        "action_id": "report_where",
        "options": [_form_option(value, label) for value, label in _PLACES],
        "initial_option": next(_form_option(*one) for one in _PLACES if one[0] == where),
    }
    blocks = [
        {**_input("slack_config.notification_type", "Where", choice), "dispatch_action": True}
    ]
    if where == "channel":
        picker: _FormBlock = {
            "type": "conversations_select",
            "action_id": "slack_channel",
            "placeholder": _plain_words("Choose a channel"),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        }
        if config.get("slack_channel"):
            picker["initial_conversation"] = config["slack_channel"]
        else:
            picker["default_to_current_conversation"] = True
        blocks.append(_input("slack_config.slack_channel", "Channel", picker))
    return blocks


def _more_blocks(fields: Fields) -> list[_FormBlock]:
    audience = _select("audience", _AUDIENCE_CHOICES, fields.get("audience") or "general")
    mode = _select("mode", _MODE_CHOICES, fields.get("mode") or "quick")
    condition = _typed("send_if", 200, fields.get("send_if"))
    condition["placeholder"] = _plain_words("total > 10")
    until: _FormBlock = {"type": "timepicker", "action_id": "complete_by"}
    if _picked_time(fields.get("complete_by")):
        until["initial_time"] = _picked_time(fields.get("complete_by"))
    description = _typed("description", 2_000, fields.get("description"), is_multiline=True)
    return [
        _optional("description", "Description", description, "Shown above the answer."),
        _input("audience", "Written for", audience),
        _input("mode", "Analysis", mode),
        _optional(
            "send_if",
            "Only if",
            condition,
            "A column of the result and a number; rows is the number of rows.",
        ),
        _optional(
            "complete_by",
            "Wait for complete data until",
            until,
            "Then it goes out with a warning, and is corrected once the data is complete.",
        ),
    ]


def _input(block_id: str, label: str, element: _FormBlock) -> _FormBlock:
    return {"type": "input", "block_id": block_id, "label": _plain_words(label), "element": element}


def _optional(block_id: str, label: str, element: _FormBlock, hint: str) -> _FormBlock:
    return {**_input(block_id, label, element), "optional": True, "hint": _plain_words(hint)}


def _typed(action_id: str, limit: int, value: Any, *, is_multiline: bool = False) -> _FormBlock:
    element: _FormBlock = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": limit,
        "multiline": is_multiline,
    }
    if value:
        element["initial_value"] = truncate(str(value), limit)
    return element


def _select(action_id: str, options: Sequence[tuple[str, str]], chosen: Any) -> _FormBlock:
    element: _FormBlock = {
        "type": "static_select",
        "action_id": action_id,
        "options": [_form_option(value, label) for value, label in options],
    }
    initial = [_form_option(value, label) for value, label in options if value == chosen]
    return {**element, "initial_option": initial[0]} if initial else element


def _days(chosen: Any) -> _FormBlock:
    wanted = [chosen] if isinstance(chosen, str) else chosen or ["mon"]
    return {
        "type": "multi_static_select",
        "action_id": "day_of_week",
        "options": [_form_option(value, label) for value, label in _DAY_CHOICES],
        "initial_options": [
            _form_option(value, label) for value, label in _DAY_CHOICES if value in wanted
        ],
    }


def _form_option(value: str, label: str) -> _FormBlock:
    return {"text": _plain_words(truncate(label, 75)), "value": value}


def _plain_words(words: str) -> _FormBlock:
    return {"type": "plain_text", "text": words}


def _picked_time(value: Any) -> str | None:
    """Return a wall time as Slack's picker takes it."""
    hour, _, minute = str(value or "").partition(":")
    return f"{int(hour):02}:{minute}" if hour.isdigit() and len(minute) == 2 else None
