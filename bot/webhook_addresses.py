"""Addresses at Slack that look like an incoming webhook and are something else. Pure."""

from urllib.parse import unquote, urlsplit

HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
#: The first part of an incoming webhook's path.
SERVICES = "services"
HOW = (
    "make an incoming webhook at https://api.slack.com/apps (Incoming Webhooks); its address "
    "begins with https://hooks.slack.com/services/"
)
OTHERS = {
    "triggers": "starts a workflow and takes no messages",
    "workflows": "starts a workflow and takes no messages",
    "commands": "answers one slash command and expires",
    "actions": "answers one click and expires",
}


def webhook_address_problem(address: str) -> str | None:
    """Return why no messages can be sent to this address; it does not repeat it: it is a secret."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "is no web address"
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or host not in HOSTS:
        return None
    first = next((step for step in unquote(parts.path).split("/") if step), "").lower()
    if first == SERVICES:
        return None
    return f"{OTHERS.get(first, 'is no incoming webhook')}: {HOW}"
