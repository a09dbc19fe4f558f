"""Leases: which process writes to a workspace, and until when."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel

from bot.db import insert_absent
from bot.messages.models import LaneLease
from bot.sql.statements import Statement

#: Lanes of a dead process are taken over after this long; with the sweep, within 15 s.
LEASE = timedelta(seconds=12)
#: It is renewed once less than this is left; more than the longest time between two turns.
RENEWED = LEASE * 2 / 3
#: Nobody's lease ends later, unless its owner's clock was ahead and was set right since.
MAX_AHEAD = LEASE * 10

_LANE_LEASES = SQLModel.metadata.tables[str(LaneLease.__tablename__)]
_LEASE_ROWS = _LANE_LEASES.c
_THIS_LEASE = _LEASE_ROWS.workspace_id == bindparam("workspace")
_HELD = Statement(
    select(_LEASE_ROWS.owner, _LEASE_ROWS.expires_at).where(_THIS_LEASE).with_for_update()
)
_TAKE = Statement(
    update(_LANE_LEASES)
    .where(_THIS_LEASE)
    .values(owner=bindparam("by"), expires_at=bindparam("until"))
)
_RELEASE = Statement(
    update(_LANE_LEASES)
    .where(_THIS_LEASE, _LEASE_ROWS.owner == bindparam("by"))
    .values(expires_at=bindparam("until"))
)


class Hold(StrEnum):
    """The relation of a process to a workspace's lease."""

    OURS = "ours"  #: as it was before
    TAKEN = "taken"  #: it is ours now, and was not before
    ELSEWHERE = "elsewhere"  #: another process holds it


def hold_lease(session: Session, workspace_id: str, owner: str, now: datetime) -> Hold:
    """Take or renew the workspace's lease, unless another process holds it."""
    until = now + LEASE
    held = _HELD.rows(session, workspace=workspace_id)
    if not held:
        lease = LaneLease(workspace_id=workspace_id, owner=owner, expires_at=until)
        insert_absent(session, lease)
        held = _HELD.rows(session, workspace=workspace_id)
    (lease,) = held
    if lease.owner != owner and now < lease.expires_at <= now + MAX_AHEAD:
        return Hold.ELSEWHERE
    hold = Hold.OURS if lease.owner == owner else Hold.TAKEN
    if hold is Hold.TAKEN or lease.expires_at - now <= RENEWED:
        _TAKE.run(session, workspace=workspace_id, by=owner, until=until)
    return hold


def release_lease(session: Session, workspace_id: str, owner: str, now: datetime) -> None:
    """Release the lease, so that another process can take the workspace at once."""
    _RELEASE.run(session, workspace=workspace_id, by=owner, until=now)
