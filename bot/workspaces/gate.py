"""Who may use the bot from Slack at all: people of the house, not guests and not partners."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ForbiddenError, UnavailableError

logger = structlog.get_logger(__name__)

#: What Slack says of somebody is believed so long.
KEPT_SECONDS = 300.0
#: The same while Slack does not answer.
KEPT_WITHOUT_SLACK_SECONDS = 3_600.0
MAX_KEPT_PEOPLE = 10_000
#: A click has to be acknowledged within three seconds.
ASK_SECONDS = 1.5
#: Any other error says that Slack does not tell us about this person.
PASSING = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)


class Standing(StrEnum):
    """What somebody is to the house."""

    MEMBER = "member"
    GUEST = "guest"  #: single- or multi-channel
    OUTSIDER = "outsider"  #: of another organisation, in a shared channel


@dataclass(frozen=True)
class House:
    """The workspace the bot lives in, and the organisation (Enterprise Grid) it is part of."""

    workspace_id: str
    name: str
    enterprise_id: str | None = None


@dataclass(frozen=True)
class Visitor:
    """What a payload says of who sent it; None where it does not say."""

    user_id: str
    team_id: str | None = None  #: the person's own workspace
    seen_in: str | None = None  #: the workspace in which it was sent
    enterprise_id: str | None = None  #: the organisation of that workspace


class Gate:
    """
    Lets people of the house through.

    *named* are the user ids that the configuration names: a guest among them passes, too.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        house: House,
        named: Collection[str] = (),
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.house = house
        self._client = client
        self._named = frozenset(named)
        self._monotonic = monotonic
        self._kept: OrderedDict[str, tuple[float, Mapping[str, Any]]] = OrderedDict()

    async def require_insider(self, visitor: Visitor) -> None:
        """
        Return if this person may use the bot.

        Raises `ForbiddenError` saying why not, `UnavailableError` while Slack does not tell.
        """
        standing = await self._standing(visitor)
        if standing is Standing.OUTSIDER:
            raise ForbiddenError(f"Only people of *{self.house.name}* can use me: ask one of them.")
        if standing is Standing.GUEST and visitor.user_id not in self._named:
            raise ForbiddenError(f"Guests cannot use me: ask a full member of *{self.house.name}*.")

    async def _standing(self, visitor: Visitor) -> Standing:
        is_elsewhere = visitor.team_id not in (None, self.house.workspace_id)
        if is_elsewhere and self.house.enterprise_id is None:
            return Standing.OUTSIDER
        return standing_of(await self._record(visitor.user_id), visitor, self.house)

    async def _record(self, user_id: str) -> Mapping[str, Any]:
        """Return what users.info says; nothing if Slack tells us of nobody."""
        asked_at, known = self._kept.get(user_id, (None, {}))
        now = self._monotonic()
        if asked_at is not None and now - asked_at < KEPT_SECONDS:
            return known
        try:
            found = await self._ask(user_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            if asked_at is not None and now - asked_at < KEPT_WITHOUT_SLACK_SECONDS:
                return known
            raise UnavailableError(
                "Slack does not say just now who you are, so nothing was done: try again."
            ) from error
        self._kept[user_id] = (now, found)
        self._kept.move_to_end(user_id)
        if len(self._kept) > MAX_KEPT_PEOPLE:
            self._kept.popitem(last=False)
        return found

    async def _ask(self, user_id: str) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await self._client.users_info(user=user_id)
        except SlackApiError as error:
            if is_passing(error):
                raise
            # Without the scope users:read guests look like members; docs/scopes.md says so.
            logger.warning("person_unknown", user=user_id, error=error.response.get("error"))
            return {}
        found = answer.get("user")
        return found if isinstance(found, dict) else {}


def is_passing(error: SlackApiError) -> bool:
    """Tell whether Slack may answer the same question later."""
    status = error.response.status_code
    return error.response.get("error") in PASSING or status == 429 or status >= 500


def standing_of(user: Mapping[str, Any], visitor: Visitor, house: House) -> Standing:
    """Return what somebody is to the house, by users.info and, where it is silent, the payload."""
    if user.get("is_stranger") or user.get("deleted") or not is_of(user, visitor, house):
        return Standing.OUTSIDER
    is_guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    return Standing.GUEST if is_guest else Standing.MEMBER


def is_of(user: Mapping[str, Any], visitor: Visitor, house: House) -> bool:
    """Tell whether somebody belongs to the workspace, or to the organisation around it."""
    grid = user.get("enterprise_user") or {}
    team = user.get("team_id") or visitor.team_id or visitor.seen_in
    if house.workspace_id in (team, *(grid.get("teams") or ())):
        return True
    enterprise = grid.get("enterprise_id") or (None if user else visitor.enterprise_id)
    return house.enterprise_id is not None and house.enterprise_id in (team, enterprise)
