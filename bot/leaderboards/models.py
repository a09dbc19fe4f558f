"""Samples, posts and due times of leaderboards, as tables."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class LeaderboardSample(SQLModel, table=True):
    """
    One value of one subject at one time.

    The primary key is what ranking reads: SQLite keeps the table in its order.
    """

    __tablename__ = "leaderboard_sample"
    __table_args__ = ({"sqlite_with_rowid": False},)

    board: str = Field(primary_key=True)
    measure: str = Field(primary_key=True)  # the column of the board
    subject: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)
    value: float | None = None


class LeaderboardPost(SQLModel, table=True):
    """The one post of a board about a week: the closing one, or the one of the week so far."""

    __tablename__ = "leaderboard_post"

    board: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    is_closing: bool = Field(primary_key=True)
    workspace_id: str
    channel: str
    message_id: str | None = None  # None: it waits for the week's first sample
    digest: str = ""  # of the figures that the message shows
    posted_by: str | None = None
    is_open: bool = True  # samples still change it
    changed_at: datetime | None = None  # since when samples wait to be shown
    picture_digest: str = ""  # of what the newest picture in the thread shows; "" without one
    pictured_at: datetime | None = None
    picture_due_at: datetime | None = None  # when the next picture is due, if one is


class LeaderboardDue(SQLModel, table=True):
    """When a board is posted by itself the next time; taken by compare-and-swap."""

    __tablename__ = "leaderboard_due"

    board: str = Field(primary_key=True)
    schedule: str  # what `due_at` was reckoned by
    due_at: datetime
