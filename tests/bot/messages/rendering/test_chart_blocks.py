from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_playground.blocks import validate_message

from bot.messages.rendering.chart_blocks import complete_chart
from bot.messages.rendering.renderer import Renderer

NAMES = st.one_of(st.text(st.characters(), max_size=50), st.integers(), st.none())
VALUES = st.one_of(st.integers(), st.floats(), st.none(), st.text(max_size=3), st.booleans())
POINTS = st.lists(st.fixed_dictionaries({"label": NAMES, "value": VALUES}), max_size=30)
CHARTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["bar", "line", "area", "pie", "user", "", 3]),
        "segments": POINTS,
        "series": st.lists(st.fixed_dictionaries({"name": NAMES, "data": POINTS}), max_size=20),
        "axis_config": st.none()
        | st.fixed_dictionaries({"categories": st.lists(NAMES, max_size=30), "x_label": NAMES}),
    }
)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory):
    return Renderer(tmp_path_factory.mktemp("templates"))


def bar_chart(labels: list[str], values: dict[str, float]) -> dict[str, Any]:
    data = [{"label": label, "value": value} for label, value in values.items()]
    return {
        "type": "bar",
        "series": [{"name": "Done", "data": data}],
        "axis_config": {"categories": labels},
    }


def test_long_labels_stay_different_from_each_other():
    """Slack wants labels of 20 characters that are unique; points follow their label."""
    labels = ["deployments in europe", "deployments in europa"]

    chart = complete_chart(bar_chart(labels, {labels[1]: 2, labels[0]: 1}))

    assert chart is not None
    assert chart["axis_config"]["categories"] == ["deployments in euro…", "deployments in eu… 2"]
    assert [point["value"] for point in chart["series"][0]["data"]] == [1, 2]


def test_a_missing_point_counts_as_nothing():
    """Every series has exactly one point per category."""
    chart = complete_chart(bar_chart(["Mon", "Tue"], {"Tue": 5, "Wed": 9}))

    assert chart is not None
    assert chart["series"][0]["data"] == [
        {"label": "Mon", "value": 0},
        {"label": "Tue", "value": 5},
    ]


@pytest.mark.parametrize(
    "chart", [None, "bar", {}, {"type": "pie"}, {"type": "bar", "series": []}, bar_chart([], {})]
)
def test_nothing_to_draw_is_no_chart(chart):
    """A chart without figures is left out of the message."""
    assert complete_chart(chart) is None


@settings(deadline=None, max_examples=50)
@given(chart=CHARTS)
def test_any_figures_make_a_chart_slack_takes(renderer, chart):
    """Whatever data says, the block is drawn within Slack's rules or left out."""
    source = (
        '[{"type": "divider"}, {"type": "data_visualization", "title": "Tasks per day of the week '
        'and of the month, in all", "chart": {{ chart|json }}}]'
    )

    message = renderer.render_source(source, {"chart": chart})

    assert validate_message({"text": message.text, "blocks": message.blocks}) == []
