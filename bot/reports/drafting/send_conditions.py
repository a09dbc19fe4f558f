"""`send_if`: a name of the result compared with a constant. Pure."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.sources.result import Cell, ResultTable
from bot.suggestions import did_you_mean

#: The name that stands for the number of rows, unless a column is called so.
ROWS = "rows"
MAX_SEND_IF_CHARACTERS = 300
_HINT = (
    "write a name, a comparison and a constant, such as `total > 10`, `status = 'late'` "
    "or `rows > 0`"
)
_CONDITION = re.compile(
    r"""\s*(?P<name>[^\W\d]\w*|"[^"]+"|`[^`]+`)
        \s*(?P<comparison><=|>=|<>|!=|==|=|<|>)
        \s*(?P<constant>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?|'[^']*'|"[^"]*")
        \s*""",
    re.VERBOSE,
)
_MAX_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class _Comparison:
    """An operator, and what is said where it does not hold."""

    holds: Callable[[Any, Any], bool]
    otherwise: str


_COMPARISONS: Mapping[str, _Comparison] = {
    ">": _Comparison(operator.gt, "not above"),
    ">=": _Comparison(operator.ge, "below"),
    "<": _Comparison(operator.lt, "not below"),
    "<=": _Comparison(operator.le, "above"),
    "=": _Comparison(operator.eq, "not"),
    "<>": _Comparison(operator.ne, "exactly"),
}
_OTHER_SPELLINGS = {"==": "=", "!=": "<>"}


@dataclass(frozen=True)
class Condition:
    """A value of the first row, or the number of rows, against a constant."""

    name: str
    comparison: str
    constant: Decimal | str


def parse_condition(text: str) -> Condition:
    """Return the condition; raise `ValueError` with the fix."""
    match = _CONDITION.fullmatch(text) if len(text) <= MAX_SEND_IF_CHARACTERS else None
    if match is None:
        raise ValueError(_HINT)
    name, written = match["name"].strip('"`'), match["constant"]
    comparison = _OTHER_SPELLINGS.get(match["comparison"], match["comparison"])
    constant = written[1:-1] if written[0] in "'\"" else Decimal(written)
    if isinstance(constant, str) and comparison not in ("=", "<>"):
        raise ValueError("a text can only be compared with = or <>")
    return Condition(name, comparison, constant)


def why_not(condition: Condition, table: ResultTable) -> str | None:
    """
    Return why the report is not sent, as a sentence for people; None: the condition holds.

    The first row is compared. No row and NULL are neither above nor below anything. Raises
    `ValueError` with the fix if the result has no such column, or one of another kind.
    """
    found = _compared_cell(condition, table)
    shown_constant = _shown_constant(condition.constant)
    if found is None:
        return f"{condition.name} has no value, which is neither above nor below {shown_constant}"
    value = _comparable(condition, found)
    comparison = _COMPARISONS[condition.comparison]
    if comparison.holds(value, condition.constant):
        return None
    is_number = isinstance(value, Decimal)
    shown_value = "" if condition.comparison == "<>" else f"{_shown_constant(value)}, "
    middle = comparison.otherwise
    sentence = f"{condition.name} is {shown_value}{middle} {shown_constant}"
    return sentence if is_number else sentence.replace("exactly ", "")


def _compared_cell(condition: Condition, table: ResultTable) -> Cell:
    wanted = condition.name.casefold()
    matching = [number for number, one in enumerate(table.columns) if one.name.casefold() == wanted]
    if len(matching) > 1:
        raise ValueError(f"two columns are called `{condition.name}`: give one another name")
    if matching:
        return table.rows[0][matching[0]] if table.rows else None
    if wanted == ROWS:
        return len(table.rows)
    known = [one.name for one in table.columns]
    raise ValueError(
        f"the result has no column `{condition.name}`{did_you_mean(condition.name, [*known, ROWS])}"
    )


def _comparable(condition: Condition, found: Cell) -> Decimal | str:
    """Return the cell as the kind of value that the constant is."""
    if isinstance(condition.constant, str):
        return found if isinstance(found, str) else _text_of_cell(found)
    if isinstance(found, bool):
        return Decimal(int(found))
    if isinstance(found, int | Decimal):
        return Decimal(found)
    if isinstance(found, float | str):
        try:
            number = Decimal(repr(found) if isinstance(found, float) else found.strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
    raise ValueError(
        f"`{condition.name}` is {_shown_constant(_text_of_cell(found))}, which is no number"
    )


def _text_of_cell(found: Cell) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)


def _shown_constant(value: Decimal | str) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 20 else str(value)
    shown = value if len(value) <= _MAX_SHOWN_CHARACTERS else f"{value[:_MAX_SHOWN_CHARACTERS]}…"
    return f"`{shown}`"
