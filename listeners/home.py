"""Publishes App Home: when it is opened, and after an action in it."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_bolt.listener.async_listener_completion_handler import AsyncListenerCompletionHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.alerts.incident_lifecycle import IncidentState
from bot.alerts.queries import AlertsWanted
from bot.reports.models import Report
from bot.reports.service_types import Actor
from bot.tasks.creation import Owner
from bot.tasks.models import TaskStatus
from bot.tasks.queries import Filter
from listeners.services import ListenerServices
from listeners.views.home import home_builder
from listeners.views.home.home_builder import HomeFacts, build_home
from listeners.views.home.leaderboards_builder import MAX_LEADERBOARDS

logger = structlog.get_logger(__name__)

MAX_REMEMBERED = 1_000


@dataclass
class _Home:
    """What is known of a person's Home: what Slack calls its newest state."""

    hash: str | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Homes:
    """The Homes of those who have opened theirs since the start, the latest thousand."""

    def __init__(self, services: ListenerServices) -> None:
        self._services = services
        self._known: OrderedDict[str, _Home] = OrderedDict()

    def is_known(self, user_id: str) -> bool:
        """Tell whether the person has opened their Home."""
        return user_id in self._known

    async def publish(
        self, client: AsyncWebClient, owner: Owner, user_id: str, seen_hash: str | None = None
    ) -> None:
        """
        Bring a person's Home up to date; *seen_hash* is that of what the person sees, if known.

        One after the other for each person, so that an older state never overwrites a newer one.
        If another process was faster, the state is read once more and published over it.
        """
        home = self._home(user_id)
        async with home.lock:
            given = {"hash": seen_hash or home.hash} if seen_hash or home.hash else {}
            view = build_home(await self._facts(owner, user_id))
            try:
                answer = await client.views_publish(user_id=user_id, view=view, **given)
            except SlackApiError as error:
                if error.response.get("error") != "hash_conflict":
                    raise
                view = build_home(await self._facts(owner, user_id))
                answer = await client.views_publish(user_id=user_id, view=view)
            home.hash = (answer.get("view") or {}).get("hash")

    def _home(self, user_id: str) -> _Home:
        home = self._known.setdefault(user_id, _Home())
        self._known.move_to_end(user_id)
        while len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)
        return home

    async def _facts(self, owner: Owner, user_id: str) -> HomeFacts:
        services = self._services
        open_alerts = AlertsWanted(state=IncidentState.OPEN, limit=home_builder.MAX_ALERTS + 1)
        running = Filter(
            status=TaskStatus.RUNNING, limit=home_builder.MAX_TASKS + 1, with_payload=False
        )
        return HomeFacts(
            alerts=await services.alerts.list(owner.tenant, open_alerts),
            silences=await services.alerts.silences(owner.tenant),
            dead_letters=await services.requests.dead_of(
                owner.tenant, user_id, home_builder.MAX_DEAD_LETTERS + 1
            ),
            reports=await self._reports(owner, user_id),
            leaderboards=await services.leaderboards.standings(MAX_LEADERBOARDS + 1),
            running=await services.tasks.list(owner, running),
            subscriptions=await services.subscriptions.list(owner, user_id),
            preference=await services.subscriptions.preference(owner, user_id),
            health=services.health(),
            workspace_url=services.workspace_url or "",
            at=services.clock.now(),
        )

    async def _reports(self, owner: Owner, user_id: str) -> Sequence[Report]:
        """Return the person's own reports, also of an admin, who may see all."""
        actor = Actor(owner.tenant, owner.workspace_id, user_id)
        found, _ = await self._services.reports.list(actor, limit=home_builder.MAX_REPORTS + 1)
        return found


class HomeRefresh(AsyncListenerCompletionHandler):
    """
    Publishes the Home in which somebody has acted, once, when the listener has done its work.

    If a listener is late, Bolt starts the fallback, too (`listeners.fallback.StartCount`), which
    ends first: then there is nothing new to show yet.
    """

    async def handle(
        self,
        request: AsyncBoltRequest,
        response: BoltResponse | None,  # noqa: ARG002 - Bolt passes it by name
    ) -> None:
        """Publish it; that it cannot be now is logged, for the action itself is done."""
        context = request.context
        context["ends"] = context.get("ends", 0) + 1
        if context["ends"] < context.get("starts", 1) or context.get("is_home_published"):
            return
        context["is_home_published"] = True
        homes: Homes | None = context.get("homes")
        if homes is None or request.context.client is None:
            return  # Refused before any listener.
        user_id = _whose_home(request.body, homes)
        if user_id is None:
            return
        try:
            owner = request.context["owner"]
            await homes.publish(request.context.client, owner, user_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, SQLAlchemyError) as error:
            logger.warning("home_not_refreshed", error=type(error).__name__)


def _whose_home(body: dict[str, Any], homes: Homes) -> str | None:
    """Return whose Home shows something older now: whoever clicked in it, or sent a form."""
    user = body.get("user")
    if not isinstance(user, dict):
        return None
    user_id = str(user["id"])
    if body.get("type") == "view_submission":
        return user_id if homes.is_known(user_id) else None
    is_home = (body.get("view") or {}).get("type") == "home"
    return user_id if body.get("type") == "block_actions" and is_home else None
