"""What a model that lies would write, by kinds, about the sales of `shop_brief`."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from bot.reports.analysts.base import Audience, Brief
from bot.reports.narration import make_brief
from bot.sources.result import Cell, ColumnKind, ResultColumn, ResultTable


def table(columns, rows: Sequence[tuple[Cell, ...]]) -> ResultTable:
    """Return a result of the shop; each column is `(name, kind)` or `(name, kind, unit)`."""
    return ResultTable(
        tuple(ResultColumn(*column) for column in columns),
        tuple(rows),
        "SELECT …",
        "shop",
        datetime(2020, 1, 2, tzinfo=UTC),
    )


SALES = (
    ("region", ColumnKind.TEXT),
    ("revenue", ColumnKind.NUMBER, "EUR"),
    ("orders", ColumnKind.NUMBER),
)
MONTHS = (("month", ColumnKind.TEXT), ("revenue", ColumnKind.NUMBER, "EUR"))


def brief_of(
    rows_of: ResultTable, previous: ResultTable | None = None, audience: Audience = "analyst"
) -> Brief:
    """Return a brief about a result."""
    return make_brief(
        name="Sales by region",
        description="What the shop sells",
        question="sales by region",
        frequency="daily",
        audience=audience,
        mode="quick",
        table=rows_of,
        previous=previous,
    )


def shop_brief() -> Brief:
    """Return four regions and the run before; revenue rose and orders fell."""
    now = [
        ("Berlin", Decimal("500.50"), 7),
        ("Hamburg", Decimal("300.25"), 9),
        ("North America", Decimal("150.00"), 4),
        ("Oslo", Decimal("49.25"), 2),
    ]
    before = [
        ("Berlin", Decimal("400.50"), 9),
        ("Hamburg", Decimal("310.25"), 10),
        ("North America", Decimal("140.00"), 4),
        ("Oslo", Decimal("49.25"), 3),
    ]
    return brief_of(table(SALES, now), table(SALES, before))


def months_brief() -> Brief:
    """Return ten months of revenue, with a rise at the end."""
    amounts = [10, 12, 11, 13, 15, 14, 16, 18, 17, 21]
    rows: list[tuple[Cell, ...]] = [
        (f"2020-{number:02}", Decimal(amount)) for number, amount in enumerate(amounts, 1)
    ]
    return brief_of(table(MONTHS, rows))


_TEXTS = tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))


def texts_of(name: str) -> list[str]:
    """Return the texts of one kind in `texts.toml`."""
    return [line for line in _TEXTS[name].split("\n") if line]


def lies_of_words() -> Iterator[str]:
    """Yield numbers, dates and names that stand in the text instead of references."""
    for number in texts_of("numbers"):
        yield f"Revenue was {number} here."
        yield f"Consider {number} more."
    for day in texts_of("dates"):
        yield f"Revenue was {{total_revenue}} {day}."
        yield f"Please check the data of {day} here."
    for name in texts_of("names"):
        yield f"Consider {name} for the data."
        yield f"The revenue of {name} was {{total_revenue}}."
