"""Digests of ends that subscribers were not told of one by one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from bot.clock import Clock
from bot.db import Database
from bot.ids import new_id
from bot.messages import outbox
from bot.messages.models import Rank
from bot.messages.outbox import Content, Place
from bot.subscriptions.announcer import FAILURES, STORM_WINDOW
from bot.subscriptions.display import SHOWN_ENDS, digest_line
from bot.subscriptions.models import EndNotice
from bot.tasks.models import Task

_DIGEST = "subscriptions/digest"
MAX_DIGESTS = 100
KEPT = timedelta(days=7)


class Digests:
    """Posts them when they are due."""

    def __init__(self, database: Database, clock: Clock, wake: Callable[[str], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    async def post_due(self) -> int:
        """Post a digest to everybody for whom something is due; return how many."""

        def is_due(session: Session) -> bool:
            query = select(EndNotice.task_id).where(col(EndNotice.due_at) <= self._clock.now())
            return session.exec(query.limit(1)).first() is not None

        if not await self._database.read(is_due):
            return 0
        places = await self._database.write(self._post)
        for workspace_id in {place.workspace_id for place in places}:
            self._wake(workspace_id)
        return len(places)

    async def forget_old(self) -> None:
        """Delete what subscribers were told of a week ago."""
        before = self._clock.now() - KEPT
        told = delete(EndNotice).where(col(EndNotice.due_at).is_(None), col(EndNotice.at) < before)
        await self._database.write(lambda session: session.execute(told))

    def _post(self, session: Session) -> list[Place]:
        now = self._clock.now()
        query = (
            select(EndNotice.workspace_id, EndNotice.tenant, EndNotice.channel)
            .where(col(EndNotice.due_at) <= now)
            .distinct()
            .limit(MAX_DIGESTS)
        )
        places = [Place(*row) for row in session.exec(query)]
        return [place for place in places if _post_one(session, place, now)]


def _post_one(session: Session, place: Place, now: datetime) -> bool:
    """Post what waits for *place*; False if another process was faster."""
    message_id = new_id("m")
    # The rest of a storm comes along: it is due within a minute.
    taken = (
        update(EndNotice)
        .where(
            col(EndNotice.tenant) == place.tenant,
            col(EndNotice.workspace_id) == place.workspace_id,
            col(EndNotice.channel) == place.channel,
            col(EndNotice.due_at) <= now + STORM_WINDOW,
        )
        .values(due_at=None, is_in_digest=True, message_id=message_id)
    )
    if session.execute(taken).rowcount == 0:  # type: ignore[attr-defined] # of every UPDATE
        return False
    content = Content(_DIGEST, _context(session, message_id))
    outbox.put(session, place, content, now=now, rank=Rank.ALERT, final=True, message_id=message_id)
    return True


def _context(session: Session, message_id: str) -> dict[str, Any]:
    """Return what `templates/subscriptions/digest.json` is filled with."""
    is_in_it = (EndNotice.message_id == message_id, EndNotice.is_in_digest)
    counts = dict(
        session.exec(
            select(EndNotice.status, func.count()).where(*is_in_it).group_by(EndNotice.status)
        ).all()
    )
    same = (col(Task.id) == col(EndNotice.task_id)) & (col(Task.tenant) == col(EndNotice.tenant))
    query = select(EndNotice, Task).join(Task, same, isouter=True).where(*is_in_it)
    # Failures are what people look for: they are never among those that are only counted.
    order = (col(EndNotice.status).not_in(FAILURES), col(EndNotice.at), col(EndNotice.task_id))
    rows = session.exec(query.order_by(*order).limit(SHOWN_ENDS)).all()
    return {
        "count": sum(counts.values()),
        "failed": sum(number for status, number in counts.items() if status in FAILURES),
        "ends": [digest_line(notice, task) for notice, task in rows],
    }
