"""
What a lane may take next: the messages that are ready, in the order of serving.

The order is that of the partial index `message_ready`, so that choosing costs the same however many
messages are stored or wait.
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
PARENT = MESSAGE.alias("parent")
M = MESSAGE.c
OFF = SQLModel.metadata.tables["destination"].c
CLAIM_COLUMNS = (
    M.id,
    M.tenant,
    M.error,
    M.revision,
    # Slack has the reply's channel from its parent: a message to a person stands in another one.
    func.coalesce(PARENT.c.channel, M.channel).label("channel"),
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
    # A thread has no threads of its own: a reply to a reply stands where that one does.
    func.coalesce(PARENT.c.thread_ts, PARENT.c.ts, M.thread_ts).label("thread_ts"),
    M.rank,
)
#: How many messages for channels that are closed just now a look goes past, one by one.
WINDOW = 200


def in_state(state: MessageState) -> Any:
    """Return the condition as the partial indexes say it: with a constant."""
    return M.state == literal_column(f"'{state.value}'")


def ready(*columns: Any, is_posted: bool) -> Select[Any]:
    """Return the query for what may go, before any budget is asked; `workspace`, `most`."""
    return (
        select(*columns)
        .select_from(MESSAGE.outerjoin(PARENT, PARENT.c.id == M.parent_id))
        .where(
            M.workspace_id == bindparam("workspace"),
            in_state(MessageState.WAITING),
            M.is_posted.is_(is_posted),
            # A parent that Slack lost is posted anew first, or its reply would leave the thread.
            or_(M.parent_id.is_(None), PARENT.c.ts.is_not(None), PARENT.c.delivered_revision > 0),
        )
        .order_by(M.rank, M.turn, M.waiting_since)
        .limit(bindparam("most", type_=Integer()))
    )


FIRST_POSTS = Statement(ready(*CLAIM_COLUMNS, is_posted=False))
FIRST_EDITS = Statement(ready(*CLAIM_COLUMNS, is_posted=True))
FIRST_PLACES = Statement(ready(M.id, M.channel, is_posted=False))
THESE = Statement(ready(*CLAIM_COLUMNS, is_posted=False).where(OneOf(M.id, "ids")))


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


HEADS = Statement(heads())


def ready_posts(
    session: Session, workspace_id: str, most: int, closed: Collection[str] = ()
) -> list[Any]:
    """Return the first messages to be posted to channels that are not closed, in order."""
    if not closed:
        return FIRST_POSTS.rows(session, workspace=workspace_id, most=most)
    places = FIRST_PLACES.rows(session, workspace=workspace_id, most=WINDOW)
    ids = [row.id for row in places if row.channel not in closed]
    if len(ids) < most and len(places) == WINDOW:
        channels = HEADS.rows(session, workspace=workspace_id)
        ids += [row.id for row in channels if row.name not in closed and row.id not in ids]
    chosen = fast_json.text(ids)
    return THESE.rows(session, workspace=workspace_id, ids=chosen, most=most) if ids else []


def ready_edits(session: Session, workspace_id: str, most: int) -> list[Any]:
    """Return the first messages to be edited, in the order of serving."""
    return FIRST_EDITS.rows(session, workspace=workspace_id, most=most)


DELAYED = (M.workspace_id == bindparam("workspace"), in_state(MessageState.DELAYED))
RELEASE = Statement(
    update(MESSAGE)
    .where(*DELAYED, M.due_at <= bindparam("now"))
    .values(state=MessageState.WAITING.value)
)


def some(*conditions: Any) -> ColumnElement[bool]:
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
    off = some(OFF.workspace_id == bindparam("workspace"), OFF.off_at.is_not(None))
    return select(
        select(func.min(M.due_at)).where(*DELAYED).scalar_subquery().label("next_due_at"),
        waiting(is_posted=False).label("are_posts"),
        waiting(is_posted=True).label("are_edits"),
        off.label("is_off"),
    )


LOOK = Statement(to_do())


class Look(NamedTuple):
    """What a workspace has to do, as one statement tells for all that a lane asks at each turn."""

    next_due_at: datetime | None  # when the next delayed message may go
    are_posts: bool  # something waits to be posted, budgets or not
    are_edits: bool
    is_off: bool  # some channel is switched off


def look(session: Session, workspace_id: str, now: datetime) -> Look:
    """Make delayed messages that are due ready, and return what there is to do."""
    (found,) = LOOK.rows(session, workspace=workspace_id)
    if found.next_due_at is not None and found.next_due_at <= now:
        RELEASE.run(session, workspace=workspace_id, now=now)
        (found,) = LOOK.rows(session, workspace=workspace_id)
    return Look(*found)
