"""What the app declares about itself, read from its Slack manifest."""

from dataclasses import dataclass, field
from typing import Any

from slack_playground.errors import SeedError
from slack_playground.state import Record

# What hearing an event takes besides the subscription: each event's own page.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "assistant_thread_context_changed": "assistant:write",
    "assistant_thread_started": "assistant:write",
    "channel_archive": "channels:read",
    "channel_created": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "file_shared": "files:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "link_shared": "links:read",
    "message_metadata_deleted": "metadata.message:read",
    "message_metadata_posted": "metadata.message:read",
    "message_metadata_updated": "metadata.message:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}


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
    name: str = "Sample"
    bot_name: str = "Sample"
    scopes: frozenset[str] | None = None
    user_scopes: frozenset[str] | None = None
    commands: dict[str, Command] = field(default_factory=dict)
    shortcuts: dict[str, Shortcut] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    interactivity: bool = True
    is_agent: bool = True
    has_assistant: bool = True
    has_rotation: bool = False
    redirect_urls: tuple[str, ...] = ()
    # Where an app without Socket Mode wants what: events, interactivity, options, each command.
    request_urls: dict[str, str] = field(default_factory=dict)
    unfurl_domains: tuple[str, ...] = ()
    functions: dict[str, Record] = field(default_factory=dict)
    # Event types of metadata that the app wants to hear of, any app's.
    metadata_events: frozenset[str] = frozenset()

    def has_scope(self, scope: str) -> bool:
        return not self.is_known or scope in (self.scopes or ())

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
    oauth = source.get("oauth_config", {})
    scopes = oauth.get("scopes", {})
    settings = source.get("settings", {})
    home = features.get("app_home", {})
    name = source["display_information"]["name"]
    subscriptions = settings.get("event_subscriptions", {})
    return Manifest(
        is_known=True,
        name=name,
        bot_name=features.get("bot_user", {}).get("display_name", name),
        # Optional scopes count as granted: the playground has nobody to ask.
        scopes=frozenset(scopes.get("bot", [])) | frozenset(scopes.get("bot_optional", [])),
        user_scopes=frozenset(scopes.get("user", [])) | frozenset(scopes.get("user_optional", [])),
        commands={one["command"]: _command(one) for one in features.get("slash_commands", [])},
        shortcuts={one["callback_id"]: _shortcut(one) for one in features.get("shortcuts", [])},
        events=frozenset(subscriptions.get("bot_events", [])),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", False)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        interactivity=bool(settings.get("interactivity", {}).get("is_enabled", False)),
        is_agent="agent_view" in features or "assistant_view" in features,
        has_assistant="assistant_view" in features,
        has_rotation=bool(settings.get("token_rotation_enabled", False)),
        redirect_urls=tuple(oauth.get("redirect_urls", [])),
        request_urls=_request_urls(features, settings),
        unfurl_domains=tuple(features.get("unfurl_domains", [])),
        functions=source.get("functions") or {},
        metadata_events=frozenset(
            one["event_type"] for one in subscriptions.get("metadata_subscriptions", [])
        ),
    )


def _request_urls(features: Record, settings: Record) -> dict[str, str]:
    """Return the addresses of an app that is not in Socket Mode, by what goes there."""
    if settings.get("socket_mode_enabled"):
        return {}
    interactivity = settings.get("interactivity", {})
    urls = {
        "events": settings.get("event_subscriptions", {}).get("request_url"),
        "interactivity": interactivity.get("request_url"),
        "options": interactivity.get("message_menu_options_url"),
        **{one["command"]: one.get("url") for one in features.get("slash_commands", [])},
    }
    return {name: url for name, url in urls.items() if url}


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
