"""The services that the HTTP server needs; filled in once by the composition root."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.alerts.wiring import AlertServices
from bot.case_files.service import CaseFiles
from bot.clock import Clock
from bot.db import Database
from bot.http.security.oidc import OidcTokens
from bot.leaderboards.service import Leaderboards
from bot.messages.delivery.health import LaneHealth
from bot.messages.destinations import NO_DESTINATIONS, Destinations
from bot.messages.requests.sender_settings import Senders
from bot.messages.requests.service import Requests
from bot.messages.templates.store import Templates
from bot.reports.service import Reports
from bot.reports.service_health import ReportStanding
from bot.settings import Settings
from bot.signups.announcer import Users
from bot.tasks.creation import Owner
from bot.tasks.intake import Intake
from bot.tasks.service import Tasks
from bot.telemetry.bus_figures import BusFigures
from bot.telemetry.meters import Meters
from bot.tokens import Caller, Tokens
from bot.workspaces.gate import Visitor
from bot.workspaces.installation import Installations
from bot.workspaces.service import WorkspaceConnections


class Channels(Protocol):
    """Looks up the channels of each workspace by name."""

    async def channel_id(self, workspace_id: str, channel: str) -> str:
        """Return the id for an id, a `#name`, a mention or a link; raise `InvalidError`."""
        ...


class People(Protocol):
    """Knows what the people may do who ask through Slack's own assistant."""

    async def caller_of(self, visitor: Visitor) -> Caller:
        """Return the person as a caller; raise `ForbiddenError`, or `UnavailableError`."""
        ...

    async def require_operator(self, visitor: Visitor, kind: str) -> None:
        """Raise `ForbiddenError`, saying who may, unless the person may start such tasks."""
        ...


@dataclass(frozen=True)
class HttpServices:
    """
    Use cases and facts behind the endpoints.

    `owner_of` maps a tenant to its first workspace and raises `InvalidError` when it has none;
    `workspaces_of` returns all it has, and `home` is the one of SLACK_BOT_TOKEN. `timeline` returns
    so many of the newest events of a message by its id, oldest first. `socket` says at least
    whether it is `connected`; whatever else it says is shown to callers with a token.
    """

    settings: Settings
    database: Database
    clock: Clock
    tasks: Tasks
    intake: Intake
    alerts: AlertServices
    requests: Requests
    users: Users
    templates: Templates
    senders: Senders
    channels: Channels
    tokens: Tokens | None
    home: str
    owner_of: Callable[[str], Awaitable[Owner]]
    workspaces_of: Callable[[str], Awaitable[Sequence[str]]]
    connections: WorkspaceConnections
    timeline: Callable[[str, int], Awaitable[Sequence[Mapping[str, Any]]]]
    lanes: Callable[[], Sequence[LaneHealth]]
    socket: Callable[[], Mapping[str, Any]]
    leaderboards: Leaderboards
    reports: Reports
    report_standing: ReportStanding
    case_files: CaseFiles
    destinations: Destinations = NO_DESTINATIONS
    oidc: OidcTokens | None = None
    meters: Meters = field(default_factory=Meters)
    bus: BusFigures | None = None  # with `[bus]`
    installations: Installations | None = None
    people: People | None = None

    def usual_channel(self, workspace_id: str) -> str | None:
        """Return the channel of a workspace for what names none; None if there is none."""
        if workspace_id == self.home:
            return self.settings.slack_default_channel
        own = self.settings.config.workspaces.get(workspace_id)
        return own.channel if own is not None else None
