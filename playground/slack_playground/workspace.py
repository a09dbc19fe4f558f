"""One workspace with everything that keeps it going."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from slack_playground.app.response_urls import ResponseUrls
from slack_playground.app.triggers import Triggers
from slack_playground.drawn import draw_inside, draw_message, names_of
from slack_playground.feed import Feed
from slack_playground.journal import Action, Birth
from slack_playground.seed import make_state
from slack_playground.state import Channel, Record, Refused, Status, User
from slack_playground.timing.limits import Limits
from slack_playground.timing.schedule import Schedule

if TYPE_CHECKING:
    from slack_playground.platform import Platform


class Workspace:
    """The state of one workspace and what acts on it, beside what the platform shares."""

    def __init__(self, platform: "Platform", seed: Record) -> None:
        self.platform = platform
        self.config = platform.config
        self.clock = platform.clock
        self.is_closing = platform.is_closing
        self.manifest = platform.manifest
        self.journal = platform.journal
        self.faults = platform.faults
        self.sockets = platform.sockets
        self.deliveries = platform.deliveries
        self.events = platform.events
        self._seed = seed
        self.state = make_state(self.manifest, seed)
        self.feed = Feed()
        self.limits = Limits(self.clock, is_on=self.config.limits == "slack")
        self.triggers = Triggers(self.clock, self.config.trigger_seconds)
        self.response_urls = ResponseUrls(self.clock)
        self.schedule = Schedule(self.clock, platform.waits)

    @property
    def address(self) -> str:
        return self.platform.address

    @property
    def has_app(self) -> bool:
        """
        Say whether an app is installed here and has ever said how to reach it.

        Before that, events go nowhere.
        """
        return self.state.is_installed and self.deliveries.were_wanted

    def reset(self) -> None:
        """Go back to the seed everywhere: the workspaces share an app and its logs."""
        self.platform.reset()

    def start_over(self) -> None:
        """Go back to this workspace's own seed."""
        self.schedule.stop()
        self.state = make_state(self.manifest, self._seed)
        for part in (self.limits, self.triggers, self.response_urls):
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

    def refuse(self, user: str, what: str, add: str, channel: str | None = None) -> str:
        """
        Note that the manifest does not allow something, and tell `user` what to add to it.

        Returns the text of the notice.
        """
        text = f"{what} To allow it, add to the manifest: {add}"
        refused = self.state.refused.setdefault(what, Refused(what, add))
        refused.count += 1
        self.tell_notice(user, text, channel)
        self.tell_state()
        return text

    def note_missing_scope(self, method: str, needed: str) -> None:
        """List a refused call beside what the manifest lacks: one of the scopes `needed`."""
        scopes = needed.split(",")
        said = f"the scope {needed}" if len(scopes) == 1 else f"one of {', '.join(scopes)}"
        add = " or ".join(f'"{scope}"' for scope in scopes)
        what = f"{method} needs {said}."
        refused = self.state.refused.setdefault(
            what, Refused(what, f"{add} in oauth_config.scopes.bot")
        )
        refused.count += 1
        self.tell_state()

    def tell_status(self, channel: str, thread_ts: str, status: Status) -> None:
        """Show what an assistant is doing in a thread; an empty text clears it."""
        place = {"channel": channel, "thread_ts": thread_ts}
        event = {"type": "status", **place, **asdict(status)}
        self.feed.tell(lambda: event, may_see=lambda user: self._sees_id(user, channel))

    def did(self, request: str, user: User, **body: object) -> None:
        """Note in the journal what a person did, as the page request that does the same."""
        said = {name: value for name, value in body.items() if value is not None}
        record = {"user": user.id, **said}
        self.journal.add(Action(request, record, self.clock.now(), self.state.team_id))

    def was_born(self, kind: str, thing: str, place: str) -> None:
        """Note in the journal that something with an id of its own came to be."""
        self.journal.add(Birth(kind, thing, place, self.clock.now(), self.state.team_id))

    def tell_view_closed(self, user: str, view_id: str, *, is_all: bool) -> None:
        self.feed.tell(
            lambda: {"type": "view_closed", "view_id": view_id, "all": is_all},
            may_see=lambda one: one == user,
        )

    def tell_state(self) -> None:
        self.feed.tell(lambda: {"type": "state"})

    def _sees_id(self, user: str, channel_id: str) -> bool:
        channel = self.state.channels.get(channel_id)
        return channel is not None and self._sees(user, channel, None)

    def _sees(self, user: str, channel: Channel, only: str | None) -> bool:
        if only is not None:
            return user == only
        return channel.is_public or user in channel.members
