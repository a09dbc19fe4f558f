"""What all workspaces share: one app with its sockets, the clock, the journal, the faults."""

import asyncio
import random
from dataclasses import dataclass

from slack_playground.app.installations import Installations
from slack_playground.app.manifest import read_manifest
from slack_playground.config import PlaygroundConfig, read_record
from slack_playground.delivery.deliveries import Deliveries
from slack_playground.delivery.events import Events
from slack_playground.delivery.requests import Requests
from slack_playground.delivery.sockets import Sockets
from slack_playground.faults import Faults
from slack_playground.journal import Journal
from slack_playground.seed import read_seeds
from slack_playground.state import Record, State
from slack_playground.timing.clock import Clock
from slack_playground.timing.waits import Waits
from slack_playground.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of every workspace; the clock, the logs and the sockets are not in it."""

    states: dict[str, State]


class Platform:
    """Several workspaces around one app. `address` is set once the server listens."""

    def __init__(self, config: PlaygroundConfig) -> None:
        self.config = config
        self.clock: Clock = config.clock
        self.waits = Waits(config.clock)
        self.address = ""
        self.is_closing = asyncio.Event()
        self._declared = self._source = read_record(config.manifest)
        self.manifest = read_manifest(self._declared)
        self.journal = Journal()
        self.faults = Faults()
        self.installations = Installations(config.clock)
        self.sockets = Sockets(
            self.journal,
            config.clock,
            self.faults,
            self.waits,
            ack_seconds=config.ack_seconds,
            dice=random.Random(config.random_seed),  # noqa: S311 - picks a socket
        )
        self.requests = Requests(
            self.manifest,
            self.journal,
            config.clock,
            self.faults,
            url=config.request_url,
            ack_seconds=config.ack_seconds,
        )
        self.deliveries = Deliveries(self.sockets, self.requests)
        self.events = Events(
            self.deliveries,
            config.retry_delays,
            self.waits,
            most_an_hour=config.events_per_hour if config.limits == "slack" else None,
        )
        self.snapshots: dict[str, Snapshot] = {}
        self.workspaces: dict[str, Workspace] = {}
        for seed in read_seeds(read_record(config.seed)):
            workspace = Workspace(self, seed)
            self.workspaces[workspace.state.team_id] = workspace

    @property
    def first(self) -> Workspace:
        return next(iter(self.workspaces.values()))

    def find(self, reference: str) -> Workspace | None:
        """Return the workspace with this id, domain or name."""
        for workspace in self.workspaces.values():
            state = workspace.state
            if reference in (state.team_id, state.team_domain, state.team_name):
                return workspace
        return None

    def holder(self, token: str) -> Workspace | None:
        """Return the workspace in which a token is or was good."""
        for workspace in self.workspaces.values():
            if token in workspace.state.tokens:
                return workspace
        return None

    def home_of(self, thing: str) -> Workspace | None:
        """Return the workspace a person or channel id belongs to."""
        for workspace in self.workspaces.values():
            state = workspace.state
            if thing in state.users or thing in state.channels:
                return workspace
        return None

    @property
    def manifest_source(self) -> Record:
        """The app's manifest as it was written; without one, the least that is one."""
        return self._source or {"display_information": {"name": self.manifest.name}}

    def use_manifest(self, source: Record | None) -> None:
        """Let the app live by another manifest; the scopes it was granted stay as they are."""
        self._source = source
        self.manifest = self.requests.manifest = read_manifest(source)
        for workspace in self.workspaces.values():
            workspace.manifest = self.manifest
            workspace.tell_state()

    def reset(self) -> None:
        """Go back to the seed and forget every log, fault and limit; sockets stay open."""
        if self._source is not self._declared:
            self.use_manifest(self._declared)
        for part in (self.journal, self.faults, self.events, self.sockets, self.installations):
            part.reset()
        for workspace in self.workspaces.values():
            workspace.start_over()
