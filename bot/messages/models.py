"""The message and its events, as tables."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, text
from sqlmodel import Field, SQLModel

from bot.ids import new_id


class MessageState(StrEnum):
    """Where a message stands with its lane."""

    IDLE = "idle"  #: Slack shows the newest revision, or nothing is wanted
    WAITING = "waiting"  #: may be delivered as soon as a budget allows
    DELAYED = "delayed"  #: may be delivered from `due_at` on
    BLOCKED = "blocked"  #: a reply whose parent is not in Slack yet
    SENDING = "sending"  #: claimed; Slack is being called
    DEAD = "dead"  #: given up; listed and replayable
    WITHDRAWN = "withdrawn"  #: taken back before it was sent


class Rank(IntEnum):
    """The order in which a lane serves; the smallest first, within a rank the longest-waiting."""

    FINAL = 0
    FIRST_POST = 1
    URGENT = 2
    ALERT = 3
    NORMAL = 4
    PROGRESS = 5


class EventName(StrEnum):
    """What can happen to a message; outside names, the same everywhere."""

    REQUESTED = "SlackMessageRequested"
    QUEUED = "SlackMessageQueued"
    SENT = "SlackMessageSent"
    EDITED = "SlackMessageEdited"
    FAILED = "SlackMessageFailed"
    RETRIED = "SlackMessageRetried"
    DEAD = "SlackMessageDead"
    REPLAYED = "SlackMessageReplayed"
    WITHDRAWN = "SlackMessageWithdrawn"


class Message(SQLModel, table=True):
    """What should stand at one place in Slack, and how far Slack has been brought."""

    __table_args__ = (
        # What a lane picks from: only the few messages that are ready, in the order of serving.
        Index(
            "message_ready",
            "workspace_id",
            "is_posted",
            "rank",
            "waiting_since",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "message_delayed",
            "workspace_id",
            "due_at",
            sqlite_where=text("state = 'delayed'"),
            postgresql_where=text("state = 'delayed'"),
        ),
        Index(
            "message_sending",
            "workspace_id",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index("message_place", "workspace_id", "channel", "ts", unique=True),
        Index("message_parent", "parent_id"),
    )

    id: str = Field(default_factory=lambda: new_id("m"), primary_key=True)
    workspace_id: str
    tenant: str
    channel: str
    parent_id: str | None = None  # the message of ours that this one replies to
    thread_ts: str | None = None  # a thread that is not ours
    template: str
    context: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    correlation_id: str | None = Field(default=None, index=True)
    priority: int = 10

    revision: int = 1
    delivered_revision: int = 0
    is_final: bool = False  # the newest revision is an end; only a new attempt may follow
    ts: str | None = None
    is_posted: bool = False  # `ts` is known: what is left to do is an edit

    state: MessageState = Field(default=MessageState.WAITING, sa_type=String)
    rank: Rank = Field(default=Rank.FIRST_POST, sa_type=Integer)
    edit_rank: Rank = Field(default=Rank.NORMAL, sa_type=Integer)  # the rank once it is posted
    waiting_since: datetime
    due_at: datetime
    tries: int = 0  # counted attempts at the present revision
    answer_lost: bool = False  # a post may have reached Slack: look before posting again
    possibly_delivered: bool = False
    text_only: bool = False  # Slack refused the blocks of this revision
    error: str | None = None
    claimed_revision: int | None = None
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    created_at: datetime


class Event(SQLModel, table=True):
    """One immutable line of a message's history."""

    __table_args__ = (Index("event_message", "message_id", "id"),)

    id: int | None = Field(
        default=None,
        # SQLite counts up by itself only in a column that is called INTEGER.
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    )
    message_id: str
    name: str
    at: datetime
    revision: int
    attempt: int
    detail: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class LaneLease(SQLModel, table=True):
    """Which process may write to a workspace, and until when unless it renews."""

    __tablename__ = "lane_lease"

    workspace_id: str = Field(primary_key=True)
    owner: str
    expires_at: datetime
