"""
Make the chart of a `data_visualization` block acceptable to Slack, or drop it.

Labels are truncated to Slack's 20 characters and kept distinct;
every series gets exactly one point per category.
"""

import math
from collections.abc import Iterable
from typing import Any

from bot.messages.rendering import warnings
from bot.messages.rendering.table_blocks import DASH
from bot.messages.rendering.text_field import plain_words
from bot.messages.rendering.truncation import CHILDREN, truncate, units
from bot.messages.rendering.warnings import At

Node = dict[str, Any]
_LABEL_CHARACTERS = 20
_AXIS_LABEL_CHARACTERS = 50
_KINDS = ("bar", "line", "area")


def complete_chart(chart: Any) -> Node | None:
    """Return a chart of the same figures that Slack accepts; None if there is nothing to show."""
    if not isinstance(chart, dict):
        return None
    kind = _label(chart.get("type"))
    if kind == "pie":
        return _pie(chart)
    return _axes(chart, kind) if kind in _KINDS else None


def lost_of_chart(asked: Any, chart: Node | None, at: At) -> list[str]:
    """Return the warning for a chart that shows less than was *asked* for."""
    if chart is None or not isinstance(asked, dict):
        return []  # Its block has no data and was removed.
    said = []
    for name, drawn in {**chart, **chart.get("axis_config", {})}.items():
        wanted = _labels_of(asked, name)
        where = (at, "axis_config") if name == "categories" else at
        if len(drawn) < len(wanted):
            said.append(warnings.fewer(where, name, len(drawn), len(wanted), follow=False))
        if any(units(label) > _LABEL_CHARACTERS for label in wanted):
            said.append(warnings.labels_truncated(where, name, _LABEL_CHARACTERS))
    return said


def _labels_of(asked: Node, name: str) -> list[str]:
    if name == "segments":
        return [_key(one.get("label")) for one in _objects(asked[name])]
    if name == "series":
        return [_key(one.get("name")) for one in _objects(asked[name])]
    if name == "categories":
        return list(dict.fromkeys(map(_key, asked["axis_config"][name])))
    return []


def _pie(chart: Node) -> Node | None:
    drawn = [each for each in _objects(chart.get("segments")) if (_value(each) or 0) > 0]
    drawn = drawn[: CHILDREN["chart", "segments"]]
    labels = _distinct(each.get("label") for each in drawn)
    segments = [
        {"label": label, "value": each["value"]} for label, each in zip(labels, drawn, strict=True)
    ]
    return {"type": "pie", "segments": segments} if segments else None


def _axes(chart: Node, kind: str) -> Node | None:
    axis = chart.get("axis_config")
    wanted = axis.get("categories") if isinstance(axis, dict) else None
    keys = [_key(each) for each in wanted] if isinstance(wanted, list) else []
    keys = list(dict.fromkeys(keys))[: CHILDREN["axis_config", "categories"]]
    shown = _objects(chart.get("series"))[: CHILDREN["chart", "series"]]
    if not keys or not shown:
        return None
    labels = _distinct(keys)
    series = []
    for name, each in zip(_distinct(one.get("name") for one in shown), shown, strict=True):
        points = {_key(point.get("label")): _value(point) for point in _objects(each.get("data"))}
        data = [
            {"label": label, "value": points.get(key) or 0}
            for label, key in zip(labels, keys, strict=True)
        ]
        series.append({"name": name, "data": data})
    axes: Node = {"categories": labels}
    for field in ("x_label", "y_label"):
        words = truncate(_key(axis.get(field)), _AXIS_LABEL_CHARACTERS) if axis else ""
        if words.strip():
            axes[field] = words
    return {"type": kind, "series": series, "axis_config": axes}


def _distinct(names: Iterable[Any]) -> list[str]:
    """Labels of at most 20 characters, numbered where truncation made them equal."""
    taken: dict[str, None] = {}
    for name in names:
        label, number = _label(name), 2
        while label in taken:
            ending = f" {number}"
            label = truncate(_label(name), _LABEL_CHARACTERS - len(ending)) + ending
            number += 1
        taken[label] = None
    return list(taken)


def _label(name: Any) -> str:
    words = _key(name)
    return truncate(words, _LABEL_CHARACTERS) if words.strip() else DASH


def _key(name: Any) -> str:
    return plain_words(name) if isinstance(name, str) else "" if name is None else str(name)


def _value(point: Node) -> float | None:
    value = point.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _objects(value: Any) -> list[Node]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
