"""
Everything a person chooses from: selects, multi-selects, overflow, checkboxes, radio buttons.

Sources: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
and its siblings.
"""

from slack_playground.blocks.kinds.composition import (
    CHANNEL,
    CONFIRM,
    CONVERSATION,
    CONVERSATION_FILTER,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    USER,
    exactly_one,
    plain,
)
from slack_playground.blocks.kinds.element_rules import (
    initial_option_is_offered,
    initial_options_are_offered,
    initials_within_maximum,
)
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import Flag, ListOf, Number, Object, Shape, element, index
from slack_playground.blocks.walker import check

_SELECT: dict[str, Shape] = {
    "placeholder": plain(150),
    "confirm": CONFIRM,
    "focus_on_load": Flag(),
}
_MULTI: dict[str, Shape] = {**_SELECT, "max_selected_items": Number(1, whole=True)}
_OFFERED: dict[str, Shape] = {
    "options": ListOf(OPTION, least=1, most=100),
    "option_groups": ListOf(OPTION_GROUP, least=1, most=100),
}
_CONVERSATIONS: dict[str, Shape] = {
    "default_to_current_conversation": Flag(),
    "filter": CONVERSATION_FILTER,
}
_EITHER = exactly_one("options", "option_groups")
_IDS_MOST = 100

STATIC_SELECT = element(
    "static_select",
    {},
    {**_OFFERED, "initial_option": OPTION, **_SELECT},
    _EITHER,
    initial_option_is_offered,
)
EXTERNAL_SELECT = element(
    "external_select",
    {},
    {"initial_option": OPTION, "min_query_length": Number(0, whole=True), **_SELECT},
)
USERS_SELECT = element("users_select", {}, {"initial_user": USER, **_SELECT})
CONVERSATIONS_SELECT = element(
    "conversations_select",
    {},
    {
        "initial_conversation": CONVERSATION,
        "response_url_enabled": Flag(),
        **_CONVERSATIONS,
        **_SELECT,
    },
)
CHANNELS_SELECT = element(
    "channels_select",
    {},
    {"initial_channel": CHANNEL, "response_url_enabled": Flag(), **_SELECT},
)

MULTI_STATIC_SELECT = element(
    "multi_static_select",
    {},
    {**_OFFERED, "initial_options": ListOf(OPTION, least=1, most=100), **_MULTI},
    _EITHER,
    initial_options_are_offered,
    initials_within_maximum("initial_options"),
)
MULTI_EXTERNAL_SELECT = element(
    "multi_external_select",
    {},
    {
        "initial_options": ListOf(OPTION, least=1, most=100),
        "min_query_length": Number(0, whole=True),
        **_MULTI,
    },
    initials_within_maximum("initial_options"),
)
MULTI_USERS_SELECT = element(
    "multi_users_select",
    {},
    {"initial_users": ListOf(USER, least=1, most=_IDS_MOST, unique=True), **_MULTI},
    initials_within_maximum("initial_users"),
)
MULTI_CONVERSATIONS_SELECT = element(
    "multi_conversations_select",
    {},
    {
        "initial_conversations": ListOf(CONVERSATION, least=1, most=_IDS_MOST, unique=True),
        **_CONVERSATIONS,
        **_MULTI,
    },
    initials_within_maximum("initial_conversations"),
)
MULTI_CHANNELS_SELECT = element(
    "multi_channels_select",
    {},
    {"initial_channels": ListOf(CHANNEL, least=1, most=_IDS_MOST, unique=True), **_MULTI},
    initials_within_maximum("initial_channels"),
)

OVERFLOW = element(
    "overflow",
    {"options": ListOf(OVERFLOW_OPTION, least=1, most=5)},
    {"confirm": CONFIRM},
)
CHECKBOXES = element(
    "checkboxes",
    {"options": ListOf(RICH_OPTION, least=1, most=10)},
    {
        "initial_options": ListOf(RICH_OPTION, least=1, most=10),
        "confirm": CONFIRM,
        "focus_on_load": Flag(),
    },
    initial_options_are_offered,
)
RADIO_BUTTONS = element(
    "radio_buttons",
    {"options": ListOf(RICH_OPTION, least=1, most=10)},
    {"initial_option": RICH_OPTION, "confirm": CONFIRM, "focus_on_load": Flag()},
    initial_option_is_offered,
)

_SUGGESTIONS = Object(
    optional={"options": ListOf(OPTION, most=100), "option_groups": ListOf(OPTION_GROUP, most=100)}
)


def refused_suggestions(answer: object) -> list[Problem]:
    """Return what Slack would refuse in an app's options for an external menu; none are fine."""
    problems = list(check(_SUGGESTIONS, answer, ""))
    return problems or (list(_EITHER(answer, "")) if isinstance(answer, dict) and answer else [])


MENUS = index(
    (
        STATIC_SELECT,
        EXTERNAL_SELECT,
        USERS_SELECT,
        CONVERSATIONS_SELECT,
        CHANNELS_SELECT,
        MULTI_STATIC_SELECT,
        MULTI_EXTERNAL_SELECT,
        MULTI_USERS_SELECT,
        MULTI_CONVERSATIONS_SELECT,
        MULTI_CHANNELS_SELECT,
        OVERFLOW,
        CHECKBOXES,
        RADIO_BUTTONS,
    )
)
