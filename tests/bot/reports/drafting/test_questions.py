"""What is SQL, even such that is refused, and what is a question in words."""

from typing import Any

import pytest

from bot.errors import InvalidError
from bot.reports.analysts.base import Mode, PlannedSql
from bot.reports.drafting.questions import Questions, is_sql
from tests.bot.reports.service_room import START, Shop


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
        "from t select a",
        "show tables",
        "describe t;",
        "table t",
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
        "Show revenue by country",
        "Table of revenue by country",
        "From Germany, the revenue of select customers",
        "",
    ],
)
def test_words(query):
    """They are planned."""
    assert not is_sql(query)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELEC 1", "`SELEC` is not `SELECT`"),
        ("slect a from t", "`slect` is not `SELECT`"),
        ("count(*) from t", "there is no such table: take sales"),
        ("wiht a as (select 1) select * from a", "there is no such table: take sales"),
        ("a from t where b", "there is no such table: take sales"),
        ("a, b group by a", "there is no such table: take sales"),
    ],
)
async def test_mistyped_sql(query, problem):
    """What looks like SQL is told as SQL that cannot be read, and no model guesses at it."""
    asked: list[Mode | None] = []

    async def plan(*call: Any) -> PlannedSql:
        asked.append(call[-1])
        return PlannedSql(None, "The question names no metric")

    with pytest.raises(InvalidError) as refused:
        await Questions(None, plan).read(query, Shop(), "UTC", START, "deep")
    message = f"it looks like SQL, but cannot be read: {problem}"
    assert [one.message for one in refused.value.problems] == [message]
    assert asked == [None]


@pytest.mark.parametrize("query", ["Selected dealers by score", "revenue (EUR) by country"])
async def test_words_that_name_no_metric(query):
    """They are told as words, and a model is asked."""
    asked: list[Mode | None] = []

    async def plan(*call: Any) -> PlannedSql:
        asked.append(call[-1])
        return PlannedSql(None, "The question names no metric")

    with pytest.raises(InvalidError, match="names no metric"):
        await Questions(None, plan).read(query, Shop(), "UTC", START, "deep")
    assert asked == ["deep"]
