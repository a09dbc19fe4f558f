"""
Charts as pictures, for workspaces whose Slack draws none.

Drawn as SVG and made a PNG by resvg with the font in `fonts`, so that they look the
same on every machine; scripts that this font lacks come from the machine's fonts, if it has any.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import resvg_py

from bot.charts.chart import Chart, ChartPoint
from bot.messages.rendering.escaping import clean
from bot.messages.rendering.truncation import truncate

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"

_WIDTH, _HEIGHT = 1_200, 680
_TEXT_SIZE, _TITLE_SIZE = 24, 32
#: About the width of a letter, as a part of the size of the text.
_LETTER = 0.6
_INK, _SOFT_INK, _GRID = "#1d1c1d", "#4a4a4d", "#dcdce0"
#: Colours that people with a colour deficiency can tell apart (Okabe and Ito), darkest first.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6100", "#56b4e9", "#e69f00", "#000000")
_DASH_PATTERNS = ("", "14 6", "4 6", "20 6 4 6")
_MAX_TITLE, _MAX_LEGEND = 58, 24
_LEAST_LABEL, _MAX_LABEL = 6, 16
_ROWS_OF_BARS = 20
_LONGEST_NAME, _LONGEST_FIGURE = 36, 22
_ROW = 48
#: What XML cannot hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class _Frame:
    """Where the figures are drawn, and which numbers its lower and upper edge are."""

    left: float
    top: float
    right: float
    bottom: float
    low: float
    high: float

    def height_of(self, value: float) -> float:
        """Return the vertical place of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)


def draw_chart(chart: Chart) -> bytes:
    """Return the chart as a PNG; takes some milliseconds of a processor, so call it in a thread."""
    picture: bytes = resvg_py.svg_to_bytes(
        svg_string=chart_svg(chart),
        background="#ffffff",
        font_files=[str(FONT)],
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
    )
    return bytes(picture)


def chart_svg(chart: Chart) -> str:
    """Return the chart as SVG."""
    if chart.kind == "pie":
        height, parts = _HEIGHT, list(_draw_pie(chart))
    elif chart.kind == "bar" and len(chart.series) == 1 and len(chart.labels) <= _ROWS_OF_BARS:
        height, parts = 130 + _ROW * len(chart.labels), list(_draw_rows(chart))
    else:
        height, parts = _HEIGHT, list(_draw_axes(chart))
    title = _svg_text(40, 56, truncate(_title_of(chart), _MAX_TITLE), size=_TITLE_SIZE)
    body = "".join([title, *parts])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="DejaVu Sans">{body}</svg>'
    )


