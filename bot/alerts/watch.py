"""Runs scheduled and requested checks: finds where alerts go, and whether they arrived."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlmodel import Session, col, select

from bot.alerts.announcer import AlertChannels
from bot.alerts.check_run import Checked, CheckOptions
from bot.alerts.configured_rules import Rules
from bot.alerts.external_alerts import ExternalReport
from bot.alerts.incident_lifecycle import TroubleType
from bot.alerts.service import Alerts
from bot.alerts.tables.reader import TableReader
from bot.db import Database
from bot.errors import UserError
from bot.messages.models import Message

logger = structlog.get_logger(__name__)

#: How long an explicit check waits for Slack before it says that nobody was told.
_WAIT_SECONDS = 10.0
_WATCH_LOOK_SECONDS = 0.1
_NOT_ARRIVED = f"not delivered within {_WAIT_SECONDS:.0f} s; it is sent as soon as it can be"

FindChannel = Callable[[str], Awaitable[str]]


@dataclass(frozen=True)
class CheckResult:
    """What a check found, and whether people know of it."""

    failed_tasks_count: int
    stuck_tasks_count: int
    failed_notification_sent: bool
    stuck_notification_sent: bool
    error: str | None = None


class AlertWatch:
    """Runs the checks of every tenant."""

    def __init__(
        self,
        alerts: Alerts,
        database: Database,
        rules: Rules,
        *,
        tenants: Callable[[], Awaitable[Sequence[str]]],
        home_of: Callable[[str], str | None],
        workspaces_of: Callable[[str], Awaitable[Sequence[str]]],
        find_channel: FindChannel,
        default_channel: str | None,
        tables: TableReader,
    ) -> None:
        """
        *home_of* returns the workspace in which a tenant is told of alerts as the settings say,
        None if it has no such workspace; *workspaces_of* returns all that it has.

        *find_channel* returns a channel's id for what the settings call it, or raises `UserError`.
        """
        self._alerts = alerts
        self._database = database
        self._rules = rules
        self._tenants = tenants
        self._home_of = home_of
        self._workspaces_of = workspaces_of
        self._find_channel = find_channel
        self._default_channel = default_channel
        self._tables = tables
        self._unknown: dict[str, str] = {}  # channel as configured -> why it has no id

    async def check_all(self) -> int:
        """Check every tenant; return how often somebody was told of something."""
        told = 0
        for tenant in await self._tenants():
            reports = self._tables.reports(tenant)
            options = self._with_tables(tenant, CheckOptions(external=reports))
            checked = await self._alerts.check(tenant, await self._channels(tenant), options)
            self._tables.told(reports)
            told += len(checked.told)
        return told

    async def read_tables(self) -> None:
        """Read the tables of other systems; the next check takes them in."""
        await self._tables.refresh()

    def _with_tables(self, tenant: str, options: CheckOptions) -> CheckOptions:
        tables = self._tables.take(tenant)
        return replace(options, tables=tables, table_runs=self._tables.runs(tenant))

    async def forget_old(self) -> int:
        """Delete some of the alerts that are no longer kept; return how many."""
        return await self._alerts.forget_old(timedelta(days=self._rules.config.retention.days))

    async def check_now(self, tenant: str, options: CheckOptions) -> CheckResult:
        """Check because somebody asks, and wait until what was found stands in Slack."""
        channels = await self._channels(tenant)
        await self._tables.refresh_soon()
        options = self._with_tables(tenant, options)
        checked = await self._alerts.check(tenant, channels, options)
        error = None if channels and channels.default else "there is no channel for alerts"
        if options.dry_run:
            return check_result(checked, set(), error)
        wanted = {one for ids in checked.messages.values() for one in ids if one is not None}
        arrived = await self.await_arrival(wanted)
        return check_result(checked, arrived, error if wanted <= arrived else _NOT_ARRIVED)

    async def take_in(self, tenant: str, reports: Sequence[ExternalReport]) -> None:
        """Make alerts of ours of what another system says of its own."""
        options = CheckOptions(external=reports)
        await self._alerts.check(tenant, await self._channels(tenant), options)

    async def await_arrival(self, message_ids: set[str]) -> set[str]:
        """Return which of the messages have arrived, within ten seconds at most."""
        end = time.monotonic() + _WAIT_SECONDS
        while True:
            arrived = await self._database.read(lambda session: _arrived_of(session, message_ids))
            if arrived == message_ids or time.monotonic() > end:
                return arrived
            await asyncio.sleep(_WATCH_LOOK_SECONDS)

    async def _channels(self, tenant: str) -> AlertChannels | None:
        home = self._home_of(tenant)
        if home is None:
            return await self._channel_elsewhere(tenant)
        said = self._rules.config.alerts
        names = {self._default_channel, said.escalate_to, *said.routes.values()} - {None}
        ids = {name: await self._id_of(name) for name in sorted(filter(None, names))}
        return AlertChannels(
            home,
            ids.get(self._default_channel or ""),
            {name: found for name, found in ids.items() if found is not None},
            ids.get(said.escalate_to or ""),
            is_certain=None not in ids.values(),
        )

    async def _channel_elsewhere(self, tenant: str) -> AlertChannels | None:
        """Return the channel that the section of one of the tenant's workspaces names."""
        sections = self._rules.config.workspaces
        for workspace_id in await self._workspaces_of(tenant) if sections else ():
            own = sections.get(workspace_id)
            if own is not None and own.alerts_channel is not None:
                return AlertChannels(workspace_id, own.alerts_channel, {})
        return None

    async def _id_of(self, channel: str) -> str | None:
        try:
            found = await self._find_channel(channel)
        except UserError as error:  # There is none of that name, or Slack does not say.
            reason = str(error)
            if self._unknown.get(channel) != reason:
                logger.warning("alerts_channel_unknown", channel=channel, reason=reason)
            self._unknown[channel] = reason
            return None
        if self._unknown.pop(channel, None) is not None:
            logger.info("alerts_channel_known", channel=channel)
        return found


def _arrived_of(session: Session, message_ids: Iterable[str]) -> set[str]:
    """Return which of the messages stand in Slack, or at the webhook."""
    query = select(Message).where(col(Message.id).in_(list(message_ids)))
    return {message.id for message in session.exec(query) if message.is_told}


def check_result(checked: Checked, arrived: set[str], error: str | None) -> CheckResult:
    """Return the result in the words of the contract."""

    def sent(kind: TroubleType, count: int) -> bool:
        return count > 0 and all(one in arrived for one in checked.messages.get(kind, ()))

    failed, stuck = len(checked.failed), len(checked.stuck)
    return CheckResult(
        failed_tasks_count=failed,
        stuck_tasks_count=stuck,
        failed_notification_sent=not checked.is_dry and sent(TroubleType.FAILED, failed),
        stuck_notification_sent=not checked.is_dry and sent(TroubleType.STUCK, stuck),
        error=error if failed or stuck else None,
    )
