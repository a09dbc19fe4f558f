"""Admits to the bot only full members of its workspace, not guests and not partners."""

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
PEOPLE_KEPT_SECONDS = 300.0
#: The same while Slack does not answer.
PEOPLE_KEPT_WITHOUT_SLACK_SECONDS = 3_600.0
_MAX_KEPT_PEOPLE = 10_000
#: A click has to be acknowledged within three seconds.
_ASK_SECONDS = 2.0
#: Any other error says that Slack does not tell us about this person.
_UNDECIDED_ERRORS = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)


class Membership(StrEnum):
    """A person's relation to the workspace."""

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
    """What a payload says about its sender; None where it says nothing."""

    user_id: str
    team_id: str | None = None  #: the person's own workspace
    seen_in: str | None = None  #: the workspace in which it was sent
    enterprise_id: str | None = None  #: the organisation of that workspace


class Gate:
    """
    Refuses everybody but members.

    *named* are the user ids in the configuration: guests among them are let in.
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

        Raises `ForbiddenError` with the reason, `UnavailableError` if Slack does not answer.
        """
        membership = await self._membership(visitor)
        if membership is Membership.OUTSIDER:
            raise ForbiddenError(
                f"Only members of *{self.house.name}* can use me: ask one of them."
            )
        if membership is Membership.GUEST and visitor.user_id not in self._named:
            raise ForbiddenError(f"Guests cannot use me: ask a full member of *{self.house.name}*.")

    async def _membership(self, visitor: Visitor) -> Membership:
        team = visitor.team_id or visitor.seen_in
        is_elsewhere = team not in (None, self.house.workspace_id)
        # users.info is asked in our workspace: it must not be believed about another one's people.
        if is_elsewhere and not self._is_of_our_organisation(visitor):
            return Membership.OUTSIDER
        return membership_of(await self._record(visitor.user_id), visitor, self.house)

    def _is_of_our_organisation(self, visitor: Visitor) -> bool:
        """Tell whether nothing speaks against it; a payload may leave the organisation out."""
        ours = self.house.enterprise_id
        return ours is not None and visitor.enterprise_id in (None, ours)

    async def _record(self, user_id: str) -> Mapping[str, Any]:
        """Return the answer of users.info; nothing if Slack does not tell."""
        asked_at, known = self._kept.get(user_id, (None, {}))
        now = self._monotonic()
        if asked_at is not None and now - asked_at < PEOPLE_KEPT_SECONDS:
            return known
        try:
            found = await self._ask(user_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            if asked_at is not None and now - asked_at < PEOPLE_KEPT_WITHOUT_SLACK_SECONDS:
                return known
            raise UnavailableError(
                "Slack could not tell me who you are, so nothing was done. Try again."
            ) from error
        self._kept[user_id] = (now, found)
        self._kept.move_to_end(user_id)
        if len(self._kept) > _MAX_KEPT_PEOPLE:
            self._kept.popitem(last=False)
        return found

    async def _ask(self, user_id: str) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                answer = await self._client.users_info(user=user_id)
        except SlackApiError as error:
            if _is_passing(error):
                raise
            # Without the scope users:read guests look like members; docs/scopes.md says so.
            logger.warning("person_unknown", user=user_id, error=error.response.get("error"))
            return {}
        found = answer.get("user")
        return found if isinstance(found, dict) else {}


def _is_passing(error: SlackApiError) -> bool:
    """Tell whether the error is temporary."""
    status = error.response.status_code
    return error.response.get("error") in _UNDECIDED_ERRORS or status == 429 or status >= 500


def membership_of(user: Mapping[str, Any], visitor: Visitor, house: House) -> Membership:
    """Return a person's relation to the workspace, by users.info or else by the payload."""
    if user.get("is_stranger") or user.get("deleted") or not _belongs_to(user, visitor, house):
        return Membership.OUTSIDER
    is_guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    return Membership.GUEST if is_guest else Membership.MEMBER


def _belongs_to(user: Mapping[str, Any], visitor: Visitor, house: House) -> bool:
    """Tell whether a person belongs to the workspace or to its organisation."""
    grid = user.get("enterprise_user") or {}
    own = visitor.team_id or visitor.seen_in
    team, teams = user.get("team_id") or own, grid.get("teams") or ()
    enterprise = grid.get("enterprise_id") or (None if user else visitor.enterprise_id)
    is_colleague = house.enterprise_id is not None and house.enterprise_id in (team, enterprise)
    if own in (None, house.workspace_id):
        return is_colleague or house.workspace_id in (team, *teams)
    if not user:
        # The payload's organisation is that of the place, of the person only if that is theirs.
        return is_colleague and visitor.team_id in (None, visitor.seen_in)
    # In another workspace somebody else may have this id: what we are told must be of a person
    # who is there, too.
    return is_colleague and (not teams or own in (*teams, team, house.enterprise_id))
