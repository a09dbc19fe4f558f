"""Addresses as anybody may write them, also broken ones."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Return the host that an address names, "" if it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
