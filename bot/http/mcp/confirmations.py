"""Confirmations: an assistant gets a code for an action, and performs it by sending the code."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, delete, select

from bot.clock import Clock
from bot.db import Database
from bot.errors import ConflictError

CONFIRMABLE_FOR = timedelta(minutes=5)
_CODE_BYTES = 12


class Confirmation(SQLModel, table=True):
    """An action that waits for its code; the code itself is not stored."""

    code_hash: str = Field(primary_key=True)
    tenant: str
    subject: str
    task_id: str
    attempt: int
    reason: str | None = None
    expires_at: datetime = Field(index=True)


class Confirmations:
    """Codes that are good once, for five minutes, for one caller and one task."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ask(
        self, tenant: str, subject: str, task_id: str, attempt: int, reason: str | None
    ) -> tuple[str, datetime]:
        """Return the code that starts the attempt after *attempt*, and when it expires."""
        code, now = secrets.token_hex(_CODE_BYTES), self._clock.now()
        row = Confirmation(
            code_hash=_hash(code),
            tenant=tenant,
            subject=subject,
            task_id=task_id,
            attempt=attempt,
            reason=reason,
            expires_at=now + CONFIRMABLE_FOR,
        )
        expires_at = row.expires_at

        def work(session: Session) -> None:
            session.exec(delete(Confirmation).where(col(Confirmation.expires_at) <= now))
            session.add(row)

        await self._database.write(work)
        return code, expires_at

    async def take(
        self, tenant: str, subject: str, task_id: str, code: str
    ) -> tuple[int, str | None]:
        """
        Use a code up, and return the attempt that was seen and the reason that was given.

        Raises `ConflictError` for a code that is not theirs, for another task, expired or used.
        """
        now = self._clock.now()

        def work(session: Session) -> tuple[int, str | None] | None:
            query = select(Confirmation).where(
                Confirmation.code_hash == _hash(code),
                Confirmation.tenant == tenant,
                Confirmation.subject == subject,
                Confirmation.task_id == task_id,
                col(Confirmation.expires_at) > now,
            )
            found = session.exec(query).first()
            if found is None:
                return None
            seen = (found.attempt, found.reason)
            # Of two simultaneous calls one deletes the row.
            gone = delete(Confirmation).where(col(Confirmation.code_hash) == found.code_hash)
            session.expunge(found)
            return seen if session.exec(gone).rowcount else None

        taken = await self._database.write(work)
        if taken is None:
            raise ConflictError(
                "This confirmation is not valid for this task: it was used, has expired after "
                "five minutes, or was never given to you. Call task_retry without `confirmation` "
                "to get another one."
            )
        return taken


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
