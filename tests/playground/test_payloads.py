"""
Payloads of every kind, with the first thing that Slack says to them, or nothing.

The figures are those of Slack's pages; long texts and lists are written by their repetition.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slack_playground.blocks import Problem, validate_blocks, validate_message, validate_view

FOLDER = Path(__file__).parent / "payloads"
RECORDED: list[tuple[str, dict[str, Any]]] = [
    (kind, one)
    for kind in ("blocks", "views", "messages")
    for one in json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
]
CHECKS: dict[str, Callable[[dict[str, Any]], list[Problem]]] = {
    "blocks": lambda one: validate_blocks(written_out(one["payload"]), one["surface"]),
    "views": lambda one: validate_view(written_out(one["payload"])),
    "messages": lambda one: validate_message(written_out(one["payload"])),
}


def written_out(value: Any, number: int | None = None) -> Any:
    """Return a recorded value with its repetitions written out; `$n` is the number of each."""
    if isinstance(value, str):
        return value if number is None else value.replace("$n", str(number))
    if isinstance(value, list):
        return [written_out(one, number) for one in value]
    if not isinstance(value, dict):
        return value
    if "$repeat" in value:
        repeated = written_out(value["$repeat"], number)
        return (
            repeated * value["times"] if isinstance(repeated, str) else [repeated] * value["times"]
        )
    if "$each" in value:
        return [written_out(value["$each"], each) for each in range(value["times"])]
    if "$join" in value:
        return "".join(written_out(one, number) for one in value["$join"])
    return {name: written_out(one, number) for name, one in value.items()}


def test_there_are_good_and_bad_ones() -> None:
    """The collection only grows, and each has a name of its own."""
    bad = [one for _, one in RECORDED if "says" in one]
    assert (len(bad) >= 280, len(RECORDED) - len(bad) >= 79) == (True, True)
    names = {(kind, one["name"], one.get("surface")) for kind, one in RECORDED}
    assert len(names) == len(RECORDED)


@pytest.mark.parametrize("kind", CHECKS)
def test_each_is_taken_or_refused(kind: str) -> None:
    """With these words, at this place."""
    expected = {}
    found = {}
    for one in (one for its, one in RECORDED if its == kind):
        name = f"{one['name']} ({one.get('surface', kind)})"
        problems = CHECKS[kind](one)
        expected[name] = one.get("says")
        found[name] = (
            f"{problems[0].message} [json-pointer:{problems[0].pointer}]" if problems else None
        )
    assert found == expected
