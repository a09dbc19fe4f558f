"""
Keep data apart from the template around it, and make data harmless.

A printed value travels through the template's JSON between two Unicode
noncharacters. They are reserved for such internal use and are removed from
all data first, so data cannot forge the end of itself. Only when the JSON is
parsed and the place of each string is known is the value escaped for that
place: mrkdwn, Markdown, a URL, or nothing at all where Slack shows text as it is.
"""

import re
from json.encoder import encode_basestring
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.terminal_sequences import strip_sequences

OPEN, CLOSE = "\ufdd0", "\ufdd1"
DATE, DATE_FORMAT = "\ufdd2", "\ufdd3"

# NUL and the other controls but newline and tab, bidi controls, surrogates and noncharacters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_NEWLINES = re.compile("\r\n?|[\u2028\u2029]")

_ENTITIES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
# Slack's mrkdwn knows no escape for its formatting characters. Between letters or digits they
# format nothing (schema_fix); elsewhere a look-alike of the same width takes their place.
LOOK_ALIKE_COLON = "\ua789"
_LOOK_ALIKE = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb", ":": LOOK_ALIKE_COLON}
#: The way back, for places that have no formatting.
REAL_CHARACTERS = {ord(look_alike): real for real, look_alike in _LOOK_ALIKE.items()}
#: What may stand between the colons of an emoji; custom ones may have letters of any script.
SHORTCODE_NAME = r"(?:[a-z0-9_+'-]|[^\x00-\x7f\W])+"
_FORMATTING = re.compile(rf"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])|:(?={SHORTCODE_NAME}:)")
#: Stands for a colon that stays, whatever follows it: Slack makes no emoji in code.
KEPT_COLON = "\ufdd7"
_NEEDS_CARE = re.compile(rf"[&<>`*_~{KEPT_COLON}]")
_HAS_SHORTCODE = re.compile(f":{SHORTCODE_NAME}:")
_SHORTCODE_COLON = re.compile(f":(?={SHORTCODE_NAME}:)")
#: Stands for a colon that is to be escaped, whatever follows it.
MARKDOWN_COLON = "\ufdd6"
_MARKDOWN = re.compile(
    rf"[\\`*_{{}}\[\]()#+!|~]|:(?=//|{SHORTCODE_NAME}:)|(?<=www)\.|@|{MARKDOWN_COLON}"
)

_URL_FORBIDDEN = re.compile(r"[\s<>\"'`|\\^{}\x00-\x20\x7f-\xa0]")
_MAIL = re.compile(r"mailto:[^@/?]+@[^@/?]+(\?.*)?", re.IGNORECASE)
URL_CHARACTERS = 3_000


class Part(NamedTuple):
    """A stretch of text; `epoch` and `form` are set for a time, whose `text` is the fallback."""

    text: str
    is_data: bool = False
    epoch: int = 0
    form: str = ""


class OwnWords(str):
    """A string that the template's author wrote into an expression: no data."""

    __slots__ = ()


class Fragment(str):
    """Text a filter has already made safe for the template's JSON."""

    __slots__ = ()


def clean(text: str) -> str:
    """
    Remove invisible characters that can break JSON, lines or the reading order.

    Terminal sequences are removed as a whole, so that no part of a colour code remains.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNWANTED.sub("", _NEWLINES.sub("\n", strip_sequences(text)))


def mark(text: str) -> str:
    """Return `text` as the inside of a JSON string that is known to be data."""
    return OPEN + encode_basestring(clean(text))[1:-1] + CLOSE


def own(text: str) -> str:
    """Return `text`, which the template's author wrote, as the inside of a JSON string."""
    return encode_basestring(clean(text))[1:-1]


def mark_date(epoch: int, form: str) -> Fragment:
    return Fragment(f"{DATE}{epoch}{DATE_FORMAT}{form}{CLOSE}")


def has_shortcode(text: str) -> bool:
    """Tell whether Slack might make an emoji of a part of *text*."""
    return ":" in text and _HAS_SHORTCODE.search(text) is not None


def without_shortcodes(text: str) -> str:
    """Return *text* with a look-alike in place of each colon that would begin an emoji."""
    return _SHORTCODE_COLON.sub(LOOK_ALIKE_COLON, text) if has_shortcode(text) else text


def escape_mrkdwn(text: str) -> str:
    """Make `text` literal in mrkdwn: no mention, link, date, emoji or formatting."""
    if _NEEDS_CARE.search(text) is None and not has_shortcode(text):
        return text
    neutral = _FORMATTING.sub(lambda found: _LOOK_ALIKE[found[0]], text)
    return neutral.replace(KEPT_COLON, ":").translate(_ENTITIES)


def escape_markdown(text: str) -> str:
    """Make `text` literal in a `markdown` block (CommonMark, and Slack's tokens)."""
    escaped = _MARKDOWN.sub(lambda found: "\\" + found[0], text)
    return escaped.replace(MARKDOWN_COLON, ":").translate(_ENTITIES)


def is_safe_url(url: str) -> bool:
    """
    Tell whether a URL made of data may be opened by a click.

    Only http, https and mailto, without spaces, quotes or controls, and
    within the 3,000 characters Slack takes.
    """
    if len(url) > URL_CHARACTERS or _URL_FORBIDDEN.search(url):
        return False
    if url[:7].lower() == "mailto:":
        return _MAIL.fullmatch(url) is not None
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # An impossible port or a broken IPv6 address.
        return False
