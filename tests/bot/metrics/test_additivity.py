"""What a query computes says whether its values add up."""

import pytest

from bot.metrics.additivity import columns_not_added


@pytest.mark.parametrize(
    ("sql", "reasons"),
    [
        ("SELECT a, SUM(x), COUNT(*), ROUND(SUM(x) / 100.0, 2) FROM t GROUP BY 1", {}),
        ("SELECT a, b, x FROM t", {}),
        (
            "SELECT a, MAX(x) AS biggest, MIN(x), AVG(x) FROM t GROUP BY 1",
            {1: "extreme", 2: "extreme", 3: "average"},
        ),
        ("SELECT a, COUNT(DISTINCT b) AS customers FROM t GROUP BY 1", {1: "distinct"}),
        ("SELECT a, 100.0 * SUM(x) / COUNT(*) AS part FROM t GROUP BY 1", {1: "ratio"}),
        ("SELECT a, COALESCE(ROUND(AVG(x), 1), 0) AS typical FROM t GROUP BY 1", {1: "average"}),
        ("SELECT a, SUM(SUM(x)) OVER (ORDER BY a) AS so_far FROM t GROUP BY 1", {1: "running"}),
        ("WITH s AS (SELECT a, MAX(x) AS m FROM t GROUP BY 1) SELECT a, m FROM s", {1: "extreme"}),
        ("SELECT SUM(m) FROM (SELECT a, MAX(x) AS m FROM t GROUP BY 1) AS s", {}),
        ("SELECT a, SUM(x) FROM t GROUP BY ROLLUP (a)", {0: "subtotal", 1: "subtotal"}),
        ("SELECT a, MAX(x) AS x FROM t GROUP BY 1 UNION ALL SELECT a, x FROM u", {1: "extreme"}),
        ("SELECT a, STDDEV(x) FROM t GROUP BY 1", {1: "aggregate"}),
        ("SELECT FROM WHERE", {}),
    ],
)
def test_levels_are_not_added(sql, reasons):
    """Extremes, averages, counts of different things, quotients, running sums and subtotals."""
    assert columns_not_added(sql) == reasons
