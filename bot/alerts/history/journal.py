"""The history of a tenant's alerts as rows: appended in order, and read back."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from bot.alerts.history.facts import Facts
from bot.alerts.models import AlertCheck, AlertRecord

#: How long entries are kept: longer than the longest replay, by more than what lies between bases.
HISTORY_KEPT = timedelta(days=9)
_READ_AT_ONCE = 2_000
_MAX_FORGOTTEN = 5_000


def hold_history(session: Session, tenant: str) -> AlertCheck | None:
    """
    Hold the tenant's checks and acts for this transaction, so that each follows the other.

    Returns None if there has been no check yet: then there is no history to append to.
    """
    query = select(AlertCheck).where(AlertCheck.tenant == tenant).with_for_update()
    return session.exec(query).one_or_none()


def append_entry(
    session: Session,
    check: AlertCheck,
    at: datetime,
    entry: Mapping[str, Any],
    *,
    is_base: bool = False,
) -> int:
    """Append an entry to the history that *check* holds, and return its number."""
    check.recorded += 1
    session.add(check)
    session.add(
        AlertRecord(
            tenant=check.tenant, number=check.recorded, at=at, is_base=is_base, entry=dict(entry)
        )
    )
    return check.recorded


def append_act(
    session: Session, check: AlertCheck | None, at: datetime, act: Mapping[str, Any]
) -> None:
    """Append what a person has done, if there is a history."""
    if check is not None and check.recorded:
        append_entry(session, check, at, {"at": at.isoformat(), **act})


def read_entries(
    session: Session, tenant: str, after: int
) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Yield the entries after a number: each with its number, and whether it is a base."""
    columns = (col(AlertRecord.number), col(AlertRecord.entry), col(AlertRecord.is_base))
    while True:
        query = select(*columns).where(
            AlertRecord.tenant == tenant, col(AlertRecord.number) > after
        )
        rows = session.exec(query.order_by(col(AlertRecord.number)).limit(_READ_AT_ONCE)).all()
        yield from rows
        if len(rows) < _READ_AT_ONCE:
            return
        after = rows[-1][0]


def base_before(session: Session, tenant: str, at: datetime | None = None) -> int | None:
    """Return the number of the newest base not later than *at*, else the oldest; None: no base."""
    query = select(AlertRecord.number).where(AlertRecord.tenant == tenant, AlertRecord.is_base)
    newest = query if at is None else query.where(col(AlertRecord.at) <= at)
    found = session.exec(newest.order_by(col(AlertRecord.number).desc()).limit(1)).first()
    if found is None:
        found = session.exec(query.order_by(col(AlertRecord.number)).limit(1)).first()
    return found


def facts_until_now(session: Session, check: AlertCheck, known: Facts | None) -> Facts:
    """Return the facts after the newest entry, given those after an earlier one."""
    if known is None:
        base = base_before(session, check.tenant)
        known = Facts(number=base - 1 if base is not None else check.recorded)
    if known.number < check.recorded:
        for number, entry, is_base in read_entries(session, check.tenant, known.number):
            known.take(number, entry, is_base=is_base)
    return known


def forget_entries(session: Session, now: datetime) -> int:
    """Delete some of the entries that are kept no longer; return how many."""
    query = select(AlertRecord.tenant, AlertRecord.number).where(
        col(AlertRecord.at) < now - HISTORY_KEPT
    )
    old = session.exec(query.order_by(col(AlertRecord.at)).limit(_MAX_FORGOTTEN)).all()
    last: dict[str, int] = {}
    for tenant, number in old:
        last[tenant] = max(number, last.get(tenant, 0))
    for tenant, number in last.items():
        session.execute(
            delete(AlertRecord).where(
                col(AlertRecord.tenant) == tenant, col(AlertRecord.number) <= number
            )
        )
    return len(old)
