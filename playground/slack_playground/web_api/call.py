"""One Web API call, as the function behind its method sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from slack_playground.delivery.message_events import channel_kind
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import Arguments
from slack_playground.state import Channel, Record, State, Token, User
from slack_playground.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Call:
    workspace: Workspace
    arguments: Arguments
    token: str = ""
    held: Token = field(default_factory=lambda: Token("nothing"))
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def state(self) -> State:
        return self.workspace.state

    @property
    def actor(self) -> str:
        """The bot's user, or the person whose token it is."""
        return self.held.user or self.workspace.state.bot_user_id

    @property
    def is_of_bot(self) -> bool:
        return not self.held.user

    @property
    def scopes(self) -> frozenset[str]:
        return granted_to(self.state, self.held)

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel an argument names by id, if who calls may know of it."""
        channel = self.state.channels.get(self.arguments.required(name))
        if channel is None or not (channel.is_public or self.actor in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def user(self, name: str = "user") -> User:
        user = self.state.users.get(self.arguments.required(name))
        if user is None:
            raise SlackError("user_not_found")
        return user

    def picture(self, name: str) -> bytes | None:
        """Return a picture of a multipart body, None without one; anything else is refused."""
        content = self.files.get(name)
        if content is not None and not content.startswith(_PICTURES):
            raise SlackError("bad_image")
        return content

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes

    def needs_scope(self, scope: str) -> None:
        if scope not in self.scopes:
            raise missing_scope(self.scopes, scope)

    def needs_to_manage(self, *, is_private: bool) -> None:
        """Raise unless the app may make and change this kind of channel."""
        managing = "channels:manage" if self.is_of_bot else "channels:write"
        self.needs_scope("groups:write" if is_private else managing)

    def needs_channel_scope(self, channel: Channel, what: str) -> None:
        """Raise unless the app may read `what` (`read`, `history`) of this kind of channel."""
        self.needs_scope(f"{channel_kind(channel)}:{what}")


def missing_scope(granted: frozenset[str], *needed: str) -> SlackError:
    """Return the refusal of a token that has none of these scopes."""
    return SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(granted)))


def granted_to(state: State, token: Token) -> frozenset[str]:
    """Return the scopes a token has."""
    if token.kind == "app":
        return _APP_SCOPES
    return token.scopes if token.kind == "user" else state.scopes


# How a PNG, a GIF and a JPEG begin.
_PICTURES = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff")
_APP_SCOPES = frozenset({"authorizations:read", "connections:write"})
# Where people's tokens have a scope of another name than the bot's.
_OF_PEOPLE = {"channels:manage": "channels:write", "channels:join": "channels:write"}


class Takes(StrEnum):
    """Which kind of token a method wants; the values are those of `Token.kind`."""

    NOTHING = "nothing"
    ANYONE = "anyone"
    BOT = "bot"
    PERSON = "user"
    APP = "app"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Method:
    """
    One served method.

    Any one of `scopes` suffices; `per_minute` is its published tier.
    """

    answer: Callable[[Call], Record]
    scopes: tuple[str, ...] = ()
    per_minute: int | None = None
    takes: Takes = Takes.ANYONE
    # Whether it must come by POST; Slack takes the others by GET as well.
    is_post: bool = False

    def suits(self, token: Token) -> bool:
        """Say whether this kind of token may call it at all."""
        if self.takes is Takes.ANYONE:
            return token.kind in ("bot", "user")
        return token.kind == self.takes

    def scopes_for(self, token: Token) -> tuple[str, ...]:
        if token.kind != "user":
            return self.scopes
        return tuple(dict.fromkeys(_OF_PEOPLE.get(scope, scope) for scope in self.scopes))
