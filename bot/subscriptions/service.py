"""
What people ask of subscriptions: subscribe, unsubscribe, list, and how they want to be told.

Each method is one transaction.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlmodel import Session, col, delete, func, select

from bot.clock import Clock
from bot.db import Database, upsert
from bot.errors import ConflictError, FieldProblem, InvalidError, NotFoundError
from bot.scheduling.quiet_hours import parse_quiet_hours
from bot.scheduling.schedule_parser import parse_timezone
from bot.subscriptions.models import EndNotice, Preference, Subscription
from bot.subscriptions.pattern import check_pattern
from bot.suggestions import closest
from bot.tasks.creation import Owner

MAX_SUBSCRIPTIONS = 50


class SubscribeOutcome(StrEnum):
    """What became of a wish to subscribe."""

    NEW = "new"
    CHANGED = "changed"  #: from failures to every end, or back
    ALREADY = "already"


class Subscriptions:
    """The use cases of subscriptions. A channel is a channel's id, or a person's user id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def subscribe(
        self, owner: Owner, channel: str, pattern: str, *, only_failures: bool, by: str
    ) -> tuple[Subscription, SubscribeOutcome]:
        """Tell *channel* of ends from now on; raise `InvalidError`, or `ConflictError` if full."""
        pattern = check_pattern(pattern)

        def work(session: Session) -> tuple[Subscription, SubscribeOutcome]:
            known = session.get(Subscription, (owner.tenant, owner.workspace_id, channel, pattern))
            if known is not None and known.only_failures == only_failures:
                return known, SubscribeOutcome.ALREADY
            if known is not None:
                known.only_failures = only_failures
                session.add(known)
                return known, SubscribeOutcome.CHANGED
            of_channel = select(func.count()).where(*_of_channel(owner, channel))
            if session.exec(of_channel).one() >= MAX_SUBSCRIPTIONS:
                raise ConflictError(
                    f"There are {MAX_SUBSCRIPTIONS} subscriptions here, which is the maximum:"
                    " `/ops subscriptions` lists them."
                )
            made = Subscription(
                tenant=owner.tenant,
                workspace_id=owner.workspace_id,
                channel=channel,
                pattern=pattern,
                prefix=pattern.partition("*")[0],
                only_failures=only_failures,
                created_by=by,
                created_at=self._clock.now(),
            )
            session.add(made)
            return made, SubscribeOutcome.NEW

        return await self._database.write_unique(work)

    async def unsubscribe(
        self, owner: Owner, channel: str, pattern: str, *, only_failures: bool = False
    ) -> Subscription:
        """
        End a subscription and forget what still waits for its digest; return what it was.

        Raises `NotFoundError` if there is none, and if one of failures is meant but it is of all.
        """
        pattern = check_pattern(pattern)

        def work(session: Session) -> Subscription:
            found = session.get(Subscription, (owner.tenant, owner.workspace_id, channel, pattern))
            if found is None:
                raise NotFoundError(_missing(session, owner, channel, pattern))
            if only_failures and not found.only_failures:
                raise NotFoundError(
                    f"The subscription to `{pattern}` is to every end, not only to failures:"
                    f" `/ops unsubscribe {pattern}` ends it."
                )
            session.delete(found)
            waiting = delete(EndNotice).where(
                col(EndNotice.tenant) == owner.tenant,
                col(EndNotice.workspace_id) == owner.workspace_id,
                col(EndNotice.channel) == channel,
                col(EndNotice.pattern) == pattern,
                col(EndNotice.due_at).is_not(None),
            )
            session.execute(waiting)
            return found

        return await self._database.write(work)

    async def list(self, owner: Owner, channel: str) -> Sequence[Subscription]:
        """Return the subscriptions of a channel or person, by pattern."""
        return await self._database.read(lambda session: _list(session, owner, channel))

    async def preference(self, owner: Owner, user_id: str) -> Preference | None:
        """Return how a person wants to be told; None if they never said."""
        return await self._database.read(
            lambda session: session.get(Preference, (owner.tenant, user_id))
        )

    async def prefer(self, owner: Owner, preference: Preference) -> None:
        """Remember how a person wants to be told; raise `InvalidError` with the field."""
        try:
            parse_timezone(preference.timezone)
        except ValueError as error:
            problem = FieldProblem("timezone", str(error))
            raise InvalidError(f"`timezone`: {error}.", [problem]) from error
        if preference.quiet_hours is not None:
            try:
                parse_quiet_hours(preference.quiet_hours, preference.timezone)
            except ValueError as error:
                problem = FieldProblem("quiet_until", str(error))
                raise InvalidError(f"Quiet hours: {error}.", [problem]) from error
        preference.tenant = owner.tenant
        await self._database.write(lambda session: upsert(session, preference))


def _of_channel(owner: Owner, channel: str) -> tuple[bool, ...]:
    return (
        Subscription.tenant == owner.tenant,
        Subscription.workspace_id == owner.workspace_id,
        Subscription.channel == channel,
    )


def _list(session: Session, owner: Owner, channel: str) -> list[Subscription]:
    query = select(Subscription).where(*_of_channel(owner, channel))
    return list(session.exec(query.order_by(col(Subscription.pattern))))


def _missing(session: Session, owner: Owner, channel: str, pattern: str) -> str:
    known = [one.pattern for one in _list(session, owner, channel)]
    near = closest(pattern, known)
    hint = f" Did you mean `/ops unsubscribe {near}`?" if near else ""
    return f"There is no subscription to `{pattern}` here.{hint} `/ops subscriptions` lists them."
