"""What is SQL, even such that is refused, and what is a question in words."""

import pytest

from bot.reports.drafting.questions import is_sql


@pytest.mark.parametrize(
    "query",
    [
        "select 1",
        "  SELECT\n1",
        "-- why\nselect 1",
        "/* a */ (select 1) union select 2",
        "with t as (select 1) select * from t",
        "WITH RECURSIVE t(a) AS (select 1) select * from t",
        "values (1)",
        "insert into t values (1)",
        "delete from t",
        "update t set a = 1",
        "drop table t",
        "create view v as select 1",
        "pragma writable_schema = 1",
        "attach 'x' as y",
        "copy t to '/tmp/x'",
    ],
)
def test_sql(query):
    """It is checked, and refused as SQL."""
    assert is_sql(query)


@pytest.mark.parametrize(
    "query",
    [
        "revenue by country last week",
        "With which dealers did revenue fall?",
        "Selected dealers by revenue",
        "Update on revenue",
        "Drop in orders per day",
        "create a ranking of dealers",
        "",
    ],
)
def test_words(query):
    """They are planned."""
    assert not is_sql(query)
