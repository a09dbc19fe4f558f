"""A report is always narrated, never with a figure that is not in its rows."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.reports.analysts.base import AnalystError, Draft, Narrative, PlannedSql, Schema, Usage
from bot.reports.analysts.builtin import BuiltinAnalyst
from bot.reports.narration import Narration
from bot.reports.spending import DailySpending
from tests.bot.reports.figures.lying_model import (
    lies_of_words,
    months_brief,
    shop_brief,
    texts_of,
)

TRUTH = "Revenue totalled {total_revenue}."
LIE = "Revenue totalled 999 EUR."
PAID = Usage("model-1", 1_000, 100, Decimal("0.01"))
SCHEMA = Schema("shop", "sqlite", ())


class SetClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2020, 1, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class ScriptedAnalyst:
    """Says its lines one after the other; an error among them is raised."""

    name = "scripted"

    def __init__(self, *lines: str | Narrative | AnalystError) -> None:
        self.lines = list(lines)
        self.calls: list[Sequence[str]] = []

    async def _say(self, problems: Sequence[str] = ()) -> Draft:
        self.calls.append(problems)
        await asyncio.sleep(0)
        line = self.lines.pop(0)
        if isinstance(line, AnalystError):
            raise line
        return Draft(Narrative(line) if isinstance(line, str) else line, PAID)

    async def write(self, brief) -> Draft:
        return await self._say()

    async def repair(self, brief, problems) -> Draft:
        return await self._say(problems)

    async def answer(self, question, brief) -> Draft:
        return await self._say()

    async def plan(self, question, schema) -> PlannedSql:
        draft = await self._say()
        return PlannedSql(draft.narrative.summary, "", draft.usage)


def narration(analyst, clock=None, limit=None):
    """Return a narration by this analyst."""
    at = clock or SetClock()
    return Narration(analyst, BuiltinAnalyst(), at, DailySpending(at, limit=limit))


async def test_a_true_text_is_published_with_its_figures():
    """The model's own words, filled, with the origin of every figure."""
    said = await narration(ScriptedAnalyst(TRUTH)).narrate(shop_brief())

    assert (said.by, said.summary, said.notes) == ("scripted", "Revenue totalled 1,000.00 EUR.", ())
    assert (said.total, said.traced, said.usage) == (1, 1, PAID)
    assert said.figures == (
        {
            "ref": "total_revenue",
            "text": "1,000.00 EUR",
            "origin": "sum(revenue)",
            "value": {"decimal": "1000.00"},
        },
    )


async def test_a_lie_is_repaired_once():
    """The model is told what was wrong, and its second text is published."""
    analyst = ScriptedAnalyst(LIE, TRUTH)
    said = await narration(analyst).narrate(shop_brief())

    assert (said.by, said.usage.input_tokens) == ("scripted", 2_000)
    assert any("a figure" in problem for problem in analyst.calls[1])
    assert not any("999" in problem for problem in analyst.calls[1])


async def test_no_lie_is_published_and_every_report_is_delivered():
    """Of what a model insists on nothing is published but what follows from the rows."""
    cases = [(shop_brief(), [*lies_of_words(), *texts_of("shop_lies"), *texts_of("sly_lies")])]
    cases.append((months_brief(), texts_of("month_lies")))
    for brief, lies in cases:
        for lie in lies[::7]:
            said = await narration(ScriptedAnalyst(lie, lie)).narrate(brief)
            hidden = Narrative(TRUTH, insights=(lie,), recommendations=(lie,))
            kept = await narration(ScriptedAnalyst(lie, hidden)).narrate(brief)

            assert (said.by, said.traced) == ("builtin", said.total)
            assert said.total > 0
            assert said.notes[0].startswith("The model's text held figures")
            assert (kept.by, kept.insights, kept.recommendations) == ("scripted", (), ())
            assert kept.summary.startswith("Revenue totalled ")
            assert kept.notes[0].startswith("Parts of the model's text")


async def test_what_is_true_of_a_text_is_kept():
    """One false sentence does not cost the others, nor a key metric that there is not."""
    text = Narrative(
        TRUTH,
        key_metrics=("total_revenue", "made_up", "top_1_name_revenue"),
        insights=("Orders totalled {total_orders}.", LIE),
        recommendations=("Ask Globex.", "Check the orders of {bottom_name_orders}."),
    )
    said = await narration(ScriptedAnalyst(text, text)).narrate(shop_brief())

    assert [one.ref for one in said.key_metrics] == ["total_revenue"]
    assert said.insights == ("Orders totalled 22.",)
    assert said.recommendations == ("Check the orders of Oslo.",)
    assert len(said.notes) == 1


async def test_the_text_before_a_broken_repair_is_not_lost():
    """If the repair fails, what was true of the earlier text is kept."""
    text = Narrative(TRUTH, insights=(LIE,))
    error = AnalystError("timeout", "It took too long.", usage=PAID)
    said = await narration(ScriptedAnalyst(text, error)).narrate(shop_brief())

    assert (said.by, said.insights, said.usage.input_tokens) == ("scripted", (), 2_000)


