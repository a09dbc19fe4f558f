"""A terminal without a window: rows of text and a cursor that control sequences move."""

from __future__ import annotations

import re

from .sequences import CSI, SHORT, STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 200
COLUMNS = 4096
TAB_COLUMNS = 8
# What programs that address rows by number assume where nobody tells them.
WINDOW_ROWS = 24
ALTERNATE_SCREENS = (47, 1047, 1049)

TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    rf"|(?P<csi>{CSI})|{STRING}|(?P<short>{SHORT})|(?P<control>[\x00-\x1f\x7f-\x9f])"
)


class Row:
    """One line: its text, when it changed, and what of it was handed out."""

    __slots__ = ("changed_at", "said", "text")

    def __init__(self, text: str, changed_at: float) -> None:
        self.text = text
        self.changed_at = changed_at
        self.said = ""

    def set(self, text: str, now: float) -> None:
        """Show *text* from *now* on."""
        self.text = text[:COLUMNS]
        self.changed_at = now


class Terminal:
    """
    Remembers 200 rows of 4,096 columns, of which *window_rows* can be reached.

    None: nobody knows how large the window is, so the cursor may go up to the
    first row. Lines are not wrapped, and text after a carriage return stands
    for the whole line: what peeps out behind a shorter one says nothing.
    *scrolled_off* is told of each row that is forgotten. An alternate screen is
    drawn, too, and forgotten when left.
    """

    def __init__(self, window_rows: int | None, scrolled_off: Callable[[Row], None]) -> None:
        self._window = max(1, min(window_rows or WINDOW_ROWS, ROWS))
        self._reachable = self._window if window_rows else ROWS
        self._scrolled_off = scrolled_off
        self.now = 0.0
        self._rows = [Row("", 0.0)]
        self.row = self.column = 0
        self._returned = False
        self._saved = (0, 0)
        self._main: tuple[list[Row], int, int] | None = None
        # How far up the cursor went, and when: those rows are likely to be drawn again.
        self.climbed = 0
        self.climbed_at = 0.0

    @property
    def rows(self) -> list[Row]:
        """The rows of the main screen, also while the alternate one is shown."""
        return self._main[0] if self._main else self._rows

    @property
    def is_alternate(self) -> bool:
        """Whether the alternate screen is shown, as by editors and pagers."""
        return self._main is not None

    def replace(self, rows: list[Row]) -> None:
        """Take *rows* for all that was printed, with the cursor at the beginning of the last."""
        self._rows = rows
        self.row, self.column = len(rows) - 1, 0

    def draw(self, text: str) -> None:
        """Do what *text* says; unknown and unfinished sequences do nothing."""
        for token in TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "text":
                self._put(token[0])
            elif kind == "control":
                self._control(token[0])
            elif kind == "csi":
                self._csi(token[0])
            elif kind == "short":
                self._short(token[0])

    def leave_alternate(self) -> None:
        """Show the main screen again."""
        if self._main is not None:
            self._rows, self.row, self.column = self._main
            self._main = None

    def _put(self, text: str) -> None:
        column, text = self.column, text[: COLUMNS - self.column]
        self.column += len(text)
        row = self._rows[self.row]
        rest = "" if self._returned else row.text[self.column :]
        self._returned = False
        row.set(row.text[:column].ljust(column) + text + rest, self.now)

    def _control(self, char: str) -> None:
        if char in "\n\x0b\x0c\x84\x85":
            self._new_line()
        elif char == "\r":
            self.column = 0
            self._returned = True
        elif char == "\b":
            self.column = max(0, self.column - 1)
        elif char == "\t":
            self._tab()
        elif char == "\x8d":
            self._move(-1, 0)

    def _tab(self) -> None:
        if self.column < len(self._rows[self.row].text):
            self.column += TAB_COLUMNS - self.column % TAB_COLUMNS
        elif self.column < COLUMNS:
            self._put("\t")  # Kept as it is: whoever reads the text indents it as usual.

    def _new_line(self) -> None:
        self.column, self._returned = 0, False
        self.row += 1
        if self.row == len(self._rows):
            self._rows.append(Row("", self.now))
        if len(self._rows) > ROWS:
            gone = self._rows.pop(0)
            self.row -= 1
            if self._main is None:
                self._scrolled_off(gone)

    def _short(self, sequence: str) -> None:
        final = sequence[1:]
        if final == "7":
            self._save()
        elif final == "8":
            self._restore()
        elif final == "M":
            self._move(-1, 0)
        elif final in ("D", "E"):
            self._new_line()
        elif final == "c":
            self._erase_rows(self._top(), len(self._rows))
            self._go(self._top(), 0)

    def _csi(self, sequence: str) -> None:
        body = sequence.lstrip("\x1b\x9b[")
        final, words = body[-1:], body[:-1].lstrip("<=>?").split(";")
        numbers = [int(word[:6]) if word.isdigit() else 0 for word in words]
        if body[:1] == "?" and numbers[0] in ALTERNATE_SCREENS:
            self._switch(final)
        elif body[:1] not in ("<", "=", ">", "?") and " " not in body and final in ACTIONS:
            ACTIONS[final](self, numbers)

    def _switch(self, final: str) -> None:
        if final == "h" and self._main is None:
            self._main = (self._rows, self.row, self.column)
            self._rows, self.row, self.column = [Row("", self.now)], 0, 0
        elif final == "l":
            self.leave_alternate()

    def _top(self) -> int:
        """Return the first row of the window."""
        return max(0, len(self._rows) - self._window)

    def _move(self, down: int, right: int) -> None:
        self._go(max(self.row + down, len(self._rows) - self._reachable), self.column + right)

    def _go(self, row: int, column: int) -> None:
        row = max(0, min(row, max(self._top() + self._window, len(self._rows)) - 1))
        while row >= len(self._rows):
            self._rows.append(Row("", self.now))
        if row < self.row:
            self.climbed = max(self.climbed, self.row - row)
            self.climbed_at = self.now
        self._returned = self._returned and column == self.column == 0
        self.row, self.column = row, max(0, min(column, COLUMNS - 1))

    def _address(self, numbers: list[int]) -> None:
        row, column = [*numbers, 1][:2]
        self._go(self._top() + max(1, row) - 1, max(1, column) - 1)

    def _save(self) -> None:
        self._saved = (self.row, self.column)

    def _restore(self) -> None:
        self._go(*self._saved)

    def _erase_rows(self, start: int, end: int) -> None:
        for row in self._rows[start:end]:
            row.set("", self.now)

    def _erase_display(self, numbers: list[int]) -> None:
        if numbers[0] == 0:
            self._erase_line([0])
            self._erase_rows(self.row + 1, len(self._rows))
        elif numbers[0] == 1:
            self._erase_line([1])
            self._erase_rows(self._top(), self.row)
        elif numbers[0] == 2:
            self._erase_rows(self._top(), len(self._rows))

    def _erase_line(self, numbers: list[int]) -> None:
        row, column = self._rows[self.row], self.column
        if numbers[0] == 0:
            row.set(row.text[:column], self.now)
        elif numbers[0] == 1:
            row.set(" " * (column + 1) + row.text[column + 1 :], self.now)
        elif numbers[0] == 2:
            row.set("", self.now)

    def _shift(self, deleted: int, inserted: int) -> None:
        row, column = self._rows[self.row], self.column
        before, after = row.text[:column].ljust(column), row.text[column + deleted :]
        row.set(before + " " * inserted + after, self.now)


