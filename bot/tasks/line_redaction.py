"""Masks secrets in log lines, even one that is split over two lines or two calls."""

import re
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.redaction import JWT, MASK, SLACK, known_secrets, redact

#: What is remembered of the call before, and of how many tasks.
_REMEMBERED_CHARACTERS = 4_000
REMEMBERED_TASKS = 1_000
#: The beginning of a known secret at the end of a call is masked if it is at least so long.
_SHORTEST_BEGINNING = 8
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_KEY_ENDS = re.compile(r"-----END [A-Z ]*-----")
#: What follows half a token: more of it, and not the first word of another line.
_CONTINUED = re.compile(r"(?=[^\s]{0,200}[\d.-])[\w.-]+|[\w.-]{20,}")


@dataclass
class _Remembered:
    """The end of a task's last lines, which the next lines may continue."""

    text: str = ""
    is_in_key: bool = False


class LineRedactor:
    """Redacts the lines of many tasks; its memory of them is bounded."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[Hashable, _Remembered] = OrderedDict()

    def redact(self, key: Hashable, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the next lines of the task *key*, each with its `text` masked."""
        task = self._tasks.pop(key, None) or _Remembered()
        self._tasks[key] = task
        if len(self._tasks) > REMEMBERED_TASKS:
            self._tasks.popitem(last=False)
        texts = [str(line.get("text", "")) for line in lines]
        return [
            {**line, "text": text} for line, text in zip(lines, _masked(task, texts), strict=True)
        ]


def _masked(task: _Remembered, texts: list[str]) -> list[str]:
    spans = _split_secrets(task.text, texts)
    task.text = "".join([task.text, *texts])[-_REMEMBERED_CHARACTERS:]
    return [_masked_line(task, text, own) for text, own in zip(texts, spans, strict=True)]


def _masked_line(task: _Remembered, text: str, spans: list[tuple[int, int]]) -> str:
    was_in_key = task.is_in_key
    begins, ends = _KEY_BEGINS.search(text), _KEY_ENDS.search(text)
    if begins:
        task.is_in_key = not _KEY_ENDS.search(text, begins.end())
    elif ends:
        task.is_in_key = False
    if was_in_key and not begins:
        return MASK + redact(text[ends.end() :]) if ends else MASK
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + MASK + text[end:]
    return redact(text)


def _split_secrets(before: str, texts: list[str]) -> list[list[tuple[int, int]]]:
    """Return the positions of parts of secrets that continue over a line end, for each text."""
    whole = "".join([before, *texts])
    bounds = [len(before)]
    for text in texts:
        bounds.append(bounds[-1] + len(text))
    found = [*_known_spans(whole), *_token_spans(whole, bounds)]
    spans: list[list[tuple[int, int]]] = []
    for start, end in pairwise(bounds):
        crossing = [(a, b) for a, b in found if a < end and b > start and not start <= a < b <= end]
        parts = [(max(a, start) - start, min(b, end) - start) for a, b in crossing]
        spans.append(_merged(parts))
    return spans


def _known_spans(whole: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for secret in known_secrets():
        at = whole.find(secret)
        while at >= 0:
            spans.append((at, at + len(secret)))
            at = whole.find(secret, at + 1)
        for length in range(min(len(secret) - 1, len(whole)), _SHORTEST_BEGINNING - 1, -1):
            if whole.endswith(secret[:length]):
                # Half of it; the end lies behind all that is there, so that it counts as crossing.
                spans.append((len(whole) - length, len(whole) + 1))
                break
    return spans


def _token_spans(whole: str, bounds: list[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for shape in (SLACK, JWT):
        for match in shape.finditer(whole):
            crossed = [at for at in bounds if match.start() < at < match.end()]
            if all(_CONTINUED.match(whole, at, match.end()) for at in crossed):
                spans.append(match.span())
            elif crossed:
                spans.append((match.start(), crossed[0]))
    return spans


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the same places without overlaps."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
