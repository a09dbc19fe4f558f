"""Tells of people who registered somewhere else."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database
from bot.messages import outbox
from bot.messages.models import Message, Rank
from bot.messages.outbox import Content, Place

_TEMPLATE = "users/registered"


@dataclass(frozen=True)
class NewUser:
    """Somebody who registered; `user_id` is the application's own id."""

    user_id: str
    email: str | None = None
    display_name: str | None = None
    total_users: int | None = None
    environment: str | None = None


class Users:
    """The use cases of people who registered."""

    def __init__(self, database: Database, clock: Clock, wake: Callable[[str], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    async def tell(
        self, place: Place, user: NewUser, *, by: str, correlation_id: str
    ) -> tuple[Message, bool]:
        """
        Post that somebody registered, and return the message with True.

        The same user of the same environment again, as long as the message is kept: the message
        that stands, with False.
        """
        key = _message_id(place.tenant, user)

        def work(session: Session) -> tuple[Message, bool]:
            known = session.get(Message, key)
            if known is not None:
                return known, False
            message = outbox.put(
                session,
                place,
                Content(_TEMPLATE, context_of(user)),
                now=self._clock.now(),
                rank=Rank.NORMAL,
                correlation_id=correlation_id,
                requested_by=by,
                message_id=key,
            )
            message.is_final = True  # Nothing more will be said here: retention may take it.
            return message, True

        told = await self._database.write_unique(work)
        self._wake(place.workspace_id)
        return told


def _message_id(tenant: str, user: NewUser) -> str:
    """Return the id that the message about this user has, however often it is asked for."""
    facts = json.dumps([tenant, user.environment, user.user_id])
    return f"m_user_{hashlib.sha256(facts.encode()).hexdigest()[:32]}"


def context_of(user: NewUser) -> dict[str, Any]:
    """Return what `templates/users/registered.json` is filled with."""
    return {
        "user_id": user.user_id,
        "email": user.email,
        "display_name": user.display_name,
        "total_users": user.total_users,
        "environment": user.environment,
    }
