"""
Every block there is.

To add a block, write it down in the file of its family and it is known here.
"""

from collections.abc import Mapping

from playground.blocks.agents import AGENTS
from playground.blocks.layout import LAYOUT
from playground.blocks.rich_text import RICH_TEXT
from playground.blocks.schema import Kind, Surface

BLOCKS: Mapping[str, Kind] = {**LAYOUT, **AGENTS, RICH_TEXT.type: RICH_TEXT}


def blocks_on(surface: Surface) -> Mapping[str, Kind]:
    """The blocks Slack lets stand on a surface."""
    return {type_: kind for type_, kind in BLOCKS.items() if surface in kind.surfaces}
