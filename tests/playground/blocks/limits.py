"""
Every length and count of Block Kit: how much is taken, and where one more is refused.

A `spot` is the limit's name in the package slackblocks, without the words
MAX_LENGTH, MAX_ITEMS and MAX at its end, so that a test can compare the two
tables. What slackblocks does not limit has a name of our own.
"""

from collections.abc import Callable
from dataclasses import dataclass

from slack_playground.blocks import Surface

from tests.playground.blocks import specimens as a
from tests.playground.blocks.parts import ADA, Json, mrkdwn, plain
from tests.playground.blocks.specimens import x


@dataclass(frozen=True, slots=True)
class Limit:
    """`make(most)` is a valid block; in `make(most + 1)` the validator points at `pointer`."""

    spot: str
    most: int
    make: Callable[[int], Json]
    pointer: str
    surface: Surface = "message"


_BUTTON = "/elements/0"
_OPTION = "/elements/0/options/0"
_USERS = [f"{ADA}{n}" for n in range(11)]

ELEMENT_LIMITS = [
    Limit("ACTION_ID", 255, lambda n: a.button(action_id=x(n)), f"{_BUTTON}/action_id"),
    Limit("BUTTON_TEXT", 75, lambda n: a.button(text=plain(x(n))), f"{_BUTTON}/text/text"),
    Limit("BUTTON_VALUE", 2000, lambda n: a.button(value=x(n)), f"{_BUTTON}/value"),
    Limit("BUTTON_URL", 3000, lambda n: a.button(url="https://" + x(n - 8)), f"{_BUTTON}/url"),
    Limit(
        "BUTTON_ACCESSIBILITY_LABEL",
        75,
        lambda n: a.button(accessibility_label=x(n)),
        f"{_BUTTON}/accessibility_label",
    ),
    Limit(
        "BUTTON_AGENT_PROMPT",
        4000,
        lambda n: a.button(agent_prompt=x(n)),
        f"{_BUTTON}/agent_prompt",
    ),
    Limit(
        "CONFIRMATION_TITLE",
        100,
        lambda n: a.confirm(title=plain(x(n))),
        f"{_BUTTON}/confirm/title/text",
    ),
    Limit(
        "CONFIRMATION_TEXT",
        300,
        lambda n: a.confirm(text=mrkdwn(x(n))),
        f"{_BUTTON}/confirm/text/text",
    ),
    Limit(
        "CONFIRMATION_CONFIRM",
        30,
        lambda n: a.confirm(confirm=plain(x(n))),
        f"{_BUTTON}/confirm/confirm/text",
    ),
    Limit(
        "CONFIRMATION_DENY",
        30,
        lambda n: a.confirm(deny=plain(x(n))),
        f"{_BUTTON}/confirm/deny/text",
    ),
    Limit("OPTION_TEXT", 75, lambda n: a.first_option(text=plain(x(n))), f"{_OPTION}/text/text"),
    Limit("OPTION_VALUE", 150, lambda n: a.first_option(value=x(n)), f"{_OPTION}/value"),
    Limit(
        "OPTION_DESCRIPTION",
        75,
        lambda n: a.first_option(description=plain(x(n))),
        f"{_OPTION}/description/text",
    ),
    Limit(
        "OPTION_URL",
        3000,
        lambda n: a.menu("overflow", options=[{**a.options(1)[0], "url": "https://" + x(n - 8)}]),
        f"{_OPTION}/url",
    ),
    Limit(
        "OPTION_GROUP_LABEL",
        75,
        lambda n: a.group(label=plain(x(n))),
        "/elements/0/option_groups/0/label/text",
    ),
    Limit(
        "OPTION_GROUP_OPTIONS",
        100,
        lambda n: a.group(options=a.options(n)),
        "/elements/0/option_groups/0/options",
    ),
    Limit(
        "SELECT_OPTIONS",
        100,
        lambda n: a.menu("static_select", options=a.options(n)),
        "/elements/0/options",
    ),
    Limit(
        "SELECT_OPTION_GROUPS",
        100,
        lambda n: a.menu(
            "static_select", option_groups=[{"label": plain("x"), "options": a.options(1)}] * n
        ),
        "/elements/0/option_groups",
    ),
    *(
        Limit(
            spot,
            150,
            lambda n, type_=type_: a.menu(type_, placeholder=plain(x(n))),  # type: ignore[misc]
            "/elements/0/placeholder/text",
        )
        for spot, type_ in (
            ("SELECT_PLACEHOLDER", "users_select"),
            ("DATE_PICKER_PLACEHOLDER", "datepicker"),
            ("TIME_PICKER_PLACEHOLDER", "timepicker"),
        )
    ),
    *(
        Limit(
            f"{spot}_PLACEHOLDER",
            150,
            lambda n, type_=type_: a.typed(type_, placeholder=plain(x(n))),  # type: ignore[misc]
            "/element/placeholder/text",
            "modal",
        )
        for spot, type_ in (
            ("PLAIN_TEXT_INPUT", "plain_text_input"),
            ("EMAIL_INPUT", "email_text_input"),
            ("URL_INPUT", "url_text_input"),
            ("NUMBER_INPUT", "number_input"),
            ("RICH_TEXT_INPUT", "rich_text_input"),
        )
    ),
    Limit(
        "OVERFLOW_OPTIONS",
        5,
        lambda n: a.menu("overflow", options=a.options(n)),
        "/elements/0/options",
    ),
    Limit(
        "CHECKBOXES_OPTIONS",
        10,
        lambda n: a.menu("checkboxes", options=a.rich_options(n)),
        "/elements/0/options",
    ),
    Limit(
        "RADIO_BUTTONS_OPTIONS",
        10,
        lambda n: a.menu("radio_buttons", options=a.rich_options(n)),
        "/elements/0/options",
    ),
    Limit(
        "FILE_INPUT_MAX_FILES",
        10,
        lambda n: a.typed("file_input", max_files=n),
        "/element/max_files",
        "modal",
    ),
    *(
        Limit(
            spot,
            most,
            lambda n, type_=type_, name=name: a.typed(type_, **{name: n}),  # type: ignore[misc]
            f"/element/{name}",
            "modal",
        )
        for spot, most, type_, name in (
            ("PLAIN_TEXT_INPUT_MIN_LENGTH", 3000, "plain_text_input", "min_length"),
            ("PLAIN_TEXT_INPUT_MAX_LENGTH", 3000, "plain_text_input", "max_length"),
            ("RICH_TEXT_INPUT_MIN_LINES", 100, "rich_text_input", "min_lines"),
            ("RICH_TEXT_INPUT_MAX_LINES", 100, "rich_text_input", "max_lines"),
        )
    ),
    Limit(
        "FEEDBACK_BUTTON_TEXT",
        75,
        lambda n: a.feedback(text=plain(x(n))),
        "/elements/0/positive_button/text/text",
    ),
    Limit(
        "FEEDBACK_BUTTON_VALUE",
        2000,
        lambda n: a.feedback(value=x(n)),
        "/elements/0/positive_button/value",
    ),
    Limit(
        "FEEDBACK_BUTTON_ACCESSIBILITY_LABEL",
        75,
        lambda n: a.feedback(accessibility_label=x(n)),
        "/elements/0/positive_button/accessibility_label",
    ),
    Limit("ICON_BUTTON_VALUE", 2000, lambda n: a.icon_buttons(value=x(n)), f"{_BUTTON}/value"),
    Limit(
        "ICON_BUTTON_ACCESSIBILITY_LABEL",
        75,
        lambda n: a.icon_buttons(accessibility_label=x(n)),
        f"{_BUTTON}/accessibility_label",
    ),
    Limit(
        "ICON_BUTTON_VISIBLE_TO_USER_IDS",
        10,
        lambda n: a.icon_buttons(visible_to_user_ids=_USERS[:n]),
        f"{_BUTTON}/visible_to_user_ids",
    ),
    Limit(
        "WORKFLOW_BUTTON_TEXT",
        75,
        lambda n: a.workflow(text=plain(x(n))),
        f"{_BUTTON}/text/text",
    ),
    Limit(
        "WORKFLOW_BUTTON_ACCESSIBILITY_LABEL",
        75,
        lambda n: a.workflow(accessibility_label=x(n)),
        f"{_BUTTON}/accessibility_label",
    ),
]
