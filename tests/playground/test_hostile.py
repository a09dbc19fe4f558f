"""Payloads that Slack refuses, recorded with the exact error it gives."""

import json
from pathlib import Path
from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, Api

RECORDED: list[dict[str, Any]] = [
    one
    for path in sorted((Path(__file__).parent / "hostile").glob("*.json"))
    for one in json.loads(path.read_text(encoding="utf-8"))
]


def spelt_out(value: Any, playground: Playground) -> Any:
    """Return a recorded argument with its repetitions and its trigger id written out."""
    if value == "$trigger":
        return playground.workspace.triggers.issue(playground.state, ADA)
    if isinstance(value, list):
        return [spelt_out(one, playground) for one in value]
    if not isinstance(value, dict):
        return value
    if "$repeat" in value:
        repeated, times = value["$repeat"], value["times"]
        return repeated * times if isinstance(repeated, str) else [repeated] * times
    return {name: spelt_out(one, playground) for name, one in value.items()}


def test_there_are_fifty() -> None:
    """The collection only grows, and no two payloads share a name within a method."""
    assert len(RECORDED) >= 50
    assert len({(one["method"], one["name"]) for one in RECORDED}) == len(RECORDED)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: f"{one['method']}: {one['name']}")
async def test_a_hostile_payload_is_refused(
    recorded: dict[str, Any], playground: Playground, api: Api
) -> None:
    """It gets the recorded error with the recorded words, and nothing comes of it."""
    answer = await api(recorded["method"], **spelt_out(recorded["arguments"], playground))
    assert (answer["ok"], answer["error"]) == (False, recorded["error"])
    said = answer.get("response_metadata", {}).get("messages", [])
    assert said[:1] == ([recorded["says"]] if "says" in recorded else said[:1])
    assert playground.messages("ops") == []
    assert playground.views("ada") == []
