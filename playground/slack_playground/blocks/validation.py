"""Check blocks: each against its shape, then all together."""

from collections.abc import Iterable, Iterator
from functools import cache

from slack_playground.blocks.block_rules import EVERYWHERE, IN_MESSAGES, elements_fit
from slack_playground.blocks.fitting import fits
from slack_playground.blocks.kinds.catalogue import blocks_on
from slack_playground.blocks.places import Place, blocks_in
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import ListOf, OneOf, Surface
from slack_playground.blocks.walker import check

MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def validate_blocks(blocks: object, surface: Surface) -> list[Problem]:
    """
    Return what Slack would refuse in the blocks of a message, modal or Home tab.

    Takes any JSON value and never raises. No problems: Slack takes them.
    Pointers start at the list: "/0/text/text".
    """
    return [
        *check_blocks(blocks, surface, ""),
        *check_together(list(blocks_in(blocks)), surface),
    ]


def check_blocks(blocks: object, surface: Surface, at: str) -> Iterator[Problem]:
    """Yield what is wrong with each block by itself."""
    shape = blocks_shape(surface)
    if not fits(shape, blocks):
        yield from check(shape, blocks, at)


@cache
def blocks_shape(surface: Surface) -> ListOf:
    """The list of blocks a surface takes."""
    return ListOf(OneOf(blocks_on(surface)), most=MOST_BLOCKS[surface])


def check_together(places: Iterable[Place], surface: Surface) -> Iterator[Problem]:
    """Yield what is wrong with the blocks as a whole, wherever in the payload they stand."""
    found = list(places)
    for rule in (*(IN_MESSAGES if surface == "message" else EVERYWHERE), _elements_fit(surface)):
        yield from rule(found)


_elements_fit = cache(elements_fit)
