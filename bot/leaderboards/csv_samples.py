"""CSV as spreadsheets write it: with a mark at the start, semicolons, decimal commas. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from functools import partial

from bot.config_sections.leaderboards import Leaderboard
from bot.errors import FieldProblem, InvalidError, nothing_changed
from bot.leaderboards.samples import RawSample, ReadNumber, names_of, within_limits
from bot.suggestions import did_you_mean

_SEPARATORS = ",;\t"
_BYTE_ORDER_MARK = "\ufeff"
_CSV_NUMBER = re.compile(r"[+-]?[0-9]{1,16}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]{1,16},[0-9]{1,15}")
_NO_UTF8 = "this is not UTF-8: save it as CSV UTF-8"
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+")


def from_csv(board: Leaderboard, text: str) -> tuple[list[RawSample], ReadNumber]:
    """
    Return the samples of *text*, and how its numbers are read.

    Lone halves of surrogate pairs stand for bytes that are no UTF-8. Raises `InvalidError` naming
    the line where this is no table.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    header = text.lstrip().partition("\n")[0]
    _require_utf8(text, header)
    text = text.replace("\0", "")
    separator = max(_SEPARATORS, key=header.count)
    lines = _lines(text, separator)
    first, cells = next(lines, (1, []))
    if not cells:
        raise _refused("line 1", f"the file is empty; its header needs a column `{board.subject}`")
    names = _header(board, first, cells)
    found = [_sample(names, number, cells) for number, cells in lines]
    if not found:
        raise _refused(f"line {first + 1}", "there are no samples below the header")
    return found, partial(_csv_number, has_commas=separator != ",")


def _require_utf8(text: str, header: str) -> None:
    if "\0" in header:  # Each other byte of UTF-16.
        raise _refused("line 1", _NO_UTF8)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise _refused(f"line {line}", _NO_UTF8) from error


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every line that says something, with the number that it begins at."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _refused(f"line {begins}", f"this cannot be read as CSV: {error}") from error


def _header(board: Leaderboard, line: int, cells: list[str]) -> list[str]:
    known = names_of(board)
    names = [cell if cell in known else cell.lower() for cell in cells]
    problems = [
        FieldProblem(
            f"line {line}, {name[:40] or 'empty'}", f"unknown column{did_you_mean(name, known)}"
        )
        for name in names
        if name not in known
    ]
    fields = [known[name] for name in names if name in known]
    twice = {field for field in fields if fields.count(field) > 1}
    problems += [
        FieldProblem(f"line {line}, {name}", "this column is there twice") for name in twice
    ]
    if "subject" not in fields:
        fix = f"the header needs a column `{board.subject}`"
        problems.append(FieldProblem(f"line {line}, {board.subject}", fix))
    if problems:
        raise InvalidError(nothing_changed(problems, len(problems)), problems)
    return fields


def _sample(names: list[str], line: int, cells: list[str]) -> RawSample:
    if len(cells) != len(names):
        fix = f"has {len(cells)} cells, the header has {len(names)}"
        raise _refused(f"line {line}", fix)
    return RawSample(f"line {line}", dict(zip(names, cells, strict=True)), is_line=True)


def _csv_number(text: str, *, has_commas: bool) -> float | None:
    """Return the number in a cell; *has_commas*: decimal commas may stand in this file."""
    if not text:
        return None
    if has_commas and _DECIMAL_COMMA.fullmatch(text):
        return within_limits(float(text.replace(",", ".")))
    if has_commas and _THOUSANDS.fullmatch(text):
        raise ValueError("the point may separate thousands or decimals: leave it out")
    if _CSV_NUMBER.fullmatch(text):
        return within_limits(float(text))
    fix = "must be a number such as 1234.5, without currency signs or thousands separators"
    if _DECIMAL_COMMA.fullmatch(text):
        fix = "write a decimal point, or separate the columns with semicolons"
    raise ValueError(fix)


def _refused(place: str, fix: str) -> InvalidError:
    problem = FieldProblem(place, fix)
    return InvalidError(nothing_changed([problem], 1), [problem])
