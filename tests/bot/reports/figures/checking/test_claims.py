"""
Sentences of one pattern with every reference in its places: only the true ones are accepted.

What is true is decided here from the rows, without the code under test.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from typing import Any

from bot.reports.figures.checking.checker import check_text, read_knowledge
from bot.sources.result import ColumnKind
from tests.bot.reports.figures.lying_model import brief_of, months_brief, shop_brief, table

SHOP: Any = shop_brief()
MONTHS: Any = months_brief()
NOW: dict[str, Any] = {row[0]: {"revenue": row[1], "orders": row[2]} for row in SHOP.table.rows}
THEN: dict[str, Any] = {row[0]: {"revenue": row[1], "orders": row[2]} for row in SHOP.previous.rows}
REVENUE: dict[str, Any] = dict(MONTHS.table.rows)
LAST, BEFORE = "2020-10", "2020-09"
Truth = Callable[..., Any]


def refs_of(brief, *, names: bool) -> list[str]:
    """Return the references to names or to figures, cells of three rows among them."""
    return [
        ref
        for ref in brief.values
        if brief.values[ref].is_figure is not names
        and (not ref.startswith("cell_") or ref.split("_")[1] in "12")
    ]


def is_amount(value, number) -> bool:
    """Tell whether a value is this number, and no percentage."""
    exact = value.exact
    return (
        isinstance(exact, int | Decimal)
        and not value.text.endswith("%")
        and Decimal(exact) == Decimal(number)
    )


def is_percent(value, number) -> bool:
    """Tell whether a value is this percentage."""
    if not value.text.endswith("%"):
        return False
    return abs(Decimal(value.exact) - Decimal(number)) < Decimal("0.001")


def total(rows, column):
    """Return what a column of the shop comes to."""
    return Decimal(sum(row[column] for row in rows.values()))


def share(name, column):
    """Return how much of a column is a region's, in percent."""
    return NOW[name][column] * 100 / total(NOW, column)


def ranked(column):
    """Return the regions, the highest first."""
    return sorted(NOW, key=lambda name: -NOW[name][column])


def gain(name, column):
    """Return what a region has won since the run before."""
    return NOW[name][column] - THEN[name][column]


def shop_patterns(column) -> Iterator[tuple[str, Truth]]:
    """Yield sentences with `N` and `M` for names and `V` for a figure, and when they are true."""
    change = total(NOW, column) - total(THEN, column)
    percent = abs(change) * 100 / total(THEN, column)

    def moved(v, sign):
        fits = is_amount(v, abs(change)) or is_percent(v, percent)
        return change * sign > 0 and (fits or (sign > 0 and is_amount(v, change)))

    yield f"{column} totalled V.", lambda v: is_amount(v, total(NOW, column))
    yield f"{column} was V.", lambda v: is_amount(v, total(NOW, column))
    yield f"The average of {column} is V.", lambda v: is_amount(v, total(NOW, column) / 4)
    yield f"Since the last run, {column} rose by V.", lambda v: moved(v, 1)
    yield f"Since the last run, {column} fell by V.", lambda v: moved(v, -1)
    yield f"Since the last run, {column} rose to V.", lambda v: False
    yield f"{column} fell by V.", lambda v: False
    yield f"N has {column} of V.", lambda n, v: is_amount(v, NOW[n][column])
    yield f"{column} of N was V.", lambda n, v: is_amount(v, NOW[n][column])
    yield (
        f"N has the highest {column} with V.",
        lambda n, v: n == ranked(column)[0] and is_amount(v, NOW[n][column]),
    )
    yield (
        f"The lowest {column} is that of N with V.",
        lambda n, v: n == ranked(column)[-1] and is_amount(v, NOW[n][column]),
    )
    yield f"N has a share of V of {column}.", lambda n, v: is_percent(v, share(n, column))
    yield (
        f"N had the largest rise in {column} with V since the last run.",
        lambda n, v: (
            gain(n, column) == max(gain(one, column) for one in NOW)
            and (
                is_amount(v, gain(n, column))
                or is_percent(v, Decimal(gain(n, column)) * 100 / THEN[n][column])
            )
        ),
    )
    yield f"N is ahead of M in {column}.", lambda n, m: NOW[n][column] > NOW[m][column]
    yield f"N is behind M in {column}.", lambda n, m: NOW[n][column] < NOW[m][column]
    yield (
        f"N leads in {column}, followed by M.",
        lambda n, m: [n, m] == ranked(column)[:2],
    )
    yield f"N and M have the most {column}.", lambda n, m: n == m == ranked(column)[0]
    yield f"N had {column}, and the total is V.", lambda n, v: is_amount(v, total(NOW, column))


