"""Finds the lanes that have work, and the processes that hold them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update
from sqlmodel import Session, SQLModel, col

from bot.messages.delivery.leases import MAX_AHEAD
from bot.messages.models import LaneLease, Message, MessageState

#: No message waits longer by itself: backoffs end at a minute.
_MAX_WAIT = timedelta(minutes=5)
_LEASE_TABLE = SQLModel.metadata.tables[str(LaneLease.__tablename__)]
_LEASES = _LEASE_TABLE.c

#: Jumps from one workspace with such messages to the next, however many messages each of them has.
_WALK = """{state}(id) AS (
    SELECT (SELECT workspace_id FROM message WHERE state = '{state}' ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT (SELECT workspace_id FROM message
        WHERE state = '{state}' AND workspace_id > {state}.id ORDER BY workspace_id LIMIT 1)
    FROM {state} WHERE {state}.id IS NOT NULL
)"""
#: The cost grows with the workspaces that have something queued or planned; nothing else counts.
# https://wiki.postgresql.org/wiki/Loose_indexscan
DUE = f"""WITH RECURSIVE
{_WALK.format(state="waiting")},
{_WALK.format(state="sending")},
{_WALK.format(state="delayed")},
due(id) AS (
    SELECT id FROM waiting UNION SELECT id FROM sending UNION
    SELECT id FROM delayed WHERE EXISTS (
        SELECT 1 FROM message
        WHERE state = 'delayed' AND workspace_id = delayed.id AND due_at <= :now)
)
SELECT due.id FROM due LEFT JOIN lane_lease ON lane_lease.workspace_id = due.id
WHERE due.id IS NOT NULL AND (lane_lease.workspace_id IS NULL
    OR lane_lease.owner = :owner OR lane_lease.expires_at <= :now
    OR lane_lease.expires_at > :latest)"""  # noqa: S608 - constants only
DUE_LANES = text(DUE).bindparams(
    bindparam("now", type_=_LEASES.expires_at.type),
    bindparam("latest", type_=_LEASES.expires_at.type),
)


def due_lanes(session: Session, owner: str, now: datetime) -> list[str]:
    """
    Return the lanes that have work and are held by *owner* or by nobody.

    Messages being sent count as work: their process may have died.
    """
    return list(
        session.execute(
            DUE_LANES, {"owner": owner, "now": now, "latest": now + MAX_AHEAD}
        ).scalars()
    )


def _is_elsewhere(session: Session, key: str, owner: str, now: datetime) -> bool:
    """Tell whether a process other than *owner* holds the lane."""
    query = select(_LEASES.owner, _LEASES.expires_at).where(_LEASES.workspace_id == key)
    lease = session.execute(query).one_or_none()
    return lease is not None and lease.owner != owner and now < lease.expires_at <= now + MAX_AHEAD


def pass_on(
    session: Session, key: str, owner: str, now: datetime, tell: Callable[[Session, str], None]
) -> bool:
    """Notify the process that holds the lane, by *tell*; False, without effect, if none does."""
    if not _is_elsewhere(session, key, owner, now):
        return False
    tell(session, key)
    return True


def end_leases(session: Session, now: datetime) -> None:
    """End every lease of a dead process; for a process that knows that it is the only one."""
    session.execute(update(_LEASE_TABLE).where(_LEASES.expires_at > now).values(expires_at=now))


def end_waits_of_a_fast_clock(session: Session, now: datetime) -> None:
    """
    Release messages whose wait is longer than any wait can be, except scheduled ones.

    Such a wait comes from a clock that was ahead and was set back while no process ran.
    """
    session.execute(
        update(Message)
        .where(
            col(Message.state) == MessageState.DELAYED,
            col(Message.due_at) > now + _MAX_WAIT,
            col(Message.scheduled_at).is_(None),
        )
        .values(state=MessageState.WAITING)
    )
