"""
Interactive elements and images: what stands inside sections, actions and inputs.

Sources: https://docs.slack.dev/reference/block-kit/block-elements
"""

from slack_playground.blocks.formats import date, decimal, time, time_zone
from slack_playground.blocks.kinds.composition import (
    CONFIRM,
    DISPATCH_ACTION_CONFIG,
    SLACK_FILE,
    STYLES,
    USER,
    WORKFLOW,
    exactly_one,
    link_url,
    plain,
    web_url,
)
from slack_playground.blocks.kinds.element_rules import (
    agent_prompt_alone,
    day_exists,
    length_range,
    line_range,
    value_range,
)
from slack_playground.blocks.kinds.menus import MENUS
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.blocks.schema import (
    Choice,
    Flag,
    ListOf,
    Number,
    Object,
    Shape,
    Text,
    element,
    index,
    kind,
)

_INPUT: dict[str, Shape] = {
    "dispatch_action_config": DISPATCH_ACTION_CONFIG,
    "focus_on_load": Flag(),
}
_PICKER: dict[str, Shape] = {"confirm": CONFIRM, "focus_on_load": Flag()}
_LABEL: dict[str, Shape] = {"accessibility_label": Text(75)}

BUTTON = element(
    "button",
    {"text": plain(75)},
    {
        "url": link_url(3000),
        "value": Text(2000),
        "style": STYLES,
        "confirm": CONFIRM,
        "agent_prompt": Text(4000),
        "agent_prompt_display": Text(),
        **_LABEL,
    },
    agent_prompt_alone,
)
WORKFLOW_BUTTON = element(
    "workflow_button",
    {"text": plain(75), "workflow": WORKFLOW},
    {"style": STYLES, "confirm": CONFIRM, **_LABEL},
)
ICON_BUTTON = element(
    "icon_button",
    {"icon": Choice(("trash",)), "text": plain(75)},
    {
        "value": Text(2000),
        "confirm": CONFIRM,
        "visible_to_user_ids": ListOf(USER, least=1, most=10, unique=True),
        **_LABEL,
    },
)
_FEEDBACK = Object(required={"text": plain(75), "value": Text(2000)}, optional=_LABEL)
FEEDBACK_BUTTONS = element(
    "feedback_buttons", {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {}
)

DATEPICKER = element(
    "datepicker",
    {},
    {"initial_date": date(), "placeholder": plain(150), **_PICKER},
    day_exists,
)
TIMEPICKER = element(
    "timepicker",
    {},
    {"initial_time": time(), "timezone": time_zone(), "placeholder": plain(150), **_PICKER},
)
# Slack wants a Unix timestamp of ten digits.
DATETIMEPICKER = element(
    "datetimepicker",
    {},
    {"initial_date_time": Number(1_000_000_000, 9_999_999_999, whole=True), **_PICKER},
)

PLAIN_TEXT_INPUT = element(
    "plain_text_input",
    {},
    {
        "initial_value": Text(3000, least=0),
        "multiline": Flag(),
        "min_length": Number(0, 3000, whole=True),
        "max_length": Number(1, 3000, whole=True),
        "placeholder": plain(150),
        **_INPUT,
    },
    length_range,
)
EMAIL_INPUT = element(
    "email_text_input", {}, {"initial_value": Text(), "placeholder": plain(150), **_INPUT}
)
URL_INPUT = element(
    "url_text_input", {}, {"initial_value": Text(), "placeholder": plain(150), **_INPUT}
)
NUMBER_INPUT = element(
    "number_input",
    {"is_decimal_allowed": Flag()},
    {
        "initial_value": decimal(),
        "min_value": decimal(),
        "max_value": decimal(),
        "placeholder": plain(150),
        **_INPUT,
    },
    value_range,
)
RICH_TEXT_INPUT = element(
    "rich_text_input",
    {},
    {
        "initial_value": RICH_TEXT.shape,
        "min_lines": Number(1, 100, whole=True),
        "max_lines": Number(1, 100, whole=True),
        "placeholder": plain(150),
        **_INPUT,
    },
    line_range,
)
FILE_INPUT = element(
    "file_input",
    {},
    {"filetypes": ListOf(Text(), least=1), "max_files": Number(1, 10, whole=True)},
)

IMAGE = kind(
    "image",
    {"alt_text": Text(2000)},
    {"image_url": web_url(3000), "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)

PICKERS = index((DATEPICKER, TIMEPICKER, DATETIMEPICKER))
TEXT_INPUTS = index((PLAIN_TEXT_INPUT, EMAIL_INPUT, URL_INPUT, NUMBER_INPUT, RICH_TEXT_INPUT))
BUTTONS = index((BUTTON, WORKFLOW_BUTTON))

# Where Slack lets each element stand: the "works with block types" of its page.
ACCESSORIES = {**BUTTONS, **MENUS, **index((DATEPICKER, TIMEPICKER, IMAGE))}
ACTIONS = {**BUTTONS, **MENUS, **PICKERS, **index((RICH_TEXT_INPUT,))}
INPUTS = {
    **{type_: menu for type_, menu in MENUS.items() if type_ != "overflow"},
    **PICKERS,
    **TEXT_INPUTS,
    **index((FILE_INPUT,)),
}
CONTEXT_ACTIONS = index((FEEDBACK_BUTTONS, ICON_BUTTON))