def _title_of(chart: Chart) -> str:
    has_unit = chart.unit and chart.unit in chart.title
    return f"{chart.title}, {chart.unit}" if chart.unit and not has_unit else chart.title


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers from below *low* to above *high*."""
    span = (high - low) or abs(high) or 1.0
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last:
        last += 1
    return [number * step for number in range(first, last + 1)]


def _draw_axes(chart: Chart) -> Iterator[str]:
    """Draw lines, areas or groups of bars over a common axis."""
    stacked = chart.kind == "area"
    values = _stacks(chart) if stacked else [[p.value for p in one.points] for one in chart.series]
    flat = [float(value) for line in values for value in line]
    # From zero, lines too: as in Slack's own charts, a small change must not look like a large one.
    marks = ticks(min(*flat, 0.0), max(*flat, 0.0))
    words = [_tick_words(mark, marks) for mark in marks]
    left = 60 + max(map(len, words)) * _TEXT_SIZE * _LETTER
    top = 140 if len(chart.series) > 1 else 100
    frame = _Frame(left, top, _WIDTH - 50, _HEIGHT - 90, marks[0], marks[-1])
    yield from _legend(chart)
    for mark, word in zip(marks, words, strict=True):
        y = frame.height_of(mark)
        colour = _SOFT_INK if mark == 0 else _GRID
        yield f'<path d="M{left} {y:.1f}H{frame.right}" stroke="{colour}" stroke-width="2"/>'
        yield _svg_text(left - 14, y + 8, word, anchor="end", ink=_SOFT_INK)
    centres = _centres(frame, len(chart.labels), is_bars=chart.kind == "bar")
    yield from _labels_below(chart, frame, centres)
    draw = {"bar": _draw_bars, "area": _draw_areas}.get(chart.kind, _draw_lines)
    yield from draw(frame, centres, values)


def _stacks(chart: Chart) -> list[list[float]]:
    """Return each series on top of those before it."""
    below = [0.0] * len(chart.labels)
    stacks = []
    for series in chart.series:
        below = [base + point.value for base, point in zip(below, series.points, strict=True)]
        stacks.append(below)
    return stacks


def _centres(frame: _Frame, count: int, *, is_bars: bool) -> list[float]:
    """Return the horizontal places of the categories."""
    width = frame.right - frame.left
    if is_bars or count == 1:
        return [frame.left + width * (number + 0.5) / count for number in range(count)]
    return [frame.left + 10 + (width - 20) * number / (count - 1) for number in range(count)]


def _labels_below(chart: Chart, frame: _Frame, centres: Sequence[float]) -> Iterator[str]:
    """Write as many labels as have room beside each other, beginning with the last."""
    slot = (frame.right - frame.left) / len(centres)
    fitting = int(slot / (_TEXT_SIZE * _LETTER)) - 1 if chart.kind == "bar" else 0
    limit = min(_MAX_LABEL, fitting) if fitting >= _LEAST_LABEL else _MAX_LABEL
    free = float(_WIDTH)
    for number in range(len(centres) - 1, -1, -1):
        label = truncate(chart.labels[number], limit)
        half = len(label) * _TEXT_SIZE * _LETTER / 2
        x = min(centres[number], _WIDTH - 20 - half)
        if x + half <= free:
            yield _svg_text(x, frame.bottom + 40, label, anchor="middle", ink=_SOFT_INK)
            free = x - half - _TEXT_SIZE
    yield _svg_text(
        (frame.left + frame.right) / 2,
        frame.bottom + 76,
        truncate(chart.label_name, 40),
        anchor="middle",
        ink=_SOFT_INK,
        size=20,
    )


def _draw_lines(
    frame: _Frame, centres: Sequence[float], values: Sequence[Sequence[float]]
) -> Iterator[str]:
    for number, line in enumerate(values):
        points = [(x, frame.height_of(value)) for x, value in zip(centres, line, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour, dash = _colour(number), _DASH_PATTERNS[number % len(_DASH_PATTERNS)]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        yield (
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="5"'
            f' stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
        )
        if len(points) <= _ROWS_OF_BARS * 2:
            for x, y in points:
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{colour}"/>'


def _draw_areas(
    frame: _Frame, centres: Sequence[float], values: Sequence[Sequence[float]]
) -> Iterator[str]:
    """Draw the topmost stack first, so that each lower one stands before it."""
    for number in range(len(values) - 1, -1, -1):
        points = zip(centres, map(frame.height_of, values[number]), strict=True)
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        floor = frame.height_of(0.0)
        ends = f"{centres[-1]:.1f},{floor:.1f} {centres[0]:.1f},{floor:.1f}"
        yield f'<polygon points="{path} {ends}" fill="#ffffff"/>'
        yield f'<polygon points="{path} {ends}" fill="{_colour(number)}" fill-opacity="0.75"/>'


def _draw_bars(
    frame: _Frame, centres: Sequence[float], values: Sequence[Sequence[float]]
) -> Iterator[str]:
    group = (frame.right - frame.left) / len(centres) * 0.8
    width = group / len(values)
    floor = frame.height_of(0.0)
    for number, line in enumerate(values):
        for centre, value in zip(centres, line, strict=True):
            x, y = centre - group / 2 + width * number, frame.height_of(value)
            height = max(1.0, abs(floor - y))
            yield (
                f'<rect x="{x:.1f}" y="{min(y, floor):.1f}" width="{max(1.0, width * 0.92):.1f}"'
                f' height="{height:.1f}" fill="{_colour(number)}"/>'
            )


def _draw_rows(chart: Chart) -> Iterator[str]:
    """Draw one bar below the other, each between its name and its figure."""
    points = chart.series[0].points
    longest = min(_LONGEST_NAME, max(map(len, chart.labels)))
    texts = [_figure_in_picture(point) for point in points]
    figures = max(map(len, texts))
    left = 60 + longest * _TEXT_SIZE * _LETTER
    right = _WIDTH - 50 - figures * _TEXT_SIZE * _LETTER
    low = min(0.0, *(float(point.value) for point in points))
    high = max(0.0, *(float(point.value) for point in points))
    scale = (right - left) / ((high - low) or 1.0)
    zero = left - low * scale
    rows = zip(chart.labels, points, texts, strict=True)
    for number, (label, point, text) in enumerate(rows):
        y = 100 + _ROW * number
        end = zero + point.value * scale
        yield _svg_text(left - 16, y + 26, truncate(label, longest), anchor="end")
        yield (
            f'<rect x="{min(zero, end):.1f}" y="{y}" width="{max(2.0, abs(end - zero)):.1f}"'
            f' height="34" rx="3" fill="{_colour(0)}"/>'
        )
        yield _svg_text(max(zero, end) + 12, y + 26, text)
    bottom = 100 + _ROW * len(points)
    yield f'<path d="M{zero:.1f} 92V{bottom - 6}" stroke="{_SOFT_INK}" stroke-width="2"/>'


def _draw_pie(chart: Chart) -> Iterator[str]:
    """Draw the shares, and beside them their names and figures."""
    points = chart.series[0].points
    whole = sum(point.value for point in points)
    x, y, radius = 330.0, 380.0, 260.0
    angle = -math.pi / 2
    row = min(_ROW, 560 / len(points))
    for number, (label, point) in enumerate(zip(chart.labels, points, strict=True)):
        turn = 2 * math.pi * point.value / whole
        colour = _colour(number)
        opacity = "" if number < len(_COLOURS) else ' fill-opacity="0.55"'
        yield f'<path d="{_slice(x, y, radius, angle, turn)}" fill="{colour}"{opacity}'
        yield ' stroke="#ffffff" stroke-width="4"/>'
        angle += turn
        line = 120 + row * number
        yield f'<rect x="660" y="{line:.1f}" width="26" height="26" fill="{colour}"{opacity}/>'
        words = f"{truncate(label, 20)}: {truncate(point.text, 14)}"
        yield _svg_text(702, line + 22, words)


def _slice(x: float, y: float, radius: float, angle: float, turn: float) -> str:
    """Return the path of a share; two halves where it is nearly the whole."""
    if turn > 2 * math.pi * 0.999:
        return (
            f"M{x - radius} {y}A{radius} {radius} 0 1 1 {x + radius} {y}"
            f"A{radius} {radius} 0 1 1 {x - radius} {y}Z"
        )
    ends = [
        (x + radius * math.cos(one), y + radius * math.sin(one)) for one in (angle, angle + turn)
    ]
    is_large = int(turn > math.pi)
    (ax, ay), (bx, by) = ends
    return f"M{x} {y}L{ax:.2f} {ay:.2f}A{radius} {radius} 0 {is_large} 1 {bx:.2f} {by:.2f}Z"


def _figure_in_picture(point: ChartPoint) -> str:
    """Return a figure that has room; a part of its digits would be another number."""
    return point.text if len(point.text) <= _LONGEST_FIGURE else f"{point.value:.4g}"


def _legend(chart: Chart) -> Iterator[str]:
    """Name the series, where there are several."""
    if len(chart.series) < 2:
        return
    x = 40.0
    for number, series in enumerate(chart.series):
        name = truncate(series.name, _MAX_LEGEND)
        width = 52 + len(name) * _TEXT_SIZE * _LETTER
        if x + width > _WIDTH - 40:
            yield _svg_text(x, 104, "…")
            return
        dash = _DASH_PATTERNS[number % len(_DASH_PATTERNS)] if chart.kind == "line" else ""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        thick = 5 if chart.kind == "line" else 18
        yield (f'<path d="M{x} 96h30" stroke="{_colour(number)}" stroke-width="{thick}"{dashed}/>')
        yield _svg_text(x + 40, 104, name)
        x += width + 20


def _tick_words(mark: float, marks: Sequence[float]) -> str:
    """Return a round number with as many places as its neighbours need."""
    step = marks[1] - marks[0]
    if step >= 1e15 or step < 1e-6:
        return f"{mark:g}"
    places = max(0, (0 if _is_round(step) else 1) - math.floor(math.log10(step) + 1e-9))
    return f"{mark + 0.0:,.{min(places, 8)}f}"


def _is_round(step: float) -> bool:
    """Tell whether a step has a single digit, as 2.5 has not."""
    return not math.isclose(step / 10 ** math.floor(math.log10(step) + 1e-9), 2.5)


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _svg_text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    ink: str = _INK,
    size: int = _TEXT_SIZE,
) -> str:
    written = escape(_NOT_XML.sub("", clean(words)))
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{ink}"'
        f' text-anchor="{anchor}">{written}</text>'
    )
