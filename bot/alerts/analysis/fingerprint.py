"""
A stable fingerprint and a short label for errors that are the same one.

Values that differ between occurrences are masked as `…`: numbers, ids, hexadecimal, times, paths,
addresses, quoted values. Numbers that identify the error (an exit code, an HTTP status, an errno)
stay. An error with a stack trace is identified by its type and its innermost frames, without line
numbers; any other by its first meaningful line.

Fingerprints are stored: a change here makes each open incident look like a new one.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

_VALUE_MASK = "…"
MAX_LABEL_CHARACTERS = 100
_NO_ERROR = "no error text"
#: What is read of an error: its beginning, and its end, where Python says what it was.
_HEAD_CHARACTERS, _TAIL_CHARACTERS = 20_000, 10_000
_MAX_ERROR_LINE = 500
_FRAMES = 3
_KEY_CHARACTERS = 16

_INVISIBLE_CHARACTERS = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\ufeff]"
)
_PYTHON_TRACE = re.compile(r"^[\s|+-]*(?:Exception Group )?Traceback \(most recent call last\):")
_PYTHON_FRAME = re.compile(r'^[\s|]*File "([^"]*)", line \d+(?:, in (\S+))?')
#: What stands before each line of an exception group.
_GUTTER = re.compile(r"^\s*[|+] ?")
_AT_FRAME = re.compile(r"^\s*at (?:async |new )?([\w$.<>/\[\]`]+)")
_GO_FRAME = re.compile(r"^([\w./-]+\.[\w.()*-]+)\([^)]*\)$")
_TYPE = re.compile(
    r"""^(?:[\s|]|Caused[ ]by:|Uncaught|Unhandled[ ]exception\.|Exception[ ]in[ ]thread[ ]"[^"]*")*
    ([A-Za-z_$][\w$]*(?:[.:/\\]{1,2}[A-Za-z_$][\w$]*)*)(?:[ ]\[[\w ]+\])?(?::(?:\s|$)|$)""",
    re.VERBOSE,
)
_DECORATION = re.compile(r"^(?:error|fatal|failed|failure|stderr|output|exception)?[\W_]*$", re.I)

#: Numbers that are names: an exit code of 137 is another failure than one of 1.
_CODE = re.compile(
    r"\b(?:exit(?:ed)?(?: with)?(?: code| status)?|status(?: code)?|code|signal|errno"
    r"|http(?:/\d(?:\.\d)?)?)[\s:=#]{0,3}-?\d{1,5}\b(?![.\d])",
    re.I,
)
_VARIABLE = re.compile(
    r"""
    [a-z][a-z0-9+.-]{1,20}://[^\s'"<>]+                              # URL
    | [\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+                              # mail address
    | \b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b                # UUID
    | \b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?)?(?:Z|\s?[+-]\d\d:?\d\d)?
    | \b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\b                         # time
    | \b(?:mon|tue|wed|thu|fri|sat|sun)\w*,?[ ]\d{1,2}[ ]\w{3,9}[ ]\d{4}
    | (?:\[[0-9a-f:]*:[0-9a-f:.]+\]|\b(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?   # IP address
    | (?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]{1,9}\b
    | \b[\w-]+(?:\.[\w-]+)+:\d{1,5}\b                                # host and port
    | "[^"\n]*" | `[^`\n]*` | (?<!\w)'[^'\n]*'(?!\w) | “[^”\n]*” | «[^»\n]*»
    | (?<![\w.])(?:[a-z]:)?(?:[/\\][\w.@+~%-]+){2,}[/\\]?            # path
    | (?<![\w.])~?\.{0,2}/[\w.@+~%/-]+
    | \b0x[0-9a-f]+\b
    | \b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b              # hexadecimal
    | \b(?=\w*\d)[a-z]{1,12}_(?=\w{0,40}[a-z])[a-z0-9]{8,}\b         # an id with its prefix
    | \b(?=\w*\d[a-z]\w*\d)\w{8,}\b                                  # letters and digits, mixed
    | (?:(?<!\w)[+-])?\d+(?:[.,_]\d+)*%?
    """,
    re.VERBOSE | re.I,
)
_MASKS = re.compile(rf"{_VALUE_MASK}(?:[\s,;:/x.-]*{_VALUE_MASK})+")
#: A time, a thread and a level in front of what is said.
_LEADING = re.compile(
    rf"""^(?:[^\w\[(<"'/]|\[[^\]]{{0,40}}{_VALUE_MASK}[^\]]{{0,40}}\]
    |\[?\b(?:error|err|fatal|critical|warning|warn|info|debug)\b\]?(?:[\s:|-]+|$))*""",
    re.I | re.VERBOSE,
)


@dataclass(frozen=True)
class _Fingerprint:
    """The identity of an error: `key` is 16 hexadecimal digits, `label` one line for people."""

    key: str
    label: str


def fingerprint(error: str | None) -> _Fingerprint:
    """Return the fingerprint of *error*."""
    lines = _readable_lines(error or "")
    trace = _find_trace(lines)
    if trace is not None:
        name, message, frames = trace
        label = f"{name}: {message}" if message else name
        return _Fingerprint(_frame_key("trace", name, *frames), _cut(label))
    label = next((line for line in map(mask, lines) if _says_something(line)), "")
    return _Fingerprint(_frame_key("line", label.casefold()), _cut(label or _NO_ERROR))


def mask(line: str) -> str:
    """Return *line* with `…` for what differs from one occurrence to the next."""
    parts = _CODE.split(line)
    codes = _CODE.findall(line)
    masked = _VARIABLE.sub(_VALUE_MASK, parts[0])
    for code, part in zip(codes, parts[1:], strict=True):
        masked += code + _VARIABLE.sub(_VALUE_MASK, part)
    masked = _MASKS.sub(_VALUE_MASK, masked)
    return " ".join(_LEADING.sub("", masked).split()).rstrip(":")


def _readable_lines(error: str) -> list[str]:
    if len(error) > _HEAD_CHARACTERS + _TAIL_CHARACTERS:
        error = f"{error[:_HEAD_CHARACTERS]}\n{error[-_TAIL_CHARACTERS:]}"
    text = unicodedata.normalize("NFKC", _INVISIBLE_CHARACTERS.sub("", error.replace("\r", "\n")))
    return [line[:_MAX_ERROR_LINE] for line in text.splitlines() if line.strip()]


def _find_trace(lines: list[str]) -> tuple[str, str, list[str]] | None:
    """Return type, masked message and innermost frames of the error that was raised last."""
    starts = [number for number, line in enumerate(lines) if _PYTHON_TRACE.match(line)]
    if starts:
        return _read_python(lines[starts[-1] + 1 :])
    frames = [_frame(line) for line in lines]
    first = next((number for number, frame in enumerate(frames) if frame), 0)
    for line in reversed(lines[:first]):
        match = _TYPE.match(line)
        if match:
            innermost = [frame for frame in frames[first:] if frame][:_FRAMES]
            return match[1], mask(line[match.end() :]), innermost
    return None


def _read_python(lines: list[str]) -> tuple[str, str, list[str]] | None:
    frames: list[str] = []
    for line in (_GUTTER.sub("", one) for one in lines):
        frame = _PYTHON_FRAME.match(line)
        if frame:
            frames.append(f"{_base(frame[1])}:{frame[2] or ''}")
            continue
        found = None if line.startswith((" ", "\t")) else _TYPE.match(line)
        if found and frames:
            return found[1], mask(line[found.end() :]), frames[-_FRAMES:]
    return None


def _frame(line: str) -> str | None:
    """Return the function of a frame of Java, JavaScript, .NET or Go, or None."""
    match = _AT_FRAME.match(line) or _GO_FRAME.match(line)
    return re.sub(r"\d+", "", match[1]) if match else None


def _base(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


def _says_something(masked: str) -> bool:
    return any(letter.isalpha() for letter in masked) and not _DECORATION.match(masked)


def _frame_key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:_KEY_CHARACTERS]


def _cut(label: str) -> str:
    if len(label) <= MAX_LABEL_CHARACTERS:
        return label
    return label[: MAX_LABEL_CHARACTERS - 1].rstrip() + "…"
