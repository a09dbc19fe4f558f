"""Whatever arrives as JSON, the validator answers, and quickly."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_playground.blocks import (
    Problem,
    normalise_blocks,
    validate_blocks,
    validate_message,
    validate_view,
)
from slack_playground.blocks.fitting import fits
from slack_playground.blocks.kinds.catalogue import BLOCKS as CATALOGUE
from slack_playground.blocks.kinds.elements import ACTIONS, INPUTS
from slack_playground.blocks.measure import json_bytes
from slack_playground.blocks.validation import blocks_shape
from slack_playground.blocks.walker import check

from tests.playground.blocks.gallery import BLOCKS
from tests.playground.blocks.specimens import typed

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
NAMES = st.sampled_from(
    sorted({"blocks", *(f for kind in CATALOGUE.values() for f in kind.shape.fields)})
)
TYPES = st.sampled_from(
    [*CATALOGUE, *ACTIONS, *INPUTS, "mrkdwn", "plain_text", "modal", "home", "bar", "raw_text"]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS | TYPES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=30,
)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_answered(value):
    """Each entry point takes any JSON value and answers with problems."""
    answers = [
        *validate_blocks(value, "message"),
        *validate_blocks([value], "modal"),
        *validate_view(value),
        *validate_message(value),
    ]
    assert all(isinstance(found, Problem) for found in answers)


@st.composite
def broken_blocks(draw: st.DrawFn) -> list[Any]:
    """Valid blocks with some of their values replaced by anything."""
    names = draw(st.lists(st.sampled_from(sorted(BLOCKS)), min_size=1, max_size=3))
    blocks = json.loads(json.dumps([BLOCKS[name] for name in names]))
    for _ in range(draw(st.integers(0, 3))):
        place = blocks
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            if draw(st.booleans()) or not isinstance(place[key], dict | list):
                place[key] = draw(JSON)
                break
            place = place[key]
    return blocks  # type: ignore[no-any-return]


@settings(deadline=None)
@given(broken_blocks(), st.sampled_from(["message", "modal", "home"]))
def test_broken_blocks_are_answered(blocks, surface):
    """Blocks that are almost valid make no rule raise, and each pointer leads somewhere."""
    for found in validate_blocks(blocks, surface):
        value: Any = blocks
        for step in found.pointer.split("/")[1:]:
            value = value[int(step)] if isinstance(value, list) else value[step]


@settings(deadline=None)
@given(broken_blocks())
def test_what_is_stored_is_as_valid_as_what_was_sent(blocks):
    """Normalised blocks are valid if the blocks were."""
    if not validate_blocks(blocks, "message"):
        assert validate_blocks(normalise_blocks(blocks), "message") == []


@pytest.mark.parametrize(
    "value",
    [10**5000, float("nan"), float("-inf"), "\ud800", "\x00"],
    ids=["long", "not a number", "infinite", "surrogate", "null"],
)
def test_strange_scalars_are_answered(value):
    """Numbers too long to print and characters no encoding knows raise nothing."""
    view = {"type": "modal", "title": value, "blocks": [{"type": "header", "level": value}]}
    assert validate_view(view)
    assert validate_message({"text": "x", "metadata": {"event_type": value, "event_payload": 1}})


@pytest.mark.parametrize("number", ["NaN", "sNaN", "-Infinity", "1e9", "", "9" * 5000])
def test_strange_numbers_are_answered(number):
    """A number input whose numbers are none is refused without a comparison."""
    block = typed("number_input", initial_value=number, min_value="1", max_value=number)
    found = [problem.pointer for problem in validate_blocks([block], "modal")]
    assert {"/0/element/initial_value", "/0/element/max_value"} <= set(found)


def _deep(levels: int) -> Any:
    value: Any = {"type": "plain_text", "text": "x"}
    for level in range(levels):
        value = [value] if level % 2 else {"type": "container", "child_blocks": value}
    return value


HUGE: dict[str, Callable[[], Any]] = {
    "deep": lambda: _deep(100_000),
    "deep text": lambda: [{"type": "section", "text": _deep(100_000)}],
    "many": lambda: [{"type": "divider"}] * 30_000,
    "wide": lambda: [{"type": "table", "rows": [[7] * 30_000]}],
    "long": lambda: [{"type": "header", "text": {"type": "plain_text", "text": "x" * 5_000_000}}],
    "fields": lambda: [{"type": "divider", **{f"field{n}": n for n in range(30_000)}}],
    "containers": lambda: [{"type": "container", "child_blocks": [{"type": "container"}] * 20_000}],
    "tasks": lambda: [{"type": "plan", "tasks": [{"task_id": "same"}] * 20_000}],
}


@pytest.mark.parametrize("make", HUGE.values(), ids=HUGE)
def test_a_huge_payload_costs_little(make):
    """Time grows with the size of the payload only: none of these takes long."""
    payload = make()
    started = time.process_time()
    assert len(validate_blocks(payload, "message")) > 0
    assert len(validate_view({"type": "home", "blocks": payload})) > 0
    assert time.process_time() - started < 10


@settings(deadline=None)
@given(JSON)
def test_the_size_is_that_of_compact_json(value):
    """Bytes are counted as JSON without blanks has them."""
    written = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert len(written.encode("utf-8", errors="surrogatepass")) == json_bytes(value)


@settings(deadline=None)
@given(st.one_of(JSON, broken_blocks()), st.sampled_from(["message", "modal", "home"]))
def test_the_quick_verdict_is_the_slow_one(value, surface):
    """`fits` says of every value whether the walker finds nothing wrong with it."""
    shape = blocks_shape(surface)
    assert fits(shape, value) is not any(check(shape, value, ""))


def damaged(value: Any) -> Iterator[Any]:
    """Yield copies of a value, each with one field or item, at any depth, missing or null."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        for is_missing in (True, False):
            copy = json.loads(json.dumps(value))
            if is_missing:
                del copy[key]
            else:
                copy[key] = None
            yield copy
        if isinstance(value[key], dict | list):
            for inner in damaged(value[key]):
                copy = json.loads(json.dumps(value))
                copy[key] = inner
                yield copy


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_the_quick_verdict_sees_every_damage(name):
    """Whatever is missing or null anywhere in a good block, both verdicts agree."""
    shape = blocks_shape("message")
    for block in damaged(BLOCKS[name]):
        assert fits(shape, [block]) is not any(check(shape, [block], ""))
