"""One valid specimen of every element, with every field Slack knows."""

import copy

from tests.playground.blocks.parts import (
    ADA,
    BEN,
    CLEO,
    IMAGE,
    REPORT,
    Json,
    mrkdwn,
    option,
    plain,
    rich_option,
)

CONFIRM: Json = {
    "title": plain("Retry the task?"),
    "text": mrkdwn("It starts *again* from the beginning."),
    "confirm": plain("Retry"),
    "deny": plain("Leave it"),
    "style": "danger",
}
OPTIONS = [option("Nightly import", "import"), option("Backfill", "backfill")]
GROUPS: list[Json] = [
    {"label": plain("Imports"), "options": OPTIONS},
    {"label": plain("Reports"), "options": [option("Weekly", "weekly")]},
]
RICH_OPTIONS = [rich_option("Failures", "failed"), rich_option("Everything", "all")]
FILTER: Json = {
    "include": ["public", "private", "im", "mpim"],
    "exclude_external_shared_channels": True,
    "exclude_bot_users": True,
}
_DISPATCH = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}
_SELECT: Json = {"placeholder": plain("Choose"), "confirm": CONFIRM, "focus_on_load": False}
_PICKER: Json = {"confirm": CONFIRM, "focus_on_load": False}
_INPUT: Json = {
    "placeholder": plain("Write here"),
    "dispatch_action_config": _DISPATCH,
    "focus_on_load": False,
}

ELEMENTS: dict[str, Json] = {
    "button": {
        "type": "button",
        "action_id": "retry",
        "text": plain("Retry"),
        "value": "d-7F3K",
        "url": "https://example.com/run/42",
        "style": "primary",
        "confirm": CONFIRM,
        "accessibility_label": "Retry the nightly import",
        "agent_prompt": "Explain why the nightly import failed",
        "agent_prompt_display": "Explain the failure",
    },
    "workflow_button": {
        "type": "workflow_button",
        "action_id": "flow",
        "text": plain("Hand over"),
        "style": "danger",
        "confirm": CONFIRM,
        "accessibility_label": "Hand over to Ben",
        "workflow": {
            "trigger": {
                "url": "https://slack.com/shortcuts/Ft0/1",
                "customizable_input_parameters": [{"name": "task", "value": "42"}],
            }
        },
    },
    "icon_button": {
        "type": "icon_button",
        "action_id": "remove",
        "icon": "trash",
        "text": plain("Remove"),
        "value": "42",
        "confirm": CONFIRM,
        "accessibility_label": "Remove this answer",
        "visible_to_user_ids": [ADA, BEN],
    },
    "feedback_buttons": {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {
            "text": plain("Good"),
            "value": "good",
            "accessibility_label": "Good answer",
        },
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    },
    "overflow": {
        "type": "overflow",
        "action_id": "more",
        "confirm": CONFIRM,
        "options": [{**option("Open", "open"), "url": "https://example.com"}],
    },
    "static_select": {
        "type": "static_select",
        "action_id": "kind",
        "options": OPTIONS,
        "initial_option": OPTIONS[0],
        **_SELECT,
    },
    "static_select in groups": {
        "type": "static_select",
        "action_id": "grouped",
        "option_groups": GROUPS,
        "initial_option": GROUPS[1]["options"][0],
    },
    "external_select": {
        "type": "external_select",
        "action_id": "subject",
        "initial_option": OPTIONS[0],
        "min_query_length": 0,
        **_SELECT,
    },
    "users_select": {
        "type": "users_select",
        "action_id": "owner",
        "initial_user": ADA,
        **_SELECT,
    },
    "conversations_select": {
        "type": "conversations_select",
        "action_id": "where",
        "initial_conversation": "C0OPS",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
        "filter": FILTER,
        **_SELECT,
    },
    "channels_select": {
        "type": "channels_select",
        "action_id": "channel",
        "initial_channel": "C0OPS",
        "response_url_enabled": True,
        **_SELECT,
    },
    "multi_static_select": {
        "type": "multi_static_select",
        "action_id": "kinds",
        "options": OPTIONS,
        "initial_options": OPTIONS,
        "max_selected_items": 2,
        **_SELECT,
    },
    "multi_static_select in groups": {
        "type": "multi_static_select",
        "action_id": "kinds_grouped",
        "option_groups": GROUPS,
    },
    "multi_external_select": {
        "type": "multi_external_select",
        "action_id": "subjects",
        "initial_options": OPTIONS,
        "min_query_length": 3,
        "max_selected_items": 2,
        **_SELECT,
    },
    "multi_users_select": {
        "type": "multi_users_select",
        "action_id": "watchers",
        "initial_users": [ADA, CLEO],
        "max_selected_items": 5,
        **_SELECT,
    },
    "multi_conversations_select": {
        "type": "multi_conversations_select",
        "action_id": "places",
        "initial_conversations": ["C0OPS", "D0BEN"],
        "default_to_current_conversation": False,
        "filter": FILTER,
        "max_selected_items": 5,
        **_SELECT,
    },
    "multi_channels_select": {
        "type": "multi_channels_select",
        "action_id": "channels",
        "initial_channels": ["C0OPS"],
        "max_selected_items": 5,
        **_SELECT,
    },
    "datepicker": {
        "type": "datepicker",
        "action_id": "day",
        "initial_date": "2026-11-22",
        "placeholder": plain("Day"),
        **_PICKER,
    },
    "timepicker": {
        "type": "timepicker",
        "action_id": "time",
        "initial_time": "09:00",
        "timezone": "Europe/Berlin",
        "placeholder": plain("Time"),
        **_PICKER,
    },
    "datetimepicker": {
        "type": "datetimepicker",
        "action_id": "moment",
        "initial_date_time": 1_795_000_000,
        **_PICKER,
    },
    "checkboxes": {
        "type": "checkboxes",
        "action_id": "levels",
        "options": RICH_OPTIONS,
        "initial_options": RICH_OPTIONS[:1],
        **_PICKER,
    },
    "radio_buttons": {
        "type": "radio_buttons",
        "action_id": "level",
        "options": RICH_OPTIONS,
        "initial_option": RICH_OPTIONS[1],
        **_PICKER,
    },
    "plain_text_input": {
        "type": "plain_text_input",
        "action_id": "reason",
        "initial_value": "The disk was full",
        "multiline": True,
        "min_length": 0,
        "max_length": 3000,
        **_INPUT,
    },
    "email_text_input": {
        "type": "email_text_input",
        "action_id": "email",
        "initial_value": "ada@example.com",
        **_INPUT,
    },
    "url_text_input": {
        "type": "url_text_input",
        "action_id": "url",
        "initial_value": "https://example.com",
        **_INPUT,
    },
    "number_input": {
        "type": "number_input",
        "action_id": "minutes",
        "is_decimal_allowed": True,
        "initial_value": "7.5",
        "min_value": "-1",
        "max_value": "10",
        **_INPUT,
    },
    "rich_text_input": {
        "type": "rich_text_input",
        "action_id": "note",
        "initial_value": REPORT,
        "min_lines": 2,
        "max_lines": 10,
        **_INPUT,
    },
    "file_input": {
        "type": "file_input",
        "action_id": "csv",
        "filetypes": ["csv"],
        "max_files": 10,
    },
    "image": IMAGE,
    "image from Slack": {
        "type": "image",
        "alt_text": "The week",
        "slack_file": {"id": "F0WEEK"},
    },
}


def element(name: str) -> Json:
    return copy.deepcopy(ELEMENTS[name])
