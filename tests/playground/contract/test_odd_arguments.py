"""Rule: whatever stands in an argument, or inside one, a method answers."""

import json
from collections.abc import Iterator
from typing import Any

from slack_playground import Playground
from slack_playground.lists.columns import CELL_FIELDS
from slack_playground.web_api import METHODS
from slack_playground.web_api.dispatch import answer_call

from tests.playground.contract.specimens import calls, freshen
from tests.playground.contract.test_arguments import token_for
from tests.playground.wire import ADA, OPS, Api

ODD: list[Any] = [None, "", "x", "[", "http://[", -1, 1e308, 10**30, [], {}, [[]], [{}], {"id": []}]
CHOICES = {"choices": [{"value": "open", "label": "Open"}]}
# One column of every type.
SCHEMA = [
    {"key": one, "name": one, "type": one, "is_primary_column": one == "text", "options": CHOICES}
    for one in CELL_FIELDS
]
# After these the app is gone, and every other call is refused.
ENDING = {"apps.uninstall", "apps.manifest.delete", "auth.revoke"}
DEEPER: dict[str, dict[str, Any]] = {
    "calls.add": {"users": [{"slack_id": ADA}, {"external_id": "1", "display_name": "Dora"}]},
    "reminders.add": {"recurrence": {"frequency": "daily"}, "user": ADA},
    "slackLists.create": {"schema": SCHEMA, "description_blocks": [{"type": "rich_text"}]},
    "dnd.setSnooze": {"num_minutes": 5},
    "search.all": {"query": "x in:#ops -from:me after:2020-01-01", "count": 2, "page": 1},
    "files.remote.list": {"ts_from": 1, "ts_to": 2, "channel": OPS},
}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        yield (*at, key)
        if isinstance(one, dict | list):
            yield from places(one, (*at, key))


def changed(value: Any, at: tuple[Any, ...], odd: Any) -> Any:
    """Return a copy with something odd at one place."""
    if not at:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = changed(copy[at[0]], at[1:], odd)
    return copy


def answer_all_odd(playground: Playground, method: str, arguments: dict[str, Any]) -> None:
    """Make a call with everything odd at every place; every answer must be JSON."""
    token = token_for(playground, method)
    for at in places(arguments):
        for odd in ODD:
            sent = changed(arguments, at, odd)
            answer = answer_call(playground.workspace, method, sent, token)
            assert isinstance(json.loads(json.dumps(answer.body))["ok"], bool)


async def test_odd_arguments_are_answered(playground: Playground, api: Api) -> None:
    """Every method, with everything odd at every place of a call that works."""
    fresh = await freshen(playground, api)
    for method in sorted(METHODS.keys() - ENDING):
        answer_all_odd(playground, method, {**calls(fresh)[method], **DEEPER.get(method, {})})


async def test_odd_cells_are_answered(api: Api, playground: Playground) -> None:
    """Those of every type of column."""
    made = await api("slackLists.create", name="x", schema=SCHEMA)
    named = {"list_id": made["list_id"]}
    row = (await api("slackLists.items.create", **named))["item"]["id"]
    for column in made["list_metadata"]["schema"]:
        cell = {"column_id": column["id"], "row_id": row, CELL_FIELDS[column["type"]]: ["x"]}
        answer_all_odd(playground, "slackLists.items.create", {**named, "initial_fields": [cell]})
        answer_all_odd(playground, "slackLists.items.update", {**named, "cells": [cell]})
