"""Tells subscribers of a task's end, in the transaction that ends it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from bot.messages import outbox
from bot.messages.destinations import is_destination
from bot.messages.models import Rank
from bot.messages.outbox import Content, EditOutcome, Place
from bot.subscriptions.display import end_context
from bot.subscriptions.models import EndNotice, Preference, Subscription
from bot.subscriptions.pattern import fits_pattern
from bot.subscriptions.preferences import waits_until
from bot.tasks.models import Task, TaskStatus

END = "subscriptions/end"
FAILURES = frozenset({TaskStatus.FAILED, TaskStatus.LOST})
#: Of further ends within a minute a channel is told in one digest.
STORM_AFTER = 5
STORM_WINDOW = timedelta(minutes=1)


def tell_subscribers(session: Session, task: Task, now: datetime) -> None:
    """
    Tell everybody who has subscribed to the task's kind how its attempt ended; nobody twice.

    An attempt that was lost and ends after all changes what was said of it. The caller commits.
    """
    if is_destination(task.workspace_id):
        return
    for subscription in wanted(_candidates(session, task), task.task):
        notice = _notice(session, subscription, task)
        if notice is not None:
            _correct(session, notice, subscription, task, now)
        elif not subscription.only_failures or task.status in FAILURES:
            _tell_subscriber(session, subscription, task, now)


def wanted(subscriptions: Iterable[Subscription], kind: str) -> list[Subscription]:
    """Return the widest matching subscription of each channel and person."""
    widest: dict[tuple[str, str], Subscription] = {}
    for one in subscriptions:
        place = (one.workspace_id, one.channel)
        if fits_pattern(one.pattern, kind) and (
            place not in widest or (widest[place].only_failures and not one.only_failures)
        ):
            widest[place] = one
    return list(widest.values())


def _candidates(session: Session, task: Task) -> list[Subscription]:
    """Return those whose prefix is the kind's: of a thousand only a few are read."""
    prefix = col(Subscription.prefix)
    query = select(Subscription).where(
        Subscription.tenant == task.tenant,
        func.substr(task.task, 1, func.length(prefix)) == prefix,
    )
    return list(session.exec(query.order_by(col(Subscription.channel), col(Subscription.pattern))))


def _notice(session: Session, to: Subscription, task: Task) -> EndNotice | None:
    key = (to.tenant, to.workspace_id, to.channel, task.id, task.attempt)
    return session.get(EndNotice, key)


def _tell_subscriber(session: Session, to: Subscription, task: Task, now: datetime) -> None:
    notice = EndNotice(
        tenant=to.tenant,
        workspace_id=to.workspace_id,
        channel=to.channel,
        task_id=task.id,
        attempt=task.attempt,
        pattern=to.pattern,
        status=task.status,
        at=now,
        due_at=_due_at(session, to, now),
    )
    if notice.due_at is None:
        notice.message_id = _post(session, to, task, now)
    session.add(notice)


def _due_at(session: Session, to: Subscription, now: datetime) -> datetime | None:
    """Return until when it waits for a digest, None if it is told at once."""
    waits = waits_until(session.get(Preference, (to.tenant, to.channel)), now)
    if waits is not None:
        return waits
    query = select(func.count()).where(
        EndNotice.tenant == to.tenant,
        EndNotice.workspace_id == to.workspace_id,
        EndNotice.channel == to.channel,
        EndNotice.at > now - STORM_WINDOW,
    )
    return now + STORM_WINDOW if session.exec(query).one() >= STORM_AFTER else None


def _correct(
    session: Session, notice: EndNotice, to: Subscription, task: Task, now: datetime
) -> None:
    if notice.status == task.status or notice.is_in_digest:
        return
    notice.status = task.status
    session.add(notice)
    if notice.message_id is None:
        return  # The digest will say how it ended.
    context = end_context(task, to, now)
    edited = outbox.edit(
        session, notice.message_id, context, now=now, rank=Rank.ALERT, final=True, reopen=True
    )
    if edited is EditOutcome.GONE:
        notice.message_id = _post(session, to, task, now)


def _post(session: Session, to: Subscription, task: Task, now: datetime) -> str:
    place = Place(to.workspace_id, to.tenant, to.channel)
    content = Content(END, end_context(task, to, now))
    # Final, or it would be kept for ever.
    return outbox.put(session, place, content, now=now, rank=Rank.ALERT, final=True).id
