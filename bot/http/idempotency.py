"""
`Idempotency-Key`: a repeated request is carried out once and answered every time.

A key is claimed in the database before the work and gets its response afterwards, so two
simultaneous requests, in one process or in two, do the work once. The id of the new object is
generated with the claim: if the process dies between the work and the response, the repeated
request finds the object.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, delete

from bot.clock import Clock
from bot.db import Database
from bot.errors import ConflictError, FieldProblem, InvalidError, UnavailableError, UserError
from bot.http.route_types import Response
from bot.ids import new_id
from bot.redaction import redact

HEADER = "Idempotency-Key"
_MAX_KEY_CHARACTERS = 255
IDEMPOTENCY_KEY = f"[ -~]{{1,{_MAX_KEY_CHARACTERS}}}"
_KEPT_FOR = timedelta(hours=24)
#: A claim this old belongs to a process that died; work takes milliseconds.
STALE = timedelta(seconds=10)
_POLL_SECONDS = 0.05
_MAX_POLLS = 240


class IdempotencyRecord(SQLModel, table=True):
    """A tenant's key, the request under it, and the response once there is one."""

    __tablename__ = "idempotency"

    tenant: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    made_id: str
    status: int | None = None
    answer: str | None = None
    claimed_at: datetime
    created_at: datetime = Field(index=True)


@dataclass(frozen=True)
class Made:
    """The id for the new object; `is_again`: a process that died may have created it already."""

    id: str
    is_again: bool = False


@dataclass(frozen=True)
class Key:
    """Under which key what is asked."""

    tenant: str
    key: str
    body_hash: str


class Idempotency:
    """Does work once per key."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def once(self, key: Key, work: Callable[[Made], Awaitable[Response]]) -> Response:
        """
        Return the response of *work*, or that of the first time.

        *work* gets the id for the object it creates. Errors (`UserError`) are not kept. Raises
        `ConflictError` if a different request was made under this key before.
        """
        for _ in range(_MAX_POLLS):
            claimed = await self._claim(key)
            if isinstance(claimed, Response):
                return claimed
            if claimed is not None:
                return await self._work(key, claimed, work)
            await asyncio.sleep(_POLL_SECONDS)
        raise UnavailableError("The first request with this key is still worked on; try again.")

    async def forget_old(self) -> int:
        """Delete keys older than 24 hours and return how many; for the jobs."""

        def work(session: Session) -> int:
            before = self._clock.now() - _KEPT_FOR
            old = delete(IdempotencyRecord).where(col(IdempotencyRecord.created_at) <= before)
            return int(session.exec(old).rowcount)

        return await self._database.write(work)

    async def _claim(self, key: Key) -> Response | Made | None:
        """Return the response, the id to use if the work is ours, or None while others do it."""
        try:
            return await self._database.write(lambda session: self._take(session, key))
        except IntegrityError:  # Another process has just inserted the same key.
            return None

    def _take(self, session: Session, key: Key) -> Response | Made | None:
        now = self._clock.now()
        row = session.get(IdempotencyRecord, (key.tenant, key.key), with_for_update=True)
        if row is not None and row.created_at <= now - _KEPT_FOR:
            session.delete(row)
            session.flush()
            row = None
        if row is None:
            row = _key_claim(key, now)
            session.add(row)
            return Made(row.made_id)
        if row.body_hash != key.body_hash:
            raise ConflictError(
                f"Something else was sent with this {HEADER} before; take a new key."
            )
        if row.status is not None and row.answer is not None:
            return Response(json.loads(row.answer), row.status, {"Idempotent-Replayed": "true"})
        if row.claimed_at > now - STALE:
            return None
        row.claimed_at = now
        return Made(row.made_id, is_again=True)

    async def _work(
        self, key: Key, made: Made, work: Callable[[Made], Awaitable[Response]]
    ) -> Response:
        try:
            answer = await work(made)
        except UserError:
            # Nothing was made, so the same key may be tried again. After any other error we
            # cannot know: the claim stays until it is stale and the next one finds what is there.
            await self._database.write(lambda session: drop(session, key, made.id))
            raise
        await self._database.write(lambda session: keep(session, key, made.id, answer))
        return answer


def _key_claim(key: Key, now: datetime) -> IdempotencyRecord:
    return IdempotencyRecord(
        tenant=key.tenant,
        key=key.key,
        body_hash=key.body_hash,
        made_id=new_id("t"),
        claimed_at=now,
        created_at=now,
    )


def drop(session: Session, key: Key, made_id: str) -> None:
    row = session.get(IdempotencyRecord, (key.tenant, key.key), with_for_update=True)
    if row is not None and row.made_id == made_id and row.status is None:
        session.delete(row)


def keep(session: Session, key: Key, made_id: str, answer: Response) -> None:
    row = session.get(IdempotencyRecord, (key.tenant, key.key), with_for_update=True)
    if row is not None and row.made_id == made_id:
        row.status = answer.status
        row.answer = json.dumps(answer.body)


def key_of(tenant: str, header: str, method: str, asked: str, body: Any) -> Key:
    """Return the key of a request; raise `InvalidError` for one that is too long or unprintable."""
    if not re.fullmatch(IDEMPOTENCY_KEY, header):
        problem = FieldProblem(HEADER, f"1 to {_MAX_KEY_CHARACTERS} printable ASCII characters")
        raise InvalidError(f"The {HEADER} is not usable.", [problem])
    whole = json.dumps([method, asked, body], sort_keys=True)
    if redact(header) != header:  # Whoever reads the table must not learn it.
        header = hashlib.sha256(header.encode()).hexdigest()
    return Key(tenant, header, hashlib.sha256(whole.encode()).hexdigest())