@pytest.mark.parametrize(
    ("code", "calls"),
    [("empty", 2), ("cut", 2), ("blocked", 2), ("malformed", 2), ("timeout", 1), ("quota", 1)],
)
async def test_useless_answers_are_asked_for_once_more(code, calls):
    """What another try may better is tried; a quota or a slow service is not asked again."""
    error = AnalystError(code, "It went wrong.", usage=PAID)
    analyst = ScriptedAnalyst(error, error)
    said = await narration(analyst).narrate(shop_brief())

    assert len(analyst.calls) == calls
    assert said.by == "builtin"
    assert said.notes == ("It went wrong. This was written by the built-in analyst.",)
    assert said.usage.input_tokens == 1_000 * calls


async def test_the_same_rows_are_not_paid_twice():
    """Within the cache time the text is kept, also for two who ask at once; later it is written."""
    clock = SetClock()
    analyst = ScriptedAnalyst(TRUTH, TRUTH)
    reports = narration(analyst, clock)
    both = await asyncio.gather(reports.narrate(shop_brief()), reports.narrate(shop_brief()))

    assert [one.summary for one in both] == ["Revenue totalled 1,000.00 EUR."] * 2
    assert sorted(one.usage.input_tokens for one in both) == [0, 1_000]
    clock.at += timedelta(hours=1)
    await reports.narrate(shop_brief())
    assert len(analyst.calls) == 2


async def test_other_rows_are_written_of_anew():
    """What is kept belongs to its rows."""
    analyst = ScriptedAnalyst(TRUTH, TRUTH)
    reports = narration(analyst)
    await reports.narrate(shop_brief())
    said = await reports.narrate(months_brief())

    assert said.summary == "Revenue totalled 147 EUR."


async def test_the_daily_limit_holds_until_midnight():
    """Above the limit the built-in analyst writes; the next day the model may again."""
    clock = SetClock()
    analyst = ScriptedAnalyst(TRUTH, TRUTH)
    reports = narration(analyst, clock, limit=Decimal("0.01"))
    await reports.narrate(shop_brief())
    limited = await reports.narrate(months_brief())

    assert limited.by == "builtin"
    assert limited.notes == (
        "The daily limit of $0.01 for models is reached. This was written by the built-in analyst.",
    )
    clock.at += timedelta(hours=15)
    assert (await reports.narrate(months_brief())).by == "scripted"


async def test_what_questions_cost_counts_in_all_processes(database):
    """The day's sum is in the database: neither a restart nor another process begins anew."""
    clock, limit = SetClock(), Decimal("0.02")
    said = []
    for _ in range(3):
        spending = DailySpending(clock, limit=limit, database=database)
        process = Narration(ScriptedAnalyst(TRUTH), BuiltinAnalyst(), clock, spending)
        said.append(await process.answer_question("How is it?", shop_brief()))

    assert [one.by for one in said] == ["scripted", "scripted", "builtin"]
    clock.at += timedelta(days=1)
    assert await spending.exceeded() is None


async def test_an_answer_is_checked_like_a_report():
    """A lie about a question ends with the answer that the rows give."""
    said = await narration(ScriptedAnalyst(LIE, LIE)).answer_question(
        "What is the total revenue?", shop_brief()
    )

    assert (said.by, said.summary) == ("builtin", "Revenue totalled 1,000.00 EUR.")


async def test_what_the_rows_cannot_answer_is_said_so():
    """A model may say so, and the built-in analyst does."""
    honest = narration(ScriptedAnalyst("The rows do not say."))
    plain = narration(BuiltinAnalyst())
    asked = [await one.answer_question("Who is the CEO?", shop_brief()) for one in (honest, plain)]

    assert [one.summary for one in asked] == ["The rows do not say."] * 2
    assert [one.by for one in asked] == ["scripted", "builtin"]


async def test_a_question_is_planned_by_metrics_first():
    """The model is asked only for what the metrics do not answer."""

    def planner(question: str) -> PlannedSql:
        return PlannedSql("SELECT 1" if "revenue" in question else None, "which metric?")

    clock = SetClock()
    reports = Narration(
        ScriptedAnalyst("SELECT 2"), BuiltinAnalyst(planner), clock, DailySpending(clock)
    )

    assert (await reports.plan("revenue by week", SCHEMA)).sql == "SELECT 1"
    assert (await reports.plan("customers by week", SCHEMA)).sql == "SELECT 2"


async def test_a_model_that_cannot_plan_says_what_is_missing():
    """The sentence of the error is what people are told."""
    reports = narration(ScriptedAnalyst(AnalystError("quota", "The quota is used up.")))
    planned = await reports.plan("customers by week", SCHEMA)

    assert (planned.sql, planned.missing) == (None, "The quota is used up.")
