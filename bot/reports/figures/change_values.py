"""A change as values: signed and as a size, in its unit and in percent, or in words."""

from bot.reports.figures.arithmetic import (
    Number,
    change_between,
    magnitude,
    percentage_of,
    show_number,
)
from bot.reports.figures.cell_text import show_percent
from bot.reports.figures.columns import Measure
from bot.reports.figures.value_book import NO_TAGS, ValueBook
from bot.reports.figures.values import Value, ValueKind


def add_change(
    book: ValueBook,
    name: str,
    new: Number | None,
    old: Number | None,
    measure: Measure,
    *,
    origin: str,
    subjects: frozenset[str] = NO_TAGS,
    tags: frozenset[str] = NO_TAGS,
    needs: frozenset[str] = NO_TAGS,
    description: str,
    why: str = "",
) -> None:
    """
    Keep a change four times: signed and as a size, in the measure's unit and in percent.

    What cannot be compared is words: against nothing both, against zero or less the percentage.
    *why* says why there is nothing to compare at all. Percentages differ by percentage points.
    """
    change = None if new is None or old is None or why else change_between(new, old)
    direction = frozenset({_direction(change)} if change is not None else ())
    why = why or _why_not(new, old)
    percent = None if why or change is None or old is None else percentage_of(change, old)
    for prefix, is_percent, is_signed in (
        ("", False, True),
        ("size_of_", False, False),
        ("percent_", True, True),
        ("percent_size_of_", True, False),
    ):
        number = percent if is_percent else change
        kind = ValueKind.PERCENT if is_percent else ValueKind.CHANGE
        exact = number if number is None or is_signed else magnitude(number)
        if exact is None:
            kind, text = ValueKind.WORDS, f"not comparable: {why}"
        elif is_percent:
            text = show_percent(exact, is_signed=is_signed)
        else:
            text = show_number(
                exact, measure.places, _unit_of_change(measure, exact), is_signed=is_signed
            )
        says = needs | ({"change"} if is_signed or exact is None else {"direction"})
        book.add(
            Value(
                f"{prefix}{name}",
                kind,
                exact,
                text,
                f"{origin}{', in percent' if is_percent else ''}",
                description,
                measure.index,
                subjects,
                tags | {"change"} | (direction if exact is not None else NO_TAGS),
                says,
            )
        )


def _unit_of_change(measure: Measure, change: Number) -> str | None:
    if measure.unit != "%":
        return measure.unit
    return "percentage point" if magnitude(change) == 1 else "percentage points"


def _why_not(new: Number | None, old: Number | None) -> str:
    """Return why there is no percentage; empty if there is one."""
    if old is None:
        return "there was no value before"
    if new is None:
        return "there is no value now"
    return "it was 0" if old == 0 else "it was below 0" if old < 0 else ""


def _direction(change: Number) -> str:
    return "up" if change > 0 else "down" if change < 0 else "same"
