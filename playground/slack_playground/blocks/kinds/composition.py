"""
Composition objects: the parts that blocks and elements are made of.

Sources: https://docs.slack.dev/reference/block-kit/composition-objects
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from slack_playground.blocks import problem
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import (
    Choice,
    Flag,
    ListOf,
    Object,
    OneOf,
    Rule,
    Text,
    kind,
    one_of,
)

STYLES = Choice(("primary", "danger"))

_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SECURE = re.compile(r"https://[^\s<>\"]+", re.IGNORECASE)
_LINK = re.compile(r"(https?://|mailto:|tel:|slack://)[^\s<>\"]+", re.IGNORECASE)


def web_url(most: int = 3000) -> Text:
    """An address Slack itself fetches: images and videos."""
    return Text(most, pattern=_WEB, wanted="be a valid URL")


def secure_url(most: int = 3000) -> Text:
    """An address that Slack wants encrypted: a video's and its title's."""
    return Text(most, pattern=_SECURE, wanted="be a valid HTTPS URL")


def link_url(most: int = 3000) -> Text:
    """An address a person follows."""
    return Text(most, pattern=_LINK, wanted="be a valid URL")


def entity_id(letters: str) -> Text:
    """An id such as U0123; `letters` are the ones it may start with."""
    return Text(64, pattern=re.compile(f"[{letters}][A-Za-z0-9_]+"), wanted="be a valid ID")


USER = entity_id("UWB")
CHANNEL = entity_id("CG")
CONVERSATION = entity_id("CGDUW")


def plain(most: int = 3000) -> OneOf:
    """A text object that may be `plain_text` only."""
    return one_of(kind("plain_text", {"text": Text(most)}, {"emoji": Flag()}))


def mrkdwn(most: int = 3000) -> OneOf:
    """A text object that may be `mrkdwn` only."""
    return one_of(kind("mrkdwn", {"text": Text(most)}, {"verbatim": Flag()}))


def text(most: int = 3000) -> OneOf:
    """A text object of either type."""
    return OneOf({**plain(most).kinds, **mrkdwn(most).kinds})


def exactly_one(*names: str) -> Rule:
    """A rule: one of the fields and only one."""
    quoted = " or ".join(f"`{name}`" for name in names)

    def rule(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
        given = [name for name in names if name in value]
        if not given:
            yield problem.failed(at, f"must define either {quoted}", "one_of")
        elif len(given) > 1:
            yield problem.failed(at, f"must define only one of {quoted}", "one_of", got=given)

    return rule


def at_least_one(*names: str) -> Rule:
    """A rule: one of the fields or more."""
    quoted = " or ".join(f"`{name}`" for name in names)

    def rule(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
        if not any(name in value for name in names):
            yield problem.failed(at, f"must define either {quoted}", "any_of")

    return rule


CONFIRM = Object(
    required={"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    optional={"style": STYLES},
)

OPTION = Object(
    required={"text": plain(75), "value": Text(150)},
    optional={"description": plain(75)},
)
# Checkboxes and radio buttons are the two menus whose options may be formatted.
RICH_OPTION = Object(
    required={"text": text(75), "value": Text(150)},
    optional={"description": text(75)},
)
OVERFLOW_OPTION = Object(
    required={"text": plain(75), "value": Text(150)},
    optional={"description": plain(75), "url": link_url(3000)},
)

OPTION_GROUP = Object(
    required={"label": plain(75), "options": ListOf(OPTION, least=1, most=100)},
)

CONVERSATION_FILTER = Object(
    optional={
        "include": ListOf(Choice(("im", "mpim", "private", "public")), least=1, unique=True),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
    rules=(at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)

DISPATCH_ACTION_CONFIG = Object(
    optional={
        "trigger_actions_on": ListOf(
            Choice(("on_enter_pressed", "on_character_entered")), least=1, most=2, unique=True
        )
    },
)

SLACK_FILE = Object(
    optional={"id": entity_id("F"), "url": web_url()}, rules=(exactly_one("id", "url"),)
)

TRIGGER = Object(
    required={"url": web_url()},
    optional={
        "customizable_input_parameters": ListOf(
            Object(required={"name": Text(), "value": Text(least=0)})
        )
    },
)
WORKFLOW = Object(required={"trigger": TRIGGER})
