"""
The use cases of the request API: send one or many, now or later; look up, withdraw, replay.

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
from bot.messages.destinations import NO_DESTINATIONS, Destinations
from bot.messages.models import Message
from bot.messages.requests import queries
from bot.messages.requests.batch import BatchWriter, RequestBatch, Unvalidated
from bot.messages.requests.status import MessageStatus, status_of
from bot.messages.requests.validation import Validation
from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers
from bot.sql.group_commit import GroupCommit


@dataclass(frozen=True)
class _Stored:
    """The correlation ids of the stored messages, and the lanes to wake."""

    correlation_ids: list[str]
    places: set[str]


_Accepted = _Stored | InvalidError | Unvalidated
#: As often a template may have changed while its payload was validated.
MAX_VALIDATIONS = 5


class Requests:
    """Accepts requests; a caller continues once its messages are in the database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        wake: Callable[[str], None],
        destinations: Destinations = NO_DESTINATIONS,
        isolation: Isolation | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake
        self._destinations = destinations
        self._validation = Validation(isolation or Isolation(Workers()))
        self._intake: GroupCommit[RequestBatch, _Accepted] = GroupCommit(database, self._take)

    async def accept(self, batch: RequestBatch) -> list[str]:
        """
        Store these requests, all or none, and return their correlation ids.

        The same `message_id` again is the same request and is stored once. Raises `InvalidError`
        with the path of every problem.
        """
        taken = await self._take_validated(batch)
        if isinstance(taken, InvalidError):
            raise taken
        for workspace_id in taken.places:
            self._wake(workspace_id)
        return taken.correlation_ids

    def _take(self, session: Session, batches: Sequence[RequestBatch]) -> list[_Accepted]:
        writer = BatchWriter(session, self._clock, self._destinations)
        results = [writer.check(batch) for batch in batches]
        stored = writer.store()
        # Woken once too often is nothing; each caller wakes for all who shared the transaction.
        return [
            _Stored([stored[one] for one in ids], writer.places) if isinstance(ids, list) else ids
            for ids in results
        ]

    async def _take_validated(self, batch: RequestBatch) -> _Stored | InvalidError:
        """Validate payloads and store, until the stored version is the validated one."""
        verdicts = await self._validation.expected(batch.message_requests)
        for _ in range(MAX_VALIDATIONS):
            taken = await self._intake.submit(replace(batch, verdicts=verdicts))
            if not isinstance(taken, Unvalidated):
                return taken
            verdicts |= await self._validation.verdicts(batch.message_requests, taken.drawings)
        raise UnavailableError("The template is changed again and again: try again in a moment.")

    async def stored(self, message_ids: Sequence[str]) -> list[str] | None:
        """Return the correlation ids of these messages, or None if they were never stored."""

        def work(session: Session) -> list[str] | None:
            query = select(Message.id, Message.correlation_id)
            found = dict(session.exec(query.where(col(Message.id).in_(message_ids))).all())
            return [found[one] or one for one in message_ids] if found else None

        return await self._database.read(work)

    async def status(self, tenant: str, correlation_id: str) -> MessageStatus:
        """Return the status of a message with its whole timeline; raise `NotFoundError`."""

        def work(session: Session) -> MessageStatus:
            found = queries.of_correlation(session, tenant, correlation_id)
            if not found:
                raise queries.unknown(correlation_id)
            return status_of(session, found[0], [one.id for one in found[1:]], self._clock.now())

        return await self._database.read(work)

    async def of_place(self, workspace_id: str, channel: str, ts: str) -> MessageStatus:
        """Return the status of the message at a place; raise `NotFoundError`."""

        def work(session: Session) -> MessageStatus:
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
        """Replay a dead letter and resume its channel; raise as `withdraw` does."""

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
        """Return dead letters, latest first."""
        return await self._database.read(
            lambda session: queries.dead(session, tenant, limit, before)
        )

    async def dead_of(self, tenant: str, person: str, limit: int) -> list[Message]:
        """Return the dead letters that a person asked for, the latest death first."""
        return await self._database.read(
            lambda session: queries.dead_of(session, tenant, person, limit)
        )

    async def stats(self, tenant: str) -> list[dict[str, Any]]:
        """Return for each queue how many messages are in which state."""
        now = self._clock.now()
        return await self._database.read(lambda session: queries.stats(session, tenant, now))
