"""A chart: the same points for Slack, for the picture, and for the text. Pure."""

from dataclasses import dataclass, replace

#: Kinds whose categories follow each other in time.
COURSES = ("line", "area")


@dataclass(frozen=True)
class ChartPoint:
    """One point: the number that is drawn, and its exact text."""

    value: float | int
    text: str


@dataclass(frozen=True)
class ChartSeries:
    """A column of numbers."""

    name: str
    points: tuple[ChartPoint, ...]


@dataclass(frozen=True)
class Chart:
    """What is drawn: as many points in each series as there are labels."""

    kind: str  # bar, line, area, pie
    title: str
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    label_name: str
    unit: str | None
    count: int  # how many rows could be drawn
    notes: tuple[str, ...] = ()  # what is not drawn, a sentence each

    def newest(self, limit: int) -> "Chart":
        """Return the last points of a line, or the first ones of bars."""
        chosen = chosen_points(self.kind, len(self.labels), limit)
        return replace(
            self,
            labels=self.labels[chosen],
            series=tuple(replace(one, points=one.points[chosen]) for one in self.series),
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what is not drawn, a sentence each."""
        shown = len(self.labels)
        if shown == self.count:
            return self.notes
        which = "last" if self.kind in COURSES else "first"
        return (*self.notes, f"The chart shows the {which} {shown} of {self.count:,} rows.")


def chosen_points(kind: str, count: int, limit: int) -> slice:
    """Return which of so many points are drawn: the last of a line, the first of bars."""
    return slice(max(0, count - limit), count) if kind in COURSES else slice(limit)


def finding(chart: Chart) -> str:
    """Return what the chart shows, for those who do not see it: its ends and its extremes."""
    said = []
    for series in chart.series[:3]:
        numbered = list(enumerate(series.points))
        high, _ = max(numbered, key=lambda one: (one[1].value, -one[0]))
        low, _ = min(numbered, key=lambda one: (one[1].value, one[0]))
        words = (
            f"{series.name}: highest {series.points[high].text} ({chart.labels[high]}),"
            f" lowest {series.points[low].text} ({chart.labels[low]})"
        )
        if chart.kind in COURSES:
            words += f", last {series.points[-1].text} ({chart.labels[-1]})"
        said.append(words)
    left = len(chart.series) - len(said)
    more = f"; {left} more series" if left else ""
    return f"{chart.title}. {'; '.join(said)}{more}."
