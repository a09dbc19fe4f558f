"""
Every block there is.

To add a block, write it down in the file of its family, in the tuple at its
end; then it is known everywhere.
"""

from collections.abc import Mapping

from slack_playground.blocks.kinds.agents import AGENTS
from slack_playground.blocks.kinds.charts import CHART_BLOCKS
from slack_playground.blocks.kinds.containers import CONTAINERS
from slack_playground.blocks.kinds.data import DATA
from slack_playground.blocks.kinds.layout import LAYOUT
from slack_playground.blocks.kinds.media import MEDIA
from slack_playground.blocks.kinds.rich_text import RICH_TEXT
from slack_playground.blocks.schema import Kind, Surface, index

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
