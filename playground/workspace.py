"""One workspace with everything that keeps it going."""

import asyncio
import random
from collections.abc import Callable

from playground.clock import Clock
from playground.config import PlaygroundConfig, read_record
from playground.drawn import draw_inside, draw_message, names_of
from playground.events import Events
from playground.faults import Faults
from playground.feed import Feed
from playground.journal import Journal
from playground.limits import Limits
from playground.manifest import read_manifest
from playground.response_urls import ResponseUrls
from playground.seed import make_state
from playground.sockets import Sockets
from playground.state import Channel, Record
from playground.triggers import Triggers


class Workspace:
    """The state and what acts on it. `address` is set once the server listens."""

    def __init__(self, config: PlaygroundConfig) -> None:
        self.config = config
        self.clock: Clock = config.clock
        self.address = ""
        self.is_closing = asyncio.Event()
        self.manifest = read_manifest(read_record(config.manifest))
        self._seed = read_record(config.seed)
        self.state = make_state(self.manifest, self._seed)
        self.journal = Journal()
        self.feed = Feed()
        self.faults = Faults()
        self.limits = Limits(config.clock, is_on=config.limits == "slack")
        self.triggers = Triggers(config.clock, config.trigger_seconds)
        self.response_urls = ResponseUrls(config.clock)
        self.sockets = Sockets(
            self.journal,
            config.clock,
            ack_seconds=config.ack_seconds,
            dice=random.Random(config.random_seed),  # noqa: S311 - picks a socket
        )
        self.events = Events(self.sockets, config.retry_delays)

    @property
    def has_app(self) -> bool:
        """Say whether an app ever asked for a socket; before that, events go nowhere."""
        return self.sockets.was_wanted

    def reset(self) -> None:
        """Go back to the seed and forget every log, fault and limit; sockets stay open."""
        self.state = make_state(self.manifest, self._seed)
        for part in (
            self.journal,
            self.faults,
            self.limits,
            self.triggers,
            self.response_urls,
            self.events,
        ):
            part.reset()
        self.tell_state()

    def next_ts(self) -> str:
        """Return a timestamp like Slack's, later than every one before."""
        micros = max(int(self.clock.now() * 1_000_000), self.state.last_ts + 1)
        self.state.last_ts = micros
        return f"{micros // 1_000_000:010d}.{micros % 1_000_000:06d}"

    def tell_message(
        self, kind: str, channel: Channel, read: Callable[[], Record], *, only: str | None = None
    ) -> None:
        """Tell the pages of everyone in sight, or of `only`, about the message `read` returns."""

        def make_event() -> Record:
            drawn = draw_message(read(), names_of(self.state))
            return {"type": kind, "channel": channel.id, "message": drawn}

        self.feed.tell(make_event, may_see=lambda user: self._sees(user, channel, only))

    def tell_removal(
        self, kind: str, channel: Channel, ts: str, *, only: str | None = None
    ) -> None:
        self.feed.tell(
            lambda: {"type": kind, "channel": channel.id, "ts": ts},
            may_see=lambda user: self._sees(user, channel, only),
        )

    def tell_view(self, kind: str, user: str, view: Record) -> None:
        self.feed.tell(
            lambda: {"type": kind, "view": draw_inside(view, names_of(self.state))},
            may_see=lambda one: one == user,
        )

    def tell_notice(self, user: str, text: str, channel: str | None = None) -> None:
        """Show `user` a line that no message stands for, as Slackbot does."""
        event: Record = {"type": "notice", "text": text}
        if channel is not None:
            event["channel"] = channel
        self.feed.tell(lambda: event, may_see=lambda one: one == user)

    def tell_view_closed(self, user: str, view_id: str, *, is_all: bool) -> None:
        self.feed.tell(
            lambda: {"type": "view_closed", "view_id": view_id, "all": is_all},
            may_see=lambda one: one == user,
        )

    def tell_state(self) -> None:
        self.feed.tell(lambda: {"type": "state"})

    def _sees(self, user: str, channel: Channel, only: str | None) -> bool:
        if only is not None:
            return user == only
        return channel.is_public or user in channel.members
