"""
What Slack refuses in an app's manifest.

The limits are those of https://github.com/slackapi/manifest-schema; fields the
playground has no use for are let through unread, which Slack may not do.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from slack_playground.app.manifest import EVENT_SCOPES
from slack_playground.blocks.problem import Problem, failed
from slack_playground.blocks.schema import (
    Anything,
    Choice,
    Flag,
    ListOf,
    Number,
    Object,
    Shape,
    Text,
)
from slack_playground.blocks.walker import check

_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_COLOUR = re.compile(r"#([0-9A-Fa-f]{3}){1,2}")
_STEP = Object(
    optional=dict.fromkeys(("input_parameters", "output_parameters"), Anything()), open=True
)
_PARAMETER = Object(optional={"type": Text(), "is_required": Flag()}, open=True)
_SCOPE_LISTS = ("bot", "user", "bot_optional", "user_optional")


def validate_manifest(manifest: object) -> list[Problem]:
    """Return what Slack would refuse in a manifest; takes any JSON value, never raises."""
    problems = list(check(_shape(), manifest, ""))
    if not problems and isinstance(manifest, dict):
        problems += _check_together(manifest)
    return problems


def _check_together(manifest: dict[str, Any]) -> Iterator[Problem]:
    features = manifest.get("features", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {})
    granted = {*scopes.get("bot", []), *scopes.get("bot_optional", [])}
    for name in ("slash_commands", "shortcuts"):
        if features.get(name) and "commands" not in granted:
            yield failed(f"/features/{name}", "requires the bot scope commands", "scope")
    subscriptions = manifest.get("settings", {}).get("event_subscriptions", {})
    for position, event in enumerate(subscriptions.get("bot_events", [])):
        needed = EVENT_SCOPES.get(event)
        if needed is not None and needed not in granted:
            at = f"/settings/event_subscriptions/bot_events/{position}"
            yield failed(at, f"{event} requires the bot scope {needed}", "scope")
    for callback_id, step in (manifest.get("functions") or {}).items():
        yield from _check_step(step, f"/functions/{callback_id}")
    if granted and "bot_user" not in features:
        yield failed("/features", "bot scopes require features.bot_user", "bot_user")


def _check_step(step: object, at: str) -> Iterator[Problem]:
    """Check the parameters of a workflow's step, as far as they are read here."""
    problems = list(check(_STEP, step, at))
    yield from problems
    if problems or not isinstance(step, dict):
        return
    for name in _STEP.optional:
        for parameter, one in step.get(name, {}).items():
            yield from check(_PARAMETER, one, f"{at}/{name}/{parameter}")


@cache
def _shape() -> Object:
    return Object(
        required={"display_information": _display()},
        optional={
            "$schema": Text(),
            "_metadata": Object(
                optional={"major_version": Number(whole=True), "minor_version": Number(whole=True)}
            ),
            "features": _features(),
            "oauth_config": _oauth(),
            "settings": _settings(),
            **dict.fromkeys(("functions", "workflows", "types", "datastores"), Anything()),
            "outgoing_domains": ListOf(Text()),
            "metadata_events": Anything(),
        },
    )


def _display() -> Object:
    return Object(
        required={"name": Text(35)},
        optional={
            "description": Text(140),
            "long_description": Text(4000, least=175),
            "background_color": Text(7, pattern=_COLOUR, wanted="be a hex colour"),
        },
    )


def _features() -> Object:
    command = Object(
        required={
            "command": Text(32, pattern=_COMMAND, wanted="start with / and have no spaces"),
            "description": Text(2000),
        },
        optional={"usage_hint": Text(1000), "url": Text(3000), "should_escape": Flag()},
    )
    shortcut = Object(
        required={
            "name": Text(24),
            "type": Choice(("message", "global")),
            "callback_id": Text(255),
            "description": Text(150),
        }
    )
    tabs = ("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled")
    optional: dict[str, Shape] = {
        "app_home": Object(optional=dict.fromkeys(tabs, Flag())),
        "bot_user": Object(required={"display_name": Text(80)}, optional={"always_online": Flag()}),
        "slash_commands": ListOf(command, most=50),
        "shortcuts": ListOf(shortcut, most=10),
        "unfurl_domains": ListOf(Text(), most=5),
        "rich_previews": Anything(),
        "workflow_steps": ListOf(Anything(), most=10),
    }
    for name in ("agent_view", "assistant_view", "search"):
        optional[name] = Anything()
    return Object(optional=optional)


def _oauth() -> Object:
    scopes = Object(optional=dict.fromkeys(_SCOPE_LISTS, ListOf(Text(), most=255)))
    flags = ("pkce_enabled", "token_management_enabled")
    return Object(
        optional={
            "scopes": scopes,
            "redirect_urls": ListOf(Text(), most=1000),
            **dict.fromkeys(flags, Flag()),
        }
    )


def _settings() -> Object:
    subscriptions = Object(
        optional={
            "request_url": Text(),
            "bot_events": ListOf(Text(), most=100, unique=True),
            "user_events": ListOf(Text(), most=100, unique=True),
            "metadata_subscriptions": ListOf(Anything(), most=20),
        }
    )
    interactivity = Object(
        required={"is_enabled": Flag()},
        optional={"request_url": Text(), "message_menu_options_url": Text()},
    )
    flags = "org_deploy_enabled socket_mode_enabled token_rotation_enabled is_hosted is_mcp_enabled"
    return Object(
        optional={
            "allowed_ip_address_ranges": ListOf(Text(), most=10),
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "function_runtime": Text(),
            "hermes_app_type": Text(),
            "siws_links": Anything(),
            **dict.fromkeys(flags.split(), Flag()),
        }
    )
