"""Checks of the web addresses in the settings. Pure."""

import re
from urllib.parse import unquote, urlsplit

_FORBIDDEN_CHARACTERS = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"`\\^]")
_ADDRESS_PLACEHOLDER = re.compile(r"\{[^{}]*\}")

_MUST_BE = "must be an http:// or https:// address"
_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_SLACKS = (".slack.com", ".slack-gov.com")
#: The first part of an incoming webhook's path.
_SERVICES = "services"
_HOW = (
    "make an incoming webhook at https://api.slack.com/apps (Incoming Webhooks); its address "
    "begins with https://hooks.slack.com/services/"
)
_OTHERS = {
    "triggers": "starts a workflow and takes no messages",
    "workflows": "starts a workflow and takes no messages",
    "commands": "answers one slash command and expires",
    "actions": "answers one click and expires",
}


def require_web_address(value: str) -> str:
    """Return *value*; raise `ValueError`, which does not repeat it, unless http can call it."""
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:  # An impossible port or a broken IPv6 address.
        raise ValueError(_MUST_BE) from error
    if not is_one or _FORBIDDEN_CHARACTERS.search(value):
        raise ValueError(_MUST_BE)
    return value


def require_address_template(value: str) -> str:
    """Do the same for an address with placeholders like `{subject}`."""
    require_web_address(_ADDRESS_PLACEHOLDER.sub("x", value))
    return value


def is_of_slack(address: str, api_url: str) -> bool:
    """Tell whether an address that Slack names for a call is Slack's own, or where its API is."""
    try:
        parts, api = urlsplit(require_web_address(address)), urlsplit(api_url)
    except ValueError:
        return False
    if parts.scheme != "https" and parts.scheme != api.scheme:
        return False
    host = parts.hostname or ""
    return host == api.hostname or (parts.scheme == "https" and host.endswith(_SLACKS))


def webhook_address_problem(address: str) -> str | None:
    """Return why no messages can be sent to this address; it does not repeat it: it is a secret."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "is no web address"
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or host not in _HOSTS:
        return None
    first = next((step for step in unquote(parts.path).split("/") if step), "").lower()
    if first == _SERVICES:
        return None
    return f"{_OTHERS.get(first, 'is no incoming webhook')}: {_HOW}"
