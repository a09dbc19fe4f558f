"""Terminal control sequences: where they begin and end."""

from __future__ import annotations

import re

# ECMA-48, in 7-bit form (ESC and a character) and in 8-bit form (one character). A string (OSC,
# DCS, APC, PM, SOS) ends with BEL or ST. Any end may be missing, because texts are cut before they
# get here: a 7-bit string that nothing ends reaches to the end of its line. An 8-bit one has to
# look like more than a wrongly decoded quotation mark or emoji. No body holds another beginning,
# which keeps the search linear.
_END = r"(?:\x07|\x1b\\|\x9c)"
_BODY = r"[^\x07\x1b\x90\x98\x9c-\x9f"
CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
STRING = (
    rf"\x1bP{_BODY}]*{_END}"
    rf"|\x1b[\]PX^_]{_BODY}\n\r]*{_END}?"
    rf"|\x9d\d{{1,4}};{_BODY}\n\r]*{_END}?"
    rf"|[\x90\x98\x9d-\x9f](?=[ -~]){_BODY}\n\r]*(?:{_END}|\Z)"
)
SHORT = r"\x1b[ -/]*[0-~]?"
SEQUENCE = re.compile(f"{CSI}|{STRING}|{SHORT}")
# What the next chunk may continue.
UNFINISHED = re.compile(
    r"(?:\x1b[ -/]*|(?:\x1b\[|\x9b)[0-?]*[ -/]*"
    rf"|\x1bP{_BODY}]*\x1b?|\x1b[\]X^_]{_BODY}\n\r]*\x1b?"
    rf"|[\x90\x98\x9d-\x9f](?:(?=[ -~]){_BODY}\n\r]*\x1b?)?)\Z"
)
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# Bytes that are no UTF-8, as `surrogateescape` decodes them. Those up to 159 are 8-bit controls.
RAW_BYTES = re.compile("[\udc80-\udcff]")
CHARACTERS = {0xDC00 + byte: chr(byte) if byte < 0xA0 else "\ufffd" for byte in range(128, 256)}


def without_sequences(text: str) -> str:
    """
    Return *text* without colours, cursor movements, titles, hidden addresses and other controls.

    The words of a hyperlink stay, tabs and newlines too; `\\r\\n` becomes `\\n`.
    """
    if text.isprintable():
        return text
    return UNSEEN.sub("", SEQUENCE.sub("", text.replace("\r\n", "\n")))


def beginning_of_unfinished(text: str) -> int:
    """Return where the sequence begins that *text* breaks off in, or its length."""
    if text.isascii() and "\x1b" not in text:
        return len(text)
    unfinished = UNFINISHED.search(text)
    return unfinished.start() if unfinished else len(text)


def with_controls(text: str) -> str:
    """Return what was decoded with `surrogateescape` with stray bytes as controls or `\\ufffd`."""
    return text if RAW_BYTES.search(text) is None else text.translate(CHARACTERS)
