"""Web addresses that the settings name. Pure."""

import re
from urllib.parse import urlsplit

_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"`\\^]")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")

WANTED = "must be an http:// or https:// address"


def require_web_address(value: str) -> str:
    """Return *value*; raise `ValueError`, which does not repeat it, unless http can call it."""
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:  # An impossible port or a broken IPv6 address.
        raise ValueError(WANTED) from error
    if not is_one or _FORBIDDEN.search(value):
        raise ValueError(WANTED)
    return value


def require_address_template(value: str) -> str:
    """Do the same for an address with placeholders like `{subject}`."""
    require_web_address(_PLACEHOLDER.sub("x", value))
    return value
