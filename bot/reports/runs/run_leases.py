"""
Who has a run: a lease in its row, taken by compare-and-swap and renewed while the run goes on.

A process that is killed leaves its lease; once that has expired the run is taken again. Only the
process that holds the lease may end the run, so whatever it does then is done once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from bot.reports.models import ReportRun, RunStatus

RUN_LEASE = timedelta(seconds=60)
#: A run that takes its process with it so often is given up.
MAX_RUN_TRIES = 3
#: Candidates of a look; those that others take meanwhile are passed over.
_CANDIDATES = 20


@dataclass(frozen=True)
class RunClaim:
    """A run that this process holds; `tries` tells it from an earlier claim of the same process."""

    run_id: str
    report_id: str
    owner: str
    tries: int
    is_again: bool  # it has completed with incomplete data, and is looked at again


def claim_runs(
    session: Session,
    owner: str,
    now: datetime,
    limit: int,
    *,
    lease: timedelta = RUN_LEASE,
    held: Collection[str] = (),
) -> list[RunClaim]:
    """Take at most *limit* runs that wait; *held* are those that the owner has in hand."""
    columns = (
        ReportRun.id,
        ReportRun.report_id,
        ReportRun.status,
        ReportRun.tries,
        ReportRun.lease_until,
    )
    query = (
        select(*columns)  # type: ignore[call-overload]
        .where(col(ReportRun.lease_until) <= now)
        .order_by(col(ReportRun.lease_until))
        .limit(_CANDIDATES + len(held))
        .with_for_update(skip_locked=True)
    )
    taken: list[RunClaim] = []
    for run_id, report_id, status, tries, seen in session.exec(query).all():
        if len(taken) == limit:
            break
        is_again = status == RunStatus.COMPLETED
        if run_id in held or not _take(session, run_id, seen, owner, now, lease, is_again):
            continue
        taken.append(RunClaim(run_id, report_id, owner, tries + 1, is_again))
    return taken


def is_any_ready(session: Session, now: datetime) -> bool:
    """Tell whether some run waits, or was left by a process that died."""
    query = select(ReportRun.id).where(col(ReportRun.lease_until) <= now).limit(1)
    return session.exec(query).first() is not None


def _take(
    session: Session,
    run_id: str,
    seen: datetime,
    owner: str,
    now: datetime,
    lease: timedelta,
    is_again: bool,
) -> bool:
    query = update(ReportRun).where(col(ReportRun.id) == run_id, col(ReportRun.lease_until) == seen)
    values: dict[str, object] = {
        "lease_owner": owner,
        "lease_until": now + lease,
        "tries": ReportRun.tries + 1,
    }
    if not is_again:
        values |= {"status": RunStatus.RUNNING, "started_at": now}
    return session.exec(query.values(**values)).rowcount == 1


def renew(session: Session, claim: RunClaim, now: datetime, lease: timedelta = RUN_LEASE) -> bool:
    """Hold a run for longer; False: somebody else has it."""
    return _change_held(session, claim, lease_until=now + lease)


def give_back(session: Session, claim: RunClaim, at: datetime) -> bool:
    """Let a run be taken anew from *at* on, as if this try had not been; False: it was not ours."""
    values: dict[str, object] = {"lease_until": at, "lease_owner": None, "tries": claim.tries - 1}
    if not claim.is_again:
        values |= {"status": RunStatus.PENDING, "started_at": None}
    return _change_held(session, claim, **values)


def hold_to_end(session: Session, claim: RunClaim) -> ReportRun | None:
    """Return the run, held against others until the transaction ends; None: it is not ours."""
    query = select(ReportRun).where(
        ReportRun.id == claim.run_id,
        ReportRun.lease_owner == claim.owner,
        ReportRun.tries == claim.tries,
        col(ReportRun.lease_until).is_not(None),
    )
    return session.exec(query.with_for_update()).one_or_none()


def release_runs(session: Session, now: datetime) -> int:
    """Let every run be taken at once: the caller knows that nobody else is there."""
    query = update(ReportRun).where(
        col(ReportRun.lease_until).is_not(None), col(ReportRun.lease_owner).is_not(None)
    )
    return int(session.exec(query.values(lease_until=now, lease_owner=None)).rowcount)


def _change_held(session: Session, claim: RunClaim, **values: object) -> bool:
    query = update(ReportRun).where(
        col(ReportRun.id) == claim.run_id,
        col(ReportRun.lease_owner) == claim.owner,
        col(ReportRun.tries) == claim.tries,
        col(ReportRun.lease_until).is_not(None),
    )
    return session.exec(query.values(**values)).rowcount == 1
