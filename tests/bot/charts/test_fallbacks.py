"""What a workspace is shown that refuses some of it."""

import pytest

from bot.charts.fallbacks import face_of


@pytest.mark.parametrize(
    ("refused", "table", "chart"),
    [
        (set(), "data_table", "native"),
        ({"data_table"}, "table", "native"),
        ({"data_table", "table"}, "text", "native"),
        ({"data_visualization"}, "data_table", "picture"),
        ({"data_visualization", "file"}, "data_table", "text"),
        ({"file"}, "data_table", "native"),
        ({"data_visualization", "data_table", "table", "file"}, "text", "text"),
    ],
)
def test_the_best_that_was_not_refused(refused, table, chart):
    """One step down for what Slack refused, and no further."""
    face = face_of(refused)

    assert (face.table, face.chart) == (table, chart)
