"""
Modals and App Home.

Source: https://docs.slack.dev/reference/views
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from slack_playground.blocks import problem
from slack_playground.blocks.fitting import fits
from slack_playground.blocks.kinds.composition import plain
from slack_playground.blocks.measure import json_bytes
from slack_playground.blocks.places import blocks_in
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import Flag, OneOf, Shape, Text, index, kind
from slack_playground.blocks.validation import blocks_shape, check_together
from slack_playground.blocks.walker import check

VIEW_MOST_BYTES = 250_000

_STATE: dict[str, Shape] = {
    "private_metadata": Text(3000, least=0),
    "callback_id": Text(255, least=0),
    "external_id": Text(255, least=0),
}


def validate_view(view: object) -> list[Problem]:
    """
    Return what Slack would refuse in the view of a views.* call.

    Takes any JSON value and never raises. Pointers start at the view:
    "/blocks/0/text", "/title/text".
    """
    problems = [] if fits(_views(), view) else list(check(_views(), view, ""))
    if not isinstance(view, dict):
        return problems
    surface: Literal["modal", "home"] = "home" if view.get("type") == "home" else "modal"
    problems += check_together(blocks_in(view.get("blocks"), "/blocks"), surface)
    if (size := json_bytes(view)) > VIEW_MOST_BYTES:
        problems.append(_too_large(size))
    return problems


@cache
def _views() -> OneOf:
    modal = kind(
        "modal",
        {"title": plain(24), "blocks": blocks_shape("modal")},
        {
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            **_STATE,
        },
        _an_input_needs_submit,
    )
    home = kind("home", {"blocks": blocks_shape("home")}, _STATE)
    return OneOf(index((modal, home)))


def _an_input_needs_submit(view: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if "submit" in view:
        return
    for place in blocks_in(view.get("blocks"), f"{at}/blocks"):
        if place.type == "input":
            yield problem.failed(
                place.at, "must define `submit` to use an `input` block in modals", "all_of"
            )


def _too_large(size: int) -> Problem:
    return Problem(
        "",
        "view_too_large",
        f"the view must be less than {VIEW_MOST_BYTES + 1} bytes of JSON",
        constraint={"type": "max_length", "expected": VIEW_MOST_BYTES, "got": size},
    )
