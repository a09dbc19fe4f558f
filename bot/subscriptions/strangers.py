"""Ends the subscriptions of people who may no longer use the bot: guests, partners, and leavers."""

from collections.abc import Awaitable, Callable

import structlog
from sqlmodel import Session, col, delete, select

from bot.db import Database
from bot.errors import ForbiddenError, UnavailableError
from bot.ids import is_slack_user_id
from bot.subscriptions.models import EndNotice, Subscription
from bot.workspaces.gate import Visitor

logger = structlog.get_logger(__name__)


class Strangers:
    """
    Looks at everybody who is told in direct messages.

    *require_insider* raises `ForbiddenError` for a stranger, `UnavailableError` if Slack is away.
    """

    def __init__(
        self, database: Database, require_insider: Callable[[Visitor], Awaitable[None]]
    ) -> None:
        self._database = database
        self._require_insider = require_insider

    async def end_subscriptions(self) -> int:
        """End those of strangers and what waits for their digests; return how many people."""
        ended = 0
        for user_id in await self._database.read(_subscribed_people):
            try:
                await self._require_insider(Visitor(user_id))
            except ForbiddenError as error:
                count = await self._database.write(
                    lambda session, user_id=user_id: _end_all(session, user_id)  # type: ignore[misc]
                )
                logger.info("subscriptions_ended", user=user_id, count=count, reason=str(error))
                ended += 1
            except UnavailableError:
                return ended  # The next look tries again.
        return ended


def _subscribed_people(session: Session) -> list[str]:
    """Return the user ids among the places that are told."""
    found = session.exec(select(Subscription.channel).distinct())
    return sorted(channel for channel in found if is_slack_user_id(channel))


def _end_all(session: Session, user_id: str) -> int:
    waiting = (col(EndNotice.channel) == user_id, col(EndNotice.due_at).is_not(None))
    session.execute(delete(EndNotice).where(*waiting))
    ended = session.execute(delete(Subscription).where(col(Subscription.channel) == user_id))
    return int(ended.rowcount)  # type: ignore[attr-defined] # of every DELETE
