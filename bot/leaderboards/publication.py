"""A board's posts: one row for each, changed in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from bot.charts.fallbacks import face_of
from bot.config_sections.leaderboards import Leaderboard
from bot.db import Database, insert_absent, upsert
from bot.leaderboards.display import BOARD_TEMPLATE, board_context, digest_of
from bot.leaderboards.models import LeaderboardDue, LeaderboardPost
from bot.leaderboards.picture import BoardPicture, picture_digest
from bot.leaderboards.ranking import Ranking
from bot.leaderboards.weeks import Week
from bot.messages import outbox
from bot.messages.delivery.content import FILE
from bot.messages.delivery.refused_kinds import refused_in
from bot.messages.destinations import is_destination
from bot.messages.outbox import Content, Place
from bot.scheduling.schedules import last_occurrence, next_occurrence
from bot.workspaces.models import DEFAULT_TENANT

#: How often a post gets a new picture at most.
_PICTURE_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Posted:
    """What stands, or soon will, in Slack."""

    week: Week
    channel: str
    message_id: str


def claim_post(session: Session, row: LeaderboardPost) -> LeaderboardPost:
    """Return the post of the row's key, held against others; *row* itself if there was none."""
    insert_absent(session, row)
    query = select(LeaderboardPost).where(
        LeaderboardPost.board == row.board,
        LeaderboardPost.week == row.week,
        LeaderboardPost.is_closing == row.is_closing,
    )
    return session.exec(query.with_for_update()).one()


def publish(session: Session, post: LeaderboardPost, ranking: Ranking, now: datetime) -> bool:
    """
    Make the post show *ranking*; False if there is nothing to show or nothing new.

    Nothing can be edited outside of a workspace, and an edit there would be a second post. Where
    Slack has refused its own charts, a picture is due that follows the post into its thread.
    """
    post.changed_at = None
    digest = digest_of(ranking)
    if digest == post.digest or (post.message_id is None and not ranking.rows):
        return False
    if post.message_id is not None and is_destination(post.workspace_id):
        return False
    face = face_of(refused_in(session, post.workspace_id, now))
    context = board_context(
        ranking,
        is_closing=post.is_closing,
        posted_by=post.posted_by,
        has_chart=face.has_native_charts,
    )
    if post.message_id is None:
        place = Place(post.workspace_id, DEFAULT_TENANT, post.channel)
        message = outbox.put(
            session, place, Content(BOARD_TEMPLATE, context), now=now, requested_by=post.posted_by
        )
        post.message_id = message.id
        session.flush()
    else:
        outbox.edit(session, post.message_id, context, now=now)
    if face.has_pictures and not is_destination(post.workspace_id):
        _ask_for_picture(post, ranking, now)
    post.digest = digest
    return True


def _ask_for_picture(post: LeaderboardPost, ranking: Ranking, now: datetime) -> None:
    """
    Note when the next picture is due, if the newest one in the thread is not true any more.

    A picture cannot be edited. So that a thread does not fill with them, the next one waits until
    the last is an hour old.
    """
    is_true = not ranking.rows or picture_digest(ranking) == post.picture_digest
    due_at = post.pictured_at + _PICTURE_EVERY if post.pictured_at else now
    post.picture_due_at = None if is_true else max(due_at, now)


def store_picture(
    session: Session, post: LeaderboardPost, ranking: Ranking, picture: BoardPicture, now: datetime
) -> bool:
    """
    Let a picture follow the post into its thread; False if it does not.

    *picture* was drawn before this transaction began. If *ranking*, which was read in it, has other
    bars, the picture stays due and is drawn again.
    """
    if post.picture_due_at is None or post.picture_due_at > now:
        return False
    digest = picture_digest(ranking)
    parent = outbox.find(session, post.message_id) if post.message_id else None
    if parent is None or not ranking.rows or digest == post.picture_digest:
        post.picture_due_at = None
        return False
    if digest != picture.digest:
        return False
    outbox.reply(session, parent, Content(FILE, picture.file.as_context()), now=now)
    post.picture_digest, post.pictured_at, post.picture_due_at = digest, now, None
    return True


def pictures_due(session: Session, now: datetime) -> list[LeaderboardPost]:
    """Return the posts whose charts have changed since their last picture, which is old enough."""
    query = select(LeaderboardPost).where(col(LeaderboardPost.picture_due_at) <= now)
    return list(session.exec(query).all())


def mark_changed(session: Session, board: str, now: datetime) -> None:
    """Note that samples wait to be shown in the board's open posts."""
    query = update(LeaderboardPost).where(
        col(LeaderboardPost.board) == board, col(LeaderboardPost.is_open).is_(True)
    )
    session.exec(query.values(changed_at=now))


def changed_posts(session: Session) -> list[LeaderboardPost]:
    """Return the posts that samples wait for."""
    query = select(LeaderboardPost).where(col(LeaderboardPost.changed_at).is_not(None))
    return list(session.exec(query).all())


def close_earlier(session: Session, board: str, week: Week) -> None:
    """Let late samples no longer change the closing posts of other weeks."""
    query = update(LeaderboardPost).where(
        col(LeaderboardPost.board) == board,
        col(LeaderboardPost.is_closing).is_(True),
        col(LeaderboardPost.week) != str(week),
    )
    session.exec(query.values(is_open=False, changed_at=None))


@dataclass(frozen=True)
class _DueTime:
    """A due time that has come: as it stands in the row, the latest one there was, the next one."""

    board: str
    schedule: str
    due_at: datetime
    latest_at: datetime
    next_at: datetime

    @property
    def missed(self) -> bool:
        """Tell whether earlier due times passed while nobody was there to post."""
        return self.latest_at > self.due_at


async def due_of(
    database: Database, name: str, board: Leaderboard, now: datetime
) -> _DueTime | None:
    """
    Return the due time of a board that has come, if one has.

    A board that is new, or has a new schedule, is due at the next time that this says.
    """
    schedule = board.due
    if schedule is None:
        return None
    line = f"{board.schedule} {board.timezone}"
    row = await database.read(lambda session: session.get(LeaderboardDue, name))
    if row is None or row.schedule != line:
        first = LeaderboardDue(board=name, schedule=line, due_at=next_occurrence(schedule, now))
        await database.write(lambda session: upsert(session, first))
        return None
    if row.due_at > now:
        return None
    latest = last_occurrence(schedule, now) or row.due_at
    return _DueTime(name, line, row.due_at, latest, next_occurrence(schedule, now))


def take_due(session: Session, due: _DueTime) -> bool:
    """Take a due time, so that nobody else does; False if somebody else has."""
    query = update(LeaderboardDue).where(
        col(LeaderboardDue.board) == due.board,
        col(LeaderboardDue.due_at) == due.due_at,
        col(LeaderboardDue.schedule) == due.schedule,
    )
    return session.exec(query.values(due_at=due.next_at)).rowcount == 1
