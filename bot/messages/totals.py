"""
Running totals of messages by tenant and queue, so that nobody has to count rows.

Every transaction that adds or removes messages inserts one row with the difference, so transactions
do not wait for each other as they would with one counter. The rows are summed up from time to time.
"""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import bindparam, delete, func, insert, select
from sqlmodel import Session

from bot.messages.models import MessageTotal
from bot.sql.statements import Statement
from bot.sql.tables import table_of

_QueueKey = tuple[str, str]  # tenant, queue

_TOTALS = table_of(MessageTotal)
_ADD = Statement(
    insert(_TOTALS).values(
        tenant=bindparam("of_tenant"), queue=bindparam("in_queue"), change=bindparam("by")
    )
)


def add_to_totals(session: Session, added: Iterable[_QueueKey], *, sign: int = 1) -> None:
    """Note that these messages were added, or with *sign* -1 that they are gone."""
    changes = Counter(added)
    _ADD.run_each(
        session,
        [
            {"of_tenant": tenant, "in_queue": queue, "by": sign * count}
            for (tenant, queue), count in changes.items()
        ],
    )


def totals_of(session: Session, tenant: str) -> dict[str, int]:
    """Return by queue how many messages a tenant has, without those it has withdrawn."""
    summed = select(_TOTALS.c.queue, func.sum(_TOTALS.c.change)).where(_TOTALS.c.tenant == tenant)
    return {queue: int(total) for queue, total in session.execute(summed.group_by(_TOTALS.c.queue))}


def fold_totals(session: Session) -> None:
    """Replace the lines by their sums; of two processes that do so, each sums what it removed."""
    removed = delete(_TOTALS).returning(_TOTALS.c.tenant, _TOTALS.c.queue, _TOTALS.c.change)
    sums: Counter[_QueueKey] = Counter()
    for tenant, queue, change in session.execute(removed):
        sums[tenant, queue] += change
    for (tenant, queue), total in sums.items():
        if total:
            session.execute(insert(_TOTALS).values(tenant=tenant, queue=queue, change=total))
