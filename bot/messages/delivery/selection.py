"""
Selects the messages that a lane may deliver next, in the order of delivery.

The order is that of the partial index `message_ready`, so that the cost does not depend on how many
messages are stored or waiting.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlmodel import Session, SQLModel

from bot.messages.models import MessageState
from bot.sql import fast_json
from bot.sql.statements import OneOf, Statement

MESSAGE = SQLModel.metadata.tables["message"]
_PARENT = MESSAGE.alias("parent")
M = MESSAGE.c
_SUSPENDED = SQLModel.metadata.tables["suspended_channel"].c
CLAIM_COLUMNS = (
    M.id,
    M.tenant,
    M.correlation_id,
    M.error,
    M.revision,
    # Take the reply's channel from its parent: a message to a person is in another channel.
    func.coalesce(_PARENT.c.channel, M.channel).label("channel"),
    M.seen_by,
    M.ts,
    M.template,
    M.template_id,
    M.context,
    M.files,
    M.queue,
    M.max_attempts,
    M.ambiguous,
    M.tries,
    M.answer_lost,
    M.called_at,
    M.possibly_delivered,
    M.generation,
    M.uneditable_ts,
    M.text_only,
    M.refusals,
    M.parent_id,
    M.created_at,
    # Threads do not nest: a reply to a reply is in the same thread.
    func.coalesce(_PARENT.c.thread_ts, _PARENT.c.ts, M.thread_ts).label("thread_ts"),
    M.rank,
    M.waiting_since,
)
#: How many messages for channels that are closed just now a look goes past, one by one.
LOOK_AHEAD = 200


def in_state(state: MessageState) -> Any:
    """Return the condition as the partial indexes say it: with a constant."""
    return M.state == literal_column(f"'{state.value}'")


def ready(*columns: Any, is_posted: bool) -> Select[Any]:
    """Return the query for deliverable messages, before budgets; `workspace`, `most`."""
    return (
        select(*columns)
        .select_from(MESSAGE.outerjoin(_PARENT, _PARENT.c.id == M.parent_id))
        .where(
            M.workspace_id == bindparam("workspace"),
            in_state(MessageState.WAITING),
            M.is_posted.is_(is_posted),
            # A parent that Slack lost is posted anew first, or its reply would leave the thread.
            or_(M.parent_id.is_(None), _PARENT.c.ts.is_not(None), _PARENT.c.delivered_revision > 0),
        )
        .order_by(M.rank, M.turn, M.waiting_since)
        .limit(bindparam("limit", type_=Integer()))
    )


_FIRST_POSTS = Statement(ready(*CLAIM_COLUMNS, is_posted=False))
_FIRST_EDITS = Statement(ready(*CLAIM_COLUMNS, is_posted=True))
_FIRST_PLACES = Statement(ready(M.id, M.channel, is_posted=False))
_THESE = Statement(ready(*CLAIM_COLUMNS, is_posted=False).where(OneOf(M.id, "ids")))


def heads() -> Select[Any]:
    """
    Return the query for the first message of each channel that has one; `workspace`.

    It steps from channel to channel in the index `message_ready_in_channel`, and passes over all
    that waits behind the first, however much it is.
    """
    posts = (
        M.workspace_id == bindparam("workspace"),
        in_state(MessageState.WAITING),
        M.is_posted.is_(False),
    )
    first = select(func.min(M.channel).label("name")).where(*posts).cte("first", recursive=True)
    after = select(func.min(M.channel)).where(*posts, M.channel > first.c.name)
    channel = first.union_all(
        select(after.correlate(first).scalar_subquery()).where(first.c.name.is_not(None))
    )
    head = (
        select(M.id)
        .where(*posts, M.channel == channel.c.name)
        .order_by(M.rank, M.turn, M.waiting_since)
        .limit(1)
    )
    return select(channel.c.name, head.correlate(channel).scalar_subquery().label("id")).where(
        channel.c.name.is_not(None)
    )


_HEADS = Statement(heads())


def ready_posts(
    session: Session, workspace_id: str, limit: int, closed: Collection[str] = ()
) -> list[Any]:
    """Return the first messages to post to channels that are open, in order."""
    if not closed:
        return _FIRST_POSTS.rows(session, workspace=workspace_id, limit=limit)
    places = _FIRST_PLACES.rows(session, workspace=workspace_id, limit=LOOK_AHEAD)
    ids = [row.id for row in places if row.channel not in closed]
    if len(ids) < limit and len(places) == LOOK_AHEAD:
        channels = _HEADS.rows(session, workspace=workspace_id)
        ids += [row.id for row in channels if row.name not in closed and row.id not in ids]
    chosen = fast_json.text(ids)
    return _THESE.rows(session, workspace=workspace_id, ids=chosen, limit=limit) if ids else []


def ready_edits(session: Session, workspace_id: str, limit: int) -> list[Any]:
    """Return the first messages to edit, in the order of delivery."""
    return _FIRST_EDITS.rows(session, workspace=workspace_id, limit=limit)


DELAYED = (M.workspace_id == bindparam("workspace"), in_state(MessageState.DELAYED))
_RELEASE_DELAYED = Statement(
    update(MESSAGE)
    .where(*DELAYED, M.due_at <= bindparam("now"))
    .values(state=MessageState.WAITING.value)
)


def _some(*conditions: Any) -> ColumnElement[bool]:
    return select(literal_column("1")).where(*conditions).exists()


def waiting(*, is_posted: bool) -> ColumnElement[bool]:
    here = M.workspace_id == bindparam("workspace")
    # In an order, or PostgreSQL reads the table itself for one of the many that it believes wait:
    # all of it, when they are gone and it has not noticed yet.
    one: Select[Any] = (
        select(literal_column("1"))
        .where(here, in_state(MessageState.WAITING), M.is_posted.is_(is_posted))
        .order_by(M.rank, M.turn, M.waiting_since)
        .limit(literal_column("1"))
    )
    return one.scalar_subquery().is_not(None)


def to_do() -> Select[Any]:
    """Return the query for a `Look`; `workspace`."""
    off = _some(
        _SUSPENDED.workspace_id == bindparam("workspace"), _SUSPENDED.suspended_at.is_not(None)
    )
    return select(
        select(func.min(M.due_at)).where(*DELAYED).scalar_subquery().label("next_due_at"),
        waiting(is_posted=False).label("are_posts"),
        waiting(is_posted=True).label("are_edits"),
        off.label("is_off"),
    )


_LOOK = Statement(to_do())


class Look(NamedTuple):
    """The work of a workspace, read in one statement per turn."""

    next_due_at: datetime | None  # when the next delayed message may go
    are_posts: bool  # something waits to be posted, budgets or not
    are_edits: bool
    is_off: bool  # some channel is suspended


def look(session: Session, workspace_id: str, now: datetime) -> Look:
    """Make due delayed messages ready, and return the work of a workspace."""
    (found,) = _LOOK.rows(session, workspace=workspace_id)
    if found.next_due_at is not None and found.next_due_at <= now:
        _RELEASE_DELAYED.run(session, workspace=workspace_id, now=now)
        (found,) = _LOOK.rows(session, workspace=workspace_id)
    return Look(*found)
