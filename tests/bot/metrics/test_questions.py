"""What a data person types is planned as it is meant, or refused: it is never planned wrongly."""

from datetime import date
from pathlib import Path

from bot.config_sections.reports import MetricSettings
from bot.metrics.plan import MetricPlan
from bot.metrics.planner import plan_words

SATURDAY = date(2026, 11, 28)
_OF_SALES = ["country", "region", "product", "customer_type", "channel"]
_SALES = {"table": "sales", "sql": "sum(amount)", "time": "sold_at", "dimensions": _OF_SALES}
_USERS = {"table": "users", "sql": "count(*)", "time": "created_at"}
METRICS = {
    "revenue": MetricSettings(**_SALES, unit="EUR", synonyms=["turnover", "sales"]),
    "net_revenue": MetricSettings(**_SALES, unit="EUR"),
    "orders": MetricSettings(**_SALES),
    "units": MetricSettings(**_SALES, synonyms=["units sold", "quantity"]),
    "average_order_value": MetricSettings(**_SALES, unit="EUR", synonyms=["aov"]),
    "return_rate": MetricSettings(**_SALES, unit="%", better="low"),
    "signups": MetricSettings(
        **_USERS,
        dimensions=["country", "plan"],
        synonyms=["sign-ups", "registrations", "new users"],
    ),
    "tickets": MetricSettings(
        table="tickets",
        sql="count(*)",
        time="opened_at",
        better="low",
        dimensions=["team", "priority"],
        synonyms=["support tickets"],
    ),
    "stock": MetricSettings(table="stock", sql="sum(pieces)", dimensions=["product", "warehouse"]),
}
VALUES = {
    "country": ["Germany", "France", "United States", "US", "IT", "New Zealand", "Georgia"],
    "region": ["Bavaria", "North", "Georgia"],
    "product": ["Chef's knife", "Pan", "Windows 2000", "Coffee"],
    "customer_type": ["new", "returning"],
    "channel": ["organic", "paid search", "email"],
    "plan": ["free", "pro"],
    "team": ["Berlin", "Paris"],
    "priority": ["high", "low", "urgent"],
    "warehouse": ["Oslo"],
}


def plan_of(question):
    """Return the plan as the bot makes it: values are looked up when a word is unknown."""
    planned = plan_words(question, METRICS, SATURDAY)
    if planned.metric is None:
        return planned
    known = {name: VALUES[name] for name in METRICS[planned.metric].dimensions}
    return plan_words(question, METRICS, SATURDAY, known)


def written(plan: MetricPlan) -> str:
    """Return a plan in a line, as the table writes it."""
    parts = [plan.metric]
    if plan.dimensions:
        parts.append(f"by {', '.join(plan.dimensions)}")
    if plan.grain:
        parts.append(f"per {plan.grain}")
    if plan.period:
        parts.append(f"{plan.period.start}..{plan.period.end}")
    parts += [f"{one.dimension} {one.comparison} {'|'.join(one.values)}" for one in plan.filters]
    if plan.limit:
        parts.append(f"{'top' if plan.is_descending else 'bottom'} {plan.limit}")
    elif not plan.is_descending:
        parts.append("ascending")
    return "; ".join(parts)


def test_each_question_is_planned_as_meant_or_refused():
    """Of 300 questions each has the plan of the table, or is refused with what is missing."""
    lines = Path(__file__).with_name("questions.txt").read_text(encoding="utf-8").splitlines()
    table = [line.split(" => ") for line in lines]
    found = []
    for question, expected in table:
        planned = plan_of(question)
        missing = f"? {planned.missing}"[: len(expected)]
        found.append([question, missing if planned.plan is None else written(planned.plan)])

    assert found == table
    assert len(table) >= 300
