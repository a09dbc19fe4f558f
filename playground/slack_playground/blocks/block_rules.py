"""
Rules over all blocks of one message or view together.

Each rule takes the places of all blocks, nested ones included, and yields
what is wrong. `EVERYWHERE` holds on every surface, `IN_MESSAGES` in messages.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from slack_playground.blocks import problem
from slack_playground.blocks.places import Place, text_length
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import Surface

MARKDOWN_MOST = 12_000
TABLE_MOST = 10_000
DATA_TABLE_MOST = 20_000
CHARTS_MOST = 2
# Undocumented and observed: https://github.com/slackapi/bolt-js/issues/2509
MESSAGE_MOST = 13_200

# Elements that not every surface takes, by the "available in surfaces" of their pages. Those of
# mail, number, address and rich text inputs disagree with that of the input block, which counts.
ELEMENT_SURFACES: dict[str, tuple[Surface, ...]] = {
    "datetimepicker": ("message", "modal"),
    "file_input": ("modal",),
    "workflow_button": ("message",),
}

# Their cells and labels have budgets of their own, larger than a message's.
_OUTSIDE_THE_TOTAL = frozenset({"data_table", "data_visualization"})

BlockRule = Callable[[Sequence[Place]], Iterator[Problem]]


def block_ids_differ(places: Sequence[Place]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place in places:
        block_id = place.value.get("block_id")
        # A markdown block ignores its block_id.
        if not isinstance(block_id, str) or place.type == "markdown":
            continue
        if block_id in seen:
            yield _duplicate(f"{place.at}/block_id", "block_id", block_id)
        seen.add(block_id)


def action_ids_differ_in_each_block(places: Sequence[Place]) -> Iterator[Problem]:
    for place in places:
        ids = [one["action_id"] for one in place.values if isinstance(one.get("action_id"), str)]
        if len(set(ids)) == len(ids):
            continue
        seen: set[str] = set()
        for found in place.objects:
            action_id = found.value.get("action_id")
            if not isinstance(action_id, str):
                continue
            if action_id in seen:
                yield _duplicate(f"{found.at}/action_id", "action_id", action_id)
            seen.add(action_id)


def one_focus(places: Sequence[Place]) -> Iterator[Problem]:
    if not any("focus_on_load" in one for place in places for one in place.values):
        return
    focused = [
        found.at
        for place in places
        for found in place.objects
        if found.value.get("focus_on_load") is True
    ]
    for at in focused[1:]:
        yield problem.failed(
            f"{at}/focus_on_load",
            "only one element can have `focus_on_load` set to true",
            "max_items",
            expected=1,
            got=len(focused),
        )


def one_table(places: Sequence[Place]) -> Iterator[Problem]:
    tables = [place for place in places if place.type == "table"]
    for place in tables[1:]:
        yield Problem(place.at, "only_one_table_allowed", "only one table allowed per message")


def few_charts(places: Sequence[Place]) -> Iterator[Problem]:
    charts = [place for place in places if place.type == "data_visualization"]
    for place in charts[CHARTS_MOST:]:
        yield problem.too_many(place.at, CHARTS_MOST, len(charts))


def budget(type_: str, most: int) -> BlockRule:
    """A rule: the texts of all blocks of one type together stay within `most` characters."""

    def rule(places: Sequence[Place]) -> Iterator[Problem]:
        total = 0
        for place in places:
            if place.type == type_:
                total += text_length(place)
                if total > most:
                    yield problem.too_long(place.at, most, total)
                    return

    return rule


def total_within_message(places: Sequence[Place]) -> Iterator[Problem]:
    total = sum(text_length(place) for place in places if place.type not in _OUTSIDE_THE_TOTAL)
    if total > MESSAGE_MOST:
        yield Problem(
            "",
            "msg_blocks_too_long",
            f"the text of all blocks must be less than {MESSAGE_MOST + 1} characters",
            constraint={"type": "max_length", "expected": MESSAGE_MOST, "got": total},
        )


def elements_fit(surface: Surface) -> BlockRule:
    """A rule: an element stands only where its own page says that it is available."""
    strangers = {type_ for type_, surfaces in ELEMENT_SURFACES.items() if surface not in surfaces}

    def rule(places: Sequence[Place]) -> Iterator[Problem]:
        for place in places:
            if not any(_kind(one) in strangers for one in place.values):
                continue
            for found in place.objects:
                if found.type in strangers:
                    yield problem.failed(
                        f"{found.at}/type",
                        f"unsupported type: {found.type}",
                        "enum",
                        got=found.type,
                    )

    return rule


def _kind(value: Mapping[str, object]) -> str:
    found = value.get("type")
    return found if isinstance(found, str) else ""


EVERYWHERE: tuple[BlockRule, ...] = (
    block_ids_differ,
    action_ids_differ_in_each_block,
    one_focus,
    one_table,
    few_charts,
    budget("table", TABLE_MOST),
    budget("data_table", DATA_TABLE_MOST),
)
IN_MESSAGES: tuple[BlockRule, ...] = (
    *EVERYWHERE,
    budget("markdown", MARKDOWN_MOST),
    total_within_message,
)


def _duplicate(at: str, name: str, got: str) -> Problem:
    return problem.failed(at, f"`{name}` {got} already exists", "unique_items", got=got)
