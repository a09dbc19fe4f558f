"""
Every block there is.

To add a block, write it down in the file of its family, in the tuple at its
end; then it is known everywhere.
"""

from collections.abc import Mapping

from playground.blocks.agents import AGENTS
from playground.blocks.charts import CHART_BLOCKS
from playground.blocks.containers import CONTAINERS
from playground.blocks.data import DATA
from playground.blocks.layout import LAYOUT
from playground.blocks.media import MEDIA
from playground.blocks.rich_text import RICH_TEXT
from playground.blocks.schema import Kind, Surface, index

BLOCKS: Mapping[str, Kind] = {
    **LAYOUT,
    **CONTAINERS,
    **DATA,
    **CHART_BLOCKS,
    **AGENTS,
    **MEDIA,
    **index((RICH_TEXT,)),
}


def blocks_on(surface: Surface) -> Mapping[str, Kind]:
    """The blocks Slack lets stand on a surface."""
    return {type_: kind for type_, kind in BLOCKS.items() if surface in kind.surfaces}
