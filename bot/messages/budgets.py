"""What a lane leaves of its budgets when it ends, for whoever serves the workspace next."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel

from bot.messages.models import LaneLease
from bot.messages.pacing import Bucket, Pacing

LEASES = SQLModel.metadata.tables[str(LaneLease.__tablename__)]
#: Nobody calls during the last seconds of a lease: a lane that calls has renewed it before.
SILENCE = timedelta(seconds=5)


def leave(session: Session, key: str, owner: str, pacing: Pacing, now: datetime) -> None:
    """Write down what is left, if the lane is still *owner*'s."""
    session.execute(
        update(LEASES)
        .where(LEASES.c.workspace_id == key, LEASES.c.owner == owner)
        .values(budgets=left(pacing, now))
    )


def take(session: Session, key: str, pacing: Pacing, now: datetime) -> None:
    """
    Go on where the last owner stopped.

    One that died has left nothing: then all is taken as used up when its lease was about to end.
    """
    found = session.execute(
        select(LEASES.c.budgets).where(LEASES.c.workspace_id == key)
    ).scalar_one_or_none()
    if found is None:
        found = {name: spent(now) for name in shared(pacing)}
    go_on(pacing, found)
    session.execute(update(LEASES).where(LEASES.c.workspace_id == key).values(budgets=None))


def left(pacing: Pacing, now: datetime) -> dict[str, Any]:
    """Return every bucket that is not full, as JSON."""
    return {
        name: {
            "tokens": bucket.tokens,
            "at": now.isoformat(),
            "frozen_until": bucket.frozen_until.isoformat() if bucket.frozen_until else None,
        }
        for name, bucket in {**shared(pacing), **pacing.channels}.items()
        if bucket.level(now) < bucket.burst
    }


def go_on(pacing: Pacing, found: dict[str, Any]) -> None:
    """Let no bucket hold more than what was left in it."""
    for name, kept in found.items():
        bucket = shared(pacing).get(name) or pacing.channel(name)
        at = datetime.fromisoformat(kept["at"])
        bucket.tokens = min(bucket.level(at), kept["tokens"])
        if kept["frozen_until"]:
            bucket.freeze(datetime.fromisoformat(kept["frozen_until"]))


def shared(pacing: Pacing) -> dict[str, Bucket]:
    """Return the workspace's own buckets; no channel has such a name."""
    return {"posts": pacing.posts, "edits": pacing.edits, "lookups": pacing.lookups}


def spent(now: datetime) -> dict[str, Any]:
    return {"tokens": 0.0, "at": (now - SILENCE).isoformat(), "frozen_until": None}
