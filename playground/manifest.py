"""What the app declares about itself, read from its Slack manifest."""

from dataclasses import dataclass, field
from typing import Any

from playground.errors import SeedError
from playground.state import Record


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    An app's declarations. Without a manifest (`is_known` false) nothing is refused:
    every command, shortcut and event reaches the app.
    """

    is_known: bool = False
    name: str = "Opsbell"
    bot_name: str = "Opsbell"
    scopes: frozenset[str] | None = None
    commands: dict[str, Command] = field(default_factory=dict)
    shortcuts: dict[str, Shortcut] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    home_tab: bool = True
    messages_tab: bool = True

    def subscribes(self, event: str) -> bool:
        return not self.is_known or event in self.events


def read_manifest(source: Record | None) -> Manifest:
    """Read a manifest's JSON; raise SeedError if it is not one."""
    if source is None:
        return Manifest()
    try:
        return _read(source)
    except (AttributeError, KeyError, TypeError) as error:
        raise SeedError(f"The manifest is not a Slack app manifest: {error!r}") from error


def _read(source: Record) -> Manifest:
    features = source.get("features", {})
    scopes = source.get("oauth_config", {}).get("scopes", {})
    home = features.get("app_home", {})
    name = source["display_information"]["name"]
    subscriptions = source.get("settings", {}).get("event_subscriptions", {})
    return Manifest(
        is_known=True,
        name=name,
        bot_name=features.get("bot_user", {}).get("display_name", name),
        # Optional scopes count as granted: the playground has nobody to ask.
        scopes=frozenset(scopes.get("bot", [])) | frozenset(scopes.get("bot_optional", [])),
        commands={one["command"]: _command(one) for one in features.get("slash_commands", [])},
        shortcuts={one["callback_id"]: _shortcut(one) for one in features.get("shortcuts", [])},
        events=frozenset(subscriptions.get("bot_events", [])),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", False)),
    )


def _command(one: dict[str, Any]) -> Command:
    return Command(
        command=one["command"],
        description=one.get("description", ""),
        usage_hint=one.get("usage_hint", ""),
        should_escape=bool(one.get("should_escape", False)),
    )


def _shortcut(one: dict[str, Any]) -> Shortcut:
    return Shortcut(
        name=one["name"],
        type=one["type"],
        callback_id=one["callback_id"],
        description=one.get("description", ""),
    )
