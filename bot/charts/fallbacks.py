"""How charts and tables are shown in a workspace: the best that Slack has not refused. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.messages.delivery.refused_kinds import FILE_KIND


class TableFace(StrEnum):
    """How the rows of a result are shown, the best first."""

    DATA_TABLE = "data_table"
    TABLE = "table"
    TEXT = "text"


class ChartFace(StrEnum):
    """How a chart is shown, the best first."""

    NATIVE = "native"
    PICTURE = "picture"
    TEXT = "text"


@dataclass(frozen=True)
class Face:
    """The two choices for a workspace."""

    table: TableFace = TableFace.DATA_TABLE
    chart: ChartFace = ChartFace.NATIVE

    @property
    def has_native_charts(self) -> bool:
        """Tell whether Slack draws the charts."""
        return self.chart is ChartFace.NATIVE

    @property
    def has_pictures(self) -> bool:
        """Tell whether we draw them."""
        return self.chart is ChartFace.PICTURE


NATIVE = Face()


def face_of(refused: Collection[str]) -> Face:
    """Return the best face without the kinds that Slack has refused (`refused_kinds`)."""
    table = next(
        (one for one in TableFace if one is TableFace.TEXT or one not in refused), TableFace.TEXT
    )
    chart = ChartFace.NATIVE
    if "data_visualization" in refused:
        chart = ChartFace.TEXT if FILE_KIND in refused else ChartFace.PICTURE
    return Face(table, chart)
