"""How the cells of a result are shown to people, in one line each."""

from datetime import date, datetime, time
from decimal import Decimal

from bot.messages.rendering.escaping import LOOK_ALIKE_COLON, clean
from bot.reports.figures.arithmetic import Number, exact_number, magnitude, show_number
from bot.reports.figures.columns import Measure
from bot.sources.result import Cell

NAME_CHARACTERS = 80
MISSING_WORDS = "no value"
#: From here on one digit behind the point would be rounded to 100 %.
_NEARLY_ALL = Decimal("99.95")


def show_cell(cell: Cell, measure: Measure | None = None) -> str:
    """Return a cell as text; only numbers of a measure are rounded and have a unit."""
    number = exact_number(cell)
    if measure is not None and number is not None:
        return show_number(number, measure.places, measure.unit)
    match cell:
        case None:
            return MISSING_WORDS
        case bool():
            return "yes" if cell else "no"
        case str():
            return show_name(cell)
        case datetime():
            return _show_time(cell)
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def show_period(cell: Cell, grain: str, *, has_times: bool = False) -> str:
    """
    Return the name of a period: `2026-11` for the month that begins on its first day.

    Beside other times of the day, *has_times*, midnight is one, and no whole day.
    """
    if has_times and isinstance(cell, datetime):
        return _show_time(cell, has_times=True)
    if not isinstance(cell, date) or cell.day != 1 or (isinstance(cell, datetime) and cell.hour):
        return show_cell(cell)
    names = {
        "month": f"{cell:%Y-%m}",
        "quarter": f"{cell.year:04}-Q{(cell.month + 2) // 3}",
        "year": f"{cell.year:04}",
    }
    return names.get(grain, show_cell(cell))


def show_name(text: str) -> str:
    """
    Return text of a cell in one line of at most 80 characters.

    Addresses stay readable, but nothing makes links of them.
    """
    line = " ".join(clean(text).split())
    if len(line) > NAME_CHARACTERS:
        line = f"{line[: NAME_CHARACTERS - 1].rstrip()}…"
    return (line or "(empty)").replace("://", f"{LOOK_ALIKE_COLON}//").replace("mailto:", "mailto ")


def show_percent(number: Number, *, is_signed: bool = False) -> str:
    """
    Return a percentage with one digit behind the point, or none if it is a large one.

    What is not all is never shown as 100 %.
    """
    if _NEARLY_ALL <= magnitude(number) < 100:
        number = Decimal("99.9") if number > 0 else Decimal("-99.9")
    return show_number(number, 0 if magnitude(number) >= 1_000 else 1, "%", is_signed=is_signed)


def _show_time(moment: datetime, *, has_times: bool = False) -> str:
    if (
        not has_times
        and moment.tzinfo is None
        and not (moment.hour or moment.minute or moment.second)
    ):
        return moment.date().isoformat()
    pattern = "%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M"
    zone = moment.strftime("%z") if moment.tzinfo else ""
    return f"{moment.strftime(pattern)}{' UTC' if zone == '+0000' else zone and f' {zone}'}"
