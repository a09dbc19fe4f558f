"""
The chart block.

Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_playground.blocks import problem
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import (
    Kind,
    ListOf,
    Number,
    Object,
    Text,
    block,
    index,
    kind,
    one_of,
)

_POINT = Object(required={"label": Text(20), "value": Number()})
_SEGMENT = Object(required={"label": Text(20), "value": Number(above=0)})
_SERIES = Object(required={"name": Text(20), "data": ListOf(_POINT, least=1, most=20)})
_AXIS = Object(
    required={"categories": ListOf(Text(20), least=1, most=20, unique=True)},
    optional={"x_label": Text(50), "y_label": Text(50)},
)


def _series_names_differ(chart: Mapping[str, Any], at: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, series in enumerate(_objects(chart.get("series"))):
        name = series.get("name")
        if isinstance(name, str) and name in seen:
            yield problem.failed(
                f"{at}/series/{position}/name", "series names must be unique", "unique_items"
            )
        elif isinstance(name, str):
            seen.add(name)


def _one_point_per_category(chart: Mapping[str, Any], at: str) -> Iterator[Problem]:
    axis = chart.get("axis_config")
    categories = axis.get("categories") if isinstance(axis, dict) else None
    if not isinstance(categories, list):
        return
    wanted = sorted(label for label in categories if isinstance(label, str))
    for position, series in enumerate(_objects(chart.get("series"))):
        points = series.get("data")
        if not isinstance(points, list):
            continue  # That it is missing, or none, is said already, and where.
        labels = [point.get("label") for point in _objects(points)]
        if sorted(label for label in labels if isinstance(label, str)) != wanted:
            yield problem.failed(
                f"{at}/series/{position}/data",
                "must provide exactly one data point for each category",
                "all_of",
                expected=wanted,
                got=labels,
            )


def _objects(value: object) -> list[dict[str, Any]]:
    """The items of a list; what is no object counts as an empty one to keep positions."""
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, dict) else {} for item in value]


def _axis_chart(type_: str) -> Kind:
    return kind(
        type_,
        {"series": ListOf(_SERIES, least=1, most=12), "axis_config": _AXIS},
        {},
        _series_names_differ,
        _one_point_per_category,
    )


CHARTS = one_of(
    kind("pie", {"segments": ListOf(_SEGMENT, least=1, most=12)}, {}),
    _axis_chart("bar"),
    _axis_chart("line"),
    _axis_chart("area"),
)
# At most two in a message: see block_rules.py.
DATA_VISUALIZATION = block("data_visualization", "MH", {"title": Text(50), "chart": CHARTS}, {})

CHART_BLOCKS = index((DATA_VISUALIZATION,))
