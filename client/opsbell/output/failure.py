"""What a failed command's outputs say about the failure."""

from __future__ import annotations

import re

from opsbell.outcome import MAX_ERROR_CHARS, shortened
from opsbell.values.masking import mask

from .levels import CONTINUATION, Levels, written_level

MAX_LINES = 40
MAX_HEADLINE_CHARS = 300
# How far it was is shown already; here it would push out what went wrong.
MARK = "::progress"
STANDARD_ERROR, STANDARD_OUTPUT = "standard error:", "standard output:"

FAILURE = re.compile(r"FAIL(?:ED|URE)?\b|Error|ERROR|FATAL|Exception\b|[✗✘✖❌]")
NO_FAILURE = re.compile(
    r"\b(?:0|no) (?:errors?|failures?|failed)\b|\b(?:errors?|fail\w*)[:=] ?0\b", re.IGNORECASE
)
# What tools say after the reason, or beside it.
ASIDE = re.compile(
    r"note: |hint: |Node\.js v\d|exit status \d+$|make(?:\[\d+\])?: |\(Use `node --trace"
    r"|npm (?:ERR!|error) A complete log|stack backtrace:"
    r"|=* ?\d+ (?:failed|passed|errors?|skipped)\b.* in \d"
    # How far it was: `100%`, `[####] 40 %`, `Epoch 3:  40%|███▍    | 2/5`.
    r"|[^\w%]{0,200}\d{1,3}(?:\.\d{1,3})? ?%[^\w%]*$|[^%|]{0,60}\d{1,3}%\|[^|]*\|"
)


def failure_text(summary: str, both: list[str], err: list[str], out: list[str]) -> str:
    """
    Return *summary* with the line that says most, then the ends of the outputs.

    *both* are the lines of outputs that led to one place. Two outputs are told
    apart, standard error first, and share the room.
    """
    both, err, out = (_told(lines) for lines in (both, err, out))
    line = headline(err + both, out)
    if not line:
        return summary
    first = f"{summary}: {line[:MAX_HEADLINE_CHARS]}"
    if err and out:
        return shortened(first, _sections(err, out, MAX_ERROR_CHARS - len(first) - 1))
    lines = both or err or out
    is_told = lines[-1] == line and len(line) <= MAX_HEADLINE_CHARS
    return shortened(first, "\n".join(lines[:-1] if is_told else lines))


def headline(err: list[str], out: list[str]) -> str:
    """
    Return the line that is most likely to be the reason, or "" if there are none.

    The last of standard error that is no warning and no remark, else the last of
    standard output that looks like a failure, else the last.
    """
    reasons = _reasons(err)
    if reasons:
        return reasons[-1]
    failures = [
        line for line in _reasons(out) if FAILURE.search(line) and not NO_FAILURE.search(line)
    ]
    others = failures or _reasons(out) or out or err
    return others[-1].strip() if others else ""


def _told(lines: list[str]) -> list[str]:
    lines = [line for line in lines if not line.startswith(MARK)][-MAX_LINES:]
    # More than is shown, because the first word of a text that is cut may be half a secret.
    return mask("\n".join(lines)[-4 * MAX_ERROR_CHARS :]).split("\n") if lines else []


def _reasons(lines: list[str]) -> list[str]:
    levels = Levels()
    leveled = [pair for line in lines for pair in levels.read(line)] + levels.end()
    return [
        line
        for level, line in leveled
        if level not in ("warning", "debug")
        and written_level(line) not in ("info", "debug")
        and not ASIDE.match(line)
        and (line.startswith("Caused by:") or not CONTINUATION.match(line))
    ]


def _sections(err: list[str], out: list[str], room: int) -> str:
    texts = ["\n".join(err), "\n".join(out)]
    room -= len(STANDARD_ERROR) + len(STANDARD_OUTPUT) + 3
    half = room // 2
    errors = _end(texts[0], max(half, room - len(texts[1])))
    outputs = _end(texts[1], max(half, room - len(texts[0])))
    return "\n".join((STANDARD_ERROR, errors, STANDARD_OUTPUT, outputs))


def _end(text: str, room: int) -> str:
    return text if len(text) <= room else "…" + text[len(text) - room + 1 :]
