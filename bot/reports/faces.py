"""How charts and tables are shown in a workspace: the best that its Slack has not refused. Pure."""

from dataclasses import dataclass
from enum import StrEnum


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
