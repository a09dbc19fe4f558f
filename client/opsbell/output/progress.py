"""Progress read from whatever a command prints. Pure: bytes in, percent out."""

from __future__ import annotations

import re

# What ends a number before `%`: not a part of a word, a version or a negative number.
NUMBER = re.compile(rb"(?:^|[^\w.,%-]|\x1b\[[0-9;?]*[A-Za-z])(\d{1,3})(?:[.,]\d{1,6})?[ ]?\Z")
NUMBER_BYTES = 32
MARK = b"::progress"
MARKED = re.compile(rb"[\r\n]::progress[ \t]+(\d{1,3})(?:\.\d{1,6})?[ \t]*%?[ \t]*[\r\n]")
MARKED_BYTES = 64
# A chunk full of percent signs that mean nothing is given up on.
MAX_LOOKS = 50
WORD = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_%"


class ProgressParser:
    """
    Finds `37%`, as tqdm, curl, pip and make print it, and lines `::progress 37`.

    Chunks may be split anywhere. Once a `::progress` line has been seen, other
    percentages are no longer taken for progress.
    """

    def __init__(self) -> None:
        # A stream begins at the beginning of a line.
        self._rest = b"\n"
        self.is_explicit = False

    def feed(self, chunk: bytes) -> int | None:
        """Return the newest percentage that *chunk* completes, or None."""
        text = self._rest + chunk
        fresh = len(self._rest)
        self._rest = self._remembered(text)
        marked = _last_marked(text, fresh)
        if marked is not None:
            self.is_explicit = True
            return marked
        return None if self.is_explicit else _last_percent(text, fresh)

    @staticmethod
    def _remembered(text: bytes) -> bytes:
        line_at = max(text.rfind(b"\n"), text.rfind(b"\r"))
        return text[max(line_at, len(text) - MARKED_BYTES) :]


def _last_marked(text: bytes, fresh: int) -> int | None:
    end = len(text)
    for _ in range(MAX_LOOKS):
        at = text.rfind(MARK, 0, end)
        if at < 1:
            return None
        match = MARKED.match(text, at - 1)
        # Ending in what was there before, it has been reported already.
        if match and match.end() > fresh and int(match[1]) <= 100:
            return int(match[1])
        end = at
    return None


def _last_percent(text: bytes, fresh: int) -> int | None:
    end = len(text)
    for _ in range(MAX_LOOKS):
        at = text.rfind(b"%", fresh, end)
        if at < 0:
            return None
        match = NUMBER.search(text[max(0, at - NUMBER_BYTES) : at])
        if match and text[at + 1 : at + 2] not in WORD_BYTES and int(match[1]) <= 100:
            return int(match[1])
        end = at
    return None


WORD_BYTES = frozenset(bytes([code]) for code in WORD)