def _count(numbers: list[int]) -> int:
    return max(1, min(numbers[0], COLUMNS))


ACTIONS: dict[str, Callable[[Terminal, list[int]], None]] = {
    "A": lambda terminal, numbers: terminal._move(-_count(numbers), 0),
    "B": lambda terminal, numbers: terminal._move(_count(numbers), 0),
    "C": lambda terminal, numbers: terminal._move(0, _count(numbers)),
    "D": lambda terminal, numbers: terminal._move(0, -_count(numbers)),
    "E": lambda terminal, numbers: terminal._move(_count(numbers), -COLUMNS),
    "F": lambda terminal, numbers: terminal._move(-_count(numbers), -COLUMNS),
    "G": lambda terminal, numbers: terminal._go(terminal.row, _count(numbers) - 1),
    "`": lambda terminal, numbers: terminal._go(terminal.row, _count(numbers) - 1),
    "d": lambda terminal, numbers: terminal._address([numbers[0], terminal.column + 1]),
    "H": Terminal._address,
    "f": Terminal._address,
    "J": Terminal._erase_display,
    "K": Terminal._erase_line,
    "P": lambda terminal, numbers: terminal._shift(_count(numbers), 0),
    "X": lambda terminal, numbers: terminal._shift(_count(numbers), _count(numbers)),
    "@": lambda terminal, numbers: terminal._shift(0, _count(numbers)),
    "s": lambda terminal, _: terminal._save(),
    "u": lambda terminal, _: terminal._restore(),
}
