"""What a command printed, as a person would have seen it on a terminal."""

from __future__ import annotations

import codecs
import re

from .sequences import beginning_of_unfinished, with_controls, without_sequences
from .terminal import COLUMNS, ROWS, Row, Terminal

MAX_SEQUENCE_CHARS = 65536
SKIPPED_BYTES = 16384
BYTES_PER_STEP = 16
# A row may still change until this long after its last change.
SETTLED_SECONDS = 0.9
# So long after the cursor went up, as many rows as it went are expected to be drawn again.
REDRAW_SECONDS = 10.0
LOOK_SECONDS = 0.2

SWITCH = b"\x1b[?"  # Perhaps to the alternate screen.
COLOUR = re.compile(rb"\x1b\[[0-9;:]*m")
# Bytes that neither move the cursor nor belong to a sequence, and those that do either.
IGNORED = bytes([*range(7), *range(14, 27), *range(28, 32), 127])
CONTROLS = bytes([7, 8, 11, 12, 13, 27])


class Budget:
    """How much drawing is affordable: a burst at once, then a tenth of a processor."""

    BURST = 200_000.0
    PER_SECOND = 60_000.0

    def __init__(self) -> None:
        self._left = self.BURST
        self._at: float | None = None

    def affords(self, steps: int, now: float) -> bool:
        """Take *steps* off what is there at *now*, or return False."""
        gained = (now - self._at) * self.PER_SECOND if self._at is not None else 0.0
        self._left = min(self.BURST, self._left + max(0.0, gained))
        self._at = now
        if steps > self._left:
            return False
        self._left -= steps
        return True


class Screen:
    """
    Reads a stream into a terminal of *window_rows* rows (None: nobody knows how many).

    Times are seconds of any one clock. With *collects* it also hands out the
    lines that will not be drawn again. Of a flood only the newest are kept.
    """

    def __init__(self, window_rows: int | None = None, *, collects: bool = False) -> None:
        self._terminal = Terminal(window_rows, self._scrolled_off)
        self._collects = collects
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._pending = ""
        self._skipped = b""
        self._budget = Budget()
        self._settled: list[str] = []
        self._looked_at = float("-inf")

    def feed(self, chunk: bytes, now: float = 0.0) -> None:
        """Draw what was printed at *now*. Chunks may be split anywhere."""
        self._terminal.now = now
        chunk = chunk.translate(None, IGNORED)
        if chunk.count(b"\n") > ROWS:
            if self._is_inside():
                first, newline, chunk = chunk.partition(b"\n")
                self._draw(first + newline)
            chunk = self._take_plain(chunk)
        moves = len(chunk) - len(chunk.translate(None, CONTROLS + b"\n"))
        if self._budget.affords(moves + len(chunk) // BYTES_PER_STEP, now):
            self._catch_up()
            self._draw(chunk)
        else:
            self._skipped = (self._skipped + chunk)[-SKIPPED_BYTES:]

    def lines(self) -> list[str]:
        """Return what stands on the screen, without empty lines and spaces at the ends."""
        self._catch_up()
        return [text for text in (row.text.rstrip() for row in self._terminal.rows) if text]

    def settled(self, now: float) -> list[str]:
        """Return the lines that are new and will, as it seems, not be drawn again."""
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._catch_up()
            terminal = self._terminal
            if now - terminal.climbed_at > REDRAW_SECONDS:
                terminal.climbed = 0
            if not terminal.is_alternate:
                self._collect(terminal.row - terminal.climbed, now - SETTLED_SECONDS)
        return self._handed_out()

    def end(self) -> list[str]:
        """Return the lines that were not handed out yet: nothing more will be drawn."""
        self._catch_up()
        self._collect(len(self._terminal.rows), float("inf"))
        return self._handed_out()

    def _handed_out(self) -> list[str]:
        settled, self._settled = self._settled, []
        return settled[-ROWS:]

    def _collect(self, end: int, before: float) -> None:
        for row in self._terminal.rows[: max(0, end)]:
            if row.changed_at > before:
                return
            self._scrolled_off(row)

    def _scrolled_off(self, row: Row) -> None:
        text = row.text.rstrip()
        if self._collects and text and text != row.said:
            row.said = text
            self._settled.append(text)

    def _is_inside(self) -> bool:
        """Whether the stream stands in the middle of a line, a character or a sequence."""
        return bool(self._pending or self._decoder.getstate()[0] or self._terminal.column)

    def _catch_up(self) -> None:
        skipped, self._skipped = self._skipped, b""
        if skipped:
            self._decoder.reset()
            self._pending = ""
            self._draw(b"\n" + (skipped.partition(b"\n")[2] or skipped))

    def _take_plain(self, chunk: bytes) -> bytes:
        """
        Take the last lines of a *chunk* that holds nothing else for the whole screen.

        Returns what is left to be drawn. This is how a flood costs hardly anything.
        """
        end = chunk.rfind(b"\n") + 1
        _, *lines = chunk[: end - 1].rsplit(b"\n", ROWS - 1)
        body = COLOUR.sub(b"", b"\n".join(lines).replace(b"\r\n", b"\n").rstrip(b"\r"))
        is_plain = len(body) == len(body.translate(None, CONTROLS))
        if len(lines) < ROWS - 1 or not is_plain:
            return chunk
        if self._is_inside() or self._terminal.is_alternate or SWITCH in chunk:
            return chunk
        self._skipped = b""
        for row in self._terminal.rows:
            self._scrolled_off(row)
        now = self._terminal.now
        text = without_sequences(with_controls(body.decode("utf-8", "surrogateescape")))
        rows = [Row(line[:COLUMNS], now) for line in text.split("\n")]
        self._terminal.replace([*rows, Row("", now)])
        return chunk[end:]

    def _draw(self, chunk: bytes) -> None:
        text = self._pending + with_controls(self._decoder.decode(chunk))
        at = beginning_of_unfinished(text)
        self._terminal.draw(text[:at])
        self._pending = text[at:]
        if len(self._pending) > MAX_SEQUENCE_CHARS:
            self._pending = self._pending[:2]  # Still inside, but nobody needs what it says.
