"""One Web API call, as the function behind its method sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from playground.arguments import Arguments
from playground.errors import SlackError
from playground.message_events import channel_kind
from playground.state import Channel, Record, State, User
from playground.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Call:
    workspace: Workspace
    arguments: Arguments
    token: str = ""

    @property
    def state(self) -> State:
        return self.workspace.state

    @property
    def bot(self) -> str:
        return self.workspace.state.bot_user_id

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel an argument names by id, if the bot may know of it."""
        channel = self.state.channels.get(self.arguments.required(name))
        if channel is None or not (channel.is_public or self.bot in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def user(self, name: str = "user") -> User:
        user = self.state.users.get(self.arguments.required(name))
        if user is None:
            raise SlackError("user_not_found")
        return user

    def has_scope(self, scope: str) -> bool:
        return scope in self.state.scopes

    def needs_scope(self, scope: str) -> None:
        if scope not in self.state.scopes:
            raise missing_scope(self.state, scope)

    def needs_to_manage(self, *, is_private: bool) -> None:
        """Raise unless the app may make and change this kind of channel."""
        self.needs_scope("groups:write" if is_private else "channels:manage")

    def needs_channel_scope(self, channel: Channel, what: str) -> None:
        """Raise unless the app may read `what` (`read`, `history`) of this kind of channel."""
        self.needs_scope(f"{channel_kind(channel)}:{what}")


def missing_scope(state: State, *needed: str) -> SlackError:
    """Return the refusal of an app that has none of these scopes."""
    return SlackError(
        "missing_scope", needed=",".join(needed), provided=",".join(sorted(state.scopes))
    )


class Takes(StrEnum):
    """Which kind of token a method wants; the values are those of `State.tokens`."""

    NOTHING = "nothing"
    BOT = "bot"
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
    takes: Takes = Takes.BOT
