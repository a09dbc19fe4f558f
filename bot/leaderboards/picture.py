"""The chart of a board as a picture, for workspaces whose Slack draws none."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.charts.chart import Chart, ChartPoint, ChartSeries, finding
from bot.charts.pictures import draw_chart
from bot.leaderboards.formats import formatted
from bot.leaderboards.ranking import Ranking
from bot.leaderboards.wording import title_of
from bot.messages.transports.base import File

#: As many as Slack's own chart has.
CHARTED_SUBJECTS = 20


@dataclass(frozen=True)
class BoardPicture:
    """A PNG of a ranking's bars, and the digest of what it shows."""

    digest: str
    file: File


def board_picture(ranking: Ranking) -> BoardPicture:
    """
    Return the bars of a ranking, which has rows, as a PNG; it says as of when.

    Takes some milliseconds of a processor: draw outside of transactions.
    """
    chart = board_chart(ranking)
    name = f"{ranking.name}-{str(ranking.week).lower()}.png"
    file = File.of_bytes(name, draw_chart(chart), finding(chart))
    return BoardPicture(picture_digest(ranking), file)


def picture_digest(ranking: Ranking) -> str:
    """Return what is the same for rankings with the same bars."""
    chart = board_chart(ranking)
    shown = json.dumps([chart.labels, [point.text for point in chart.series[0].points]])
    return hashlib.sha256(shown.encode()).hexdigest()


def board_chart(ranking: Ranking) -> Chart:
    """Return the bars: each figure reads as it does in the table of the post. Pure."""
    column = ranking.board.ranking_column
    rows = ranking.rows[:CHARTED_SUBJECTS]
    points = tuple(
        ChartPoint(value, formatted(value, column.format))
        for value in (row.values[column.name] or 0.0 for row in rows)
    )
    return Chart(
        kind="bar",
        title=f"{title_of(ranking)}, {_generated_at(ranking.generated_at, ranking.board.timezone)}",
        labels=tuple(row.subject for row in rows),
        series=(ChartSeries(column.heading, points),),
        label_name=ranking.board.subject,
        unit=None,
        count=len(rows),
    )


def _generated_at(at: datetime, timezone: str) -> str:
    return at.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")
