"""
The request API's use cases: send one, many, later or at once; look, take back, try again.

Requests that arrive while a transaction runs share the next one, so that accepting is cheap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.db import Database
from bot.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from bot.messages import outbox
from bot.messages.dead_letters import replay
from bot.messages.destinations import NO_OUTLETS, Outlets
from bot.messages.models import Message
from bot.messages.rendering.workers import Workers
from bot.messages.requests import queries
from bot.messages.requests.batch import Desk, Unit, Unvalidated
from bot.messages.requests.status import Status, status_of
from bot.messages.requests.validation import Validation
from bot.messages.templates.isolation import Isolation
from bot.sql.group_commit import GroupCommit


@dataclass(frozen=True)
class Stored:
    """The correlation ids of what was stored, and the lanes that are to be told."""

    correlation_ids: list[str]
    places: set[str]


Taken = Stored | InvalidError | Unvalidated
#: As often a template may have changed while its payload was validated.
MAX_VALIDATIONS = 5


class Requests:
    """Takes requests; a caller goes on once what it asked for is in the database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        wake: Callable[[str], None],
        outlets: Outlets = NO_OUTLETS,
        isolation: Isolation | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake
        self._outlets = outlets
        self._validation = Validation(isolation or Isolation(Workers()))
        self._intake: GroupCommit[Unit, Taken] = GroupCommit(database, self._take)

    async def accept(self, unit: Unit) -> list[str]:
        """
        Store these orders, all or none, and return their correlation ids.

        The same `message_id` again is the same order, and is stored once. Raises `InvalidError`
        with the path of everything that is wrong.
        """
        taken = await self._take_validated(unit)
        if isinstance(taken, InvalidError):
            raise taken
        for workspace_id in taken.places:
            self._wake(workspace_id)
        return taken.correlation_ids

    def _take(self, session: Session, units: Sequence[Unit]) -> list[Taken]:
        desk = Desk(session, self._clock, self._outlets)
        results = [desk.check(unit) for unit in units]
        stored = desk.store()
        # Woken once too often is nothing; each caller wakes for all who shared the transaction.
        return [
            Stored([stored[one] for one in ids], desk.places) if isinstance(ids, list) else ids
            for ids in results
        ]

    async def _take_validated(self, unit: Unit) -> Stored | InvalidError:
        """Validate payloads and store, until what is stored is the version that was validated."""
        verdicts = await self._validation.expected(unit.orders)
        for _ in range(MAX_VALIDATIONS):
            taken = await self._intake.submit(replace(unit, verdicts=verdicts))
            if not isinstance(taken, Unvalidated):
                return taken
            verdicts |= await self._validation.verdicts(unit.orders, taken.drawings)
        raise UnavailableError("The template is changed again and again: try again in a moment.")

    async def stored(self, message_ids: Sequence[str]) -> list[str] | None:
        """Return the correlation ids of these messages, or None if they were never stored."""

        def work(session: Session) -> list[str] | None:
            query = select(Message.id, Message.correlation_id)
            found = dict(session.exec(query.where(col(Message.id).in_(message_ids))).all())
            return [found[one] or one for one in message_ids] if found else None

        return await self._database.read(work)

    async def status(self, tenant: str, correlation_id: str) -> Status:
        """Return where a message stands, with its whole timeline; raise `NotFoundError`."""

        def work(session: Session) -> Status:
            found = queries.of_correlation(session, tenant, correlation_id)
            if not found:
                raise queries.unknown(correlation_id)
            return status_of(session, found[0], [one.id for one in found[1:]], self._clock.now())

        return await self._database.read(work)

    async def of_place(self, workspace_id: str, channel: str, ts: str) -> Status:
        """Return the status of the message that stands at a place; raise `NotFoundError`."""

        def work(session: Session) -> Status:
            message = queries.at_place(session, workspace_id, channel, ts)
            if message is None:
                raise NotFoundError("That message is not one of mine, or too old to be kept.")
            return status_of(session, message, [], self._clock.now())

        return await self._database.read(work)

    async def withdraw(self, tenant: str, correlation_id: str, *, by: str) -> str:
        """Take back a message that was not sent; raise `NotFoundError` or `ConflictError`."""

        def work(session: Session) -> str:
            message = queries.the_one(session, tenant, correlation_id)
            if not outbox.withdraw(session, message.id, now=self._clock.now(), by=by):
                raise ConflictError(
                    f"`{correlation_id}` is in Slack already or on its way: too late."
                )
            return message.id

        return await self._database.write(work)

    async def replay(self, tenant: str, correlation_id: str, *, by: str) -> str:
        """Try a dead letter again, its channel switched on; raise as `withdraw` does."""

        def work(session: Session) -> Message:
            message = queries.the_one(session, tenant, correlation_id)
            replay.replay(session, message, by=by, now=self._clock.now())
            return message

        message = await self._database.write(work)
        self._wake(message.workspace_id)
        return message.id

    async def dead(
        self, tenant: str, limit: int, before: queries.Mark | None = None
    ) -> list[Message]:
        """Return dead letters, the latest death first."""
        return await self._database.read(
            lambda session: queries.dead(session, tenant, limit, before)
        )

    async def stats(self, tenant: str) -> list[dict[str, Any]]:
        """Return for each queue how many messages are in which state."""
        now = self._clock.now()
        return await self._database.read(lambda session: queries.stats(session, tenant, now))
