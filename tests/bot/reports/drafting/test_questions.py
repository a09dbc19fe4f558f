"""What is SQL, even such that is refused, and what is a question in words."""

from datetime import datetime

import pytest

from bot.errors import InvalidError
from bot.reports.analysts.base import Mode, PlannedSql
from bot.reports.drafting.questions import Questions, is_sql
from bot.sources.base import Source
from tests.bot.reports.service_room import START, Shop, Shops


class Unplanned:
    """A planner that finds no metric in any question, and remembers who was to be asked."""

    def __init__(self):
        """Know no question yet."""
        self.modes: list[Mode | None] = []

    async def __call__(
        self, question: str, source: Source, timezone: str, now: datetime, mode: Mode | None
    ) -> PlannedSql:
        """Refuse to plan."""
        self.modes.append(mode)
        return PlannedSql(None, "The question names no metric")


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
        ("SELEC 1", "; did you mean `SELECT` in place of `SELEC`?"),
        ("slect a from t", "; did you mean `SELECT` in place of `slect`?"),
        ("count(*) from t", ", but cannot be read: there is no such table: take sales"),
        (
            "wiht a as (select 1) select * from a",
            ", but cannot be read: there is no such table: take sales",
        ),
        ("a from t where b", ", but cannot be read: there is no such table: take sales"),
        ("a, b from t group by a", ", but cannot be read: there is no such table: take sales"),
    ],
)
async def test_mistyped_sql(query, problem):
    """What looks like SQL is told as SQL that cannot be read, and no model guesses at it."""
    plan = Unplanned()
    with pytest.raises(InvalidError) as refused:
        await Questions(Shops(), plan).read(query, Shop(), "UTC", START, "deep")
    message = f"it looks like SQL{problem}"
    assert [one.message for one in refused.value.problems] == [message]
    assert plan.modes == [None]


@pytest.mark.parametrize(
    "query",
    [
        "Selected dealers by score",
        "revenue (EUR) by country",
        "Which product(s) sold best?",
        "Show turnover and group by country",
        "Which dealers did we select from Germany?",
    ],
)
async def test_words_that_name_no_metric(query):
    """They are told as words, and a model is asked."""
    plan = Unplanned()
    with pytest.raises(InvalidError, match="names no metric"):
        await Questions(Shops(), plan).read(query, Shop(), "UTC", START, "deep")
    assert plan.modes == ["deep"]
