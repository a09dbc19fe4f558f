"""The end of what a command printed, as a person would have seen it on a terminal."""

from __future__ import annotations

import re
from collections import deque

KEPT_BYTES = 16384
MAX_LINES = 40
MAX_LINE_BYTES = 4096
LINES_PER_CHUNK = 200
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
LEVEL = re.compile(r"\b(debug|info|warn|warning|error|critical|fatal)\b", re.IGNORECASE)
LEVEL_CHARS = 80
MARK = "::progress"
SAME_LEVEL = {"warn": "warning", "fatal": "critical"}


class Tail:
    """Keeps the last bytes of a stream, however much goes by."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take what was printed, and forget what is too old."""
        chunk = chunk[-KEPT_BYTES:]
        self._chunks.append(chunk)
        self._size += len(chunk)
        while self._size - len(self._chunks[0]) >= KEPT_BYTES:
            self._size -= len(self._chunks.popleft())

    def lines(self) -> list[str]:
        """Return the last lines that say something, without colours and overwritten text."""
        kept = b"".join(self._chunks)[-KEPT_BYTES:]
        shown = [shown_line(line) for line in kept.split(b"\n")]
        # How far it was is shown already; here it would push out what went wrong.
        return [line for line in shown if line and not line.startswith(MARK)][-MAX_LINES:]


class Lines:
    """Cuts a stream into lines; of a flood only the newest are handed out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[str]:
        """Return the lines that *chunk* completes."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        self._rest = rest[-MAX_LINE_BYTES:]
        shown = [shown_line(line) for line in lines[-LINES_PER_CHUNK:]]
        return [line for line in shown if line]

    def end(self) -> list[str]:
        """Return the last line if nothing ended it."""
        return self.feed(b"\n")


def shown_line(line: bytes) -> str:
    """Return what a terminal would show of *line* after its carriage returns."""
    last = line[-MAX_LINE_BYTES:].rstrip(b"\r\n").rpartition(b"\r")[2]
    text = ESCAPES.sub("", last.decode("utf-8", "replace"))
    return "".join(char if char >= " " or char == "\t" else "" for char in text).rstrip()


def level_of(line: str, default: str) -> str:
    """Return the level a log line names near its beginning, else *default*."""
    match = LEVEL.search(line[:LEVEL_CHARS])
    if match is None:
        return default
    word = match[1].lower()
    return SAME_LEVEL.get(word, word)
