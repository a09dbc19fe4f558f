"""Pictures of charts mislead nobody."""

import re

import pytest

from bot.charts.chart import Chart, ChartPoint, ChartSeries
from bot.charts.pictures import chart_svg


def words_of(kind, *points):
    """Return the texts of the picture of a chart with these values, or values and texts."""
    pairs = [point if isinstance(point, tuple) else (point, str(point)) for point in points]
    series = ChartSeries("n", tuple(ChartPoint(value, text) for value, text in pairs))
    labels = tuple(f"label {number}" for number in range(len(pairs)))
    chart = Chart(kind, "Title", labels, (series,), "name", None, len(pairs))
    return re.findall(r">([^<>]+)</text>", chart_svg(chart))


@pytest.mark.parametrize(
    ("points", "ticks"),
    [
        ((5, 5, 5), ["0", "1", "2", "3", "4", "5"]),
        ((0, 125_000), ["0", "25,000", "50,000", "75,000", "100,000", "125,000"]),
        ((0, 12.5), ["0.0", "2.5", "5.0", "7.5", "10.0", "12.5"]),
        ((980, 1000), ["0", "200", "400", "600", "800", "1,000"]),
        ((-980, -1000), ["-1,000", "-800", "-600", "-400", "-200", "0"]),
        ((0, 0), ["0.0", "0.2"]),
    ],
)
def test_the_axis_of_a_line_begins_at_zero_in_round_steps(points, ticks):
    """A small change does not look like a large one; a tick has no more places than it needs."""
    found = [word for word in words_of("line", *points) if re.match(r"-?\d", word)]

    assert found == ticks


def test_no_figure_is_cut():
    """A part of the digits would be another number."""
    said = words_of("bar", (1.2345e19, "12,345,678,901,234,567,890"), (3, "3"))

    assert said[-3:] == ["1.234e+19", "label 1", "3"]