def month_patterns() -> Iterator[tuple[str, Truth]]:
    """Yield sentences with `N` for a period and `V`, `W` for figures, and when they are true."""
    highest, lowest = max(REVENUE.values()), min(REVENUE.values())

    def at(n, v):
        return n in REVENUE and is_amount(v, REVENUE[n])

    def rose(v):
        return is_amount(v, 4) or is_percent(v, Decimal(400) / 17)

    yield "The latest revenue is V.", lambda v: is_amount(v, REVENUE[LAST])
    yield "The previous revenue is V.", lambda v: is_amount(v, REVENUE[BEFORE])
    yield "The highest revenue is V.", lambda v: is_amount(v, highest)
    yield "Revenue rose by V against the period before.", rose
    yield "Revenue fell by V against the period before.", lambda v: False
    yield (
        "Revenue rose from V to W.",
        lambda v, w: is_amount(v, REVENUE[BEFORE]) and is_amount(w, REVENUE[LAST]),
    )
    yield (
        "The highest revenue was V, the lowest was W.",
        lambda v, w: is_amount(v, highest) and is_amount(w, lowest),
    )
    yield (
        "Revenue totalled V and averaged W.",
        lambda v, w: is_amount(v, 147) and is_amount(w, Decimal("14.7")),
    )
    yield "In N, revenue was V.", lambda n, v: at(n, v) or (" to " in n and is_amount(v, 147))
    yield "In the last period (N), revenue was V.", lambda n, v: n == LAST and at(n, v)
    yield (
        "Revenue reached the highest value with V (N).",
        lambda n, v: at(n, v) and is_amount(v, highest),
    )
    yield "Revenue rose by V in N.", lambda n, v: n == LAST and rose(v)


def judged(brief, patterns):
    """Return how many sentences are accepted, and those of them that are false."""
    knowledge = read_knowledge(brief)
    refs = {"N": refs_of(brief, names=True), "V": refs_of(brief, names=False)}
    refs |= {"M": refs["N"], "W": refs["V"]}
    accepted = 0
    false: list[str] = []
    for pattern, truth in patterns:
        places = [place for place in "NMVW" if place in pattern.replace("Revenue", "")]
        for chosen in product(*(refs[place] for place in places)):
            text = pattern
            for place, ref in zip(places, chosen, strict=True):
                text = text.replace(f"{place}", f"{{{ref}}}", 1) if place in text else text
            if next(iter(check_text(f"{text[:1].upper()}{text[1:]}", knowledge)), None):
                continue
            accepted += 1
            told = [brief.values[ref] for ref in chosen]
            if not truth(*(one if one.is_figure else one.exact for one in told)):
                false.append(text)
    return accepted, false


def test_a_row_is_told_by_all_of_its_names():
    """Where regions repeat by day, a cell needs both; where a number names it, that one."""
    columns = [("day", ColumnKind.TEXT), ("region", ColumnKind.TEXT), ("id", ColumnKind.NUMBER)]
    columns.append(("revenue", ColumnKind.NUMBER))
    days, regions = ("2020-01-01", "2020-01-02"), ("Berlin", "Oslo")
    rows: list[Any] = [
        (day, region, 7 + number, 10 * number)
        for number, (day, region) in enumerate(product(days, regions), 1)
    ]
    knowledge = read_knowledge(brief_of(table(columns, rows)))
    told = {
        text: next(iter(check_text(text, knowledge)), "")
        for text in (
            "Revenue of {cell_3_region} was {cell_3_revenue}.",
            "In {cell_3_day}, revenue was {cell_3_revenue}.",
            "Revenue of {cell_3_region} was {cell_3_revenue} ({cell_3_day}).",
            "Revenue of {cell_3_id} was {cell_3_revenue}.",
            "Revenue of {label_1_name_revenue} was {label_1_revenue}.",
        )
    }

    assert list(told.values()) == [
        "{cell_3_revenue} needs the names that tell its row from the others",
        "{cell_3_revenue} needs the names that tell its row from the others",
        "",
        "",
        "",
    ]


def test_no_false_sentence_about_regions_is_accepted():
    """Amounts, shares, ranks and changes of one region never pass for those of another."""
    accepted, false = judged(SHOP, shop_patterns("revenue"))

    assert false == []
    assert accepted > 50


def test_no_false_sentence_about_periods_is_accepted():
    """Values and changes of one period never pass for those of another."""
    accepted, false = judged(MONTHS, month_patterns())

    assert false == []
    assert accepted > 30
