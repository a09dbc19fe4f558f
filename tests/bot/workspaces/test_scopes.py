"""The scopes that the app asks for are those of the methods that the code calls."""

import json
import re
from pathlib import Path
from typing import Any

from bot.workspaces.scopes import NEEDED_SCOPES, USEFUL_SCOPES
from bot.workspaces.service import missing_scopes

ROOT = Path(__file__).parents[3]
#: From the page of each method, https://docs.slack.dev/reference/methods; for the kinds of
#: conversations that the code asks about.
HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
SCOPES_OF: dict[str, set[str]] = {
    "auth.test": set(),
    "apps.connections.open": set(),  # of the app-level token
    "bots.info": {"users:read"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": HISTORY,
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.join": {"channels:join"},
    "conversations.open": {"im:write"},
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "oauth.v2.access": set(),
    "pins.add": {"pins:write"},
    "usergroups.users.list": {"usergroups:read"},
    "users.conversations": {"channels:read", "groups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
}
#: From the page of each event, https://docs.slack.dev/reference/events; the others need none that
#: a method does not need.
SCOPES_OF_EVENTS = {"app_mention": {"app_mentions:read"}}
FAMILIES = (
    "apps|auth|blocks|bookmarks|bots|canvases|chat|conversations|files|oauth|pins|reactions|team"
    "|usergroups|users|views"
)
NAMED = re.compile(rf"""[\"'}}]((?:{FAMILIES})\.[a-zA-Z0-9.]+)["']""")
THROUGH_THE_SDK = re.compile(rf"\.((?:{FAMILIES})_[a-z_]+)\(")


def plain(name: str) -> str:
    """Return a name as both spellings have it: `chat.postMessage`, `chat_postMessage`."""
    return re.sub("[._]", "", name).lower()


def called() -> set[str]:
    """Return the methods that stand in the code."""
    found: set[str] = set()
    for room in ("bot", "listeners", "jobs"):
        for path in (ROOT / room).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            found.update(NAMED.findall(source), THROUGH_THE_SDK.findall(source))
    return {plain(name) for name in found}


def manifest() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    return read


def manifest_scopes() -> dict[str, list[str]]:
    scopes: dict[str, list[str]] = manifest()["oauth_config"]["scopes"]
    return scopes


def test_the_methods_that_are_called_are_known():
    """A call of a new method needs its scopes here; one that is gone leaves the table."""
    assert called() == {plain(name) for name in SCOPES_OF}


def test_no_scope_is_asked_for_in_vain():
    """The manifest asks for what those methods need, and for slash commands."""
    heard = manifest()["settings"]["event_subscriptions"]["bot_events"]
    of_events = (SCOPES_OF_EVENTS.get(event, set()) for event in heard)
    needed = set[str]().union(*SCOPES_OF.values(), *of_events, {"commands"})

    assert set(manifest_scopes()["bot"]) == needed == {*NEEDED_SCOPES, *USEFUL_SCOPES}


def test_what_only_makes_it_work_less_well_is_optional():
    """Whoever installs may leave it out."""
    assert manifest_scopes()["bot_optional"] == sorted(USEFUL_SCOPES)


def test_missing_scopes_are_named_if_slack_says_what_was_granted():
    """All of the manifest's that were not granted."""
    granted = frozenset({*NEEDED_SCOPES, *USEFUL_SCOPES} - {"pins:write", "users:read"})

    assert missing_scopes(granted) == ["pins:write", "users:read"]
    assert missing_scopes(frozenset()) == []
