"""The level of a line of output: the one a logger wrote, or that of the line it continues."""

from __future__ import annotations

import re

WORDS = {
    "debug": "trace trce trc finest finer fine debug debu dbug dbg verbose verb vrb",
    "info": "info information inf notice note log success hint help",
    "warning": "warn warning wrn",
    "error": "error erro err eror severe fail failure",
    "critical": "critical crit crt fatal fata ftl panic pnc emerg emergency alert",
}
LEVEL_OF = {word: level for level, words in WORDS.items() for word in words.split()}
# Words like any other, unless a colon follows.
LABELS = {"note", "log", "success", "hint", "help", "fail", "failure", "fine", "alert", "verb"}
SEVERE = ("warning", "error", "critical")
SYSLOG = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")
LETTERS = {"D": "debug", "V": "debug", "I": "info", "W": "warning", "E": "error", "F": "critical"}
LOOKED_AT_CHARS = 400
MAX_PREFIXES = 16
MAX_HELD = 500

_KEY = r"(?:log[._]?)?(?:@l|@?level|level_?name|lvl|severity)"
JSON_PAIR = re.compile(
    rf"""(?<!\\)["'](?:{_KEY})["']\s*:\s*(?:["']([a-z]+)["']|(\d{{1,3}})\b)""", re.IGNORECASE
)
KEY_PAIR = re.compile(rf"""(?:{_KEY})=["']?([a-z]+)\b""", re.IGNORECASE)
LATE_KEY_PAIR = re.compile(rf"""[\s,]{KEY_PAIR.pattern}""", re.IGNORECASE)

# What may stand before a level: times, hosts, threads, names of loggers, separators. They have
# a digit or a mark that prose does not have, or stand in brackets or before a separator.
BRACKETS = re.compile(
    r"\[([^\[\]]{0,120})\]|\(([^()]{0,120})\)|\{([^{}]{0,120})\}|<([^<>]{0,120})>"
)
TIME = re.compile(r"[^\s\"'`]*\d:\d\d[^\s\"'`]*")
MACHINE_WORD = re.compile(r"[^\s\"'`\[({<]*(?:[\d.:/\\@#=_|+*~$│├└╷╵•✖✗✘❌⚠-]|\[\d)[^\s\"'`]*")
OTHER_PREFIX = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun),?(?=\s)"
    r"|(?:am|pm|utc|gmt|z|[cemp][sd]t|cest|bst|jst|ist)\b"
    r"|[\w.-]+(?=\s+[\w./-]+(?:\[\d+\])?:\s)"  # A host before its program.
    r"|[\w.-]+(?=\s+[|-]\s)",  # A service or logger before its separator.
    re.IGNORECASE,
)
LEVEL = re.compile(r"(?:\w+\.)?([A-Za-z]+)(?![\w.=!-]|\()|(?:\w+\.)?([A-Za-z]+)(?=-\s|\.\s|\.$|!)")
UPPER_IN_BRACKETS = re.compile(r"(?:^|[\s:|])([A-Z]{3,11})(?=$|[\s:/|])")
LOWER_IN_BRACKETS = re.compile(r"(?:[\w.-]+:)?([A-Za-z]+)\s*")
# `error[E0308]:`, `error TS2322:`, `fatal error:`; but `error: 0` counts something.
LABEL = re.compile(
    r"(?:\s+error|\s*\[\w+\]|\s+[A-Z]+\d+)?:(?!\s*(?:[\d.]+%?|none|null|nil|no|-)\s*$)"
)
AFTER_TIME = re.compile(r"\s+(?!(?:rate|count|log|code|budget|page|handler|free|message)s?\b)\S")

SPECIAL = (
    (re.compile(r"\s*npm (?:ERR!|error\b)"), "error"),
    (re.compile(r"\s*npm (?:WARN|warn)\b"), "warning"),
    (re.compile(r"\s*npm (?:notice|info|http|timing)\b"), "info"),
    (re.compile(r"(?:PHP )?(?:Fatal|Parse) error:"), "critical"),
    (re.compile(r"PHP Warning:"), "warning"),
    (re.compile(r"thread '.*' (?:\(\d+\) )?panicked at"), "error"),
    (re.compile(r"Unhandled exception\b|Uncaught \S"), "error"),
)
LETTER = re.compile(r"([DIWEFV])(?:\d{4} \d\d:\d\d:\d\d|, \[\d{4}-)")
PRIORITY = re.compile(r"<(\d{1,3})>")
BETWEEN_BARS = re.compile(r"[^\s|\"]{1,80}\|(?:[^\s|\"]{1,80}\|)?([A-Z]{3,11})\|")
COMMAND = re.compile(r"::(error|warning|notice|debug)[ :]")

TRACEBACK = re.compile(r"[\s+|╭─]*(?:Exception Group )?Traceback \(most recent call last\)")
# How its lines begin, also in a group of them and in the boxes that rich draws.
INSIDE_TRACEBACK = ("", " ", "\t", "|", "+", "│", "╭", "╰")
EXCEPTION = re.compile(
    r"(?:Exception in thread \"[^\"]*\" |\(\w+:\d+\) |\S+:\d+: )?(?P<package>(?:[\w$]+\.)*)"
    r"\w*?(?P<kind>Error|Exception|Warning|Throwable)(?=:|\s*$| \[)"
)
CONTINUATION = re.compile(
    r"\s|$|at \S|\.\.\.|Caused by:|Suppressed:|File \"|\^|[)\]}]+[,;]?$|│|\d+ +\||\+-"
    r"|goroutine \d+ \[|created by \S|stack backtrace:|During handling of|The above exception was"
)


