"""
Removes what only terminals understand: colours, cursor movements, titles, hyperlinks.

Source: https://ecma-international.org/publications-and-standards/standards/ecma-48/ and
https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
"""

import re
from typing import Any

_INTRODUCERS = re.compile("[\x1b\x80-\x9f]")
# Each alternative is linear: the body of a string holds no control character that could begin
# another sequence, so no part of a text is read twice.
_BODY = "[^\x07\x18\x1a\x1b\x80-\x9f]*"
_LINE = "[^\x07\x18\x1a\x1b\x80-\x9f\r\n]*\x07?"
# UTF-8 read as Latin-1 has the 8-bit introducers, too, always behind such a character.
_NOT_MISREAD = "(?<![\x80-\xff])"
_SEQUENCES = re.compile(
    # CSI: parameters, intermediate bytes, a final byte; the end may have been cut off.
    rf"(?:\x1b\[|\x9b(?=[0-?])|{_NOT_MISREAD}\x9b)[0-?]*[ -/]*[@-~]?"
    # OSC, DCS, SOS, PM and APC: up to ST, or up to BEL or the end of the line.
    rf"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]){_BODY}(?:\x1b\\|\x9c)"
    rf"|(?:\x1b[\]PX^_]|\x9d(?=[0-9]+;)|{_NOT_MISREAD}[\x90\x98\x9d-\x9f]){_LINE}"
    # Any other escape sequence, of two bytes or with intermediate ones.
    r"|\x1b[ -/]*[0-~]?"
)


def strip_sequences(text: str) -> str:
    """
    Return *text* without terminal sequences, 7-bit and 8-bit, also without unfinished ones.

    The words of a hyperlink (OSC 8) stay; its address goes. An unfinished string sequence ends
    with its line.
    """
    if _INTRODUCERS.search(text) is None:
        return text
    # A terminal ignores NUL and DEL wherever they stand.
    return _SEQUENCES.sub("", text.replace("\0", "").replace("\x7f", ""))


def strip_all_sequences(value: Any) -> Any:
    """Return a JSON value with every text in it stripped, keys too."""
    if isinstance(value, str):
        return strip_sequences(value)
    if isinstance(value, list):
        return [strip_all_sequences(item) for item in value]
    if isinstance(value, dict):
        return {strip_all_sequences(key): strip_all_sequences(one) for key, one in value.items()}
    return value