class Levels:
    """
    Gives each line of one stream its level; a line without one is information.

    A Python traceback is held back until its last line says what it was.
    """

    def __init__(self) -> None:
        self._level = "info"
        self._is_written = False
        self._held: list[str] = []

    def read(self, line: str) -> list[tuple[str, str]]:
        """Return the lines whose levels are known now, each after its level."""
        if self._held:
            return self._read_traceback(line)
        if TRACEBACK.match(line):
            self._held = [line]
            return []
        self._level = self._level_of(line)
        return [(self._level, line)]

    def end(self) -> list[tuple[str, str]]:
        """Return what was held back: nothing more will come."""
        return self._let_go("error")

    def _read_traceback(self, line: str) -> list[tuple[str, str]]:
        self._held.append(line)
        if len(self._held) < MAX_HELD and line[:1] in INSIDE_TRACEBACK:
            return []
        match = EXCEPTION.match(line)
        return self._let_go("warning" if match and match["kind"] == "Warning" else "error")

    def _let_go(self, level: str) -> list[tuple[str, str]]:
        held, self._held = self._held, []
        # `logger.warning(…, exc_info=True)` writes its line first.
        if self._level not in SEVERE:
            self._level = level
        self._is_written = False
        return [(self._level, line) for line in held]

    def _level_of(self, line: str) -> str:
        written = written_level(line)
        if written is not None:
            self._is_written = True
            return written
        if CONTINUATION.match(line):
            return self._level
        was_written, self._is_written = self._is_written, False
        match = EXCEPTION.match(line)
        if match is None:
            return "info"
        # Java's loggers put the exception, with its package, under their own line.
        if match["package"] and was_written and self._level in SEVERE:
            return self._level
        return "warning" if match["kind"] == "Warning" else "error"


def written_level(line: str) -> str | None:
    """Return the level that a logger wrote into *line* where loggers do, or None."""
    text = line[:LOOKED_AT_CHARS]
    for pattern, level in SPECIAL:
        if pattern.match(text):
            return level
    return _coded(text) or (_structured(line) if text.lstrip()[:1] == "{" else _walked(text))


def _coded(text: str) -> str | None:
    letter, priority, command = LETTER.match(text), PRIORITY.match(text), COMMAND.match(text)
    if letter:
        return LETTERS[letter[1]]
    if priority:
        return SYSLOG[int(priority[1]) & 7]
    if command:
        return LEVEL_OF[command[1]]
    bars = BETWEEN_BARS.match(text)
    return LEVEL_OF.get(bars[1].lower()) if bars else None


def _structured(line: str) -> str | None:
    match = JSON_PAIR.search(line)
    if match is None:
        return None
    if match[1]:
        return LEVEL_OF.get(match[1].lower())
    number = int(match[2])
    if number < len(SYSLOG):  # As in GELF; Node's loggers count in tens.
        return SYSLOG[number]
    names = ("debug", "debug", "debug", "info", "warning", "error", "critical")
    return names[min(number // 10, 6)]


def _walked(text: str) -> str | None:
    """Look behind what stands before a level, as far as it may."""
    at, is_after_time = len(text) - len(text.lstrip()), False
    for _ in range(MAX_PREFIXES):
        pair = KEY_PAIR.match(text, at)
        if pair:
            return LEVEL_OF.get(pair[1].lower())
        level = _named(text, at, is_after_time)
        if level:
            return level
        brackets = BRACKETS.match(text, at)
        level = _bracketed(next(filter(None, brackets.groups()), "")) if brackets else None
        if level:
            return level
        time = TIME.match(text, at)
        match = brackets or time or MACHINE_WORD.match(text, at) or OTHER_PREFIX.match(text, at)
        if match is None:
            break
        is_after_time = time is not None or (brackets is not None and ":" in brackets[0])
        at = match.end()
        at += len(text[at:]) - len(text[at:].lstrip())
    late = LATE_KEY_PAIR.search(text) if re.match(r"\w+=", text) else None
    return LEVEL_OF.get(late[1].lower()) if late else None


def _named(text: str, at: int, is_after_time: bool) -> str | None:
    match = LEVEL.match(text, at)
    if match is None:
        return None
    word = match[1] or match[2]
    level = LEVEL_OF.get(word.lower())
    if level is None or LABEL.match(text, match.end()):
        return level
    if word.lower() in LABELS:
        return None
    is_written = word.isupper() or (is_after_time and AFTER_TIME.match(text, match.end()))
    return level if is_written else None


def _bracketed(inside: str) -> str | None:
    match = LOWER_IN_BRACKETS.fullmatch(inside.strip())
    if match:
        return LEVEL_OF.get(match[1].lower())
    for match in UPPER_IN_BRACKETS.finditer(inside):
        if match[1].lower() in LEVEL_OF:
            return LEVEL_OF[match[1].lower()]
    return None
